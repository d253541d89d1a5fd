import { formatRate } from '../../charts/rateModel.ts';
import type { Recipe } from '../../core/exploration/design.ts';
import { formatClock, formatPercent, formatSignificant, wilsonInterval } from '../../core/quantity.ts';
import { optimizerName } from '../../state/actions/runs.ts';
import type { TrainingRun } from '../../state/runsStore.ts';

/** What the table says of a run beside its name. */
export interface RunColumn {
  readonly name: string;
  readonly title: string;
  /** What rows are ordered by; null where a run has none. */
  readonly value: (run: TrainingRun) => number | string | null;
  readonly text: (run: TrainingRun) => string;
  /** Behind the text, quieter: the interval of an accuracy. */
  readonly note?: (run: TrainingRun) => string;
  readonly isText?: true;
}

export interface Share {
  readonly share: number;
  /** Half of its 95 % interval (Wilson); null where nobody counted images. */
  readonly spread: number | null;
}

const spreadOf = (share: number, total: number): number => {
  const [low, high] = wilsonInterval(share * total, total);
  return (high - low) / 2;
};

/** Validation accuracy of the weights that are kept, or of the last epoch where they were not measured. */
export function lastAccuracy({ validation, curves }: TrainingRun): Share | null {
  if (validation && validation.total > 0) {
    const { correct, total } = validation;
    return { share: correct / total, spread: spreadOf(correct / total, total) };
  }
  const last = curves.epochs.at(-1);
  return last ? { share: last.validationAccuracy, spread: null } : null;
}

/**
 * The best validation accuracy of any epoch, or of the weights that are kept where the run was stopped within an epoch;
 * its interval is that of one measurement, and takes no account of the choice.
 */
export function bestAccuracy({ validation, curves }: TrainingRun): Share | null {
  const kept = validation && validation.total > 0 ? [validation.correct / validation.total] : [];
  const shares = [...curves.epochs.map((epoch) => epoch.validationAccuracy), ...kept].filter(Number.isFinite);
  if (shares.length === 0) return null;
  const share = Math.max(...shares);
  return { share, spread: validation && validation.total > 0 ? spreadOf(share, validation.total) : null };
}

const lossOf = ({ validation, curves }: TrainingRun): number | null =>
  validation?.loss ?? curves.epochs.at(-1)?.validationLoss ?? null;

const shareText = (share: Share | null): string => (share ? formatPercent(share.share) : '–');
const spreadText = (share: Share | null): string =>
  share?.spread ? `±${(100 * share.spread).toFixed(1)}` : '';

const plain = (value: number | null, format: (value: number) => string): string =>
  value === null || !Number.isFinite(value) ? '–' : format(value);

const DATE = new Intl.DateTimeFormat('en-US', {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
});

/** The rate, or the two that a range goes between: it does not know the first one. */
const ratesOf = ({ learningRate, schedule }: Recipe): string =>
  schedule.kind === 'range'
    ? `${formatRate(schedule.low)} to ${formatRate(schedule.high)}`
    : formatRate(learningRate);

export const RUN_COLUMNS: readonly RunColumn[] = [
  {
    name: 'Recipe',
    title: 'Optimizer, learning rate, batch size',
    value: ({ recipe }) => optimizerName(recipe),
    text: ({ recipe }) => `${optimizerName(recipe)}, ${ratesOf(recipe)}, ${recipe.batchSize}`,
    isText: true,
  },
  {
    name: 'Seed',
    title: 'Of the first weights and of the order of the images',
    value: ({ recipe }) => recipe.seed,
    text: ({ recipe }) => String(recipe.seed),
  },
  {
    name: 'Epochs',
    title: 'Trained, of those planned',
    value: ({ curves }) => curves.epochs.length,
    text: ({ curves, recipe }) => `${curves.epochs.length} / ${recipe.epochs}`,
  },
  {
    name: 'Best',
    title: 'Best validation accuracy of any epoch: chosen by the same images, so a little too high',
    value: (run) => bestAccuracy(run)?.share ?? null,
    text: (run) => shareText(bestAccuracy(run)),
  },
  {
    name: 'Accuracy',
    title: 'Validation accuracy of the weights that are kept, with half of its 95 % interval (Wilson)',
    value: (run) => lastAccuracy(run)?.share ?? null,
    text: (run) => shareText(lastAccuracy(run)),
    note: (run) => spreadText(lastAccuracy(run)),
  },
  {
    name: 'Loss',
    title: 'Validation loss of the weights that are kept',
    value: lossOf,
    text: (run) => plain(lossOf(run), formatSignificant),
  },
  {
    name: 'Time',
    title: 'Minutes and seconds of training',
    value: ({ seconds }) => seconds,
    text: ({ seconds }) => formatClock(seconds),
  },
  {
    name: 'Started',
    title: 'When it was started',
    value: ({ startedAt }) => startedAt,
    text: ({ startedAt }) => DATE.format(startedAt),
  },
];

export interface RunOrder {
  readonly name: string;
  readonly direction: 'ascending' | 'descending';
}

/** A click on the same column goes from the greatest first over the least first back to the newest first. */
export function nextRunOrder(order: RunOrder | null, name: string): RunOrder | null {
  if (order?.name !== name) return { name, direction: 'descending' };
  return order.direction === 'descending' ? { name, direction: 'ascending' } : null;
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === 'string' || typeof b === 'string') return String(a).localeCompare(String(b), 'en');
  return a - b;
}

const orderBy = (name: string) =>
  name === 'Run'
    ? (run: TrainingRun): string | null => run.name
    : RUN_COLUMNS.find((column) => column.name === name)?.value;

/** The newest first where no column is chosen; what has no value stays at the end in both directions. */
export function runsInOrder(runs: readonly TrainingRun[], order: RunOrder | null): readonly TrainingRun[] {
  const value = order ? orderBy(order.name) : undefined;
  if (!order || !value) return runs.toReversed();
  const sign = order.direction === 'ascending' ? 1 : -1;
  return runs.toSorted((a, b) => {
    const [first, second] = [value(a), value(b)];
    if (first === null || second === null) return Number(first === null) - Number(second === null);
    return sign * compare(first, second) || b.startedAt - a.startedAt;
  });
}

const wordsOf = ({ name, design, recipe, kind, result, backend, teachers, phase }: TrainingRun): string =>
  [name, design.network.name, optimizerName(recipe), kind, result, backend, ...teachers, phase?.name]
    .join(' ')
    .toLowerCase();

/** Runs in which every word of the text occurs: in name, network, optimizer, kind, result, backend, teachers. */
export function runsWith(runs: readonly TrainingRun[], text: string): readonly TrainingRun[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return runs.filter((run) => words.every((word) => wordsOf(run).includes(word)));
}
