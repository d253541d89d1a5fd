import { expect, test } from 'vitest';
import { NetworkBuilder } from '../../network/builder.ts';
import { presetById } from '../../network/presets.ts';
import { unwrap } from '../../result.ts';
import { estimateDpu } from './estimate.ts';
import { lowerToDpu } from './lower.ts';

function lowered(write: (b: NetworkBuilder) => void, channels = 3, extent = 32) {
  const b = new NetworkBuilder('test', { height: extent, width: extent, channels });
  write(b);
  return lowerToDpu(b.build()).map((op) => `${op.kind}: ${op.layerIds.join(' ')}`);
}

const rowsOf = (id: string) => {
  const preset = presetById(id)!;
  const network = preset.build(preset.input, 10);
  const report = unwrap(estimateDpu(network, { architecture: 'B4096', clockHertz: 300e6 }));
  return report.rows.map((row) => row.layerIds.join(' '));
};

test('CNV runs as eleven calls: its maps stay on chip, so that its pools are calls of their own', () => {
  expect(rowsOf('cnv')).toEqual([
    'conv1 bn1 relu1',
    'conv2 bn2 relu2',
    'pool1',
    'conv3 bn3 relu3',
    'conv4 bn4 relu4',
    'pool2',
    'conv5 bn5 relu5',
    'conv6 bn6 relu6 flatten1',
    'fc1 bn7 relu7',
    'fc2 bn8 relu8',
    'fc3',
  ]);
});

test('an addition and the ReLU behind it belong to the convolution that ends the branch', () => {
  expect(rowsOf('tiny-resnet')).toContain('conv3 bn3 add1 relu3');
});

test('a depthwise convolution is part of the expansion before it, the addition part of the projection', () => {
  const rows = rowsOf('tiny-mobilenet-v2');
  expect(rows.some((row) => row.startsWith('conv2 bn2 relu2 dw1 '))).toBe(true);
  expect(rows.some((row) => row.endsWith(' add1'))).toBe(true);
});

test('a batch norm behind a ReLU runs on the ALU, fused into its convolution', () => {
  expect(rowsOf('custom-rs-classifier').slice(0, 2)).toEqual(['conv1 relu1 bn1', 'pool1']);
  expect(lowered((b) => [b.conv(8, 3), b.relu(), b.batchNorm()])).toEqual([
    'input: input',
    'convolution: conv1 relu1',
    'depthwise: bn1',
  ]);
});

test('batch norms fold through dropout and each other, not into pools or additions', () => {
  expect(lowered((b) => [b.conv(8, 3), b.dropout(0.1), b.batchNorm(), b.batchNorm(), b.relu()])).toEqual([
    'input: input',
    'convolution: conv1 dropout1 bn1 bn2 relu1',
  ]);
  expect(lowered((b) => [b.conv(8, 3), b.maxPool(2), b.batchNorm()]).at(-1)).toBe('depthwise: bn1');
});

test('a batch norm or ReLU folds only where nobody else reads the value before it', () => {
  const ops = lowered((b) => {
    const raw = b.conv(8, 3);
    const active = b.relu(raw);
    b.add(b.conv(8, 3, {}, active), raw);
  });
  expect(ops).toEqual([
    'input: input',
    'convolution: conv1',
    'depthwise: relu1',
    'convolution: conv2',
    'add: add1',
  ]);
  const throughDropout = lowered((b) => {
    const raw = b.conv(8, 3);
    b.relu(b.dropout(0.1, raw));
    b.add(b.last, raw);
  });
  expect(throughDropout).toContain('depthwise: relu1');
});

test('a ReLU behind a concat moves into the branches, and is listed with the last', () => {
  const ops = lowered((b) => {
    const stem = b.conv(8, 1);
    b.concat(b.conv(8, 1, {}, stem), b.conv(8, 3, {}, stem));
    b.relu();
    b.batchNorm();
  });
  expect(ops.slice(2)).toEqual([
    'convolution: conv2',
    'convolution: conv3 relu1',
    'concat: concat1',
    'depthwise: bn1',
  ]);
});

test('what only passes the image on vanishes; a batch norm of the image is a pass of the ALU', () => {
  expect(lowered((b) => [b.dropout(0.1), b.conv(8, 3)])).toEqual(['input: input', 'convolution: conv1']);
  expect(lowered((b) => [b.batchNorm(), b.conv(8, 3)])[1]).toBe('depthwise: bn1');
});

test('as many groups as channels is a depthwise convolution', () => {
  expect(lowered((b) => [b.conv(16, 3, { groups: 16 })], 16)[1]).toBe('depthwise: conv1');
});

test('softmax is not among the ops: the CPU computes it', () => {
  expect(lowered((b) => [b.globalAveragePool(), b.dense(10), b.softmax()])).toEqual([
    'input: input',
    'averagePool: gap1',
    'dense: fc1',
  ]);
});

test('a product is an op of its own over the whole map, on whichever side the gate is', () => {
  const gated = (swapped: boolean) => {
    const b = new NetworkBuilder('gate', { height: 32, width: 32, channels: 32 });
    const map = b.conv(32, 3);
    const gate = b.hardSigmoid(b.conv(32, 1, {}, b.globalAveragePool(map)));
    if (swapped) b.multiply(gate, map);
    else b.multiply(map, gate);
    return unwrap(estimateDpu(b.build(), { architecture: 'B4096', clockHertz: 300e6 }));
  };
  const [report, swapped] = [gated(false), gated(true)];
  expect(report.violations).toEqual([]);
  const row = report.rows.find(({ id }) => id === 'mul1');
  // ceil(32 / 4) rows of 32 pixels, two blocks of 16 channels: 512 cycles of the element-wise unit (dpu.md, section 2)
  expect(row?.terms.find(({ name }) => name === 'ALU')?.cycles).toBe(512);
  expect(swapped.rows.find(({ id }) => id === 'mul1')?.cycles).toBe(row?.cycles);
});

test('upsampling is an op of its own: nearest by any size, bilinear by 2, 4 or 8 only', () => {
  const report = (write: (b: NetworkBuilder) => void) => {
    const b = new NetworkBuilder('up', { height: 16, width: 16, channels: 16 });
    b.conv(16, 3);
    write(b);
    b.conv(16, 3);
    return unwrap(estimateDpu(b.build(), { architecture: 'B4096', clockHertz: 300e6 }));
  };
  const messages = (size: number | readonly [number, number], interpolation: 'nearest' | 'bilinear') =>
    report((b) => b.upsample(size, interpolation)).violations.map(({ message }) => message);
  expect(report((b) => b.upsample(2)).rows.map(({ engine }) => engine)).toEqual([
    'convolution',
    'upsample',
    'convolution',
  ]);
  for (const size of [2, 3, 8]) expect(messages(size, 'nearest')).toEqual([]);
  for (const size of [2, 4, 8]) expect(messages(size, 'bilinear')).toEqual([]);
  expect(messages([2, 4], 'bilinear').length).toBe(1);
  expect(messages(3, 'bilinear')).toEqual([
    'up1 runs on the CPU: it enlarges by 3x3, bilinear upsampling of a DPU takes 2x2, 4x4 or 8x8; make its interpolation nearest, or its size one of these.',
  ]);
});

test('a channel shuffle and an L2 normalization run on the CPU, which is said, and count as passes of the ALU', () => {
  const b = new NetworkBuilder('shuffle', { height: 8, width: 8, channels: 16 });
  b.conv(16, 1);
  b.channelShuffle(4);
  b.conv(16, 1);
  b.l2Normalize();
  b.conv(16, 1);
  const report = unwrap(estimateDpu(b.build(), { architecture: 'B4096', clockHertz: 300e6 }));
  expect(report.violations.map(({ code }) => code)).toEqual(['dpu-channel-shuffle', 'dpu-l2-normalization']);
  expect(report.violations.map(({ message }) => message)).toEqual([
    'shuffle1 runs on the CPU: it is a channel shuffle of 4 groups, and a DPU transposes no channels; leave it out, with convolutions of one group around it.',
    'l2norm1 runs on the CPU: it is an L2 normalization, and a DPU divides by no sum of squares; use a batch norm.',
  ]);
  const computed = report.rows.flatMap(({ layerIds }) => layerIds);
  expect(computed).toEqual(['conv1', 'shuffle1', 'conv2', 'l2norm1', 'conv3']);
});
