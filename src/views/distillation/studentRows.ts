import type { Network } from '../../core/network/network.ts';
import { presetById } from '../../core/network/presets.ts';
import type { PruningPlan } from '../../core/pruning/plan.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { modelSizeOf, STUDENT_KINDS, type Student, studentOf } from '../../core/training/distillation.ts';
import { cachedCounts } from '../../state/derived.ts';
import type { StudentChoice } from '../../state/distillationStore.ts';

/** A network that could learn from the teacher. */
export interface StudentRow {
  readonly choice: StudentChoice;
  readonly title: string;
  readonly description: string;
  /** What it would be; or why it can't be made. */
  readonly made: Result<StudentNumbers>;
  /** Why it can't be trained here although its size is known; null where it can. */
  readonly problem: string | null;
}

export interface StudentNumbers {
  readonly network: Network;
  readonly start: Student['start'];
  readonly parameterCount: number;
  readonly macCount: number;
  readonly megabytes: number;
  /** Of the teacher's parameters. */
  readonly parameterRatio: number;
}

export interface StudentSources {
  readonly teacher: Network;
  /** The design's network. */
  readonly present: Network;
  /** What the present thresholds keep of the teacher; null where they were set for another network, or none is. */
  readonly plan: PruningPlan | null;
  readonly factor: number;
  readonly presetId: string;
  readonly classCount: number;
}

const ROUNDING =
  'It would learn in full precision only: rounding while it learns comes with the Quantize room. Its size is shown.';

const OTHER_NETWORK =
  "The thresholds of Prune belong to the design's network, and the first teacher is another one; choose the design's network as a teacher, measure APoZ and lower a threshold in Prune.";

/** The present network, the five kinds of source 002, and a preset: each with its size beside the teacher's. */
export function studentRows(sources: StudentSources): StudentRow[] {
  const { teacher, present, plan, factor, presetId, classCount } = sources;
  const all = cachedCounts(teacher).parameterCount;
  const numbers = (network: Network, start: Student['start'], megabytes?: number): StudentNumbers => {
    const { parameterCount, macCount } = cachedCounts(network);
    return {
      network,
      start,
      parameterCount,
      macCount,
      megabytes: megabytes ?? modelSizeOf(parameterCount),
      parameterRatio: all === 0 ? 1 : parameterCount / all,
    };
  };
  const kinds = STUDENT_KINDS.map(({ kind, title, description }): StudentRow => {
    const foreign = kind === 'condensed' && plan === null && teacher !== present;
    const student: Result<Student> = foreign
      ? fail('other-network', OTHER_NETWORK)
      : studentOf(kind, teacher, { factor, ...(plan ? { plan } : {}) });
    const made = student.ok
      ? ok(numbers(student.value.network, student.value.start, student.value.megabytes))
      : student;
    return { choice: kind, title, description, made, problem: kind === 'quantized' ? ROUNDING : null };
  });
  return [
    {
      choice: 'present',
      title: "The design's network",
      description: `${present.name}, as it is.`,
      made: ok(numbers(present, 'drawn')),
      problem: null,
    },
    ...kinds,
    presetRow(presetId, classCount, numbers),
  ];
}

function presetRow(
  presetId: string,
  classCount: number,
  numbers: (network: Network, start: Student['start']) => StudentNumbers,
): StudentRow {
  const preset = presetById(presetId);
  return {
    choice: 'preset',
    title: 'A preset',
    description: preset ? `${preset.name}: ${preset.description}` : '',
    made: preset
      ? ok(numbers(preset.build(preset.input, classCount), 'drawn'))
      : fail('no-preset', `There is no preset ${presetId}; choose another one.`),
    problem: null,
  };
}

/** How many times smaller, as "6.8 times smaller"; "1.3 times larger", "the same" */
export function timesText(teacher: number, student: number): string {
  if (student === teacher) return 'the same';
  if (student === 0 || teacher === 0) return '–';
  const times = teacher > student ? teacher / student : student / teacher;
  return `${times.toPrecision(3)} times ${teacher > student ? 'smaller' : 'larger'}`;
}
