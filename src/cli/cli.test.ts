import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defaultDesign } from '../core/exploration/defaultDesign.ts';
import { encodeLink } from '../formats/design/link.ts';
import { estimateCommand } from './estimate.ts';
import { foldCommand } from './fold.ts';
import { inspectCommand } from './inspect.ts';

const folder = mkdtempSync(join(tmpdir(), 'sweetspot-cli-'));

function file(name: string, value: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
}

test('a design file, its link and the default give the same numbers', () => {
  const design = defaultDesign();
  const fromFile = estimateCommand.run([file('design.json', design), '--target', 'finn', '--json']);
  const fromLink = estimateCommand.run([
    `https://example.org/${encodeLink(design)}`,
    '--target',
    'finn',
    '--json',
  ]);
  expect(fromLink).toBe(fromFile);
  expect(JSON.parse(fromFile).throughputFps).toBeGreaterThan(1000);
});

test('CSV has a row a launched layer', () => {
  const lines = estimateCommand.run(['preset:cnv', '--target', 'dpu-b4096', '--csv']).trim().split('\n');
  expect(lines[0]).toBe('row,engine,cycles,bound,MACs');
  expect(lines.length).toBeGreaterThan(8);
});

test('finn-nodes answers in order, with an error where a record can not be estimated (BO-23)', () => {
  const mvau = {
    name: 'MVAU_hls_0',
    op_type: 'MVAU_hls',
    attributes: {
      PE: 16,
      SIMD: 3,
      MW: 27,
      MH: 64,
      numInputVectors: [1, 30, 30],
      inputDataType: 'INT8',
      weightDataType: 'BIPOLAR',
      outputDataType: 'BINARY',
      accDataType: 'INT32',
      resType: 'lut',
      noActivation: 0,
    },
  };
  const records = [mvau, { name: 'odd', op_type: 'Transmogrify', attributes: {} }, 7];
  const answers = JSON.parse(
    estimateCommand.run([file('nodes.json', records), '--target', 'finn-nodes', '--json']),
  );
  expect(answers[0]).toEqual({
    name: 'MVAU_hls_0',
    cycles: 32_400,
    LUT: 2746,
    BRAM_18K: 2,
    URAM: 0,
    DSP_by_block: { DSP48E1: 0, DSP48E2: 0, DSP58: 0 },
  });
  expect(answers[1]).toMatchObject({ name: 'odd', error: expect.stringContaining('Transmogrify') });
  expect(answers[2].error).toMatch(/Record 2 is no node/);
});

test('fold gives every foldable layer its PE and SIMD under the target', () => {
  const { foldings, initiationInterval } = JSON.parse(
    foldCommand.run(['preset:cnv', '--target-cycles', '40000', '--json']),
  );
  expect(foldings).toHaveLength(9);
  expect(initiationInterval).toBeLessThan(40_000);
});

test('inspect counts CNV as the reference does (BO-18)', () => {
  expect(JSON.parse(inspectCommand.run(['preset:cnv', '--json'])).totals).toMatchObject({
    weightCount: 1_542_848,
    macCount: 59_461_376,
  });
});

test('bad input is one sentence: what, where, what to do', () => {
  const target = ['--target', 'finn'];
  expect(() => estimateCommand.run([join(folder, 'none.json'), ...target])).toThrow(
    /There is no file .*none\.json/,
  );
  expect(() => estimateCommand.run([file('broken.json', '{'), ...target])).toThrow(/not JSON/);
  expect(() => estimateCommand.run(['preset:moon', ...target])).toThrow(
    /no preset preset:moon; choose one of tiny-cnn/,
  );
  expect(() => estimateCommand.run([file('object.json', {}), '--target', 'finn-nodes'])).toThrow(
    /no array of node records/,
  );
  expect(() => estimateCommand.run(['preset:cnv', '--target', 'moon'])).toThrow(/no target moon/);
});
