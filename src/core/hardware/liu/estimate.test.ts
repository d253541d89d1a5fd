import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NetworkBuilder } from '../../network/builder.ts';
import type { Network } from '../../network/network.ts';
import { square } from '../../network/presets/preset.ts';
import { geometryOf } from '../../network/shapes.ts';
import { unwrap } from '../../result.ts';
import { allocateBuffers, savedShortcutTransfers } from './buffers.ts';
import { costOf, pipelineCycles } from './cost.ts';
import { LIU_DEFAULTS, type Overlap, UNFITTED_BYTES_PER_CYCLE } from './engine.ts';
import { estimateLiu } from './estimate.ts';
import { lowerToLiu } from './passes.ts';
import { PUBLISHED_NETWORKS } from './published.ts';
import { instructionLines, replayInstructions, schedulePass } from './schedule.ts';
import { validateLiu } from './validation.ts';

const OVERLAPS: readonly Overlap[] = ['all', 'maps', 'none'];
const built = new Map(PUBLISHED_NETWORKS.map(({ name, build }) => [name as string, build()]));
const networkOf = (name: string): Network => built.get(name)!;

test('compute alone takes 2.01, 1.27, 13.03 and 34.61 ms, less than the published times (LI-06)', () => {
  const milliseconds = PUBLISHED_NETWORKS.map(({ name, publishedMs }) => {
    const costs = costOf(lowerToLiu(networkOf(name)), LIU_DEFAULTS);
    const ms = costs.reduce((sum, cost) => sum + cost.idealCycles, 0) / 150e3;
    expect(ms).toBeLessThan(publishedMs);
    return ms;
  });
  [2.01, 1.27, 13.03, 34.61].forEach((ms, i) => {
    expect(milliseconds[i]).toBeCloseTo(ms, 2);
  });
});

test('the model is within 15 % of all four published times, with its constant and with a word a cycle', () => {
  for (const options of [{}, { bytesPerCycle: UNFITTED_BYTES_PER_CYCLE }]) {
    const rows = validateLiu(options);
    expect(rows.map((row) => row.publishedMs)).toEqual([3.73, 3.31, 30.64, 80.45]);
    for (const row of rows) expect(Math.abs(row.error), row.name).toBeLessThan(0.15);
  }
});

test('no other rate makes the worst error smaller by more than half a point', () => {
  const worst = (bytesPerCycle: number) =>
    Math.max(...validateLiu({ bytesPerCycle }).map(({ error }) => Math.abs(error)));
  const shipped = worst(LIU_DEFAULTS.bytesPerCycle);
  for (let rate = 4; rate <= 40; rate += 2) expect(worst(rate)).toBeGreaterThan(shipped - 0.005);
});

test('no pass is a batch norm, an activation or an addition alone (LI-37)', () => {
  for (const { name } of PUBLISHED_NETWORKS) {
    const network = networkOf(name);
    const { passes } = lowerToLiu(network);
    const kindOf = new Map(network.layers.map((layer) => [layer.id, layer.kind]));
    expect(passes.every(({ id }) => /conv2d|depthwiseConv2d|dense/i.test(kindOf.get(id) ?? ''))).toBe(true);
    const computed = passes.flatMap(({ layerIds }) => layerIds);
    const host = network.layers.filter(({ kind }) => kind === 'input' || kind === 'softmax');
    expect(new Set(computed).size).toBe(computed.length);
    expect(computed.length + host.length).toBe(network.layers.length);
  }
});

test('eq. 1 saves MobileNetV2 241,472 bytes in its 10 residual blocks (LI-10)', () => {
  const lowered = lowerToLiu(networkOf('MobileNetV2'));
  const { places } = allocateBuffers(lowered, LIU_DEFAULTS);
  const saved = savedShortcutTransfers(lowered, places, LIU_DEFAULTS);
  expect(saved.length).toBe(10);
  expect(saved.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(241472);
  const first = saved[0]!;
  expect(first.seconds).toBeCloseTo(first.bytes / (LIU_DEFAULTS.bytesPerCycle * 150e6), 15);
});

test('a residual block has no off-chip traffic where its maps fit, and some where they do not (LI-09)', () => {
  const lowered = lowerToLiu(networkOf('MobileNetV2'));
  const trafficOf = (ramMBytes: number) => {
    const { traffic } = allocateBuffers(lowered, { ...LIU_DEFAULTS, ramMBytes });
    return traffic.slice(1, -1).reduce((sum, pass) => sum + pass.loadBytes + pass.storeBytes, 0);
  };
  expect(trafficOf(LIU_DEFAULTS.ramMBytes)).toBe(0);
  expect(trafficOf(1 << 19)).toBe(2 * 112 * 112 * 96);
});

test('expansion goes to RAM-M, depthwise stays in place, the sum overwrites its shortcut in RAM-S (LI-09) (LI-22)', () => {
  const lowered = lowerToLiu(networkOf('MobileNetV2'));
  const { allocations } = allocateBuffers(lowered, LIU_DEFAULTS);
  const residual = lowered.passes.findIndex(({ shortcuts }) => shortcuts.length > 0);
  expect(
    allocations.slice(residual - 3, residual + 1).map(({ output, inPlace }) => [output, inPlace]),
  ).toEqual([
    ['RAM-S', false],
    ['RAM-M', false],
    ['RAM-M', true],
    ['RAM-S', true],
  ]);
});

test('the buffers never hold more than they have (LI-22)', () => {
  const size = fc.integer({ min: 0, max: 1 << 21 });
  fc.assert(
    fc.property(fc.constantFrom(...built.values()), size, size, (network, ramSBytes, ramMBytes) => {
      const settings = { ...LIU_DEFAULTS, ramSBytes, ramMBytes };
      const { allocations } = allocateBuffers(lowerToLiu(network), settings);
      for (const held of allocations) {
        expect(held.ramSBytes).toBeLessThanOrEqual(ramSBytes);
        expect(held.ramMBytes).toBeLessThanOrEqual(ramMBytes);
      }
    }),
    { numRuns: 40 },
  );
});

const cycles = fc.integer({ min: 0, max: 500 });
const anyTasks = fc.record({ inputMap: cycles, inputWeight: cycles, compute: cycles, output: cycles });

const someCost = () => costOf(lowerToLiu(networkOf('MobileNetV2')), LIU_DEFAULTS)[3]!;

test('the last bar of a schedule ends when the formula says, whatever the tasks (LI-23)', () => {
  const count = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(anyTasks, count, fc.constantFrom(...OVERLAPS), (tasks, blockCount, overlap) => {
      const { intervals } = schedulePass({ ...someCost(), tasks, blockCount }, overlap, blockCount);
      const end = Math.max(0, ...intervals.map(({ endCycle }) => endCycle));
      expect(end).toBeCloseTo(pipelineCycles(tasks, blockCount, overlap), 6);
    }),
  );
});

test('in the steady state a block ends every max of the four tasks, without overlap every sum (LI-23) (LI-36)', () => {
  fc.assert(
    fc.property(anyTasks, (perBlock) => {
      const blockCount = 30;
      const times = (n: number) => n * blockCount;
      const tasks = {
        inputMap: times(perBlock.inputMap),
        inputWeight: times(perBlock.inputWeight),
        compute: times(perBlock.compute + 1),
        output: times(perBlock.output),
      };
      const all = [perBlock.inputMap, perBlock.inputWeight, perBlock.compute + 1, perBlock.output];
      const expected = { all: Math.max(...all), none: all.reduce((a, b) => a + b) };
      for (const overlap of ['all', 'none'] as const) {
        const { intervals, periodCycles } = schedulePass({ ...someCost(), tasks, blockCount }, overlap, 30);
        const endOf = (block: number) =>
          Math.max(...intervals.filter((bar) => bar.block === block).map(({ endCycle }) => endCycle));
        expect(endOf(29) - endOf(28)).toBeCloseTo(expected[overlap], 6);
        expect(periodCycles).toBeCloseTo(expected[overlap], 6);
      }
    }),
  );
});

test('a frame without overlap takes the sum of its tasks, with it less (LI-36)', () => {
  const network = networkOf('ResNet-50');
  const [all, maps, none] = OVERLAPS.map((overlap) => unwrap(estimateLiu(network, { overlap })));
  const tasks = costOf(lowerToLiu(network), LIU_DEFAULTS).flatMap((cost) => Object.values(cost.tasks));
  expect(none!.initiationInterval).toBeCloseTo(
    tasks.reduce((a, b) => a + b),
    3,
  );
  expect(all!.initiationInterval).toBeLessThan(maps!.initiationInterval);
  expect(maps!.initiationInterval).toBeLessThan(none!.initiationInterval);
});

test('replayed instructions give the same bars (LI-24)', () => {
  for (const overlap of OVERLAPS)
    for (const cost of costOf(lowerToLiu(networkOf('MobileNetV2')), LIU_DEFAULTS)) {
      const lines = instructionLines(cost, overlap);
      expect(unwrap(replayInstructions(lines))).toEqual(schedulePass(cost, overlap).intervals);
    }
});

test('a line that is no instruction is named (LI-24)', () => {
  const replayed = replayInstructions(['# remark', 'CONVOLVE block=0 cycles=10', 'JUMP 3']);
  expect(replayed.ok).toBe(false);
  if (!replayed.ok) expect(replayed.error.message).toContain('Line 3, "JUMP 3"');
});

test('a chart of many blocks says how many it leaves out', () => {
  const cost = costOf(lowerToLiu(networkOf('ResNet-50')), LIU_DEFAULTS)[2]!;
  const schedule = schedulePass(cost, 'maps', 4);
  expect(schedule.drawnBlocks).toBe(4);
  expect(schedule.omitted).toMatch(/^First 4 of \d+ blocks; /);
  expect(schedulePass(cost, 'maps', 1e6).omitted).toBeNull();
});

test('a report adds up, counts every MAC and says what bounds each row', () => {
  for (const { name } of PUBLISHED_NETWORKS) {
    const report = unwrap(estimateLiu(networkOf(name)));
    const sum = report.rows.reduce((total, row) => total + row.cycles, 0);
    expect(report.initiationInterval).toBeCloseTo(sum, 6);
    expect(report.throughputFps * report.latencySeconds).toBeCloseTo(1, 12);
    expect(report.violations).toEqual([]);
    for (const row of report.rows) {
      expect(row.boundSentence).toMatch(/^(Computing|Loading|Storing|The output unit) .*\.$/);
      expect(['compute', 'load', 'store']).toContain(row.bound);
      expect(row.cycles).toBeGreaterThanOrEqual(row.terms.find((term) => term.name === 'compute')!.cycles);
    }
  }
});

test('what the engine cannot run is named with a reason', () => {
  const b = new NetworkBuilder('odd', square(16, 16));
  b.conv(32, 3, { groups: 2 });
  b.conv(32, 3, { dilation: 2 });
  const branch = b.softmax();
  b.conv(16, 1, {}, branch);
  const report = unwrap(estimateLiu(b.build()));
  expect(report.violations.map(({ code }) => code)).toEqual(['groups', 'dilation', 'softmax']);
  expect(report.violations[0]!.message).toBe(
    'Layer conv1 is a convolution of 2 groups, and the engine knows standard, pointwise and depthwise ones; use one group.',
  );
});

test('a concat is addressing only, and an addition of two pools is a pass of the output unit', () => {
  const b = new NetworkBuilder('branches', square(16, 16));
  const [left, right] = [b.conv(16, 3, {}, 'input'), b.conv(32, 1, {}, 'input')];
  b.concat(left, right);
  b.conv(8, 1);
  const trunk = b.relu();
  const pools = [b.maxPool(2, {}, trunk), b.averagePool(2, {}, trunk)] as const;
  b.add(...pools);
  const network = b.build();
  const { passes } = lowerToLiu(network, geometryOf(network));
  expect(passes.map(({ kind, inputs }) => [kind, inputs.length])).toEqual([
    ['standard', 1],
    ['pointwise', 1],
    ['pointwise', 2],
    ['outputUnit', 1],
    ['outputUnit', 1],
    ['outputUnit', 2],
  ]);
  expect(unwrap(estimateLiu(network)).rows.length).toBe(6);
});

test('a map larger than RAM-S is cut into stripes, and its weights are loaded for each', () => {
  const b = new NetworkBuilder('large', square(512, 16));
  b.conv(64, 3);
  const cost = costOf(lowerToLiu(b.build()), LIU_DEFAULTS)[0]!;
  expect(cost.stripes).toBe(4);
  expect(cost.weightBytes).toBe(4 * 9 * 16 * 64);
});

test('an empty network and an impossible engine are refused', () => {
  const b = new NetworkBuilder('nothing', square(8, 3));
  expect(estimateLiu(b.build()).ok).toBe(false);
  expect(estimateLiu(networkOf('MobileNetV1'), { pk: 7 }).ok).toBe(false);
});
