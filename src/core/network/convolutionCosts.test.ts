import { describe, expect, it } from 'vitest';
import {
  type ConvolutionSize,
  convolutionOf,
  depthwiseCost,
  groupedCost,
  pointwiseCost,
  separableCost,
  separableRatio,
  standardCost,
} from './convolutionCosts.ts';
import { layerCounts, networkCounts } from './counts.ts';
import { PRESETS, presetById } from './presets.ts';
import { geometryAt, geometryOf } from './shapes.ts';

const square = (
  output: number,
  kernel: number,
  inputChannels: number,
  outputChannels: number,
): ConvolutionSize => ({
  outputHeight: output,
  outputWidth: output,
  kernelHeight: kernel,
  kernelWidth: kernel,
  inputChannels,
  outputChannels,
});
const example = square(14, 3, 512, 512);

const built = (id: string) => {
  const preset = presetById(id)!;
  return preset.build(preset.input, preset.classCount);
};

describe('costs of convolutions', () => {
  it('a standard one of 14x14, 3x3, 512 to 512 takes 462,422,016 MACs (SX-04)', () => {
    expect(standardCost(example).macCount).toBe(462_422_016);
  });

  it('the separable one takes 903,168 + 51,380,224 = 52,283,392, a saving of 8.84 times (SX-05)', () => {
    const { kernels, macCount } = separableCost(example);
    expect(kernels.map((set) => set.macCount)).toEqual([903_168, 51_380_224]);
    expect(macCount).toBe(52_283_392);
    expect(1 / separableRatio(9, 512)).toBeCloseTo(8.84, 2);
  });

  it('with more and more filters the saving grows to the area of the kernel and never reaches it (SX-05)', () => {
    const savings = [1, 8, 64, 512, 4096, 1e9].map((filters) => 1 / separableRatio(9, filters));
    expect(savings).toEqual([...savings].sort((a, b) => a - b));
    expect(savings.at(-1)).toBeCloseTo(9, 6);
    expect(savings.at(-1)).toBeLessThan(9);
  });

  it('the ratio is that of the counts, for every size', () => {
    for (const kernel of [1, 3, 5, 7])
      for (const channels of [1, 3, 32, 100])
        for (const filters of [1, 16, 1000]) {
          const size = square(7, kernel, channels, filters);
          const [standard, separable] = [standardCost(size), separableCost(size)];
          const ratio = separableRatio(kernel * kernel, filters);
          expect(separable.macCount / standard.macCount).toBeCloseTo(ratio, 12);
          expect(separable.weightCount / standard.weightCount).toBeCloseTo(ratio, 12);
        }
  });

  it('a grouped one costs a share of the standard one, down to the depthwise one', () => {
    const standard = standardCost(example);
    for (const groups of [1, 2, 4, 512])
      expect(groupedCost(example, groups)?.macCount).toBe(standard.macCount / groups);
    expect(groupedCost(example, 512)?.macCount).toBe(depthwiseCost(example).macCount);
    expect(groupedCost(example, 3)).toBeNull();
    expect(groupedCost(example, 0)).toBeNull();
  });

  it('a pointwise one is a standard one of 1x1', () => {
    const size = square(14, 1, 512, 512);
    expect(pointwiseCost(example).macCount).toBe(standardCost(size).macCount);
  });

  it('add up to the 568,740,352 MACs of MobileNetV1 (LI-01)', () => {
    const network = built('mobilenet-v1');
    const geometry = geometryOf(network);
    let sum = 0;
    for (const layer of network.layers) {
      const at = geometryAt(geometry, layer.id);
      // A dense layer is a pointwise convolution of one pixel.
      if (layer.kind === 'dense') sum += pointwiseCost(square(1, 1, at.ifm.channels, layer.units)).macCount;
      sum += convolutionOf(layer, at)?.asBuilt.macCount ?? 0;
    }
    expect(sum).toBe(568_740_352);
    expect(sum).toBe(networkCounts(network).macCount);
  });

  it('agree with the layer table for every convolution of every network (LI-01)', () => {
    const kinds = new Set<string>();
    for (const { id } of PRESETS) {
      const network = built(id);
      const geometry = geometryOf(network);
      for (const layer of network.layers) {
        const at = geometryAt(geometry, layer.id);
        const found = convolutionOf(layer, at);
        if (!found) continue;
        kinds.add(found.asBuilt.kind);
        const { macCount, weightCount } = layerCounts(layer, at);
        expect(found.asBuilt, `${id} ${layer.id}`).toMatchObject({ macCount, weightCount });
      }
    }
    expect([...kinds].sort()).toEqual(expect.arrayContaining(['depthwise', 'pointwise', 'standard']));
  });
});
