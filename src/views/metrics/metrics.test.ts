import { describe, expect, it, test } from 'vitest';
import { toCsv } from '../../charts/csv.ts';
import { unwrap } from '../../core/result.ts';
import { metricsReport } from '../../core/training/metricsReport.ts';
import { comparePaired } from '../../core/training/pairedComparison.ts';
import { classesInOrder, nextClassOrder } from './classOrder.ts';
import { imagesTable, numbersTable } from './metricsCsv.ts';
import { comparisonSentences, fileNameFor, namesFor, numberRows, partHint } from './metricsText.ts';

// 3 of 4 right; the fourth output belongs to no class of the images
const predictions = {
  probabilities: Float32Array.from([
    0.7, 0.2, 0.1, 0, 0.1, 0.8, 0.1, 0, 0.2, 0.2, 0.6, 0, 0.5, 0.25, 0.25, 0,
  ]),
  labels: Uint8Array.of(0, 1, 2, 1),
  classCount: 4,
};
const report = metricsReport(predictions);
const names = namesFor(['Forest', 'River', '=Sea'], 4);

describe('the numbers of the page', () => {
  it('show 0.7500 where 3 of 4 are right, with its interval (VT-06)', () => {
    const table = numbersTable(report, names, null, 'test');
    const [accuracy] = numberRows(report);
    expect(accuracy!.value(report)!.toFixed(4)).toBe('0.7500');
    expect(accuracy!.note(report)).toBe('3 of 4 images; 95 % interval 30.1 % to 95.4 %');
    expect(table.rows).toContainEqual(['all', '', '', 'Accuracy C/N', 0.75]);
    expect(table.rows).toContainEqual(['all', '', '', 'part', 'test']);
  });

  it('leave out ranks that hold every class', () => {
    expect(
      numberRows(report)
        .filter(({ name }) => name.startsWith('Top-'))
        .map(({ name }) => name),
    ).toEqual(['Top-2 accuracy', 'Top-3 accuracy']);
  });

  it('are all in the CSV: classes without a value stay empty, names are no formulas', () => {
    const { rows, columns } = numbersTable(
      report,
      names,
      unwrap(comparePaired([0, 0, 0, 1], report.predicted, predictions.labels)),
      'validation',
    );
    expect(rows.every((row) => row.length === columns.length)).toBe(true);
    expect(rows).toContainEqual(['class', 'output 3', '', 'recall', '']);
    expect(rows).toContainEqual(['confusion', 'River', 'Forest', 'images', 1]);
    expect(rows.filter(([about]) => about === 'confusion')).toHaveLength(16);
    expect(rows).toContainEqual(['baseline (first) and this model (second)', '', '', 'onlySecond', 2]);
    const csv = toCsv(imagesTable({ ...predictions, report, indices: Uint32Array.of(5, 8, 9, 11) }, names));
    expect(csv.split('\r\n')[3]).toMatch(/^9,'=Sea,'=Sea,0\.6/);
    expect(csv.split('\r\n')[4]).toBe('11,River,Forest,0.5,0.5,0.25,0.25,0');
  });
});

describe('the table of classes', () => {
  it('goes by a column up, down and back, and what has no value stays last', () => {
    const up = nextClassOrder(null, 'Recall');
    expect(classesInOrder(report.classes, up).map(({ label }) => label)).toEqual([1, 0, 2, 3]);
    const down = nextClassOrder(up, 'Recall');
    expect(classesInOrder(report.classes, down).map(({ label }) => label)).toEqual([0, 2, 1, 3]);
    expect(nextClassOrder(down, 'Recall')).toBeNull();
    expect(classesInOrder(report.classes, null)).toBe(report.classes);
  });
});

describe('the comparison in words', () => {
  const of = (onlyFirst: number, onlySecond: number, both: number) => {
    const count = onlyFirst + onlySecond + both;
    const labels = new Uint8Array(count);
    const first = Uint8Array.from(labels, (_, i) => (i < onlySecond ? 1 : 0));
    const second = Uint8Array.from(labels, (_, i) => (i >= onlySecond && i < onlySecond + onlyFirst ? 1 : 0));
    return comparisonSentences(unwrap(comparePaired(first, second, labels)), 'the baseline', 'this model');
  };

  it('says that few images decide nothing', () => {
    const told = of(3, 1, 96);
    expect(told[0]).toContain('this model against the baseline: −2.0 points of accuracy');
    expect(told[1]).toBe(
      '4 of 100 images tell them apart: 3 only the baseline has right, 1 only this model.',
    );
    expect(told[2]).toContain('62.5 %'); // 2 (1 + 4) / 2^4
    expect(told[3]).toContain('do not show that one is better');
  });

  it('says which is better where chance hardly explains it, and that equals are equal', () => {
    expect(of(30, 5, 100).at(-1)).toBe('So the baseline is better, beyond what chance explains.');
    expect(of(5, 30, 100).at(-1)).toBe('So this model is better, beyond what chance explains.');
    expect(of(0, 60, 100)[2]).toContain('less than 0.1 %');
    expect(of(0, 0, 10)).toEqual([
      'Both are right and wrong on the same of the 10 images: nothing tells them apart.',
    ]);
  });
});

test('what is said of test images counts them, and sends to Data where there are none', () => {
  expect(partHint(1200)).toMatch(/^1,200 test images, for the last measurement:/);
  expect(partHint(0)).toMatch(/^No test images are held back; .* in Data/);
  expect([fileNameFor('validation', 'metrics'), fileNameFor('test', 'metrics')]).toEqual([
    'metrics',
    'test-metrics',
  ]);
});
