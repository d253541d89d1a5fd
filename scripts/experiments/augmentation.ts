/**
 * Issue 5, "done means" 1: a preset trained on 3,000 real CIFAR-10 images, with and without augmentation, tested once on
 * 1,000 others; on wasm, one thread.
 *
 *   npx tsx scripts/experiments/augmentation.ts <cifar10 train.bin> <cifar10 test.bin> [preset] [epochs] [seeds]
 */
import { readImages } from '../../src/cli/input.ts';
import { NO_AUGMENTATION, USUAL_AUGMENTATION } from '../../src/core/data/augmentChoice.ts';
import { DEFAULT_RECIPE_OPTIONS } from '../../src/core/exploration/defaultDesign.ts';
import type { Recipe } from '../../src/core/exploration/design.ts';
import { presetById } from '../../src/core/network/presets.ts';
import { evaluate } from '../../src/ml/evaluate.ts';
import { ImageSet } from '../../src/ml/images.ts';
import { initializeWeights } from '../../src/ml/initialize.ts';
import { useWasmInNode as startWasm } from '../../src/ml/nodeWasm.ts';
import { train } from '../../src/ml/train.ts';
import { TrainControl } from '../../src/ml/trainControl.ts';

const [trainFile = '', testFile = '', presetId = 'tiny-resnet', epochs = '30', seeds = '1'] =
  process.argv.slice(2);
const preset = presetById(presetId);
if (!preset) throw new Error(`No preset ${presetId}`);
await startWasm();
const training = new ImageSet(readImages([trainFile]), 1, 0.02, 'signed');
const test = new ImageSet(readImages([testFile]), 1, 1, 'signed');
const { image } = training.images;
const network = preset.build(image, training.images.classNames.length);
for (let seed = 1; seed <= Number(seeds); seed++) {
  for (const [name, augmentation] of [
    ['without', NO_AUGMENTATION],
    ['with', USUAL_AUGMENTATION],
  ] as const) {
    const recipe: Recipe = {
      ...DEFAULT_RECIPE_OPTIONS,
      optimizer: 'adamw',
      weightDecay: 0.01,
      learningRate: 0.005,
      schedule: { kind: 'one-cycle', riseShare: 0.2, startShare: 0.1, endShare: 0.001 },
      momentum: 0.9,
      batchSize: 32,
      epochs: Number(epochs),
      seed,
      augmentation,
    };
    const started = performance.now();
    const run = train({
      network,
      weights: initializeWeights(network, seed),
      recipe,
      images: training,
      backend: 'wasm',
      control: new TrainControl(),
    });
    for (;;) {
      const { done, value } = await run.next();
      if (!done) continue;
      const seconds = (performance.now() - started) / 1000;
      const { correct, total } = await evaluate(network, value.weights, test, {});
      console.log(
        `${presetId}, seed ${seed}, ${epochs} epochs, ${name} augmentation: ${correct} of ${total} test images right, ${seconds.toFixed(0)} s`,
      );
      break;
    }
  }
}
