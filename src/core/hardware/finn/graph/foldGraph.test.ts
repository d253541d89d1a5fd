import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { type Result, unwrap } from '../../../result.ts';
import type { FinnRecord } from '../records.ts';
import { boardById } from '../tuning/boards.ts';
import { foldFinnGraph, type GraphFolding, type GraphFoldingChoice, withParallelism } from './foldGraph.ts';
import { finnGraphReport } from './graphReport.ts';

const board = boardById('pynq-z1');
const options = { clockHertz: 100e6, board };

function fold(records: readonly FinnRecord[], choice: GraphFoldingChoice): Result<GraphFolding> {
  const search = foldFinnGraph(records, choice, options);
  for (;;) {
    const step = search.next();
    if (step.done) return step.value;
  }
}

const dense = (name: string, attributes: Record<string, unknown> = {}): FinnRecord => ({
  name,
  op_type: 'MVAU_hls',
  attributes: {
    MW: 64,
    MH: 32,
    PE: 1,
    SIMD: 1,
    numInputVectors: [1, 8, 8],
    inputDataType: 'INT2',
    weightDataType: 'INT2',
    outputDataType: 'INT2',
    ActVal: -2,
    ...attributes,
  },
});

const odd: FinnRecord = { name: 'odd', op_type: 'HWSoftmax_hls', attributes: { SIMD: 7 } };

const path = resolve(import.meta.dirname, '../../../../../../shared/reference/finn_truth.json');

interface Truth {
  readonly setfolding: readonly {
    readonly target_cycles_per_frame: number;
    readonly mvau_wwidth_max: number;
    readonly two_pass_relaxation: boolean;
    readonly folding: Readonly<Record<string, { readonly PE?: number; readonly SIMD?: number }>>;
    readonly weight_datatypes_seen_by_SetFolding: Readonly<Record<string, string>>;
    readonly nodes: readonly FinnRecord[];
  }[];
}

test.skipIf(!existsSync(path))('a target folds a graph as FINN itself does, whatever its folding was', () => {
  const { setfolding }: Truth = JSON.parse(readFileSync(path, 'utf8'));
  // Other widths and a single pass are no choices here.
  const cases = setfolding.filter((one) => one.mvau_wwidth_max === 36 && one.two_pass_relaxation);
  expect(cases.length).toBeGreaterThan(3);
  for (const truth of cases) {
    const records = truth.nodes.map((record) => {
      const seen = truth.weight_datatypes_seen_by_SetFolding[record.name ?? ''];
      const simd = 'SIMD' in record.attributes ? { SIMD: 1 } : {};
      const type = seen ? { weightDataType: seen } : {};
      return { ...record, attributes: { ...record.attributes, PE: 1, ...simd, ...type } };
    });
    const folded = unwrap(fold(records, { method: 'target', targetCycles: truth.target_cycles_per_frame }));
    for (const { name = '', attributes } of folded.records) {
      const wanted = truth.folding[name] ?? {};
      if (wanted.PE !== undefined) expect([name, attributes.PE]).toEqual([name, wanted.PE]);
      if (wanted.SIMD !== undefined) expect([name, attributes.SIMD]).toEqual([name, wanted.SIMD]);
    }
  }
});

test('a target changes PE and SIMD and nothing else; what has no estimate stays as it is', () => {
  const records = [dense('a'), odd, dense('b', { PE: 32, SIMD: 64 })];
  const folded = unwrap(fold(records, { method: 'target', targetCycles: 10_000 }));
  expect(folded.cycles).toBeLessThan(10_000);
  expect(folded.sentence).toMatch(/meets 10,000 cycles/);
  expect(folded.records[1]).toEqual(odd);
  const { PE: _, SIMD: _s, ...before } = records[0]!.attributes;
  const { PE, SIMD, ...after } = folded.records[0]!.attributes;
  expect(after).toEqual(before);
  expect([32 % Number(PE), 64 % Number(SIMD)]).toEqual([0, 0]);
  // As slow as it may be: b gives its parallelism back.
  expect(folded.records[2]!.attributes.PE).toBe(PE);
});

test('a target that SetFolding does not meet is said, with the node that is too slow', () => {
  const folded = unwrap(fold([dense('a')], { method: 'target', targetCycles: 10 }));
  // Its width limit stops SIMD at 16: 4 words of 64 inputs, for 64 pixels.
  expect(folded.sentence).toMatch(/can't meet 10 cycles: a takes 256/);
});

test('a folding that the file has wrong is replaced by a legal one', () => {
  const folded = unwrap(fold([dense('a', { PE: 5, SIMD: 3 })], { method: 'target', targetCycles: 50_000 }));
  expect(unwrap(finnGraphReport(folded.records, options)).rows[0]?.cycles).toBe(folded.cycles);
});

test('the search is at least as fast as the best target, fits the board and knows no faster one', () => {
  const records = [dense('a'), dense('b', { MH: 128, numInputVectors: [1, 16, 16] })];
  const best = unwrap(fold(records, { method: 'set-folding' }));
  const found = unwrap(fold(records, { method: 'optimal' }));
  expect(found.cycles).toBeLessThanOrEqual(best.cycles);
  expect(found.lowerBoundCycles).toBeLessThanOrEqual(found.cycles);
  expect(found.sentence).toMatch(/^[ab] takes/);
  const report = unwrap(finnGraphReport(found.records, options));
  expect(report.violations).toEqual([]);
  expect(report.initiationInterval).toBe(found.cycles);
});

test('faults are sentences: no board, no target, nothing to fold', () => {
  const codeOf = (result: Result<unknown>) => (result.ok ? '' : result.error.code);
  expect(codeOf(fold([dense('a')], { method: 'target', targetCycles: 0 }))).toBe('finn-target');
  expect(codeOf(fold([odd], { method: 'target', targetCycles: 5 }))).toBe('finn-graph-nothing');
  const search = foldFinnGraph([dense('a')], { method: 'optimal' }, { clockHertz: 1e8 });
  const step = search.next();
  expect(codeOf(step.value as Result<unknown>)).toBe('finn-board');
});

test('one node gets another PE and the others stay', () => {
  const records = [dense('a'), dense('b')];
  const changed = withParallelism(records, 'b', { PE: 8 });
  expect(changed.map(({ attributes }) => attributes.PE)).toEqual([1, 8]);
  expect(changed[0]).toBe(records[0]);
});
