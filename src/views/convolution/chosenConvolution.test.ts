import { describe, expect, it } from 'vitest';
import { presetById } from '../../core/network/presets.ts';
import { chosenConvolution, comparedText, possibleGroups } from './chosenConvolution.ts';

const built = (id: string) => {
  const { build, input, classCount } = presetById(id)!;
  return build(input, classCount);
};

describe('the convolution that is shown', () => {
  it('is the selected one, else the one with the most MACs, else none', () => {
    const network = built('tiny-cnn');
    expect(chosenConvolution(network, 'conv1')).toMatchObject({ layer: { id: 'conv1' }, isSelected: true });
    expect(chosenConvolution(network, 'conv3')).toMatchObject({ layer: { id: 'conv3' }, isSelected: true });
    // conv2 and conv3 both take 1,179,648; the first of them is shown.
    expect(chosenConvolution(network, 'relu1')).toMatchObject({ layer: { id: 'conv2' }, isSelected: false });
    expect(chosenConvolution(built('tfc'), null)).toBeNull();
  });

  it('can be split into groups that divide both channel counts', () => {
    const size = { outputHeight: 1, outputWidth: 1, kernelHeight: 3, kernelWidth: 3 };
    expect(possibleGroups({ ...size, inputChannels: 12, outputChannels: 18 })).toEqual([2, 3, 6]);
    expect(possibleGroups({ ...size, inputChannels: 3, outputChannels: 64 })).toEqual([]);
  });
});

it('costs are compared in words', () => {
  expect(comparedText(52_283_392, 462_422_016)).toBe('8.84 times fewer');
  expect(comparedText(10, 9)).toBe('1.11 times as many');
  expect(comparedText(262_656, 262_144)).toBe('about as many');
  expect(comparedText(7, 7)).toBe('as many');
});
