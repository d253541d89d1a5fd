/**
 * Issue 5, "done means" 1: a preset trained with a named recipe on real images and tested once on others, on wasm with
 * one thread; where the recipe augments, also without.
 *
 *   npx tsx scripts/experiments/realData.ts <recipe> <preset> <seeds, as 1,2,3> <training files> -- <test files>
 *   npx tsx scripts/experiments/realData.ts photographs tiny-cnn 1 cifar10_train_3000.bin -- cifar10_test_1000.bin
 *   npx tsx scripts/experiments/realData.ts digits lenet 1 <images.gz> <labels.gz> -- <test images.gz> <test labels.gz>
 */
import { readImages } from '../../src/cli/input.ts';
import { augments, NO_AUGMENTATION } from '../../src/core/data/augmentChoice.ts';
import { presetById } from '../../src/core/network/presets.ts';
import { namedRecipe } from '../../src/core/training/recipes.ts';
import { evaluate } from '../../src/ml/evaluate.ts';
import { ImageSet } from '../../src/ml/images.ts';
import { initializeWeights } from '../../src/ml/initialize.ts';
import { useWasmInNode as startWasm } from '../../src/ml/nodeWasm.ts';
import { train } from '../../src/ml/train.ts';
import { TrainControl } from '../../src/ml/trainControl.ts';

const [recipeId = '', presetId = '', seeds = '1', ...files] = process.argv.slice(2);
const cut = files.indexOf('--');
const preset = presetById(presetId);
if (!preset || cut < 1) throw new Error('Usage: <recipe> <preset> <seeds> <training files> -- <test files>');
await startWasm();
const training = new ImageSet(readImages(files.slice(0, cut)), 1, 0.02, 'signed');
const test = new ImageSet(readImages(files.slice(cut + 1)), 1, 1, 'signed');
const { recipe } = namedRecipe(recipeId);
const network = preset.build(training.images.image, training.images.classNames.length);
const choices = augments(recipe.augmentation)
  ? [NO_AUGMENTATION, recipe.augmentation]
  : [recipe.augmentation];
for (const seed of seeds.split(',').map(Number)) {
  for (const augmentation of choices) {
    const started = performance.now();
    const cpu = process.cpuUsage();
    const run = train({
      network,
      weights: initializeWeights(network, seed),
      recipe: { ...recipe, seed, augmentation },
      images: training,
      backend: 'wasm',
      control: new TrainControl(),
    });
    for (;;) {
      const { done, value } = await run.next();
      if (!done) continue;
      const seconds = (performance.now() - started) / 1000;
      const { user, system } = process.cpuUsage(cpu);
      const { correct, total } = await evaluate(network, value.weights, test, {});
      const how = augments(augmentation) ? 'with augmentation' : 'without augmentation';
      console.log(
        `${presetId}, ${recipeId}, seed ${seed}, ${recipe.epochs} epochs, ${how}: ${correct} of ${total} test images right; ${seconds.toFixed(0)} s, ${((user + system) / 1e6).toFixed(0)} s of processor time`,
      );
      break;
    }
  }
}
