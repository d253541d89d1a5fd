import { describe, expect, test } from 'vitest';
import { applyPlan } from '../../pruning/apply.ts';
import { channelGroups } from '../../pruning/groups.ts';
import { networkCounts } from '../counts.ts';
import { type Network, outputsOf } from '../network.ts';
import { geometryAt, geometryOf } from '../shapes.ts';
import {
  mobilenetV2Ssd1024,
  mobilenetV2Ssd1024Pruned,
  squeezenetSsd300,
  tinyYoloV2,
  vggSsd300,
} from './detection.ts';
import { square } from './preset.ts';

const extentsOf = (network: Network) => {
  const geometry = geometryOf(network);
  return outputsOf(network).map(({ id }) => geometryAt(geometry, id).ofm.height);
};

describe('heads are the outputs', () => {
  test.each([
    [vggSsd300(square(300, 3), 21), [38, 19, 10, 5, 3, 1]],
    [squeezenetSsd300(square(300, 3), 21), [37, 18, 9, 4, 2, 1]],
    [mobilenetV2Ssd1024(square(1024, 3), 2), [256, 128, 64, 32, 16, 8]],
  ])('a loc and a conf on each of six scales', (network, extents) => {
    expect(extentsOf(network)).toEqual(extents.flatMap((extent) => [extent, extent]));
    expect(outputsOf(network).map(({ id }) => id)).toEqual(
      extents.flatMap((_, index) => [`loc${index + 1}`, `conf${index + 1}`]),
    );
  });

  test('SSD300 proposes 8732 boxes on VGG-16', () => {
    const network = vggSsd300(square(300, 3), 21);
    const geometry = geometryOf(network);
    const boxes = outputsOf(network)
      .filter(({ id }) => id.startsWith('loc'))
      .map(({ id }) => geometryAt(geometry, id).ofm)
      .reduce((sum, { height, width, channels }) => sum + (height * width * channels) / 4, 0);
    expect(boxes).toBe(8732);
  });

  test('more classes widen the conf heads only', () => {
    const few = networkCounts(vggSsd300(square(300, 3), 2)).weightCount;
    const many = networkCounts(vggSsd300(square(300, 3), 3)).weightCount;
    const channels = [512, 1024, 512, 256, 256, 256];
    const added = channels.reduce((sum, count, scale) => sum + 9 * count * [4, 6, 6, 6, 4, 4][scale]!, 0);
    expect(many - few).toBe(added);
  });

  test('Tiny-YOLOv2 has one output of 125 channels on 13x13 pixels', () => {
    const network = tinyYoloV2(square(416, 3), 20);
    const [output, ...others] = outputsOf(network);
    expect(others).toEqual([]);
    expect(geometryAt(geometryOf(network), output!.id).ofm).toEqual(square(13, 125));
  });
});

describe('pruning a network with several outputs', () => {
  test.each([
    vggSsd300(square(300, 3), 21),
    squeezenetSsd300(square(300, 3), 21),
    mobilenetV2Ssd1024(square(1024, 3), 2),
  ])('$name keeps every head whole', (network) => {
    const { groups } = channelGroups(network);
    const heads = new Set(outputsOf(network).map(({ id }) => id));
    const holding = groups.filter(({ producers }) => producers.some((id) => heads.has(id)));
    expect(holding.length).toBe(heads.size);
    expect(holding.every(({ fixed }) => fixed !== null)).toBe(true);
  });

  test('heads shrink with the map they read: half of conv4_3 takes half of its heads and of conv5_1', () => {
    const network = vggSsd300(square(300, 3), 21);
    const groups = channelGroups(network);
    const tap = groups.groups.find(({ id }) => id === 'conv10')!;
    expect(tap.followers).toEqual(['l2norm1']);
    expect(tap.consumers).toEqual(['conv11', 'loc1', 'conf1']);
    const half = Array.from({ length: 256 }, (_, index) => 2 * index);
    const small = applyPlan(network, groups, { keep: { conv10: half } }).network;
    expect(outputsOf(small).map(({ id }) => id)).toEqual(outputsOf(network).map(({ id }) => id));
    const lost = networkCounts(network).weightCount - networkCounts(small).weightCount;
    expect(lost).toBe(9 * 256 * (512 + 512 + 16 + 84));
  });

  test('the hidden channels of the logo detector, pruned, give its published smaller form', () => {
    const whole = mobilenetV2Ssd1024(square(1024, 3), 2);
    const wanted = mobilenetV2Ssd1024Pruned(square(1024, 3), 2);
    const groups = channelGroups(whole);
    const widths = wanted.layers.filter((layer) => layer.kind === 'conv2d' && layer.id.startsWith('expand'));
    const keep = Object.fromEntries(
      widths.map((layer) => [
        layer.id,
        Array.from({ length: layer.kind === 'conv2d' ? layer.filters : 0 }, (_, index) => index),
      ]),
    );
    expect(Object.keys(keep).length).toBe(11);
    const pruned = applyPlan(whole, groups, { keep }).network;
    expect(pruned.layers).toEqual(wanted.layers);
    expect(networkCounts(pruned).parameterCount).toBe(773_692);
  });
});
