import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NetworkBuilder } from '../../../network/builder.ts';
import type { Network } from '../../../network/network.ts';
import { presetById, TRAINED_PRESETS } from '../../../network/presets.ts';
import { unwrap } from '../../../result.ts';
import type { DpuIsa } from '../architectures.ts';
import { verdictSentence } from '../placement.ts';
import { type Inspection, inspect, inspectionText } from './inspector.ts';

const on = (network: Network, isa: DpuIsa = 1): Inspection =>
  unwrap(inspect(network, { architecture: 'B4096', isa }));
const flagged = (inspection: Inspection): string[] =>
  inspection.layers.filter(({ device }) => device === 'CPU').map(({ layerId }) => layerId);
const map = (extent: number, channels: number) => ({ height: extent, width: extent, channels });

function single(build: (b: NetworkBuilder) => void, input = map(64, 64), isa: DpuIsa = 1) {
  const b = new NetworkBuilder('one layer', input);
  build(b);
  const verdict = on(b.build(), isa).layers.at(-1)!;
  return verdict.problems.map(({ rule, change }) => ({ rule, to: change?.to ?? null }));
}

/** Grouped convolutions and channel shuffles are of the processor. */
const split = (network: Network): boolean => network.layers.some(({ kind }) => kind === 'channelShuffle');

test('grouped convolutions, shuffles and what follows them split a ShuffleNet', () => {
  const preset = presetById('tiny-shufflenet')!;
  const network = preset.build(preset.input, 10);
  const inspection = on(network);
  const refused = inspection.layers.filter(({ problems }) =>
    problems.some(({ rule }) => rule === 'groups' || rule === 'channel-shuffle'),
  );
  expect(refused.map(({ layerId }) => layerId)).toEqual(
    network.layers
      .filter((layer) => layer.kind === 'channelShuffle' || (layer.kind === 'conv2d' && layer.groups > 1))
      .map(({ id }) => id),
  );
  expect(inspection.dpuSubgraphCount).toBeGreaterThan(1);
});

describe.each(TRAINED_PRESETS)('$name', (preset) => {
  const network = preset.build(preset.input, 10);
  const inspection = on(network);

  test.skipIf(split(network))('the softmax is flagged and nothing else: one DPU subgraph (SX-34)', () => {
    const softmax = network.layers.filter(({ kind }) => kind === 'softmax').map(({ id }) => id);
    expect(flagged(inspection)).toEqual(softmax);
    expect(inspection.subgraphs.map(({ device }) => device)).toEqual(['USER', 'DPU', 'CPU']);
    expect(inspection.dpuSubgraphCount).toBe(1);
  });

  test('the text has one line for each op and names every device (VT-44)', () => {
    const [head, ...lines] = inspectionText(inspection, network).trimEnd().split('\n');
    expect(head).toContain('DPUCZDX8G_ISA1_B4096');
    expect(lines.length).toBe(network.layers.length);
    lines.forEach((line, i) => {
      expect(line.startsWith(network.layers[i]!.id)).toBe(true);
      expect(line).toMatch(/ (DPU|CPU|USER) +subgraph \d+/);
    });
  });
});

test('a MobileNetV2 backbone flags none (SX-34)', () => {
  const preset = presetById('tiny-mobilenet-v2')!;
  const whole = preset.build(map(224, 3), 10);
  const backbone = { ...whole, layers: whole.layers.filter(({ kind }) => kind !== 'softmax') };
  expect(flagged(on(backbone))).toEqual([]);
});

test('a layer the DPU refuses splits the graph in two, and its activation goes with it', () => {
  const b = new NetworkBuilder('split', map(64, 3));
  b.convBlock(16, 3);
  const wide = b.conv(16, 17);
  const bn = b.batchNorm();
  const relu = b.relu();
  b.convBlock(16, 3);
  const inspection = on(b.build());
  expect(flagged(inspection)).toEqual([wide, bn, relu]);
  expect(inspection.subgraphs.map(({ device, reads }) => [device, reads])).toEqual([
    ['USER', []],
    ['DPU', [0]],
    ['CPU', [1]],
    ['DPU', [2]],
  ]);
  expect(inspection.dpuSubgraphCount).toBe(2);
  const verdict = inspection.layers.find(({ layerId }) => layerId === wide)!;
  expect(verdictSentence(verdict)).toBe(
    `${wide} runs on the CPU: its kernel is 17x17, a DPU convolves up to 16x16; make its kernel 16x16.`,
  );
});

test('a DPU branch beside a CPU branch does not wait for itself', () => {
  const b = new NetworkBuilder('branches', map(32, 16));
  const entry = b.conv(16, 3);
  const kept = b.conv(16, 3, {}, entry);
  const refused = b.conv(16, 17, {}, entry);
  b.add(kept, refused);
  const { subgraphs } = on(b.build());
  expect(subgraphs.map(({ layerIds }) => layerIds)).toEqual([['input'], [entry, kept], [refused], ['add1']]);
  for (const { index, reads } of subgraphs) for (const source of reads) expect(source).toBeLessThan(index);
});

test('rules of convolutions', () => {
  expect(single((b) => b.conv(8, [17, 3]))).toEqual([{ rule: 'kernel', to: [16, 3] }]);
  expect(single((b) => b.conv(8, 3, { stride: 9 }))).toEqual([{ rule: 'stride', to: [8, 8] }]);
  expect(single((b) => b.conv(8, 12, { stride: 12, padding: 'valid' }), map(12, 8))).toEqual([]);
  expect(single((b) => b.conv(4097, 1))).toEqual([{ rule: 'output-channels', to: 4096 }]);
  expect(single((b) => b.conv(8, 1), map(4, 4097))).toEqual([{ rule: 'input-channels', to: 4096 }]);
  expect(single((b) => b.conv(8, 1, { dilation: 2 }), map(4, 2049))).toEqual([
    { rule: 'dilation', to: [1, 1] },
  ]);
  expect(single((b) => b.conv(8, 3), map(4, 4096))).toEqual([{ rule: 'weight-depth', to: 227 * 16 }]);
  expect(single((b) => b.conv(8, 3, { padding: [4, 0, 0, 3] }))).toEqual([
    { rule: 'padding', to: [3, 0, 0, 3] },
  ]);
  expect(single((b) => b.conv(64, 3, { groups: 4 }))).toEqual([{ rule: 'groups', to: 1 }]);
});

test('ISA0 and ISA1 differ in depthwise convolutions and pools', () => {
  const rule = (build: (b: NetworkBuilder) => void) =>
    ([0, 1] as const).map((isa) => single(build, map(64, 16), isa).map((problem) => problem.rule));
  expect(rule((b) => b.depthwise(17))).toEqual([['kernel'], []]);
  expect(rule((b) => b.depthwise(3, { stride: 9 }))).toEqual([['stride'], []]);
  expect(rule((b) => b.depthwise(46))).toEqual([['kernel'], ['window', 'padding']]);
  expect(rule((b) => b.maxPool(9))).toEqual([['pool-window'], []]);
  expect(rule((b) => b.averagePool([2, 4]))).toEqual([['pool-window'], []]);
  expect(rule((b) => b.averagePool(1))).toEqual([['pool-window'], []]);
  expect(rule((b) => b.globalAveragePool())).toEqual([['pool-window'], []]);
});

test("a dense layer behind a flatten runs as one kernel over the map: VGG16's fc6 is no problem", () => {
  const dense = (input: ReturnType<typeof map>) =>
    single((b) => {
      b.flatten();
      b.dense(4096);
    }, input);
  expect(dense(map(7, 512))).toEqual([]);
  expect(dense(map(32, 512))).toEqual([{ rule: 'input-channels', to: 4096 }]);
  expect(single((b) => b.dense(5000), map(1, 16))).toEqual([{ rule: 'output-channels', to: 4096 }]);
});

test('the smallest change to a kernel, stride, padding or dilation removes its problem', () => {
  const pair = (max: number) =>
    fc.tuple(fc.integer({ min: 1, max }), fc.integer({ min: 1, max })) as fc.Arbitrary<[number, number]>;
  fc.assert(
    fc.property(
      fc.constantFrom('conv', 'depthwise'),
      pair(60),
      pair(20),
      pair(4),
      fc.integer({ min: 1, max: 5000 }),
      fc.constantFrom<DpuIsa>(0, 1),
      (kind, kernel, stride, dilation, channels, isa) => {
        const b = new NetworkBuilder('random', map(256, channels));
        if (kind === 'conv') b.conv(8, kernel, { stride, dilation, padding: [9, 9, 9, 9] });
        else b.depthwise(kernel, { stride, padding: [20, 20, 20, 20] });
        const network = b.build();
        for (const problem of on(network, isa).layers.at(-1)!.problems) {
          const { change } = problem;
          if (change === null || ['inputChannels', 'groups'].includes(change.attribute)) continue;
          const layers = network.layers.map((layer) =>
            layer.id === b.last ? { ...layer, [change.attribute]: change.to } : layer,
          ) as Network['layers'];
          const after = on({ ...network, layers }, isa).layers.at(-1)!.problems;
          expect(after.map(({ rule }) => rule)).not.toContain(problem.rule);
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('ten thousand layers are no problem', () => {
  const b = new NetworkBuilder('deep', map(1, 16));
  for (let i = 0; i < 10_000; i++) b.relu();
  expect(on(b.build()).subgraphs.length).toBe(2);
});

test('a broken network is a fault, not an exception', () => {
  const network: Network = { name: 'none', layers: [] };
  expect(inspect(network, { architecture: 'B512', isa: 1 }).ok).toBe(false);
});
