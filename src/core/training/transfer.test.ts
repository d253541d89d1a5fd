import { describe, expect, test } from 'vitest';
import { parameterShapes } from '../network/counts.ts';
import { setFilters } from '../network/edit.ts';
import { setAttribute } from '../network/editing/attributes.ts';
import { duplicateLayers, renameLayer } from '../network/editing/graph.ts';
import { removeLayers } from '../network/editing/remove.ts';
import { type Network, parameterKey, type Weights, type WeightTensor } from '../network/network.ts';
import { presetById } from '../network/presets.ts';
import { geometryAt, geometryOf } from '../network/shapes.ts';
import { unwrap } from '../result.ts';
import { bitEqual, carryWeights, progressLine, weightsAfterEdit } from './transfer.ts';

const built = (id: string): Network => {
  const preset = presetById(id);
  if (!preset) throw new Error(`No preset ${id}`);
  return preset.build(preset.input, 10);
};

/** Every parameter a number of its own. */
function numbered(network: Network): Weights {
  const geometry = geometryOf(network);
  const weights: Record<string, WeightTensor> = {};
  let next = 1;
  for (const layer of network.layers)
    for (const [name, shape] of Object.entries(parameterShapes(layer, geometryAt(geometry, layer.id))))
      weights[parameterKey(layer.id, name)] = {
        shape,
        values: new Float32Array(shape.reduce((product, n) => product * n, 1)).fill(next++),
      };
  return weights;
}

const network = built('tiny-resnet');
const weights = numbered(network);
const carriedTo = (edited: Network) => unwrap(weightsAfterEdit({ network, weights }, edited));

describe('weights after an edit', () => {
  test('are complete where no layer with weights changed', () => {
    const relu = network.layers.find(({ kind }) => kind === 'relu')!;
    const carried = carriedTo(unwrap(removeLayers(network, [relu.id])).network);
    expect(carried.fresh).toEqual([]);
    expect(carried.weights).toEqual(weights);
  });

  test('are complete after a layer was renamed, under its new name', () => {
    const { network: edited } = unwrap(renameLayer(network, 'conv1', 'stem'));
    const carried = carriedTo(edited);
    expect(carried.fresh).toEqual([]);
    expect(carried.weights['stem/kernel']).toBe(weights['conv1/kernel']);
    expect(carried.weights['conv1/kernel']).toBeUndefined();
  });

  test('miss a wider layer, the layers tied to it and those that read them', () => {
    const edited = unwrap(setFilters(network, 'conv1', 24));
    const { kept, fresh } = carriedTo(edited);
    const geometry = geometryOf(edited);
    const had = geometryOf(network);
    for (const layer of edited.layers) {
      const shapes = JSON.stringify(parameterShapes(layer, geometryAt(geometry, layer.id)));
      if (shapes === '{}') continue;
      const old = network.layers.find(({ id }) => id === layer.id)!;
      const same = shapes === JSON.stringify(parameterShapes(old, geometryAt(had, layer.id)));
      expect((same ? kept : fresh).includes(layer.id), layer.id).toBe(true);
    }
    expect(fresh).toContain('conv1');
    expect(kept.length).toBeGreaterThan(0);
  });

  test('miss a copy, and nothing else', () => {
    const { network: edited, added } = unwrap(duplicateLayers(network, ['conv2', 'bn2', 'relu2']));
    expect(carriedTo(edited).fresh).toEqual(added.filter((id) => !id.startsWith('relu')));
  });

  test('keep a layer that gets a bias, with the bias at 0, or loses it', () => {
    const dense = network.layers.find(({ kind }) => kind === 'dense')!;
    const without = unwrap(setAttribute(network, dense.id, 'useBias', 'no')).network;
    const less = carriedTo(without);
    expect(less.fresh).toEqual([]);
    expect(less.weights[`${dense.id}/bias`]).toBeUndefined();
    const again = unwrap(carryWeights({ network: without, weights: less.weights }, network));
    expect(again.fresh).toEqual([]);
    expect(again.weights[`${dense.id}/bias`]?.values).toEqual(new Float32Array(10));
  });
});

test('weights differ where one bit does, even the sign of a zero', () => {
  const zero = (value: number): Weights => ({ 'a/kernel': { shape: [1], values: Float32Array.of(value) } });
  expect(bitEqual(zero(0), zero(0), ['a'])).toBe(true);
  expect(bitEqual(zero(0), zero(-0), ['a'])).toBe(false);
  expect(bitEqual(zero(0), zero(-0), ['b'])).toBe(true);
  expect(bitEqual(zero(0), {}, ['a'])).toBe(false);
});

test('progress is told with four decimals, as source 002 prints it (VT-05)', () => {
  const line = { epoch: 1, epochs: 5, trainLoss: 1.23456, validationLoss: 0.5, validationAccuracy: 2 / 3 };
  expect(progressLine(line)).toBe(
    'Epoch: 1/5 | Training Loss: 1.2346 | Validation Loss: 0.5000 | Validation Accuracy: 0.6667',
  );
});
