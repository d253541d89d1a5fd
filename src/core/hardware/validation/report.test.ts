import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runToEnd } from '../finn/fifo/simulate.ts';
import { foldingTable } from './folding.ts';
import { validationMarkdown } from './markdown.ts';
import { validationReport } from './report.ts';

const sections = validationReport();
const folding = runToEnd(foldingTable());

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
  expect(readFileSync(path, 'utf8')).toBe(validationMarkdown(sections, folding));
});

const named = (name: string) => sections.flatMap(({ cases }) => cases).find((row) => row.name === name)!;

test('the first document: B4096 within 1 %, fewer parameters by 12 % and less time by 7 % (SX-54) (SX-55)', () => {
  expect(Math.abs(named('B4096, whole network').error)).toBeLessThan(0.01);
  expect(named('Parameters pruned away').model).toBeCloseTo(12.1, 1);
  const saved = named('Time saved on B4096').model;
  expect(saved).toBeGreaterThan(5);
  expect(saved).toBeLessThan(9);
});

test('B512 takes 3 to 8 times as long as B4096, and not 8 (SX-53)', () => {
  const ratio = named('B512 / B4096').model;
  expect(ratio).toBeGreaterThan(3);
  expect(ratio).toBeLessThan(8);
});

test('all 30 times of source 001, Table 4, are met within 25 %, fitted on the unpruned half (SI-24)', () => {
  const table = sections.find(({ family }) => family.startsWith('Tegra'))!;
  expect(table.cases).toHaveLength(30);
  expect(table.cases.filter(({ fitted }) => fitted)).toHaveLength(15);
  for (const { error } of table.cases) expect(Math.abs(error)).toBeLessThan(0.25);
});

test('our folding is never slower than SetFolding or the tuners of the thesis, and never faster than its bound', () => {
  const value = (cell: string | undefined) =>
    /^[\d,]+$/.test(cell ?? '') ? Number(cell!.replaceAll(',', '')) : 0;
  expect(folding.rows).toHaveLength(48);
  for (const row of folding.rows) {
    const [setFolding, algorithm1, algorithm2, kept, free, bound] = row.slice(3).map(value);
    expect(kept!).toBeGreaterThanOrEqual(Math.max(setFolding!, algorithm1!, algorithm2!));
    expect(free!).toBeGreaterThanOrEqual(kept!);
    expect(bound!).toBeGreaterThanOrEqual(free!);
  }
});

test("Liu's four networks are met within 15 %, with one fitted constant and without", () => {
  const { cases } = sections.find(({ family }) => family.startsWith('Liu'))!;
  expect(cases).toHaveLength(8);
  for (const { error } of cases) expect(Math.abs(error)).toBeLessThan(0.15);
});
