import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { readImages } from '../cli/input.ts';
import type { LabeledImages } from '../core/data/labeledImages.ts';
import {
  type NormalizationChoice,
  normalizationText,
  PLAIN_NORMALIZATIONS,
  plainChoice,
} from '../core/data/normalizationChoice.ts';
import { PAINTERS } from '../core/data/paintSet.ts';
import { NetworkBuilder } from '../core/network/builder.ts';
import { deployNetwork } from '../core/network/deploy.ts';
import { resizeInput } from '../core/network/edit.ts';
import type { Network, Weights } from '../core/network/network.ts';
import { presetById } from '../core/network/presets.ts';
import { unwrap } from '../core/result.ts';
import { judgeNormalization, ownStandardization } from '../core/training/normalizationFit.ts';
import { readKeras } from '../formats/keras/readKeras.ts';
import { checkActivations, sampleSize } from './activationCheck.ts';
import { ImageSet } from './images.ts';
import { initializeWeights } from './initialize.ts';
import { useWasmInNode } from './nodeWasm.ts';
import { briefly, fitted } from './testing/briefly.ts';

beforeAll(useWasmInNode);

function painted(kind: 'land-cover' | 'flowers', seed: number, count: number): LabeledImages {
  const painting = PAINTERS[kind](count, seed);
  for (;;) {
    const { done, value } = painting.next();
    if (done) return value;
  }
}

const land = painted('land-cover', 1, 320);
/** Others of the kind, and images of other things in other classes. */
const others = new ImageSet(painted('land-cover', 2, 120), 1, 1);
const flowers = new ImageSet(painted('flowers', 2, 120), 1, 1);

/** Presets on small images: what is checked does not depend on the size, and the time does. */
function small(id: string): Network {
  const preset = presetById(id)!;
  return unwrap(resizeInput(preset.build(preset.input, 10), { height: 16, width: 16, channels: 3 }));
}

const standardized: NormalizationChoice = {
  normalization: 'standardized',
  standardization: { mean: [90, 95, 80], deviation: [40, 40, 45] },
};
const plain = PLAIN_NORMALIZATIONS.map(plainChoice);

/** What is said in each plain normalization: the better one, `wrong` where none is named, `quiet` where nothing is. */
async function said(network: Network, weights: Weights, images: ImageSet): Promise<Record<string, string>> {
  const verdicts: Record<string, string> = {};
  for (const chosen of plain) {
    const verdict = judgeNormalization(await checkActivations(network, weights, images, chosen));
    verdicts[chosen.normalization] = verdict
      ? verdict.better
        ? normalizationText(verdict.better)
        : 'wrong'
      : 'quiet';
  }
  return verdicts;
}

describe.each(['tiny-cnn', 'tiny-resnet', 'tiny-mobilenet-v2'])('%s, trained briefly', (id) => {
  test.each(plain)('in $normalization: is quiet there, and names it elsewhere', async (right) => {
    const network = small(id);
    const { weights, accuracy } = await briefly(network, land, right, { batchSize: 16, epochs: 3 });
    expect(accuracy).toBeGreaterThan(0.2);
    const wanted = Object.fromEntries(
      plain.map(({ normalization }) => [
        normalization,
        normalization === right.normalization ? 'quiet' : right.normalization,
      ]),
    );
    expect(await said(network, weights, others)).toEqual(wanted);
    // Images that it never saw the like of raise no alarm either.
    expect((await said(network, weights, flowers))[right.normalization]).toBe('quiet');
  });
});

test('a standardization of its own is quiet, and so is one that is nearly the same', async () => {
  const network = small('tiny-cnn');
  const { weights } = await briefly(network, land, standardized, { batchSize: 16, epochs: 3 });
  const near: NormalizationChoice = {
    normalization: 'standardized',
    standardization: { mean: [95], deviation: [44] },
  };
  for (const chosen of [standardized, near])
    expect(judgeNormalization(await checkActivations(network, weights, others, chosen))).toBeNull();
  const check = await checkActivations(network, weights, others, plainChoice('none'));
  expect(check.fits[0]?.distance).toBeGreaterThan(10);
});

test('gray images with their own mean and deviation, as is usual for MNIST, are not taken for a range', async () => {
  const network = unwrap(resizeInput(small('tiny-cnn'), { height: 16, width: 16, channels: 1 }));
  const own = ownStandardization(fitted(land, network).bytes, 1);
  const { weights } = await briefly(network, land, own, { batchSize: 16, epochs: 3 });
  expect(judgeNormalization(await checkActivations(network, weights, others, own))).toBeNull();
  for (const chosen of plain) {
    const better = judgeNormalization(await checkActivations(network, weights, others, chosen))?.better;
    if (chosen.normalization === 'signed' && better === undefined) continue; // near enough to be quiet
    expect(better?.normalization, chosen.normalization).toBe('standardized');
    const { mean = [], deviation = [] } = better?.standardization ?? {};
    expect(Math.abs((mean[0] ?? 0) - own.standardization!.mean[0]!)).toBeLessThan(15);
    expect(deviation[0]! / own.standardization!.deviation[0]!).toBeCloseTo(1, 0);
  }
});

test('without batch norms, folded or none, right answers tell; and nothing is said where they do not', async () => {
  const network = small('tiny-cnn');
  const { weights } = await briefly(network, land, plainChoice('signed'), { batchSize: 16, epochs: 4 });
  const folded = deployNetwork(network, weights);
  expect(folded.network.layers.some(({ kind }) => kind === 'batchNorm')).toBe(false);
  const verdicts = await said(folded.network, folded.weights, others);
  expect(verdicts).toMatchObject({ none: 'signed', signed: 'quiet' });
  expect(['signed', 'quiet']).toContain(verdicts.unit);
  expect((await said(folded.network, folded.weights, flowers)).signed).toBe('quiet');
  // Weights that were only drawn say nothing, with batch norms that never saw an image.
  const drawn = initializeWeights(network, 5);
  expect(await said(network, drawn, others)).toEqual({ none: 'quiet', unit: 'quiet', signed: 'quiet' });
});

test('leaves no tensors, says nothing of images that do not fit, and is bounded in work', async () => {
  const network = small('tiny-cnn');
  const weights = initializeWeights(network, 1);
  const before = tf.memory().numTensors;
  await checkActivations(network, weights, others, plainChoice('unit'));
  expect(tf.memory().numTensors).toBe(before);
  const b = new NetworkBuilder('four', { height: 16, width: 16, channels: 4 });
  b.convBlock(4, 3);
  b.globalAveragePool();
  b.dense(10);
  const four = b.build();
  const none = await checkActivations(four, initializeWeights(four, 1), others, plainChoice('unit'));
  expect(none).toEqual({ fits: [], imageCount: 0 });
  const vgg = presetById('vgg-16')!;
  expect(sampleSize(vgg.build(vgg.input, 10), 4).isWhole).toBe(false);
  await expect(
    checkActivations(network, weights, others, plainChoice('unit'), AbortSignal.abort()),
  ).rejects.toThrow(/abort/i);
  expect(tf.memory().numTensors).toBe(before);
});

test('a network too large to be run to its end is judged by its first batch norms', async () => {
  const b = new NetworkBuilder('large', { height: 64, width: 64, channels: 3 });
  b.convBlock(8, 3);
  b.convBlock(8, 3);
  b.convBlock(8, 3);
  b.conv(512, 3);
  b.conv(512, 3);
  b.globalAveragePool();
  b.dense(10);
  const network = b.build();
  expect(sampleSize(network, 4).isWhole).toBe(false);
  const weights = initializeWeights(network, 1);
  const before = tf.memory().numTensors;
  // Statistics as a training on bytes leaves them behind.
  weights['bn1/movingVariance']?.values.fill(4000);
  const check = await checkActivations(network, weights, others, plainChoice('signed'));
  expect(check.fits.map(({ distance, correct }) => [distance !== null, correct])).toEqual(
    Array(5).fill([true, null]),
  );
  expect(tf.memory().numTensors).toBe(before);
  expect(judgeNormalization(check)?.better).toEqual(plainChoice('none'));
});

const shared = join(import.meta.dirname, '../../../shared');
const model = join(shared, 'models/mlperf_tiny_resnet8_cifar10.h5');
const data = join(shared, 'data/cifar10_test_1000.bin');

describe.skipIf(!existsSync(model) || !existsSync(data))(
  'the pretrained ResNet-8, trained with bytes',
  () => {
    test('is quiet with bytes, and names them elsewhere, on its images and on others', async () => {
      const { network, weights } = unwrap(await readKeras(readFileSync(model), 'resnet8.h5'));
      const wanted = { none: 'quiet', unit: 'none', signed: 'none' };
      for (const images of [new ImageSet(readImages([data]), 1, 1), others, flowers])
        expect(await said(network, weights!, images)).toEqual(wanted);
      const folded = deployNetwork(network, weights!);
      const own = new ImageSet(readImages([data]), 1, 1);
      expect(await said(folded.network, folded.weights, own)).toEqual(wanted);
      expect((await said(folded.network, folded.weights, flowers)).none).toBe('quiet');
    });
  },
);
