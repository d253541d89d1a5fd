/// <reference path="./testing/jsfive.d.ts" />
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as jsfive from 'jsfive';
import { beforeAll, describe, expect, test } from 'vitest';
import { evaluateAll } from '../../cli/evaluate.ts';
import { readImages } from '../../cli/input.ts';
import { networkCounts } from '../../core/network/counts.ts';
import { unwrap } from '../../core/result.ts';
import { useWasmInNode } from '../../ml/nodeWasm.ts';
import { readKeras } from './readKeras.ts';
import { writeKeras } from './writeKeras.ts';

const shared = join(import.meta.dirname, '../../../../shared');
const model = join(shared, 'models/mlperf_tiny_resnet8_cifar10.h5');
const data = join(shared, 'data/cifar10_test_1000.bin');

describe.skipIf(!existsSync(model) || !existsSync(data))('the MLPerf Tiny ResNet-8 that Keras saved', () => {
  beforeAll(useWasmInNode);

  test('classifies 881 of 1000 images, and its ReLUs are silent as often as published', async () => {
    const { network, weights, source, notes } = unwrap(await readKeras(readFileSync(model), 'resnet8.h5'));
    expect(source).toBe('Keras 2.4.0, HDF5');
    expect(notes).toEqual([]);
    expect(networkCounts(network)).toMatchObject({ parameterCount: 78_666, macCount: 12_501_632 });
    const evaluation = await evaluateAll(network, weights!, readImages([data]), 'none', true);
    expect(Math.abs(evaluation.correct - 881)).toBeLessThanOrEqual(1);
    expect(evaluation.total).toBe(1000);
    expect(evaluation.classes.reduce((sum, { correct }) => sum + correct, 0)).toBe(evaluation.correct);
    const means = Object.values(evaluation.apoz ?? {});
    const truth = [0.3595, 0.422, 0.3016, 0.4968, 0.47, 0.7208, 0.6915];
    expect(means).toHaveLength(truth.length);
    means.forEach((mean, i) => {
      expect(Math.abs(mean - truth[i]!), `ReLU ${i}`).toBeLessThan(0.0005);
    });
  });

  test('written again it has its weights in the order in which Keras itself saved them', async () => {
    const { network, weights } = unwrap(await readKeras(readFileSync(model), 'resnet8.h5'));
    // the shortcut's convolution before the main path: a valid order too, but not Keras'
    const shortcut = network.layers.filter(({ id }) => id === 'conv2d_5');
    const layers = network.layers.filter(({ id }) => id !== 'conv2d_5');
    layers.splice(
      layers.findIndex(({ id }) => id === 'conv2d_3'),
      0,
      ...shortcut,
    );
    const written = unwrap(await writeKeras({ ...network, layers }, weights!));
    const named = (bytes: Uint8Array) => {
      const group = new jsfive.File(Uint8Array.from(bytes).buffer, 'm.h5').get('model_weights');
      // names of fixed length end in zeros
      const names = (group.attrs.layer_names as string[]).map((name) => name.replaceAll('\0', ''));
      return names.filter((name) => (group.get(name).attrs.weight_names as string[]).length > 0);
    };
    const names = named(written);
    expect(names).toHaveLength(17);
    expect(names).toEqual(named(readFileSync(model)));
    expect(names).not.toEqual(layers.map(({ id }) => id).filter((id) => names.includes(id)));
  });
});
