import { describe, expect, test } from 'vitest';
import { concatAdd, depthMultiplier } from '../pruning/testing/networks.ts';
import { unwrap } from '../result.ts';
import { NetworkBuilder } from './builder.ts';
import { editLayer, replaceClassCount, resizeInput, setFilters, setKernelSize, setStrides } from './edit.ts';
import { type Layer, type Network, outputsOf } from './network.ts';
import { PRESETS, type Preset, presetById } from './presets.ts';
import { geometryOf } from './shapes.ts';

const built = (id: string): Network => {
  const preset = presetById(id)!;
  return preset.build(preset.input, 10);
};
const layer = (network: Network, id: string): Layer => network.layers.find((l) => l.id === id)!;
const faultOf = (result: ReturnType<typeof setFilters>) => {
  if (result.ok) throw new Error('The edit went through');
  return result.error;
};

describe('another number of filters', () => {
  test('leaves the old network as it was', () => {
    const network = built('tiny-cnn');
    const before = structuredClone(network);
    const edited = unwrap(setFilters(network, 'conv2', 24));
    expect(layer(edited, 'conv2')).toMatchObject({ filters: 24 });
    expect(network).toEqual(before);
  });

  test('changes both branches of an addition', () => {
    const edited = unwrap(setFilters(built('tiny-resnet'), 'conv3', 12));
    expect(layer(edited, 'conv1')).toMatchObject({ filters: 12 });
    expect(layer(edited, 'conv3')).toMatchObject({ filters: 12 });
  });

  test('of one branch alone is refused, and the fault names the other', () => {
    const fault = faultOf(setFilters(built('tiny-resnet'), 'conv3', 12, { coupled: false }));
    expect(fault).toMatchObject({ code: 'coupled-width', where: 'conv3' });
    expect(fault.message).toMatch(/tied to those of conv1.*Add layer add1/);
  });

  test('keeps the proportion where a depthwise convolution doubles the channels', () => {
    const edited = unwrap(setFilters(depthMultiplier(), 'conv1', 6));
    expect(layer(edited, 'conv2')).toMatchObject({ filters: 12 });
    expect(faultOf(setFilters(depthMultiplier(), 'conv2', 7)).message).toMatch(/tied to those of conv1/);
  });

  test('of one branch of a concat that is added to another layer names the layers tied to it', () => {
    expect(faultOf(setFilters(concatAdd(), 'conv1', 6)).message).toMatch(/tied to those of conv2, conv3/);
  });

  test.each([
    ['relu1', 8, 'no-filters'],
    ['fc1', 8, 'class-outputs'],
    ['nothing', 8, 'unknown-layer'],
    ['conv1', 0, 'layer-attribute'],
    ['conv1', 2.5, 'layer-attribute'],
    ['conv1', Number.NaN, 'layer-attribute'],
  ])('of %s to %d is refused with the code %s', (id, filters, code) => {
    expect(faultOf(setFilters(built('tiny-cnn'), id, filters))).toMatchObject({ code, where: id });
  });

  test('of a layer added to the images is refused', () => {
    const b = new NetworkBuilder('residual images', { height: 8, width: 8, channels: 3 });
    b.add(b.conv(3, 3), 'input');
    b.conv(4, 1);
    expect(faultOf(setFilters(b.build(), 'conv1', 4)).code).toBe('coupled-to-input');
  });
});

test('kernels and strides change where there are any', () => {
  const network = built('tiny-cnn');
  expect(layer(unwrap(setKernelSize(network, 'conv1', 5)), 'conv1')).toMatchObject({ kernelSize: [5, 5] });
  expect(layer(unwrap(setKernelSize(network, 'pool1', 3)), 'pool1')).toMatchObject({ poolSize: [3, 3] });
  expect(geometryOf(unwrap(setStrides(network, 'conv1', 2))).get('conv2')?.ifm.height).toBe(8);
  expect(faultOf(setKernelSize(network, 'relu1', 3)).code).toBe('no-kernel');
  expect(faultOf(setStrides(network, 'relu1', 2)).code).toBe('no-stride');
  expect(faultOf(setKernelSize(built('cnv'), 'conv6', 9))).toMatchObject({
    code: 'window-too-large',
    where: 'conv6',
  });
});

test('an attribute that a layer does not have is refused', () => {
  expect(faultOf(editLayer(built('tiny-cnn'), 'relu1', { filters: 4 }))).toMatchObject({
    code: 'no-attribute',
    message: 'Layer relu1 (relu) has no filters; change one it has.',
  });
});

test('a branch with another stride is refused: the maps would not add up', () => {
  expect(faultOf(setStrides(built('tiny-resnet'), 'conv2', 2))).toMatchObject({
    code: 'add-shapes',
    where: 'add1',
  });
});

test('images of another shape pass through, down to the size where a window no longer fits', () => {
  const resized = unwrap(resizeInput(built('lenet'), { height: 32, width: 32, channels: 3 }));
  expect(geometryOf(resized).get('flatten1')?.ofm.channels).toBe(6 * 6 * 16);
  expect(faultOf(resizeInput(built('cnv'), { height: 12, width: 12, channels: 3 })).code).toBe(
    'window-too-large',
  );
});

const endsInMap = ({ input, build, classCount }: Preset) => {
  const network = build(input, classCount);
  const geometry = geometryOf(network);
  const outputs = outputsOf(network);
  return outputs.length > 1 || outputs.some(({ id }) => geometry.get(id)!.ofm.height > 1);
};

test.each(PRESETS.filter((preset) => !endsInMap(preset)))(
  '$name can tell 37 classes apart',
  ({ input, build }) => {
    const network = unwrap(replaceClassCount(build(input, 10), 37));
    expect(geometryOf(network).get(network.layers.at(-1)!.id)?.ofm.channels).toBe(37);
  },
);

test.each(PRESETS.filter(endsInMap))(
  '$name has no single output for 37 classes, and its heads keep their width',
  (preset) => {
    const network = preset.build(preset.input, preset.classCount);
    expect(faultOf(replaceClassCount(network, 37)).message).toMatch(
      /build a detector anew for other classes/i,
    );
    for (const { id } of outputsOf(network))
      expect(faultOf(setFilters(network, id, 8)).code).toBe('class-outputs');
  },
);

test('classes need one output, made by layers whose width can be chosen', () => {
  const b = new NetworkBuilder('flat', { height: 4, width: 4, channels: 1 });
  b.conv(3, 1);
  b.flatten();
  expect(faultOf(replaceClassCount(b.build(), 10)).message).toMatch(/gives 160 outputs/);
  b.dense(2, {}, b.globalAveragePool('conv1'));
  expect(faultOf(replaceClassCount(b.build(), 10)).code).toBe('several-outputs');
});
