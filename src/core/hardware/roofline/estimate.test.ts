import { expect, test } from 'vitest';
import { NetworkBuilder } from '../../network/builder.ts';
import type { Network } from '../../network/network.ts';
import { squeezenetSsd300, vggSsd300 } from '../../network/presets/detection.ts';
import { geometryOf } from '../../network/shapes.ts';
import { unwrap } from '../../result.ts';
import {
  DRIVE_PX2,
  DRIVE_PX2_GPU,
  JETSON_TX2,
  ROOFLINE_DEVICES,
  type RooflineDevice,
  TEGRA_X2_CPU,
  TEGRA_X2_GPU,
} from './devices.ts';
import {
  energyPerFrameJoules,
  estimateBatch,
  estimateRoofline,
  framesPerJoule,
  framesSeconds,
  nodeTime,
} from './estimate.ts';
import { frameworkNodes } from './nodes.ts';

const VOC = { height: 300, width: 300, channels: 3 };
const PLAIN: RooflineDevice = {
  name: 'a device of my own',
  peakOpsPerSecond: 1e9,
  bandwidthBytesPerSecond: 1e9,
  overheadSecondsPerNode: 0,
  powerWatts: 10,
  bytesPerValue: 4,
};

function oneConv(): Network {
  const b = new NetworkBuilder('one', { height: 8, width: 8, channels: 16 });
  b.conv(32, 3, { bias: true });
  return b.build();
}

test('the peak of the Tegra X2 is computed as 0.750 TFLOPS and stated as 0.75 and 1.5 (SI-21)', () => {
  expect(JETSON_TX2.computedFp32OpsPerSecond / 1e12).toBeCloseTo(0.75, 3);
  expect(JETSON_TX2.statedFp32OpsPerSecond).toBe(0.75e12);
  expect(JETSON_TX2.statedFp16OpsPerSecond).toBe(1.5e12);
  expect(JETSON_TX2.powerWatts).toBe(15);
});

test('the peak of the Drive PX2 is computed as 7.44 TFLOPS beside the stated 8 (SI-22)', () => {
  expect(DRIVE_PX2.computedFp32OpsPerSecond / 1e12).toBeCloseTo(7.44, 2);
  expect(DRIVE_PX2.statedFp32OpsPerSecond).toBe(8e12);
  expect(DRIVE_PX2_GPU.peakOpsPerSecond / 1e12).toBeCloseTo(2.972, 3);
});

test('a node takes the longer of computing and moving, and its overhead', () => {
  const network = oneConv();
  const [node] = frameworkNodes(network, geometryOf(network));
  const macs = 8 * 8 * 9 * 16 * 32;
  const bytes = 4 * (8 * 8 * 16 + 8 * 8 * 32 + 9 * 16 * 32 + 32);
  const slow = { ...PLAIN, bandwidthBytesPerSecond: 1e6, overheadSecondsPerNode: 1e-3 };
  expect(nodeTime(node!, PLAIN).total).toBeCloseTo((2 * macs) / 1e9, 12);
  expect(nodeTime(node!, PLAIN).bytes).toBe(bytes);
  expect(nodeTime(node!, slow).total).toBeCloseTo(bytes / 1e6 + 1e-3, 12);
});

test('a report adds its rows up, and its terms are in nanoseconds', () => {
  const report = unwrap(estimateRoofline(squeezenetSsd300(VOC, 21), TEGRA_X2_GPU));
  const cycles = report.rows.reduce((sum, row) => sum + row.cycles, 0);
  expect(report.initiationInterval).toBeCloseTo(cycles, 3);
  expect(report.latencySeconds).toBeCloseTo(cycles / 1e9, 12);
  expect(report.rows.reduce((sum, row) => sum + row.macCount, 0)).toBe(1_175_969_984);
  const slowest = report.rows.find(({ id }) => id === report.bottleneckId)!;
  for (const row of report.rows) expect(row.cycles).toBeLessThanOrEqual(slowest.cycles);
  for (const row of report.rows) {
    const term = (name: string) => row.terms.find((one) => one.name === name)?.cycles ?? 0;
    expect(row.cycles).toBeCloseTo(Math.max(term('compute'), term('memory')) + term('overhead'), 6);
  }
});

test('one network is listed on CPU, integrated and discrete GPU with its own time on each (SI-23)', () => {
  const times = ROOFLINE_DEVICES.map(
    (device) => unwrap(estimateRoofline(vggSsd300(VOC, 21), device)).latencySeconds,
  );
  expect(times.length).toBe(3);
  expect(times[0]!).toBeGreaterThan(times[1]!);
  expect(times[1]!).toBeGreaterThan(times[2]!);
});

test('an SSD detector gets the 37 nodes of its box decoding, a classifier gets none', () => {
  const detector = vggSsd300(VOC, 21);
  const decoding = frameworkNodes(detector, geometryOf(detector)).at(-1)!;
  expect(decoding).toMatchObject({ kind: 'detector', nodeCount: 37, macCount: 0 });
  const classifier = oneConv();
  expect(frameworkNodes(classifier, geometryOf(classifier)).map(({ kind }) => kind)).toEqual(['conv2d']);
});

test('ReLUs and batch norms are nodes of their own, a batch norm two', () => {
  const b = new NetworkBuilder('block', { height: 8, width: 8, channels: 16 });
  b.convBlock(32, 3);
  const network = b.build();
  const nodes = frameworkNodes(network, geometryOf(network));
  expect(nodes.map(({ kind, nodeCount }) => [kind, nodeCount])).toEqual([
    ['conv2d', 1],
    ['batchNorm', 2],
    ['relu', 1],
  ]);
});

test('splitting a layer into ten of equal MACs raises its time by nine overheads (SI-26)', () => {
  const part = (macCount: number, id: string) => ({
    id,
    layerIds: [],
    label: id,
    kind: 'conv2d',
    nodeCount: 1,
    macCount,
    mapValues: 0,
    weightValues: 0,
    head: false,
  });
  const whole = framesSeconds([part(1e9, 'whole')], TEGRA_X2_GPU);
  const split = framesSeconds(
    Array.from({ length: 10 }, (_, i) => part(1e8, `part ${i}`)),
    TEGRA_X2_GPU,
  );
  expect(split - whole).toBeCloseTo(9 * TEGRA_X2_GPU.overheadSecondsPerNode, 12);
});

test('a batch raises throughput and leaves the latency of one image alone (SI-08)', () => {
  const network = squeezenetSsd300(VOC, 21);
  const single = unwrap(estimateRoofline(network, TEGRA_X2_GPU));
  const one = unwrap(estimateBatch(network, TEGRA_X2_GPU, 1));
  const many = unwrap(estimateBatch(network, TEGRA_X2_GPU, 16));
  expect(one.throughputFps).toBeCloseTo(single.throughputFps, 9);
  expect(many.throughputFps).toBeGreaterThan(2 * one.throughputFps);
  expect(many.imageLatencySeconds).toBeCloseTo(single.latencySeconds, 12);
  expect(many.batchSeconds).toBeGreaterThan(many.imageLatencySeconds);
  expect(estimateBatch(network, TEGRA_X2_GPU, 0).ok).toBe(false);
});

test('energy is power times latency, and the demo gives 25/15 and 18/250 frames a joule (SI-34)', () => {
  const report = unwrap(estimateRoofline(squeezenetSsd300(VOC, 21), TEGRA_X2_GPU));
  expect(energyPerFrameJoules(report, TEGRA_X2_GPU)).toBeCloseTo(15 * report.latencySeconds, 12);
  expect(energyPerFrameJoules(report, { ...PLAIN, powerWatts: null })).toBeNull();
  expect(framesPerJoule(25, JETSON_TX2.powerWatts)).toBeCloseTo(1.667, 3);
  expect(framesPerJoule(18, DRIVE_PX2.powerWatts)).toBeCloseTo(0.072, 6);
});

test('every bound says why, with the operations per byte that decide', () => {
  const { rows } = unwrap(estimateRoofline(vggSsd300(VOC, 21), TEGRA_X2_GPU));
  const of = (bound: string) => rows.filter((row) => row.bound === bound);
  expect(of('compute')[0]!.boundSentence).toMatch(
    /^It does [\d.]+ operations per byte, more than the 7\.56 /,
  );
  expect(of('memory')[0]!.boundSentence).toMatch(/^It multiplies nothing: moving 46\.1 MB takes 772 µs/);
  expect(of('overhead')[0]!.boundSentence).toMatch(/^Calling it takes 161 µs, its work only /);
  const wide = unwrap(estimateRoofline(oneConv(), { ...PLAIN, bandwidthBytesPerSecond: 1e6 })).rows[0]!;
  expect(wide.boundSentence).toBe(
    'It does 19.1 operations per byte, fewer than the 1,000 from which computing takes longer: moving 30.8 kB takes 30.8 ms, computing 590 µs.',
  );
});

test('a device that can not be is refused with the field that is wrong', () => {
  const faults = [
    { ...PLAIN, peakOpsPerSecond: 0 },
    { ...PLAIN, bandwidthBytesPerSecond: Number.NaN },
    { ...PLAIN, overheadSecondsPerNode: -1 },
    { ...PLAIN, powerWatts: Number.POSITIVE_INFINITY },
    { ...PLAIN, bytesPerValue: -4 },
  ].map((device) => estimateRoofline(oneConv(), device));
  expect(faults.map((fault) => (fault.ok ? 'ok' : fault.error.code))).toEqual(Array(5).fill('device'));
  expect(faults[0]!.ok ? '' : faults[0]!.error.message).toBe(
    'The peak in operations a second of a device of my own is 0; it must be above 0.',
  );
  const empty = new NetworkBuilder('empty', VOC).build();
  expect(estimateRoofline(empty, TEGRA_X2_CPU)).toMatchObject({
    ok: false,
    error: { code: 'nothing-to-run' },
  });
});
