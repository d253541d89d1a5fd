import { type PairedGain, pairedGain } from '../../core/training/distillationGain.ts';
import { type DistillationState, measuredOf } from '../../state/distillationStore.ts';
import type { Model } from '../../state/modelStore.ts';

/** A pair of students of one seed, measured on the same images. */
export interface SeedRow {
  readonly seed: number;
  readonly without: number;
  readonly taught: number;
}

interface SeedSources extends Pick<DistillationState, 'trials' | 'measured'> {
  readonly models: Readonly<Record<string, Model>>;
  readonly dataKey: string;
}

/** All pairs that were asked what the last one was, by their seeds: those that are kept and measured on these images. */
export function seedRows({ trials, measured, models, dataKey }: SeedSources): readonly SeedRow[] {
  const question = trials.at(-1)?.question;
  const accuracyOf = (id: string): number | null => {
    const model = models[id];
    const report = model && measuredOf(measured, model, dataKey)?.report;
    return report ? report.correct / report.imageCount : null;
  };
  return trials
    .filter((trial) => trial.question === question)
    .flatMap(({ seed, withoutId, withId }) => {
      const [without, taught] = [accuracyOf(withoutId), accuracyOf(withId)];
      return without === null || taught === null ? [] : [{ seed, without, taught }];
    })
    .sort((one, other) => one.seed - other.seed);
}

/** What teachers gain on average over the seeds; null where there are too few of them for an interval. */
export function gainOf(rows: readonly SeedRow[]): PairedGain | null {
  const gain = pairedGain(rows.map(({ without, taught }) => taught - without));
  return gain.ok ? gain.value : null;
}

const points = (share: number): string => `${share < 0 ? '−' : '+'}${Math.abs(100 * share).toFixed(2)}`;

/** How much, how sure, and what follows from it. */
export function gainSentence({ count, mean, interval: [low, high] }: PairedGain): string {
  const much = `Over ${count} seeds the teachers change the accuracy by ${points(mean)} points on average, 95 % interval ${points(low)} to ${points(high)} (paired t-test over seeds).`;
  const what =
    low > 0
      ? 'So they help here, beyond what the seed explains.'
      : high < 0
        ? 'So they harm here, beyond what the seed explains.'
        : 'So these seeds do not show whether they help; more seeds could.';
  return `${much} ${what}`;
}
