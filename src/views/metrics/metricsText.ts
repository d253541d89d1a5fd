import { formatInteger, formatPercent, formatPoints } from '../../core/quantity.ts';
import type { MetricsReport } from '../../core/training/metricsReport.ts';
import type { PairedComparison } from '../../core/training/pairedComparison.ts';
import type { HeldPart } from '../../workers/protocol.ts';

/** Names for all outputs of a network; one with more outputs than the images have classes numbers the others. */
export const namesFor = (classNames: readonly string[], classCount: number): string[] =>
  Array.from({ length: classCount }, (_, k) => classNames[k] ?? `output ${k}`);

/** How many images are held back for testing, and what for. */
export const partHint = (testCount: number): string =>
  testCount === 0
    ? 'No test images are held back; give them a share in Data for a last measurement.'
    : `${formatInteger(testCount)} test images, for the last measurement: each look at them before you choose makes them validation images.`;

/** What a file with the numbers of a part is called. */
export const fileNameFor = (part: HeldPart, name: string): string =>
  part === 'test' ? `test-${name}` : name;

/** A share or score as a number with four digits: 0.7500 */
export const score = (value: number | null): string => (value === null ? '–' : value.toFixed(4));

export const intervalText = ([low, high]: readonly [number, number]): string =>
  `${formatPercent(low)} to ${formatPercent(high)}`;

export interface NumberRow {
  readonly name: string;
  readonly value: (report: MetricsReport) => number | null;
  readonly note: (report: MetricsReport) => string;
}

const topRow = (k: number): NumberRow => ({
  name: `Top-${k} accuracy`,
  value: ({ topK, imageCount }) => (topK[k - 1] ?? 0) / imageCount,
  note: ({ topK }) =>
    `${formatInteger(topK[k - 1] ?? 0)} images have their class among the ${k} most probable`,
});

/** The numbers of a report, in the order of the screen. */
export function numberRows({ classCount }: MetricsReport): NumberRow[] {
  return [
    {
      name: 'Accuracy C/N',
      value: ({ correct, imageCount }) => correct / imageCount,
      note: ({ correct, imageCount, accuracyInterval }) =>
        `${formatInteger(correct)} of ${formatInteger(imageCount)} images; 95 % interval ${intervalText(accuracyInterval)}`,
    },
    ...[2, 3, 5].filter((k) => k < classCount).map(topRow),
    {
      name: 'Mean loss',
      value: ({ loss }) => loss,
      note: () => `cross entropy in nats; guessing costs ${Math.log(classCount).toFixed(4)}`,
    },
    {
      name: 'Macro precision',
      value: ({ macro }) => macro.precision,
      note: ({ macro }) => `mean over the ${macro.classCount} classes with images`,
    },
    { name: 'Macro recall', value: ({ macro }) => macro.recall, note: () => 'each class counts the same' },
    { name: 'Macro F1', value: ({ macro }) => macro.f1, note: () => 'harmonic mean of precision and recall' },
    {
      name: 'mAP',
      value: ({ meanAveragePrecision }) => meanAveragePrecision,
      note: () => 'mean average precision, classes ranked one against all',
    },
    {
      name: 'ECE',
      value: ({ calibration }) => calibration.expectedError,
      note: ({ calibration: { overconfidence } }) =>
        `expected calibration error; on average ${formatPercent(Math.abs(overconfidence))} too ${overconfidence >= 0 ? 'sure' : 'unsure'}`,
    },
    {
      name: 'MCE',
      value: ({ calibration }) => calibration.maximumError,
      note: () => 'calibration error of the worst range of confidence',
    },
    {
      name: 'Brier score',
      value: ({ calibration }) => calibration.brier,
      note: () => 'squared distance to the truth, 0 (best) to 2',
    },
  ];
}

const pText = (p: number): string => (p < 0.001 ? 'less than 0.1 %' : formatPercent(p));

const points = (share: number): string => formatPoints(0, share).replace(' pt', '');

/** Is the second model really better? In words for people who do not read p-values. */
export function comparisonSentences(
  { difference, interval, onlyFirst, onlySecond, imageCount, pValue }: PairedComparison,
  first: string,
  second: string,
  part: HeldPart = 'validation',
): string[] {
  const apart = onlyFirst + onlySecond;
  if (apart === 0)
    return [
      `Both are right and wrong on the same of the ${formatInteger(imageCount)} images: nothing tells them apart.`,
    ];
  const sure = pValue < 0.05;
  const better = difference > 0 ? second : first;
  return [
    `${second} against ${first}: ${points(difference)} points of accuracy, 95 % interval ${points(interval[0])} to ${points(interval[1])}.`,
    `${formatInteger(apart)} of ${formatInteger(imageCount)} images tell them apart: ${formatInteger(onlyFirst)} only ${first} has right, ${formatInteger(onlySecond)} only ${second}.`,
    `Were both equally good, chance alone would part them at least this far in ${pText(pValue)} of all cases (McNemar's exact test).`,
    sure
      ? `So ${better} is better, beyond what chance explains.`
      : `So these images do not show that one is better than the other; more ${part} images could.`,
  ];
}
