import { expect, test } from 'vitest';
import { NetworkBuilder } from '../../network/builder.ts';
import { unwrap } from '../../result.ts';
import { estimateLiu } from './estimate.ts';

/** A convolution, what `build` puts behind it, and another convolution. */
function estimated(build: (b: NetworkBuilder) => void, last = false) {
  const b = new NetworkBuilder('rules', { height: 8, width: 8, channels: 16 });
  b.conv(16, 3);
  build(b);
  if (!last) b.conv(16, 3);
  return unwrap(estimateLiu(b.build()));
}

test('h-swish is planned, not built: a violation that says so (LI-38)', () => {
  const { violations, rows } = estimated((b) => b.hardSwish());
  expect(violations.map(({ message }) => message)).toEqual([
    'Layer hswish1 is a hard swish, which section 8 of source 004 only plans; use a relu6, which the quantization unit clamps.',
  ]);
  // Counted as if the quantization unit did it on the way out.
  expect(rows.map(({ layerIds }) => layerIds)).toEqual([['conv1', 'hswish1'], ['conv2']]);
});

test('the quantization unit clamps only; a sigmoid or tanh at the end is the host computer’s', () => {
  const codes = (build: (b: NetworkBuilder) => void, last = false) =>
    estimated(build, last).violations.map(({ code }) => code);
  expect(codes((b) => b.leakyRelu(0.1))).toEqual(['activation']);
  expect(codes((b) => b.hardSigmoid())).toEqual(['activation']);
  for (const kind of ['sigmoid', 'tanh'] as const) {
    expect(codes((b) => b[kind]())).toEqual(['activation']);
    expect(codes((b) => b[kind](), true)).toEqual([]);
  }
  expect(codes((b) => b.relu6())).toEqual([]);
});

test('the output unit adds and does not multiply: a gate is a violation, counted as a pass over its map', () => {
  const gated = (swapped: boolean) =>
    estimated((b) => {
      const gate = b.globalAveragePool('conv1');
      b.multiply(swapped ? gate : 'conv1', swapped ? 'conv1' : gate);
    });
  const [first, second] = [gated(false), gated(true)];
  expect(first.violations.map(({ code }) => code)).toEqual(['multiply']);
  const compute = ({ rows }: typeof first) =>
    rows.find(({ id }) => id === 'mul1')?.terms.find(({ name }) => name === 'compute')?.cycles;
  expect(compute(first)).toBe(8 * 8);
  expect(compute(second)).toBe(8 * 8);
});

test('upsampling is a violation, counted as a pass over the map it writes', () => {
  const { violations, rows } = estimated((b) => b.upsample(2));
  expect(violations.map(({ code }) => code)).toEqual(['upsample']);
  const compute = rows.find(({ id }) => id === 'up1')?.terms.find(({ name }) => name === 'compute');
  expect(compute?.cycles).toBe(16 * 16);
});

test('a channel shuffle and an L2 normalization are violations, counted as a pass over their map', () => {
  const { violations, rows } = estimated((b) => b.l2Normalize(b.channelShuffle(4)));
  expect(violations.map(({ code }) => code)).toEqual(['channel-shuffle', 'l2-normalization']);
  for (const layer of ['shuffle1', 'l2norm1']) {
    const terms = rows.find(({ id }) => id === layer)?.terms;
    expect(terms?.find(({ name }) => name === 'compute')?.cycles).toBe(8 * 8);
  }
});
