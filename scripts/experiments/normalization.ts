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
  type NormalizationChoice,
  normalizationText,
  PLAIN_NORMALIZATIONS,
  plainChoice,
} from '../../src/core/data/normalizationChoice.ts';
import { PAINTERS } from '../../src/core/data/paintSet.ts';
import type { Network, Weights } from '../../src/core/network/network.ts';
import { presetById } from '../../src/core/network/presets.ts';
import { unwrap } from '../../src/core/result.ts';
import { candidatesFor, judgeNormalization } from '../../src/core/training/normalizationFit.ts';
import { readKeras } from '../../src/formats/keras/readKeras.ts';
import { measureFits, sampleSize } from '../../src/ml/activationCheck.ts';
import { useWasmInNode as startWasm } from '../../src/ml/nodeWasm.ts';
import { briefly, fitted } from '../../src/ml/testing/briefly.ts';

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
  const { bytes, size } = fitted(images, network);
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
      const { weights, accuracy } = await briefly(network, land, choice, { epochs: Number(epochs) });
      console.log(`${id} in ${choice.normalization}: training accuracy ${accuracy.toFixed(2)}`);
      const model = { network, weights, right: choice };
      await report(`${id} on its set`, model, other, true);
      await report(`${id} on flowers`, model, flowers, false);
    }
  }
}

await main();
