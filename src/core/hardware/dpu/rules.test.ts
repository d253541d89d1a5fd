import { describe, expect, test } from 'vitest';
import { NetworkBuilder } from '../../network/builder.ts';
import { unwrap } from '../../result.ts';
import type { DpuArchitectureName } from '../targets.ts';
import { estimateDpu } from './estimate.ts';

type Write = (b: NetworkBuilder) => unknown;

function violationsOf(extent: number, channels: number, write: Write, architecture: DpuArchitectureName) {
  const b = new NetworkBuilder('test', { height: extent, width: extent, channels });
  write(b);
  return unwrap(estimateDpu(b.build(), { architecture, clockHertz: 300e6 })).violations;
}

/** What breaks a rule, and the nearest design that does not (dpu.md, section 3). */
const CASES: readonly [
  what: string,
  code: string,
  extent: number,
  channels: number,
  broken: Write,
  kept: Write,
][] = [
  ['kernel', 'dpu-kernel', 64, 3, (b) => b.conv(16, 17), (b) => b.conv(16, 16)],
  ['stride', 'dpu-stride', 64, 3, (b) => b.conv(16, 3, { stride: 9 }), (b) => b.conv(16, 3, { stride: 8 })],
  [
    'a stride where the kernel is the whole input',
    'dpu-stride',
    12,
    3,
    (b) => b.conv(16, 11, { stride: 12 }),
    (b) => b.conv(16, 12, { stride: 12, padding: 'valid' }),
  ],
  ['input channels', 'dpu-input-channels', 4, 4097, (b) => b.conv(16, 1), (b) => b.maxPool(2)],
  ['output channels', 'dpu-output-channels', 4, 16, (b) => b.conv(4097, 1), (b) => b.conv(4096, 1)],
  [
    'dilation',
    'dpu-dilation',
    64,
    512,
    (b) => b.conv(16, 3, { dilation: 9 }),
    (b) => b.conv(16, 3, { dilation: 8 }),
  ],
  ['weight depth', 'dpu-weight-depth', 16, 256, (b) => b.conv(16, 12), (b) => b.conv(16, 11)],
  [
    'padding',
    'dpu-padding',
    8,
    16,
    (b) => b.conv(16, 3, { padding: [4, 0, 0, 0] }),
    (b) => b.conv(16, 3, { padding: [3, 0, 0, 0] }),
  ],
  ['depthwise padding', 'dpu-padding', 64, 16, (b) => b.depthwise(33), (b) => b.depthwise(31)],
  [
    'depthwise weights',
    'dpu-window',
    64,
    16,
    (b) => b.depthwise(46, { padding: 'valid' }),
    (b) => b.depthwise(45, { padding: 'valid' }),
  ],
  ['pooling window', 'dpu-pool-window', 300, 3, (b) => b.maxPool(257), (b) => b.maxPool(256)],
  ['groups', 'dpu-groups', 8, 16, (b) => b.conv(16, 3, { groups: 4 }), (b) => b.conv(16, 3, { groups: 16 })],
  [
    'softmax inside',
    'dpu-softmax',
    8,
    16,
    (b) => [b.softmax(), b.conv(16, 1)],
    (b) => [b.conv(16, 1), b.softmax()],
  ],
];

describe('what a DPU cannot run', () => {
  test.each(CASES)('%s', (_what, code, extent, channels, broken, kept) => {
    const found = violationsOf(extent, channels, broken, 'B4096');
    expect(found.map((violation) => violation.code)).toEqual([code]);
    expect(found[0]!.message).toMatch(/^[a-z]+1 runs on the CPU: [^.]+; [^.]+\.$/);
    expect(found[0]!.layerIds).toEqual([found[0]!.message.split(' ')[0]]);
    expect(violationsOf(extent, channels, kept, 'B4096')).toEqual([]);
  });
});

test('a layer a DPU cannot run is named with its rule and what to do', () => {
  expect(violationsOf(64, 3, (b) => b.conv(16, 17), 'B4096').map(({ message }) => message)).toEqual([
    'conv1 runs on the CPU: its kernel is 17x17, a DPU convolves up to 16x16; make its kernel 16x16.',
  ]);
});

test("VGG16's first dense layer runs on B4096, as a 7x7 convolution, and is too deep for B512", () => {
  const write: Write = (b) => [b.maxPool(2), b.flatten(), b.dense(2048)];
  expect(violationsOf(14, 512, write, 'B4096')).toEqual([]);
  expect(violationsOf(14, 512, write, 'B512').map(({ message }) => message)).toEqual([
    'fc1 runs on the CPU: it reads 25088 channels, B512 takes up to 2048; narrow or pool its input to 2048 channels.',
  ]);
});

test('what limits channels shrinks with the architecture', () => {
  const write: Write = (b) => b.conv(2049, 1);
  expect(violationsOf(4, 16, write, 'B512').map(({ code }) => code)).toEqual(['dpu-output-channels']);
  expect(violationsOf(4, 16, write, 'B800')).toEqual([]);
});
