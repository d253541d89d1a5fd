import { networkCounts } from '../network/counts.ts';
import type { Network } from '../network/network.ts';
import { inferGeometry } from '../network/shapes.ts';
import { applyPlan, type ChannelMapping } from '../pruning/apply.ts';
import { type ChannelGroups, channelGroups } from '../pruning/groups.ts';
import type { PruningPlan } from '../pruning/plan.ts';
import { createRandom, permutation } from '../random.ts';
import { fail, ok, type Result } from '../result.ts';
import { narrowerCopy } from './narrower.ts';
import { separableCopy } from './separable.ts';

/** What source 002, section 5.2.4, distills with: temperature, the weights of both losses, Adam's rate, epochs. */
export const SOURCE_DISTILLATION = {
  temperature: 2,
  softWeight: 0.25,
  hardWeight: 0.75,
  learningRate: 0.001,
  epochs: 15,
} as const;

/** The five kinds of source 002, section 3.5. */
export type StudentKind = 'simplified' | 'quantized' | 'similar' | 'basic' | 'condensed';

export interface StudentKindEntry {
  readonly kind: StudentKind;
  readonly title: string;
  /** The source's words, and what is built for them here. */
  readonly description: string;
}

export const STUDENT_KINDS: readonly StudentKindEntry[] = [
  {
    kind: 'simplified',
    title: 'Simplified',
    description: 'A simplified version of the teacher: the same layers with fewer channels in each.',
  },
  {
    kind: 'quantized',
    title: 'Quantized copy',
    description:
      'The structure of the teacher, its numbers in fewer bits: the same layers from its own weights, rounded while or after it learns.',
  },
  {
    kind: 'similar',
    title: 'Similar',
    description: 'A network like the teacher: the same layers, drawn anew.',
  },
  {
    kind: 'basic',
    title: 'Basic operations',
    description:
      'A network of basic operations: each convolution of several pixels becomes a depthwise and a 1x1 one.',
  },
  {
    kind: 'condensed',
    title: 'Condensed',
    description:
      'An optimized and condensed structure: what pruning keeps of the teacher, from the weights that are left.',
  },
];

export interface StudentOptions {
  /** `simplified`: what all widths are multiplied by, above 0 to 1. */
  readonly factor?: number;
  /** `condensed`: what pruning keeps. */
  readonly plan?: PruningPlan;
  /** `quantized`: bits a weight. */
  readonly weightBits?: number;
}

export interface Student {
  readonly kind: StudentKind;
  readonly network: Network;
  /**
   * Which of the teacher's weights it begins with: `drawn` none, `copied` all, else the channels that stay
   * (`transplant(weights, teacher, mapping)`).
   */
  readonly start: 'drawn' | 'copied' | ChannelMapping;
  readonly parameterCount: number;
  /** Its parameters as a share of the teacher's, 0..1 and seldom above. */
  readonly parameterRatio: number;
  readonly megabytes: number;
}

/** MB of a model's weights, 10^6 bytes: parameters * bits / 8. Files are a little larger (source 002: 45.44 for 45.37). */
export const modelSizeOf = (parameterCount: number, bits = 32): number => (parameterCount * bits) / 8 / 1e6;

/** The student of a kind; a fault where the teacher or the options do not allow it. */
export function studentOf(
  kind: StudentKind,
  teacher: Network,
  { factor = 0.5, plan, weightBits = 8 }: StudentOptions = {},
): Result<Student> {
  const geometry = inferGeometry(teacher);
  if (!geometry.ok) return geometry;
  const all = networkCounts(teacher, geometry.value).parameterCount;
  const student = (network: Network, start: Student['start'], bits = 32): Result<Student> => {
    const { parameterCount } = networkCounts(network);
    const parameterRatio = all === 0 ? 1 : parameterCount / all;
    const megabytes = modelSizeOf(parameterCount, bits);
    return ok({ kind, network, start, parameterCount, parameterRatio, megabytes });
  };
  switch (kind) {
    case 'simplified': {
      const narrow = narrowerCopy(teacher, factor);
      return narrow.ok ? student(narrow.value.network, 'drawn') : narrow;
    }
    case 'quantized':
      if (!Number.isInteger(weightBits) || weightBits < 1 || weightBits > 16)
        return fail('weight-bits', `${weightBits} bits a weight are not a whole number from 1 to 16; try 8.`);
      return student(teacher, 'copied', weightBits);
    case 'similar':
      return student(teacher, 'drawn');
    case 'basic': {
      const separable = separableCopy(teacher);
      return separable.ok ? student(separable.value, 'drawn') : separable;
    }
    case 'condensed':
      return condensed(teacher, plan, student);
  }
}

function condensed(
  teacher: Network,
  plan: PruningPlan | undefined,
  student: (network: Network, start: ChannelMapping) => Result<Student>,
): Result<Student> {
  if (!plan || Object.keys(plan.keep).length === 0)
    return fail(
      'no-plan',
      'A condensed student is what pruning keeps, and no channel falls yet; lower a threshold in Prune first.',
    );
  const groups: ChannelGroups = channelGroups(teacher);
  const unknown = Object.keys(plan.keep).find((id) => !groups.groups.some((group) => group.id === id));
  if (unknown !== undefined)
    return fail('foreign-plan', `${teacher.name} has no channel group ${unknown}; make the plan for it.`);
  const { network, mapping } = applyPlan(teacher, groups, plan);
  return student(network, mapping);
}

/** Images of each class in a transfer set, from those of each class in the training part. */
export const transferCounts = (countByClass: readonly number[], share: number): number[] =>
  countByClass.map((count) => Math.min(count, Math.max(1, Math.round(count * share))));

/**
 * The transfer set: a seeded share of the teacher's training images, with the same share of every class and at least one
 * image of each. Indices come back ascending; the set of a smaller share lies within that of a larger one.
 */
export function transferSet(
  labels: ArrayLike<number>,
  training: Uint32Array,
  share: number,
  seed: number,
): Result<Uint32Array> {
  if (!(share > 0 && share <= 1))
    return fail('transfer-share', `The share ${share} of the training images is not above 0 and at most 1.`);
  const byClass = new Map<number, number[]>();
  for (const index of training) {
    const label = labels[index] ?? 0;
    const members = byClass.get(label);
    if (members) members.push(index);
    else byClass.set(label, [index]);
  }
  const random = createRandom(seed);
  const chosen: number[] = [];
  const classes = [...byClass.entries()].sort(([a], [b]) => a - b).map(([, members]) => members);
  const counts = transferCounts(
    classes.map(({ length }) => length),
    share,
  );
  for (const [place, members] of classes.entries()) {
    const order = permutation(members.length, random);
    for (const member of order.subarray(0, counts[place])) chosen.push(members[member] as number);
  }
  return ok(Uint32Array.from(chosen).sort());
}

/** What source 002 prints after each epoch of a distillation, section 5.2.4. */
export const epochLine = (epoch: number, epochs: number, meanLoss: number): string =>
  `Epoch ${epoch}/${epochs}, Loss: ${meanLoss}`;
