import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { boardById, endToEnd } from './boards.ts';
import { PUBLISHED } from './published.ts';
import { meanError, summarizeValidation, validateDpu } from './validation.ts';

const rows = validateDpu();

test('the mean error is at most 5 % on the fitted networks and 8 % on the others', () => {
  const { fitted, others, withoutAssumption } = summarizeValidation(rows);
  expect(rows.filter((row) => row.fitted).length).toBe(5);
  expect(fitted).toBeLessThan(0.05);
  expect(others).toBeLessThan(0.08);
  expect(withoutAssumption).toBeLessThan(0.08);
});

test('no network above 1 ms is off by more than 10 %', () => {
  for (const row of rows.filter(({ publishedMs }) => publishedMs >= 1))
    expect(Math.abs(row.error), row.name).toBeLessThan(0.1);
});

test('the published times are those the model was fitted to, in milliseconds', () => {
  const times = rows.filter((row) => row.fitted).map((row) => row.publishedMs);
  [9.85, 45.4, 2.32, 2.96, 4.36].forEach((time, i) => {
    expect(times[i]).toBeCloseTo(time, 1);
  });
});

test('end-to-end time is DPU time and host work: single-thread rates are met within 8 %', () => {
  const board = boardById('kv260')!;
  const errors = PUBLISHED.map((row) => ({
    error:
      endToEnd(1 / row.framesPerSecond, board, row.inputPixels)!.endToEndSeconds *
        row.singleThreadFramesPerSecond -
      1,
  }));
  expect(meanError(errors)).toBeLessThan(0.03);
  for (const { error } of errors) expect(Math.abs(error)).toBeLessThan(0.08);
});

const path = join(import.meta.dirname, '../../../../../../shared/reference/dpu_zoo_dev.json');

interface ZooRecord {
  readonly name: string;
  readonly board: string;
  readonly version: string;
  readonly fps_mt: number;
  readonly fps_1t: number;
  readonly h: number;
  readonly w: number;
  readonly source: { readonly line: number };
}

test.skipIf(!existsSync(path))('every measurement is a row of the zoo', () => {
  const { records } = JSON.parse(readFileSync(path, 'utf8')) as { records: readonly ZooRecord[] };
  for (const row of PUBLISHED) {
    const version = /3\.0|2\.5/.exec(row.source)?.[0];
    const record = records.find(
      ({ name, board, version: of }) => name === row.name && board.includes('KV260') && of === version,
    );
    expect(record?.fps_mt, row.name).toBe(row.framesPerSecond);
    expect(record?.fps_1t, row.name).toBe(row.singleThreadFramesPerSecond);
    expect((record?.h ?? 0) * (record?.w ?? 0), row.name).toBe(row.inputPixels);
    expect(row.source.endsWith(` ${record?.source.line}`), row.name).toBe(true);
  }
});
