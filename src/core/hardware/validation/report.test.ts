import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { validationMarkdown } from './markdown.ts';
import { validationReport } from './report.ts';

const sections = validationReport();

test('the DPU is within 5 % on the fitted networks and 8 % on the others', () => {
  const dpu = sections.find(({ family }) => family.startsWith('DPU'))!;
  expect(dpu.cases.filter(({ fitted }) => fitted)).toHaveLength(5);
  expect(dpu.meanFitted).toBeLessThan(0.05);
  expect(dpu.meanOthers).toBeLessThan(0.08);
});

test('CNV-W1A1 is estimated at 3,051.8 fps, 1 % above its measured 3,020.5 (BO-24)', () => {
  const row = sections.flatMap(({ cases }) => cases).find(({ name }) => name === 'CNV-W1A1, throughput')!;
  expect(row.model).toBeCloseTo(3051.76, 2);
  expect(row.error).toBeCloseTo(0.0103, 4);
});

test('docs/validation.md is what the models say now', () => {
  const path = join(import.meta.dirname, '../../../../docs/validation.md');
  expect(readFileSync(path, 'utf8')).toBe(validationMarkdown(sections));
});
