import { describe, expect, it } from 'vitest';
import { convolutionOf } from '../core/network/convolutionCosts.ts';
import { layerCounts } from '../core/network/counts.ts';
import { PRESETS, presetById } from '../core/network/presets.ts';
import { geometryAt, geometryOf } from '../core/network/shapes.ts';
import {
  depthLength,
  drawnKernels,
  type KernelsData,
  kernelDrawing,
  summary,
  table,
} from './kernelsModel.ts';

function networkOf(id: string) {
  const { build, input, classCount } = presetById(id)!;
  const network = build(input, classCount);
  return { network, geometry: geometryOf(network) };
}

function dataOf(id: string, layerId: string): KernelsData {
  const { network, geometry } = networkOf(id);
  const layer = network.layers.find((candidate) => candidate.id === layerId)!;
  const convolution = convolutionOf(layer, geometryAt(geometry, layerId));
  return { label: layerId, layerIds: [layerId], convolution };
}

describe('the drawing of kernels', () => {
  it('draws N of KxKxM, M of KxK and N of 1x1xM, with the sizes of the layer (SX-06)', () => {
    // Tiny CNN's conv3 reads 32 channels and has 64 filters of 3x3.
    const drawn = drawnKernels(dataOf('tiny-cnn', 'conv3'));
    expect(drawn.map(({ set }) => [set.kind, set.height, set.width, set.depth, set.count])).toEqual([
      ['standard', 3, 3, 32, 64],
      ['depthwise', 3, 3, 1, 32],
      ['pointwise', 1, 1, 32, 64],
    ]);
    expect(drawn.map(({ isBuilt }) => isBuilt)).toEqual([true, false, false]);
  });

  it('of every convolution counts as many weights and MACs as the layer table (SX-06, LI-01)', () => {
    for (const { id } of PRESETS) {
      const { network, geometry } = networkOf(id);
      for (const layer of network.layers) {
        const at = geometryAt(geometry, layer.id);
        const convolution = convolutionOf(layer, at);
        if (!convolution) continue;
        const built = table({ label: layer.id, layerIds: [layer.id], convolution }).rows.filter(
          (row) => row.at(-1) === 'as it is built',
        );
        const { weightCount, macCount } = layerCounts(layer, at);
        expect(
          built.map((row) => [row[5], row[6]]),
          `${id} ${layer.id}`,
        ).toEqual([[weightCount, macCount]]);
        for (const [, height, width, channels, count, weights] of built)
          expect(Number(height) * Number(width) * Number(channels) * Number(count)).toBe(weights);
      }
    }
  });

  it('says what a depthwise layer is made of', () => {
    expect(summary(dataOf('mobilenet-v1', 'dw2'))).toBe(
      'Kernels of dw2: standard 64 kernels of 3x3x64, 36,864 weights; depthwise (as it is built) 64 kernels of 3x3x1, 576 weights; pointwise 64 kernels of 1x1x64, 4,096 weights.',
    );
  });

  it('has a fourth deck where the layer is grouped', () => {
    const { network, geometry } = networkOf('tiny-cnn');
    const conv3 = network.layers.find(({ id }) => id === 'conv3')!;
    if (conv3.kind !== 'conv2d') throw new Error('conv3 is a convolution');
    const convolution = convolutionOf({ ...conv3, groups: 4 }, geometryAt(geometry, 'conv3'));
    const drawn = drawnKernels({ label: 'conv3', layerIds: ['conv3'], convolution });
    expect(drawn.filter(({ isBuilt }) => isBuilt).map(({ set }) => [set.kind, set.depth])).toEqual([
      ['grouped', 8],
    ]);
    expect(drawn).toHaveLength(4);
  });

  it('without a convolution says why and lists nothing', () => {
    const none: KernelsData = {
      label: 'fc1',
      layerIds: ['fc1'],
      convolution: null,
      empty: 'No kernels here.',
    };
    expect(summary(none)).toBe('No kernels here.');
    expect(table(none).rows).toEqual([]);
  });
});

describe('a deck of kernels', () => {
  const standardOf = (data: KernelsData) => drawnKernels(data)[0]!.set;

  it('stays within its room, whatever the sizes', () => {
    for (const [id, layerId] of [
      ['tiny-cnn', 'conv1'],
      ['vgg-16', 'conv13'],
      ['alexnet', 'conv1'],
      ['ds-cnn', 'conv1'],
    ] as const)
      for (const { set } of drawnKernels(dataOf(id, layerId)))
        for (const [width, height] of [
          [104, 100],
          [300, 140],
        ] as const) {
          const drawing = kernelDrawing(set, width, height);
          expect(drawing.width, `${id} ${set.kind}`).toBeLessThanOrEqual(width);
          expect(drawing.height, `${id} ${set.kind}`).toBeLessThanOrEqual(height);
          expect(drawing.boxes).toHaveLength(Math.min(3, set.count));
        }
  });

  it('has a line between any two taps, and grows deeper with the channels', () => {
    const set = standardOf(dataOf('tiny-cnn', 'conv3'));
    expect(kernelDrawing(set, 200, 120).boxes[0]?.grid.match(/M/g)).toHaveLength(2 + 2);
    expect(depthLength(64)).toBeGreaterThan(depthLength(32));
  });
});
