import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { networkCounts } from '../../network/counts.ts';
import { unwrap } from '../../result.ts';
import { LIU_DEFAULTS } from './engine.ts';
import {
  accuracyAtSparsity,
  gopPerFrame,
  gops,
  gopsPerDsp,
  gopsPerWatt,
  metricsOf,
  peakGops,
  powerAtSparsity,
  utilization,
} from './metrics.ts';
import { ENGINE_PLATFORM, PUBLISHED_NETWORKS, PUBLISHED_ROWS, type PublishedRow } from './published.ts';

const rowOf = (network: PublishedRow['network'], platform: string): PublishedRow =>
  PUBLISHED_ROWS.find((row) => row.network === network && row.platform.includes(platform))!;

const macCountOf = (name: PublishedRow['network']): number =>
  networkCounts(PUBLISHED_NETWORKS.find((network) => network.name === name)!.build()).macCount;

test('GOPS are two operations a MAC, times frames: 304.6 and 181.8 of the printed 305.2 and 181.8 (LI-27)', () => {
  expect(gops(macCountOf('MobileNetV1'), 267.8)).toBeCloseTo(304.6, 1);
  expect(gops(macCountOf('MobileNetV2'), 302.3)).toBeCloseTo(181.8, 1);
});

test('the printed GOPS of the ResNets are those of version 1 (LI-32)', () => {
  for (const [name, gop] of [
    ['ResNet-50', 7.74],
    ['ResNet-152', 22.62],
  ] as const) {
    const row = rowOf(name, ENGINE_PLATFORM);
    const printed = gopPerFrame(row.gops!, row.framesPerSecond!);
    expect(printed).toBeCloseTo(gop, 2);
    expect((2 * macCountOf(name)) / 1e9 / printed).toBeCloseTo(1, 2);
  }
  const other = rowOf('ResNet-152', '[39]');
  expect(gopPerFrame(other.gops!, other.framesPerSecond!)).toBeCloseTo(12.29, 2);
  expect(other.remark).toContain('12.29');
});

test('rates and GOPS/W of Table 2 follow from its times, GOPS and watts (LI-28)', () => {
  for (const { milliseconds, framesPerSecond, platform } of PUBLISHED_ROWS) {
    if (milliseconds === null || framesPerSecond === null) continue;
    expect(1e3 / milliseconds / framesPerSecond, platform).toBeCloseTo(1, 2);
  }
  const withPower = PUBLISHED_ROWS.filter((row) => row.watts !== null);
  expect(withPower.map((row) => gopsPerWatt(row.gops!, row.watts!).toFixed(2))).toEqual(
    withPower.map((row) => row.gopsPerWatt!.toFixed(2)),
  );
  expect(withPower.map((row) => row.gopsPerWatt)).toEqual([27.15, 1.58, 2.83, 16.02]);
});

test('the six claims of section 7.2 follow from Table 2 (LI-29)', () => {
  const [v1, v2] = [rowOf('MobileNetV1', ENGINE_PLATFORM), rowOf('MobileNetV2', ENGINE_PLATFORM)];
  const [cpu, gpu] = [rowOf('MobileNetV2', 'i7-6700HQ'), rowOf('MobileNetV2', 'GTX')];
  const phone = (name: PublishedRow['network']) => rowOf(name, 'Snapdragon').framesPerSecond!;
  expect(v1.framesPerSecond! / phone('MobileNetV1')).toBeCloseTo(32.9, 1);
  expect(v2.framesPerSecond! / phone('MobileNetV2')).toBeCloseTo(22.7, 1);
  expect(v2.framesPerSecond! / cpu.framesPerSecond!).toBeCloseTo(3.9, 1);
  expect(v2.framesPerSecond! / gpu.framesPerSecond!).toBeCloseTo(1.4, 1);
  expect(v2.gopsPerWatt! / cpu.gopsPerWatt!).toBeCloseTo(10.1, 1);
  expect(v2.gopsPerWatt! / gpu.gopsPerWatt!).toBeCloseTo(5.7, 1);
});

test('density is GOPS a DSP: 0.117 and 0.130, 2.62 times that of [38] (LI-33)', () => {
  const density = (row: PublishedRow) => gopsPerDsp(row.gops!, row.dsp!);
  const ours = density(rowOf('ResNet-50', ENGINE_PLATFORM));
  expect(ours).toBeCloseTo(0.117, 3);
  expect(density(rowOf('ResNet-152', ENGINE_PLATFORM))).toBeCloseTo(0.13, 3);
  expect(density(rowOf('ResNet-50', '[38]'))).toBeCloseTo(0.0447, 4);
  expect(ours / density(rowOf('ResNet-50', '[38]'))).toBeCloseTo(2.62, 2);
});

test('the peak is 691.2 GOPS; the four networks use 44.2, 26.3, 36.5 and 40.7 % of it (LI-34)', () => {
  expect(peakGops(LIU_DEFAULTS)).toBeCloseTo(691.2, 9);
  const shares = PUBLISHED_NETWORKS.map(({ name }) =>
    utilization(rowOf(name, ENGINE_PLATFORM).gops!, LIU_DEFAULTS),
  );
  [44.2, 26.3, 36.5, 40.7].forEach((percent, i) => {
    expect(100 * shares[i]!).toBeCloseTo(percent, 1);
  });
});

test('metrics without watts or DSP blocks have no ratio to them', () => {
  const frame = { macCount: 1e9, throughputFps: 100 };
  const metrics = metricsOf(frame, LIU_DEFAULTS, { watts: 10, dsp: null });
  expect(metrics.gops).toBeCloseTo(200, 9);
  expect(metrics.gopsPerWatt).toBeCloseTo(20, 9);
  expect(metrics.gopsPerDsp).toBeNull();
});

test('power falls by 0.0904 W a percent of zero weights: 9.09, 6.83 and 4.57 W, 59.7 % saved (LI-35)', () => {
  const watts = [0.25, 0.5, 0.75].map((sparsity) => unwrap(powerAtSparsity(sparsity)).watts);
  [9.09, 6.83, 4.57].forEach((value, i) => {
    expect(watts[i]).toBeCloseTo(value, 2);
  });
  expect(100 * unwrap(powerAtSparsity(0.75)).saved).toBeCloseTo(59.7, 1);
  expect(100 * (unwrap(accuracyAtSparsity(0)) - unwrap(accuracyAtSparsity(0.75)))).toBeCloseTo(4.15, 9);
});

test('nothing is said beyond the measured 75 % (LI-35)', () => {
  for (const sparsity of [-0.1, 0.76, 1, Number.NaN]) {
    expect(powerAtSparsity(sparsity).ok).toBe(false);
    expect(accuracyAtSparsity(sparsity).ok).toBe(false);
  }
});

const path = join(import.meta.dirname, '../../../../../shared/reference/seed_tables.json');

test.skipIf(!existsSync(path))('our published rows are those of the tables', () => {
  const { tables } = JSON.parse(readFileSync(path, 'utf8')) as {
    tables: { id: string; data: Record<string, unknown>[] }[];
  };
  const printed = ['LI.T2', 'LI.T4'].flatMap((id) => tables.find((table) => table.id === id)!.data);
  expect(printed.map((row) => [row.net, row.ms, row.fps, row.gops])).toEqual(
    PUBLISHED_ROWS.map((row) => [row.network, row.milliseconds, row.framesPerSecond, row.gops]),
  );
  expect(printed.map((row) => [row.W ?? null, row.gops_W ?? null])).toEqual(
    PUBLISHED_ROWS.map((row) => [row.watts, row.gopsPerWatt]),
  );
  expect(printed.map((row) => row.density ?? null)).toEqual(PUBLISHED_ROWS.map((row) => row.gopsPerDsp));
});
