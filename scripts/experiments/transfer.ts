/**
 * SI-09: with a tenth of the data, does a pretrained start beat one from scratch? MLPerf Tiny's ResNet-8 (ten classes of
 * CIFAR-10) gets a new head; its body is frozen, or trained on with a small rate, or drawn anew.
 *
 *   npx tsx scripts/experiments/transfer.ts <resnet8.h5> <cifar10 train.bin> <cifar10 test.bin> [seeds]
 *
 * On CIFAR the body has been trained with these very classes, so land cover, which it never saw, is the fairer test.
 */
import { readFileSync } from 'node:fs';
import { readImages } from '../../src/cli/input.ts';
import type { LabeledImages } from '../../src/core/data/labeledImages.ts';
import { landCover } from '../../src/core/data/landCover.ts';
import { replaceHead } from '../../src/core/network/editing/replaceHead.ts';
import type { Network, Weights } from '../../src/core/network/network.ts';
import { unwrap } from '../../src/core/result.ts';
import { transferSet } from '../../src/core/training/distillation.ts';
import { frozenAllButHead } from '../../src/core/training/freeze.ts';
import { bitEqual, carryWeights } from '../../src/core/training/transfer.ts';
import { readKeras } from '../../src/formats/keras/readKeras.ts';
import { ImageSet } from '../../src/ml/images.ts';
import { completeWeights, initializeWeights } from '../../src/ml/initialize.ts';
import { useWasmInNode as startWasm } from '../../src/ml/nodeWasm.ts';
import { mean, onlyClasses, percent, Table, trainAndTest } from './fit.ts';

interface Pretrained {
  readonly network: Network;
  readonly weights: Weights;
}

interface Task {
  readonly title: string;
  readonly train: LabeledImages;
  readonly test: LabeledImages;
  readonly share: number;
  readonly epochs: number;
}

async function compare(body: Pretrained, { title, train, test, share, epochs }: Task, seedCount: number) {
  const { network } = unwrap(replaceHead(body.network, train.classNames.length));
  const carried = unwrap(carryWeights(body, network));
  const frozen = unwrap(frozenAllButHead(network));
  const all = Uint32Array.from(train.labels.keys());
  // ResNet-8 was trained with bytes; what is drawn anew learns from -1..1
  const bytes = { images: new ImageSet(train, 1, 0.1, 'none'), test: new ImageSet(test, 1, 1, 'none') };
  const signed = { images: new ImageSet(train, 1, 0.1, 'signed'), test: new ImageSet(test, 1, 1, 'signed') };
  const [accuracies, seconds] = [new Table(), new Table()];
  let equal = true;
  let used = 0;
  for (let seed = 1; seed <= seedCount; seed++) {
    const indices = unwrap(transferSet(train.labels, all, share, seed));
    used = indices.length;
    const usual = { network, indices, seed, batchSize: 16, epochs };
    const start = completeWeights(network, carried.weights, seed);
    const runs = {
      'frozen body, new head': { ...bytes, weights: start, learningRate: 0.01, options: { frozen } },
      'pretrained, all trained': { ...bytes, weights: start, learningRate: 0.0003 },
      'from scratch': { ...signed, weights: initializeWeights(network, seed), learningRate: 0.003 },
    };
    for (const [name, run] of Object.entries(runs)) {
      const { accuracy, weights, secondsPerStep } = await trainAndTest({ ...usual, ...run });
      accuracies.add(name, accuracy);
      seconds.add(name, secondsPerStep);
      if (name.startsWith('frozen')) equal &&= bitEqual(start, weights, frozen);
    }
  }
  console.log(
    `${title}: ${used} of ${all.length} training images, ${epochs} epochs, ${test.labels.length} test images`,
  );
  for (const [name, values] of accuracies.rows)
    console.log(`  ${name}: ${percent(values)}, ${(1000 * mean(seconds.of(name))).toFixed(1)} ms a step`);
  for (const name of ['frozen body, new head', 'pretrained, all trained'])
    console.log(`  ${name} - from scratch: ${percent(accuracies.difference(name, 'from scratch'))}`);
  console.log(`  frozen weights bit-equal: ${equal}`);
}

async function main([model = '', trainFile = '', testFile = '', seeds = '5']: readonly string[]) {
  await startWasm();
  const { network, weights } = unwrap(await readKeras(readFileSync(model), 'resnet8.h5'));
  if (!weights) throw new Error('The model has no weights.');
  const [train, test] = [readImages([trainFile]), readImages([testFile])];
  const tasks = [
    { title: 'CIFAR-10, cat or dog', train: onlyClasses(train, [3, 5]), test: onlyClasses(test, [3, 5]) },
    { title: 'Land cover, ten classes', train: landCover(1000, 1), test: landCover(500, 2) },
  ];
  for (const task of tasks)
    await compare({ network, weights }, { ...task, share: 0.1, epochs: 30 }, Number(seeds));
}

await main(process.argv.slice(2));
