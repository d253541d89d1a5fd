import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PRESETS } from '../../../network/presets.ts';
import { unwrap } from '../../../result.ts';
import { dpuArchitecture } from '../architectures.ts';
import { estimateDpu } from '../estimate.ts';
import { simulateDpu } from '../model.ts';
import { boardById, type DpuBoard, endToEnd, frameBytes, multiCore } from './boards.ts';
import { PUBLISHED } from './published.ts';
import { meanError } from './validation.ts';

const preset = PRESETS[0]!;
const network = preset.build(preset.input, 10);
const board = (id: string): DpuBoard => boardById(id)!;
const report = unwrap(estimateDpu(network, { architecture: 'B4096', clockHertz: 281e6 }));
const bytes = frameBytes(network, 'B4096');

test('a second core without traffic doubles the rate and leaves the time of an image alone (SX-60)', () => {
  const [one, two] = [1, 2].map((cores) => unwrap(multiCore(report, board('zcu102'), cores, 0)));
  expect(two!.throughputFps).toBeCloseTo(2 * one!.throughputFps, 6);
  expect(two!.latencySeconds).toBe(one!.latencySeconds);
});

test('with traffic the rate grows less and less and stays below the bandwidth line (SX-60)', () => {
  const rates = [1, 2, 3, 8, 64, 4096].map((cores) =>
    unwrap(multiCore(report, board('zcu102'), cores, bytes)),
  );
  rates.slice(1).forEach((rate, i) => {
    expect(rate.throughputFps).toBeGreaterThan(rates[i]!.throughputFps);
  });
  expect(rates[1]!.throughputFps).toBeLessThan(2 * rates[0]!.throughputFps);
  expect(rates.at(-1)!.throughputFps).toBeLessThan(rates[0]!.bandwidthLimitFps);
  expect(rates[0]!.bandwidthLimitFps).toBeCloseTo(16.5e9 / bytes, 6);
});

test('T_core = T_1 + (n - 1) * bytes / B', () => {
  const three = unwrap(multiCore(report, board('zcu104'), 3, 29.5e6));
  expect(three.latencySeconds).toBeCloseTo(report.latencySeconds + 2e-3, 12);
  expect(three.publishedDesign).toBe(false);
});

test('what is not a number of cores or bytes is refused, and so is an unknown bandwidth', () => {
  for (const cores of [0, -1, 1.5, Number.NaN])
    expect(multiCore(report, board('kv260'), cores, 1).ok).toBe(false);
  for (const count of [-1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(multiCore(report, board('kv260'), 1, count).ok).toBe(false);
  expect(multiCore(report, board('zuboard'), 2, 1).ok).toBe(false);
  expect(multiCore(report, board('zuboard'), 1, 1).ok).toBe(true);
});

test('DPU time and end-to-end time are kept apart', () => {
  const time = endToEnd(10.1e-3, board('kv260'), 224 * 224)!;
  expect(time.dpuSeconds).toBe(10.1e-3);
  // resnet_v1_50_tf, KV260, v2.5: 99.01 fps multi-thread (10.1 ms), 94.21 fps single-thread (10.61 ms).
  expect(time.endToEndSeconds * 1e3).toBeCloseTo(1e3 / 94.21, 1);
  expect(endToEnd(1, board('zcu102'), 1)).toBeNull();
});

const path = join(import.meta.dirname, '../../../../../../shared/reference/dpu_zoo_dev.json');

/** T_1 is the one-core rate of the KV260, at the board's clock; bytes are the model's. */
test.skipIf(!existsSync(path)).each([
  ['zcu102', 0.056],
  ['zcu104', 0.022],
])('published multi-core rates of %s are met within %f on average', (id, mean) => {
  interface ZooRecord {
    readonly name: string;
    readonly board: string;
    readonly version: string;
    readonly fps_mt: number;
  }
  const { records } = JSON.parse(readFileSync(path, 'utf8')) as { records: readonly ZooRecord[] };
  const target = board(id);
  const errors = PUBLISHED.flatMap((row) => {
    const record = records.find(
      (candidate) =>
        candidate.name === row.name && candidate.version === '3.0' && candidate.board.startsWith(target.name),
    );
    // Below 1 ms the host's threads limit, not the cores.
    if (!record || row.framesPerSecond > 1000) return [];
    const moved = simulateDpu(row.build(), dpuArchitecture('B4096')).reduce(
      (sum, { weightBytes, mapLoadBytes, storeBytes }) => sum + weightBytes + mapLoadBytes + storeBytes,
      0,
    );
    const alone = { ...report, latencySeconds: (1 / row.framesPerSecond) * (300e6 / target.clockHertz) };
    const { throughputFps } = unwrap(multiCore(alone, target, target.cores, moved));
    return [{ error: throughputFps / record.fps_mt - 1 }];
  });
  expect(errors.length).toBeGreaterThan(8);
  expect(meanError(errors)).toBeLessThan(mean);
});
