import { describe, expect, test } from 'vitest';
import { NetworkBuilder } from '../builder.ts';
import { invertedResidual } from './mobilenet.ts';

function block(stride: number, filters: number) {
  const b = new NetworkBuilder('block', { height: 16, width: 16, channels: 24 });
  const hidden = 6 * 24;
  invertedResidual(b, 'input', { channels: 24, hidden, filters, stride, padding: 1 });
  return b.build().layers;
}

describe('an inverted residual of MobileNetV2', () => {
  const kinds = block(1, 24).map(({ kind }) => kind);

  test('expands, convolves depthwise and projects, with batch norms, and ReLU6 behind the first two (LI-02)', () => {
    expect(kinds).toEqual([
      'input',
      'conv2d',
      'batchNorm',
      'relu6',
      'depthwiseConv2d',
      'batchNorm',
      'relu6',
      'conv2d',
      'batchNorm',
      'add',
    ]);
  });

  test('adds its input only where stride is 1 and the widths are equal (LI-02)', () => {
    const adds = (layers: ReturnType<typeof block>) => layers.some(({ kind }) => kind === 'add');
    expect([adds(block(1, 24)), adds(block(2, 24)), adds(block(1, 32))]).toEqual([true, false, false]);
  });
});
