/**
 * Does a teacher help a narrow student as the app trains by default? The design of a new visitor: 2000 land-cover images,
 * 1600 of them to train with, 8 epochs of Adam, no augmentation; T = 2, 0.25 soft and 0.75 hard. `distillation.ts`
 * beside this gives the student fewer images than the teacher had, and time to learn them.
 *
 *   npx tsx scripts/experiments/distillationDefault.ts [--seeds 10] [--factor 0.25] [--share 1] [--recipe distillation]
 */
import { parseArgs } from 'node:util';
import { landCover } from '../../src/core/data/landCover.ts';
import { defaultDesign } from '../../src/core/exploration/defaultDesign.ts';
import type { Recipe } from '../../src/core/exploration/design.ts';
import type { Network, Weights } from '../../src/core/network/network.ts';
import { unwrap } from '../../src/core/result.ts';
import { studentOf } from '../../src/core/training/distillation.ts';
import { pairedGain } from '../../src/core/training/distillationGain.ts';
import { namedRecipe } from '../../src/core/training/recipes.ts';
import { evaluate } from '../../src/ml/evaluate.ts';
import { ImageSet } from '../../src/ml/images.ts';
import { initializeWeights } from '../../src/ml/initialize.ts';
import { useWasmInNode as startWasm } from '../../src/ml/nodeWasm.ts';
import { train } from '../../src/ml/train.ts';
import { TrainControl } from '../../src/ml/trainControl.ts';
import type { Teaching } from '../../src/ml/trainSession.ts';
import { mean, percent } from './fit.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10' },
    /** What the student's widths are of the teacher's. */
    factor: { type: 'string', default: '0.25' },
    /** Transfer set: share of the training images that the student sees. */
    share: { type: 'string', default: '1' },
    recipe: { type: 'string', default: 'quick' },
    'teacher-recipe': { type: 'string', default: 'quick' },
  },
});

const { data, network: teacherNetwork } = defaultDesign();
const images = new ImageSet(landCover(2000, 1), data.splitSeed, data.validationShare);
/** Drawn anew: what was held back for validation is too little to tell. */
const test = new ImageSet(landCover(2000, 2), 1, 1);

async function trained(network: Network, recipe: Recipe, teachers: Teaching = []) {
  const weights = initializeWeights(network, recipe.seed);
  const control = new TrainControl();
  const run = train({ network, weights, recipe, images, backend: 'wasm', control, teachers });
  for (;;) {
    const { done, value } = await run.next();
    if (done) return value;
  }
}

async function accuracyOf(network: Network, weights: Weights): Promise<number> {
  const { correct, total } = await evaluate(network, weights, test);
  return correct / total;
}

async function main() {
  await startWasm();
  const teacherRecipe = namedRecipe(values['teacher-recipe']).recipe;
  const { weights } = await trained(teacherNetwork, { ...teacherRecipe, seed: 99 });
  console.log(
    `Teacher: ${(100 * (await accuracyOf(teacherNetwork, weights))).toFixed(1)} % of 2000 test images`,
  );
  const student = unwrap(studentOf('simplified', teacherNetwork, { factor: Number(values.factor) }));
  console.log(
    `Student: ${student.parameterCount} parameters, recipe ${values.recipe}, share ${values.share}`,
  );
  const { recipe } = namedRecipe(values.recipe);
  const distillation = { ...recipe.distillation, transferShare: Number(values.share) };
  const accuracies = { without: [] as number[], taught: [] as number[] };
  for (let seed = 1; seed <= Number(values.seeds); seed++) {
    const own = { ...recipe, distillation, seed };
    const without = await trained(student.network, own);
    const taught = await trained(student.network, own, [{ network: teacherNetwork, weights }]);
    accuracies.without.push(await accuracyOf(student.network, without.weights));
    accuracies.taught.push(await accuracyOf(student.network, taught.weights));
    console.log(
      `  seed ${seed}: ${percentOf(accuracies.without.at(-1))}, taught ${percentOf(accuracies.taught.at(-1))}`,
    );
  }
  console.log(`labels alone: ${percent(accuracies.without)}`);
  console.log(`T 2, 0.25 soft, 0.75 hard: ${percent(accuracies.taught)}`);
  const differences = accuracies.taught.map((taught, i) => taught - (accuracies.without[i] as number));
  const { interval, count } = unwrap(pairedGain(differences));
  const [low, high] = interval.map((share) => (100 * share).toFixed(2));
  const better = differences.filter((difference) => difference > 0).length;
  console.log(
    `taught less alone: ${(100 * mean(differences)).toFixed(2)} points, 95 % from ${low} to ${high} (paired t, ${count} seeds), better with ${better} of ${count}`,
  );
}

const percentOf = (share: number | undefined): string => `${(100 * (share ?? 0)).toFixed(2)} %`;

await main();
