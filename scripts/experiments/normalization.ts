/**
 * How well do the first batch norms, and the answers, tell in which normalization a network was trained? Trains presets
 * briefly on the generated sets in every normalization, then shows each of them images in all.
 *
 *   npx tsx scripts/experiments/normalization.ts [presets, as in tiny-cnn,resnet-8] [epochs] [resnet8.h5 cifar10_test.bin]
 */
import { readFileSync } from 'node:fs';
import { readImages } from '../../src/cli/input.ts';
import type { LabeledImages } from '../../src/core/data/labeledImages.ts';
import {
  channelTransforms,
  type NormalizationChoice,
  normalizationText,
  PLAIN_NORMALIZATIONS,
  plainChoice,
} from '../../src/core/data/normalizationChoice.ts';
import { PAINTERS } from '../../src/core/data/paintSet.ts';
import type { Network, Weights } from '../../src/core/network/network.ts';
import { presetById } from '../../src/core/network/presets.ts';
import { createRandom, permutation } from '../../src/core/random.ts';
import { unwrap } from '../../src/core/result.ts';
import { candidatesFor, judgeNormalization } from '../../src/core/training/normalizationFit.ts';
import { readKeras } from '../../src/formats/keras/readKeras.ts';
import { measureFits, sampleSize } from '../../src/ml/activationCheck.ts';
import { initializeWeights } from '../../src/ml/initialize.ts';
import { useWasmInNode as startWasm } from '../../src/ml/nodeWasm.ts';
import { adam } from '../../src/ml/optimizers.ts';
import { adapterFor } from '../../src/ml/resize.ts';
import { Session } from '../../src/ml/session.ts';

/** All images in the network's size, as floats in one normalization. */
export function prepared(images: LabeledImages, network: Network, choice: NormalizationChoice) {
  const input = network.layers[0];
  if (input?.kind !== 'input') throw new Error('no input');
  const { shape } = input;
  const size = shape.height * shape.width * shape.channels;
  const { image } = images;
  const from = image.height * image.width * image.channels;
  const bytes = new Uint8Array(size * images.labels.length);
  const adapt = adapterFor(image, shape);
  for (let i = 0; i < images.labels.length; i++) adapt(images.pixels, i * from, bytes, i * size);
  const transforms = channelTransforms(choice, shape.channels);
  const values = Float32Array.from(bytes, (byte, i) => {
    const { scale = 1, offset = 0 } = transforms[i % shape.channels] ?? {};
    return byte * scale + offset;
  });
  return { bytes, values, size, shape: [shape.height, shape.width, shape.channels] as const };
}

/** A network trained for some epochs with Adam and batches of 32. */
export async function briefly(
  network: Network,
  images: LabeledImages,
  choice: NormalizationChoice,
  epochs: number,
  learningRate = 0.002,
): Promise<{ readonly weights: Weights; readonly accuracy: number }> {
  const session = new Session(network, initializeWeights(network, 1));
  const optimizer = adam(learningRate);
  const random = createRandom(7);
  const { values, size, shape } = prepared(images, network, choice);
  let accuracy = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = permutation(images.labels.length, random);
    let sum = 0;
    let steps = 0;
    for (let start = 0; start + 32 <= order.length; start += 32, steps++) {
      const chosen = Array.from(order.slice(start, start + 32));
      const pixels = new Float32Array(32 * size);
      chosen.forEach((index, i) => {
        pixels.set(values.subarray(index * size, (index + 1) * size), i * size);
      });
      const labels = Uint8Array.from(chosen, (index) => images.labels[index] as number);
      sum += (await session.step({ pixels, shape: [32, ...shape], labels }, optimizer, random)).accuracy;
    }
    accuracy = sum / steps;
  }
  const weights = await session.weights();
  optimizer.dispose();
  session.dispose();
  return { weights, accuracy };
}

const shown = (value: number | null, digits = 2) => (value === null ? '-' : value.toFixed(digits));

/** Prints what the images say, and what is judged of it in each chosen normalization. */
async function report(
  title: string,
  {
    network,
    weights,
    right,
  }: { readonly network: Network; readonly weights: Weights; readonly right: NormalizationChoice },
  images: LabeledImages,
  isLabeled: boolean,
): Promise<void> {
  const { bytes, size } = prepared(images, network, right);
  let table = '';
  for (const chosen of PLAIN_NORMALIZATIONS.map(plainChoice)) {
    const choices = candidatesFor(chosen, images.image.channels);
    const count = Math.min(images.labels.length, sampleSize(network, choices.length).count);
    const sample = { bytes: bytes.subarray(0, count * size), labels: isLabeled ? images.labels : null };
    const fits = await measureFits(network, weights, sample, choices);
    if (table === '') {
      for (const { choice, distance, correct, confidence, oneAnswer } of fits)
        table += `    ${normalizationText(choice).padEnd(42)} distance ${shown(distance).padStart(7)}  right ${shown(correct, 0).padStart(3)} of ${count}  confidence ${shown(confidence)}  one answer ${shown(oneAnswer)}\n`;
      console.log(`  ${title}\n${table.trimEnd()}`);
    }
    const verdict = judgeNormalization({ fits, imageCount: count });
    const isRight = chosen.normalization === right.normalization;
    const found = verdict?.better?.normalization === right.normalization;
    const mark = isRight
      ? verdict
        ? 'FALSE ALARM'
        : 'quiet, rightly'
      : found
        ? 'found'
        : verdict
          ? 'warned, with another'
          : 'missed';
    console.log(
      `    chosen ${chosen.normalization}: ${mark}${verdict && (isRight || !found) ? `: ${verdict.sentence}` : ''}`,
    );
  }
}

async function main(): Promise<void> {
  const [ids = 'tiny-cnn,lenet-rgb,tiny-resnet', epochs = '2', model, data] = process.argv.slice(2);
  await startWasm();
  const paint = (kind: 'land-cover' | 'flowers', seed: number, imageCount: number) => {
    const painting = PAINTERS[kind](imageCount, seed);
    for (;;) {
      const { done, value } = painting.next();
      if (done) return value;
    }
  };
  const land = paint('land-cover', 1, 600);
  const other = paint('land-cover', 2, 100);
  const flowers = paint('flowers', 2, 100);
  const real = data ? readImages([data]) : null;
  if (model && real) {
    const { network, weights } = unwrap(await readKeras(readFileSync(model), model));
    for (const images of [real, other, flowers])
      await report(
        `ResNet-8 on ${images.name}`,
        { network, weights: weights ?? {}, right: plainChoice('none') },
        images,
        images === real,
      );
  }
  for (const id of ids.split(',').filter(Boolean)) {
    const preset = presetById(id);
    if (!preset) throw new Error(`no preset ${id}`);
    const network = preset.build(preset.input, 10);
    for (const choice of PLAIN_NORMALIZATIONS.map(plainChoice)) {
      const { weights, accuracy } = await briefly(network, land, choice, Number(epochs));
      console.log(`${id} in ${choice.normalization}: training accuracy ${accuracy.toFixed(2)}`);
      const model = { network, weights, right: choice };
      await report(`${id} on its set`, model, other, true);
      await report(`${id} on flowers`, model, flowers, false);
    }
  }
}

await main();
