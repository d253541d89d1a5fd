import { expect, test } from 'vitest';
import { NetworkBuilder } from '../../network/builder.ts';
import type { Network } from '../../network/network.ts';
import { geometryOf } from '../../network/shapes.ts';
import { unwrap } from '../../result.ts';
import { DPU_LEAKY_SLOPE } from './activationRules.ts';
import { dpuArchitecture } from './architectures.ts';
import { estimateDpu } from './estimate.ts';
import { placeLayers } from './placement.ts';

/** A convolution, an activation and another convolution. */
function activated(activate: (b: NetworkBuilder) => void, last = false): Network {
  const b = new NetworkBuilder('activated', { height: 16, width: 16, channels: 16 });
  b.conv(16, 3, { bias: true });
  activate(b);
  if (!last) b.conv(16, 3, { bias: true });
  return b.build();
}

const estimate = (network: Network, isa: 0 | 1) =>
  unwrap(estimateDpu(network, { architecture: 'B4096', clockHertz: 3e8, isa }));

const messages = (network: Network, isa: 0 | 1 = 1) =>
  estimate(network, isa).violations.map(({ message }) => message);

test('a leaky ReLU of slope 26/256 is free, any other slope runs on the CPU', () => {
  const free = activated((b) => b.leakyRelu(DPU_LEAKY_SLOPE));
  expect(messages(free, 0)).toEqual([]);
  const plain = estimate(
    activated((b) => b.relu()),
    1,
  );
  expect(estimate(free, 1).rows.map(({ cycles }) => cycles)).toEqual(plain.rows.map(({ cycles }) => cycles));
  expect(estimate(free, 1).rows[0]?.layerIds).toEqual(['conv1', 'leaky1']);
  expect(messages(activated((b) => b.leakyRelu(0.1)))).toEqual([
    'leaky1 runs on the CPU: its slope is 0.1, a DPU multiplies by 26/256 (0.1015625) only; make its slope 0.1015625 and train with it.',
  ]);
});

test('the slope in single precision is still 26/256', () => {
  expect(messages(activated((b) => b.leakyRelu(Math.fround(DPU_LEAKY_SLOPE))))).toEqual([]);
});

test('hard sigmoid and hard swish are free on ISA1, and ISA0 has neither', () => {
  for (const kind of ['hardSigmoid', 'hardSwish'] as const) {
    const network = activated((b) => b[kind]());
    expect(messages(network, 1)).toEqual([]);
    expect(estimate(network, 1).rows.length).toBe(2);
    expect(messages(network, 0).length).toBe(1);
  }
  expect(
    messages(
      activated((b) => b.hardSwish()),
      0,
    )[0],
  ).toBe(
    'hswish1 runs on the CPU: it is a hard swish, which DPUs of ISA0 do not have; choose ISA1, or use a relu6.',
  );
});

test('sigmoid and tanh run on the CPU: inside they split the graph, at the end nobody minds', () => {
  expect(messages(activated((b) => b.sigmoid()))).toEqual([
    'sigmoid1 runs on the CPU: a DPU has no sigmoid, which splits the graph; use a hard sigmoid instead.',
  ]);
  expect(messages(activated((b) => b.tanh()))[0]).toMatch(/use a relu6 instead/);
  const last = activated((b) => b.sigmoid(), true);
  expect(messages(last)).toEqual([]);
  const placed = placeLayers(last, geometryOf(last), dpuArchitecture('B4096'));
  expect(placed.at(-1)).toMatchObject({ layerId: 'sigmoid1', device: 'CPU' });
});
