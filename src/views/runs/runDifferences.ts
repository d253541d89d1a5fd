import { formatInteger, formatPercent, formatPoints } from '../../core/quantity.ts';
import { accuracyDifference } from '../../core/training/accuracyDifference.ts';
import { imagesOf, type TrainingRun } from '../../state/runsStore.ts';

/** A field in which runs differ, with what each of them has. */
export interface Difference {
  readonly field: string;
  readonly values: readonly string[];
}

/** "labelSmoothing" as people write it: "label smoothing". */
const wordsOf = (key: string): string => key.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();

/** Leaves of a value by their path: "schedule, kind". */
function leavesOf(value: unknown, path: string, leaves: Map<string, string>): void {
  if (typeof value !== 'object' || value === null) {
    const off = value === null || value === undefined;
    leaves.set(path, off ? 'none' : value === true ? 'yes' : value === false ? 'no' : String(value));
    return;
  }
  if (Array.isArray(value)) {
    leaves.set(path, value.length === 0 ? 'none' : value.map(String).join(', '));
    return;
  }
  // beside a run that has none of it
  if (path !== '') leaves.set(path, 'yes');
  for (const [key, inner] of Object.entries(value))
    leavesOf(inner, path === '' ? wordsOf(key) : `${path}, ${wordsOf(key)}`, leaves);
}

function choicesOf(run: TrainingRun): Map<string, string> {
  const { design, recipe, kind, phase, backend, teachers, earlierEpochs, startWeights, parameterCount } = run;
  const leaves = new Map<string, string>();
  leavesOf({ kind, phase, network: design.network.name }, '', leaves);
  leaves.set('parameters', formatInteger(parameterCount));
  leavesOf(recipe, '', leaves);
  leavesOf({ backend, teachers }, '', leaves);
  leaves.set('starts from', startWeights ?? (earlierEpochs > 0 ? 'weights' : 'its seed'));
  leaves.set('epochs before', String(earlierEpochs));
  leavesOf({ data: design.data }, '', leaves);
  return leaves;
}

/** Where a choice is not made at all in one of the runs: `schedule, cycles` of a constant rate. */
const ABSENT = '–';

/** Only the choices in which the runs differ, in the order of the recipe's fields; networks of one name by their layers. */
export function differencesOf(runs: readonly TrainingRun[]): readonly Difference[] {
  const all = runs.map(choicesOf);
  const fields = [...new Set(all.flatMap((choices) => [...choices.keys()]))];
  const rows = fields.flatMap((field): Difference[] => {
    const values = all.map((choices) => choices.get(field) ?? ABSENT);
    return new Set(values).size > 1 ? [{ field, values }] : [];
  });
  const layers = runs.map(({ design }) => JSON.stringify(design.network.layers));
  const told = rows.some(({ field }) => field === 'network' || field === 'parameters');
  if (new Set(layers).size > 1 && !told) {
    const kinds = [...new Set(layers)];
    rows.unshift({ field: 'layers', values: layers.map((text) => `form ${kinds.indexOf(text) + 1}`) });
  }
  return rows;
}

/** A statement about two runs: does one have the better accuracy, beyond chance? */
export interface Verdict {
  readonly first: number;
  readonly second: number;
  readonly sentence: string;
  readonly isSure: boolean;
}

const points = (share: number): string => formatPoints(0, share).replace(' pt', '');

/** The best of the chosen runs against each other one; runs on other images, or without accuracy, are left out. */
export function verdictsOf(runs: readonly TrainingRun[], keys: readonly string[]): readonly Verdict[] {
  const measured = runs.flatMap((run, index) =>
    run.validation && run.validation.total > 0 ? [{ run, index, accuracy: run.validation }] : [],
  );
  const shareOf = ({ accuracy }: (typeof measured)[number]) => accuracy.correct / accuracy.total;
  const [best, ...others] = measured.toSorted((a, b) => shareOf(b) - shareOf(a));
  if (!best) return [];
  return others.map((other): Verdict => {
    const names = [keys[best.index], keys[other.index]];
    const base = { first: best.index, second: other.index };
    if (imagesOf(best.run.design.data) !== imagesOf(other.run.design.data))
      return {
        ...base,
        isSure: false,
        sentence: `${names.join(' and ')} were measured on different images: their accuracies can't be compared.`,
      };
    const { difference, interval, isSure } = accuracyDifference(other.accuracy, best.accuracy);
    const numbers = `${names[0]} against ${names[1]}: ${formatPercent(shareOf(best))} and ${formatPercent(shareOf(other))}, ${points(difference)} points, 95 % interval ${points(interval[0])} to ${points(interval[1])}.`;
    return {
      ...base,
      isSure,
      sentence: `${numbers} ${isSure ? `So ${names[0]} is better, beyond what chance explains.` : 'So these images do not show that one is better; more validation images, or more seeds, could.'}`,
    };
  });
}
