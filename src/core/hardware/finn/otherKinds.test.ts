import { expect, test } from 'vitest';
import { NetworkBuilder } from '../../network/builder.ts';
import { unwrap } from '../../result.ts';
import { lowerToFinn } from './lower.ts';
import type { FinnNode } from './nodes.ts';
import { cyclesOf } from './operators.ts';

const BITS = { weightBits: 4, activationBits: 4 };

/** A network whose middle is built by `build`, as FINN nodes and violations. */
function lowered(build: (b: NetworkBuilder) => void, extent: { height: number; width: number } = SQUARE) {
  const b = new NetworkBuilder('other kinds', { ...extent, channels: 3 });
  b.convBlock(8, 3);
  build(b);
  b.convBlock(4, 3);
  return unwrap(lowerToFinn(b.build(), BITS));
}

const SQUARE = { height: 8, width: 8 };

test('FINN has thresholds behind a ReLU only: other activations are violations, shown as thresholds', () => {
  for (const kind of ['sigmoid', 'tanh', 'hardSigmoid', 'hardSwish'] as const) {
    const { nodes, violations } = lowered((b) => {
      b.conv(8, 3);
      b[kind]();
    });
    expect(violations.map(({ code }) => code)).toEqual(['finn-activation']);
    const unit = nodes.find(({ opType, layerIds }) => opType === 'MVAU_hls' && layerIds[0] === 'conv2');
    expect(unit).toMatchObject({ noActivation: false, layerIds: ['conv2', violations[0]?.layerIds[0]] });
  }
  const { violations } = lowered((b) => b.leakyRelu(0.1));
  expect(violations[0]?.message).toBe(
    'FINN has no hardware for the leaky ReLU leaky1: its quantizers become thresholds behind a ReLU only; use a relu. It is shown as thresholds.',
  );
});

test('a product of two maps costs what a StreamingEltwise costs, and FINN has no such product', () => {
  const { nodes, violations } = lowered((b) => {
    const left = b.convBlock(8, 3);
    b.multiply(left, b.convBlock(8, 1, {}, left));
  });
  expect(violations.map(({ code }) => code)).toEqual(['finn-multiply']);
  expect(violations[0]?.message).toMatch(/adds and subtracts, and mul1 multiplies; use an add/);
  const node = nodes.find(({ opType }) => opType === 'StreamingEltwise_hls') as FinnNode;
  expect(node.predecessors.length).toBe(2);
  expect(cyclesOf(node)).toBe(8 * 8 * 8);
});

test('FINN does not scale a map by a gate', () => {
  const { violations } = lowered((b) => {
    const map = b.last;
    b.multiply(map, b.sigmoid(b.globalAveragePool(map)));
  });
  expect(violations.map(({ code }) => code)).toEqual(['finn-activation', 'finn-multiply']);
  expect(violations[1]?.message).toMatch(/^FINN cannot scale a map by a gate, as mul1 does: /);
});

test('a square map enlarged by nearest is UpsampleNearestNeighbour, a cycle an output pixel', () => {
  const { nodes, violations } = lowered((b) => b.upsample(2));
  expect(violations).toEqual([]);
  const node = nodes.find(({ opType }) => opType === 'UpsampleNearestNeighbour_hls') as FinnNode;
  expect(node).toMatchObject({ ofmDim: 16, is1d: false, layerIds: ['up1'] });
  expect(cyclesOf(node)).toBe(256);
  const last = nodes.findLast(({ opType }) => opType === 'MVAU_hls');
  expect(last).toMatchObject({ numInputVectors: [1, 16, 16] });
});

test('FINN neither interpolates nor enlarges oblong maps in two directions', () => {
  const codes = (build: (b: NetworkBuilder) => void, extent = SQUARE) =>
    lowered(build, extent).violations.map(({ code }) => code);
  expect(codes((b) => b.upsample(2, 'bilinear'))).toEqual(['finn-upsample']);
  expect(codes((b) => b.upsample([2, 1]))).toEqual(['finn-upsample']);
  expect(codes((b) => b.upsample(2), { height: 8, width: 4 })).toEqual(['finn-upsample']);
  expect(codes((b) => b.upsample([3, 1]), { height: 8, width: 1 })).toEqual([]);
  const { nodes } = lowered((b) => b.upsample(2), { height: 8, width: 4 });
  expect(cyclesOf(nodes.find(({ layerIds }) => layerIds[0] === 'up1') as FinnNode)).toBe(16 * 8);
});

test('releases of FINN shuffle no channels and divide by no length: both are shown as wires', () => {
  const { nodes, violations } = lowered((b) => b.l2Normalize(b.channelShuffle(4)));
  expect(violations.map(({ code }) => code)).toEqual(['finn-channel-shuffle', 'finn-l2-normalization']);
  expect(violations[0]?.message).toMatch(
    /^FINN has no hardware for shuffle1: it is a channel shuffle; the Shuffle/,
  );
  expect(nodes.map(({ opType }) => opType)).toEqual(lowered(() => {}).nodes.map(({ opType }) => opType));
});
