/**
 * Does a teacher help a narrow student? The embedded land-cover set at 32x32; the student begins with equal weights and
 * sees equal batches with and without its teacher, so that differences are taken seed by seed.
 *
 *   npx tsx scripts/experiments/distillation.ts [seeds] [factor] [images] [epochs] [share]
 */
import { landCover } from '../../src/core/data/landCover.ts';
import { networkCounts } from '../../src/core/network/counts.ts';
import { presetById } from '../../src/core/network/presets.ts';
import { unwrap } from '../../src/core/result.ts';
import {
  modelSizeOf,
  SOURCE_DISTILLATION,
  studentOf,
  transferSet,
} from '../../src/core/training/distillation.ts';
import { ImageSet } from '../../src/ml/images.ts';
import { initializeWeights } from '../../src/ml/initialize.ts';
import { useWasmInNode as startWasm } from '../../src/ml/nodeWasm.ts';
import { percent, Table, trainAndTest } from './fit.ts';

async function main([
  seedCount = 5,
  factor = 0.25,
  imageCount = 2000,
  epochs = 8,
  share = 1,
]: readonly number[]) {
  await startWasm();
  const preset = presetById('tiny-resnet');
  if (!preset) throw new Error('No preset tiny-resnet.');
  const teacher = preset.build({ height: 32, width: 32, channels: 3 }, 10);
  const student = unwrap(studentOf('simplified', teacher, { factor }));
  const train = landCover(imageCount, 1);
  const images = new ImageSet(train, 1, 0.1);
  const all = Uint32Array.from(train.labels.keys());
  const usual = { images, test: new ImageSet(landCover(1000, 2), 1, 1), batchSize: 32, learningRate: 0.003 };

  const weights = initializeWeights(teacher, 99);
  const taught = await trainAndTest({
    ...usual,
    network: teacher,
    weights,
    indices: all,
    epochs: 8,
    seed: 99,
  });
  const { parameterCount } = networkCounts(teacher);
  console.log(
    `Teacher: ${parameterCount} parameters, ${modelSizeOf(parameterCount).toFixed(3)} MB, ${(100 * taught.accuracy).toFixed(1)} % of 1000 test images`,
  );
  console.log(
    `Student: ${student.parameterCount} parameters, ${student.megabytes.toFixed(3)} MB, ratio ${student.parameterRatio.toFixed(3)}`,
  );
  const { temperature, softWeight, hardWeight } = SOURCE_DISTILLATION;
  const teachers = [{ network: teacher, weights: taught.weights }];
  const settings = {
    'labels alone': undefined,
    'teacher, T 2, 0.25 soft': { teachers, temperature, softWeight, hardWeight },
    'teacher, T 4, 0.9 soft': { teachers, temperature: 4, softWeight: 0.9, hardWeight: 0.1 },
  };
  const table = new Table();
  let count = 0;
  for (let seed = 1; seed <= seedCount; seed++) {
    const indices = unwrap(transferSet(train.labels, all, share, seed));
    count = indices.length;
    const start = initializeWeights(student.network, seed);
    const run = { ...usual, network: student.network, weights: start, indices, epochs, seed };
    for (const [name, distillation] of Object.entries(settings)) {
      const { accuracy } = await trainAndTest({ ...run, options: { teachers: distillation } });
      table.add(name, accuracy);
    }
  }
  console.log(`Transfer set: ${count} of ${all.length} images, ${epochs} epochs`);
  for (const [name, accuracies] of table.rows) console.log(`  ${name}: ${percent(accuracies)}`);
  for (const name of Object.keys(settings).slice(1))
    console.log(`  ${name} - labels alone: ${percent(table.difference(name, 'labels alone'))}`);
}

await main(process.argv.slice(2).map(Number));
