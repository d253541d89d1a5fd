import type { Table } from '../../charts/types.ts';
import type { MetricsReport } from '../../core/training/metricsReport.ts';
import type { PairedComparison } from '../../core/training/pairedComparison.ts';
import type { HeldPart, Prediction } from '../../workers/protocol.ts';
import { numberRows } from './metricsText.ts';

type Row = readonly [about: string, name: string, other: string, metric: string, value: number | string];

/** All numbers of the page, a row each: about what, which class, which other class, which metric, its value. */
export function numbersTable(
  report: MetricsReport,
  names: readonly string[],
  comparison: PairedComparison | null,
  part: HeldPart,
): Table {
  const known = (value: number | null) => value ?? '';
  const nameOf = (k: number) => names[k] ?? '';
  const overall: Row[] = [
    ['all', '', '', 'part', part],
    ['all', '', '', 'images', report.imageCount],
    ['all', '', '', 'correct', report.correct],
    ['all', '', '', 'accuracy 95 % from', report.accuracyInterval[0]],
    ['all', '', '', 'accuracy 95 % to', report.accuracyInterval[1]],
    ...numberRows(report).map((row): Row => ['all', '', '', row.name, known(row.value(report))]),
  ];
  const classes = report.classes.flatMap((one): Row[] => {
    const row = (metric: string, value: number | null): Row => [
      'class',
      nameOf(one.label),
      '',
      metric,
      known(value),
    ];
    return [
      row('support', one.support),
      row('predicted', one.predictedCount),
      row('precision', one.precision),
      row('recall', one.recall),
      row('F1', one.f1),
      row('average precision', one.averagePrecision),
    ];
  });
  const cells = Array.from(report.confusion.counts, (count, cell): Row => {
    const [label, predicted] = [Math.floor(cell / report.classCount), cell % report.classCount];
    return ['confusion', nameOf(label), nameOf(predicted), 'images', count];
  });
  const bins = report.calibration.bins.flatMap(({ low, high, count, confidence, accuracy }): Row[] => [
    ['confidence', String(low), String(high), 'images', count],
    ['confidence', String(low), String(high), 'mean confidence', known(confidence)],
    ['confidence', String(low), String(high), 'accuracy', known(accuracy)],
  ]);
  const against = comparison
    ? (['bothRight', 'onlyFirst', 'onlySecond', 'bothWrong', 'difference', 'pValue'] as const).map(
        (key): Row => ['baseline (first) and this model (second)', '', '', key, comparison[key]],
      )
    : [];
  return {
    columns: ['about', 'class or from', 'taken for or to', 'metric', 'value'],
    rows: [...overall, ...classes, ...cells, ...bins, ...against],
  };
}

/** More cells than this make a file that no spreadsheet opens: the probabilities of other classes are left out. */
const MOST_CELLS = 5e6;

/** A row an image: what it is, what it was taken for, and the probability of every class. */
export function imagesTable(prediction: Prediction, names: readonly string[]): Table {
  const { probabilities, labels, indices, classCount, report } = prediction;
  const whole = labels.length * classCount <= MOST_CELLS;
  return {
    columns: [
      'image',
      'true class',
      'predicted class',
      'confidence',
      ...(whole ? names.map((name) => `probability of ${name}`) : []),
    ],
    rows: Array.from(labels, (label, i) => {
      const predicted = report.predicted[i] as number;
      const own = probabilities.subarray(i * classCount, (i + 1) * classCount);
      return [
        indices[i] as number,
        names[label] ?? '',
        names[predicted] ?? '',
        own[predicted] as number,
        ...(whole ? own : []),
      ];
    }),
  };
}
