import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOFLINE_DEVICES, TEGRA_X2_CPU } from './devices.ts';
import { framesSeconds } from './estimate.ts';
import { changeOf, PUBLISHED_TIMES, PVA_SSD, publishedMeans, speedUpOverCpu } from './published.ts';
import { detectorNodes, validateRoofline } from './validation.ts';

const rows = validateRoofline();
const macsOf = (nodes: readonly { macCount: number }[]) =>
  nodes.reduce((sum, node) => sum + node.macCount, 0);

test('each of the 30 times of Table 4 is within 25 %, the constants fitted on the unpruned ones only (SI-24)', () => {
  expect(rows.length).toBe(30);
  expect(rows.filter((row) => row.fitted).length).toBe(15);
  for (const row of rows) expect(Math.abs(row.error), row.name).toBeLessThan(0.25);
});

test('on the 15 pruned times, which nothing was fitted on, the mean error is below 7 % and none above 15 %', () => {
  const errors = rows.filter((row) => !row.fitted).map((row) => Math.abs(row.error));
  expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(0.07);
  expect(Math.max(...errors)).toBeLessThan(0.15);
});

test('the shipped constants are those of the least squares: none can be moved by 1 % to a better fit', () => {
  const loss = (devices: typeof ROOFLINE_DEVICES) =>
    validateRoofline((id) => devices.find((device) => device.id === id))
      .filter((row) => row.fitted)
      .reduce((sum, { error }) => sum + error * error, 0);
  const shipped = loss(ROOFLINE_DEVICES);
  for (const device of ROOFLINE_DEVICES)
    for (const factor of [0.99, 1.01])
      for (const field of ['sustainedShare', 'overheadSecondsPerNode'] as const) {
        const moved = { ...device, [field]: device[field] * factor };
        const devices = ROOFLINE_DEVICES.map((one) => (one === device ? moved : one));
        expect(loss(devices), `${device.name}, ${field} x ${factor}`).toBeGreaterThan(shipped);
      }
});

test('pruned detectors have the back-end MACs of Table 3 and all of their heads', () => {
  const detectors = detectorNodes();
  expect(macsOf(detectors['VGG-SSD'].original) / 1e9).toBeCloseTo(31.37, 2);
  expect(macsOf(detectors['VGG-SSD'].pruned) / 1e9).toBeCloseTo(30.129 * (23.4 / 30.1) + 1.2445, 2);
  const squeezenet = detectors['SqueezeNet-SSD'];
  const isHead = (node: { head: boolean }) => node.head;
  expect(macsOf(squeezenet.original.filter(isHead)) / 1e9).toBeCloseTo(0.641, 3);
  expect(macsOf(squeezenet.pruned.filter(isHead))).toBe(macsOf(squeezenet.original.filter(isHead)));
  expect(macsOf(detectors['PVA-SSD'].pruned) / 1e9).toBeCloseTo(1.03, 6);
  expect(detectors['PVA-SSD'].pruned.reduce((sum, node) => sum + node.nodeCount, 0)).toBeCloseTo(
    PVA_SSD.nodeCount,
    9,
  );
});

test('pruning helps VGG-SSD most everywhere, and the graph with the most nodes least on both GPUs (SI-26)', () => {
  const detectors = Object.entries(detectorNodes());
  for (const device of ROOFLINE_DEVICES) {
    const gains = detectors.map(([name, { original, pruned }]) => ({
      name,
      gain: 1 - framesSeconds(pruned, device) / framesSeconds(original, device),
    }));
    const most = gains.reduce((a, b) => (b.gain > a.gain ? b : a));
    const least = gains.reduce((a, b) => (b.gain < a.gain ? b : a));
    expect(most.name, device.name).toBe('VGG-SSD');
    if (device !== TEGRA_X2_CPU) expect(least.name, device.name).toBe('PVA-SSD');
  }
});

test('the GPU of the Jetson runs VGG-SSD 11.5 times as fast as its CPU (SI-27)', () => {
  const time = PUBLISHED_TIMES.find(
    ({ platform, unit, network }) => platform === 'Jetson TX2' && unit === 'iGPU' && network === 'VGG-SSD',
  )!;
  expect(speedUpOverCpu(time)).toBeCloseTo(11.5, 1);
  for (const row of PUBLISHED_TIMES.filter(({ unit }) => unit !== 'CPU'))
    expect(speedUpOverCpu(row)!).toBeGreaterThan(1);
});

test('recomputed changes differ from the printed ones by at most 0.2 points (SI-24)', () => {
  expect(PUBLISHED_TIMES.length).toBe(15);
  for (const time of PUBLISHED_TIMES)
    expect(Math.abs(100 * changeOf(time) - time.printedChangePercent)).toBeLessThanOrEqual(0.2);
});

test('the mean improvements are 9.7 % on the Drive PX2 and 12.2 %, not 8.2 %, on the Jetson (SI-25)', () => {
  const percents = publishedMeans().map(({ improvement }) => Number((100 * improvement).toFixed(1)));
  expect(percents).toEqual([9.7, 12.2, 13, 14.3, 10.2, 10.2]);
});

const path = join(import.meta.dirname, '../../../../../shared/reference/seed_tables.json');

interface SeedRow {
  readonly unit: string;
  readonly [network: string]: string | { original_ms: number; pruned_ms: number; change_percent: number };
}

test.skipIf(!existsSync(path))('every published time is that of the source (SI-24)', () => {
  const { tables } = JSON.parse(readFileSync(path, 'utf8')) as {
    tables: readonly { id: string; data: unknown }[];
  };
  const dataOf = (id: string) => tables.find((table) => table.id === id)?.data as readonly SeedRow[];
  for (const time of PUBLISHED_TIMES) {
    const jetson = time.platform === 'Jetson TX2';
    const unit = jetson && time.unit === 'iGPU' ? 'GPU' : time.unit;
    const row = dataOf(jetson ? 'SI.T4b' : 'SI.T4a').find((one) => one.unit === unit);
    expect(row?.[time.network], `${time.network}, ${time.platform} ${time.unit}`).toEqual({
      original_ms: time.originalMs,
      pruned_ms: time.prunedMs,
      change_percent: time.printedChangePercent,
    });
  }
});
