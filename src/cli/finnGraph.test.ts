import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { FinnRecord } from '../core/hardware/finn/records.ts';
import { finnGraphBytes } from '../formats/onnx/testing/finnGraph.ts';
import { UsageError } from './command.ts';
import { estimateCommand } from './estimate.ts';
import { foldCommand } from './fold.ts';
import { inspectCommand } from './inspect.ts';

const folder = mkdtempSync(join(tmpdir(), 'sweetspot-finn-graph-'));
const input = join(folder, 'step_specialize_layers.onnx');

const types = { inputDataType: 'INT2', weightDataType: 'INT2', outputDataType: 'INT2' };
const records: readonly FinnRecord[] = [
  {
    name: 'Thresholding_rtl_0',
    op_type: 'Thresholding_rtl',
    attributes: { ...types, PE: 1, NumChannels: 16, numInputVectors: [1, 8, 8] },
    predecessors: [],
  },
  {
    name: 'MVAU_hls_0',
    op_type: 'MVAU_hls',
    attributes: { ...types, MW: 16, MH: 32, PE: 1, SIMD: 1, numInputVectors: [1, 8, 8], resType: 'lut' },
    predecessors: ['Thresholding_rtl_0'],
  },
  {
    name: 'HWSoftmax_hls_0',
    op_type: 'HWSoftmax_hls',
    attributes: { SIMD: 1 },
    predecessors: ['MVAU_hls_0'],
  },
];

beforeAll(async () => writeFileSync(input, await finnGraphBytes(records)));

test('finn-nodes estimates a graph as it does a list of records, in order', async () => {
  const list = join(folder, 'nodes.json');
  writeFileSync(list, JSON.stringify(records));
  const run = async (file: string) =>
    JSON.parse(await estimateCommand.run([file, '--target', 'finn-nodes', '--json']));
  const [fromGraph, fromList] = [await run(input), await run(list)];
  expect(fromGraph.slice(0, 2)).toEqual(fromList.slice(0, 2));
  expect(fromGraph[1]).toMatchObject({ name: 'MVAU_hls_0', cycles: 64 * 16 * 32 });
  expect(fromGraph[2]).toMatchObject({
    name: 'HWSoftmax_hls_0',
    error: expect.stringContaining('no estimate'),
  });
});

test('estimate says what the whole graph reaches, and what it leaves out', async () => {
  const report = JSON.parse(await estimateCommand.run([input, '--board', 'pynq-z1', '--json']));
  expect(report).toMatchObject({ bottleneck: 'MVAU_hls_0', initiationInterval: 32_768, violations: [] });
  const text = await estimateCommand.run([input]);
  expect(text).toMatch(/throughput {2}3051\.8 fps at 100 MHz/);
  expect(text).toMatch(/! HWSoftmax_hls_0: there is no estimate/);
  const csv = (await estimateCommand.run([input, '--csv'])).trim().split('\n');
  expect(csv).toHaveLength(4);
  expect(csv[3]).toBe('HWSoftmax_hls_0,HWSoftmax_hls,,1,,,,,');
});

test('another target, and bits, are refused', async () => {
  await expect(estimateCommand.run([input, '--target', 'dpu-b4096'])).rejects.toThrow(
    /is a FINN hardware graph/,
  );
  await expect(estimateCommand.run([input, '--bits', 'W2A2'])).rejects.toThrow(UsageError);
  await expect(foldCommand.run([input, '--method', 'algorithm-2'])).rejects.toThrow(UsageError);
});

test('fold meets a frame rate and writes a folding configuration that has it', async () => {
  const out = join(folder, 'folding_config.json');
  const reports = join(folder, 'report');
  const answer = JSON.parse(
    await foldCommand.run([input, '--target-fps', '30000', '--out', out, '--reports', reports, '--json']),
  );
  expect(answer.throughputFps).toBeGreaterThan(30_000);
  const config = JSON.parse(readFileSync(out, 'utf8'));
  const [, mvau] = answer.foldings;
  expect(config.Defaults).toEqual({});
  expect(config.MVAU_hls_0).toEqual({ PE: mvau.pe, SIMD: mvau.simd, resType: 'lut' });
  expect(mvau.pe * mvau.simd).toBeGreaterThan(1);
  expect(config.HWSoftmax_hls_0).toEqual({ SIMD: 1 });
  const performance = JSON.parse(readFileSync(join(reports, 'estimate_network_performance.json'), 'utf8'));
  expect(performance.max_cycles).toBe(answer.initiationInterval);
});

test('fold without a target is the fastest that fits the board, with its proof', async () => {
  const answer = JSON.parse(await foldCommand.run([input, '--board', 'pynq-z1', '--json']));
  expect(answer.lowerBoundCycles).toBe(answer.initiationInterval);
  expect(answer.violations).toEqual([]);
});

test('inspect lists nodes and what they read', async () => {
  const text = await inspectCommand.run([input]);
  expect(text).toMatch(/MVAU_hls_0 +MVAU_hls +1 +1 +Thresholding_rtl_0/);
  const { nodes } = JSON.parse(await inspectCommand.run([input, '--json']));
  expect(nodes).toHaveLength(3);
});
