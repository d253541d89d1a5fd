/**
 * Does a teacher help a narrow student? The embedded land-cover set at 32x32; the student begins with equal weights and
 * sees equal batches with and without its teachers, so that differences are taken seed by seed. A seed decides which
 * images the student sees, its first weights and their order. One of the lessons is chosen by other seeds and other
 * test images than those it is reported with; the source's is reported as it is.
 *
 *   npx tsx scripts/experiments/distillation.ts [--share 0.15] [--epochs 60] [--choose] ...
 *
 * Measured on wasm in Node with the defaults (4 minutes of one core), 1000 test images, seeds 1 to 5. Teacher: Tiny CNN,
 * 24,570 parameters, 2000 images, 93.4 %. Student: a quarter of its widths, 1,830 parameters, 300 of these images.
 *   labels alone                       79.58 %  (82.9, 80.2, 75.3, 78.4, 81.1)
 *   T 2, 0.25 soft, 0.75 hard (source) 81.80 %  (86.0, 82.9, 76.4, 80.5, 83.2): +2.22 points, 95 % from 1.28 to 3.16
 *   T 4, 0.9 soft, 0.1 hard            82.92 %  (84.7, 84.9, 79.1, 83.7, 82.2): +3.34 points, 95 % from 1.08 to 5.60
 * The second lesson was chosen by seeds 101 and 102 and other test images (+5.35 points there; T 1, 0.9: +3.35;
 * T 2, 0.9: +3.45; the source's: +2.50). Without augmentation there, T 4 gained 1.75 and the source's 1.10.
 */
import { parseArgs } from 'node:util';
import { augmentationWith } from '../../src/core/data/augmentChoice.ts';
import { landCover } from '../../src/core/data/landCover.ts';
import { networkCounts } from '../../src/core/network/counts.ts';
import type { Network } from '../../src/core/network/network.ts';
import { presetById } from '../../src/core/network/presets.ts';
import { unwrap } from '../../src/core/result.ts';
import {
  modelSizeOf,
  SOURCE_DISTILLATION,
  studentOf,
  transferSet,
} from '../../src/core/training/distillation.ts';
import { pairedGain } from '../../src/core/training/distillationGain.ts';
import type { Distillation, Teacher } from '../../src/ml/distill.ts';
import { ImageSet } from '../../src/ml/images.ts';
import { initializeWeights } from '../../src/ml/initialize.ts';
import { useWasmInNode as startWasm } from '../../src/ml/nodeWasm.ts';
import { type Fit, mean, percent, Table } from './fit.ts';
import { trainPatiently } from './patientFit.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '5' },
    network: { type: 'string', default: 'tiny-cnn' },
    /** What the student's widths are of the teacher's. */
    factor: { type: 'string', default: '0.25' },
    /** Images of the teachers, of which the student sees a share. */
    images: { type: 'string', default: '2000' },
    share: { type: 'string', default: '0.15' },
    teachers: { type: 'string', default: '1' },
    'teacher-epochs': { type: 'string', default: '15' },
    epochs: { type: 'string', default: '60' },
    rate: { type: 'string', default: '0.01' },
    /** Chooses among the lessons anew, by other seeds and images; else the one that was chosen so is taken. */
    choose: { type: 'boolean', default: false },
    /** One more row: no labels at all, the teacher's answers on all images, for as many steps. */
    unlabeled: { type: 'boolean', default: false },
  },
});
const number = (name: Exclude<keyof typeof values, 'choose' | 'unlabeled'>): number => Number(values[name]);

/** Lessons are chosen by these seeds and by test images of this generator seed; reported are 1 and on, and 2. */
const CHOOSING_SEEDS = [101, 102];
const CHOOSING_TEST_SEED = 3;
const TEST_SEED = 2;

type Lesson = Omit<Distillation, 'teachers'>;

const { temperature, softWeight, hardWeight } = SOURCE_DISTILLATION;
const SOURCE: Lesson = { temperature, softWeight, hardWeight };
const CHOSEN: Lesson = { temperature: 4, softWeight: 0.9, hardWeight: 0.1 };
const CANDIDATES: readonly Lesson[] = [
  SOURCE,
  { temperature: 1, softWeight: 0.9, hardWeight: 0.1 },
  { temperature: 2, softWeight: 0.9, hardWeight: 0.1 },
  CHOSEN,
];

const nameOf = ({ temperature: t, softWeight: soft, hardWeight: hard }: Lesson): string =>
  `T ${t}, ${soft} soft, ${hard} hard`;

const preset = presetById(values.network);
if (!preset) throw new Error(`No preset ${values.network}.`);
const teacherNetwork = preset.build({ height: 32, width: 32, channels: 3 }, 10);
const student = unwrap(studentOf('simplified', teacherNetwork, { factor: number('factor') }));
const train = landCover(number('images'), 1);
const all = Uint32Array.from(train.labels.keys());
const usual = {
  images: new ImageSet(train, 1, 0.1),
  test: new ImageSet(landCover(1000, TEST_SEED), 1, 1),
  batchSize: 32,
  augmentation: augmentationWith('horizontalFlip', 'verticalFlip', 'shift'),
  learningRate: number('rate'),
};

async function taught(network: Network): Promise<Teacher[]> {
  const teachers: Teacher[] = [];
  for (let i = 0; i < number('teachers'); i++) {
    const seed = 99 - i;
    const weights = initializeWeights(network, seed);
    const run = { ...usual, network, weights, indices: all, seed };
    const fit = await trainPatiently({ ...run, epochs: number('teacher-epochs') });
    console.log(`Teacher ${i + 1}: ${(100 * fit.accuracy).toFixed(1)} % of 1000 test images`);
    teachers.push({ network, weights: fit.weights });
  }
  return teachers;
}

/** Accuracy of the student of a seed; `unlabeled`: on all images without any label, for as many steps. */
async function accuracyOf(
  seed: number,
  teachers: Distillation | undefined,
  more: Partial<Fit> = {},
  unlabeled = false,
): Promise<number> {
  const few = unwrap(transferSet(train.labels, all, number('share'), seed));
  const weights = initializeWeights(student.network, seed);
  const indices = unlabeled ? all : few;
  const epochs = unlabeled ? Math.round((number('epochs') * few.length) / all.length) : number('epochs');
  const run = { ...usual, network: student.network, weights, indices, epochs, seed, ...more };
  return (await trainPatiently({ ...run, options: { teachers } })).accuracy;
}

async function chosenLesson(teachers: readonly Teacher[]): Promise<Lesson> {
  const test = new ImageSet(landCover(1000, CHOOSING_TEST_SEED), 1, 1);
  let best: { lesson: Lesson; accuracy: number } | null = null;
  for (const lesson of CANDIDATES) {
    const accuracies: number[] = [];
    for (const seed of CHOOSING_SEEDS)
      accuracies.push(await accuracyOf(seed, { teachers, ...lesson }, { test }));
    console.log(`  choosing by other seeds and images, ${nameOf(lesson)}: ${percent(accuracies)}`);
    const accuracy = mean(accuracies);
    if (!best || accuracy > best.accuracy) best = { lesson, accuracy };
  }
  return best?.lesson ?? SOURCE;
}

async function main() {
  await startWasm();
  const { parameterCount } = networkCounts(teacherNetwork);
  console.log(`Teacher: ${parameterCount} parameters, ${modelSizeOf(parameterCount).toFixed(3)} MB`);
  console.log(
    `Student: ${student.parameterCount} parameters, ${student.megabytes.toFixed(3)} MB, ratio ${student.parameterRatio.toFixed(3)}`,
  );
  const teachers = await taught(teacherNetwork);
  const chosen = values.choose ? await chosenLesson(teachers) : CHOSEN;
  const alone = { ...chosen, softWeight: 1, hardWeight: 0 };
  const rows: readonly { name: string; lesson?: Lesson; unlabeled?: boolean }[] = [
    { name: 'labels alone' },
    { name: `the source's: ${nameOf(SOURCE)}`, lesson: SOURCE },
    { name: `chosen: ${nameOf(chosen)}`, lesson: chosen },
    ...(values.unlabeled
      ? [
          {
            name: `no labels, the teacher's answers on all ${all.length} images, T ${alone.temperature}`,
            lesson: alone,
            unlabeled: true,
          },
        ]
      : []),
  ];
  const table = new Table();
  for (let seed = 1; seed <= number('seeds'); seed++)
    for (const { name, lesson, unlabeled } of rows) {
      const accuracy = await accuracyOf(seed, lesson && { teachers, ...lesson }, {}, unlabeled);
      table.add(name, accuracy);
      console.log(`  seed ${seed}, ${name}: ${(100 * accuracy).toFixed(1)} %`);
    }
  console.log(
    `Transfer set: a share of ${values.share} of ${all.length} images, ${values.epochs} epochs, flipped and shifted at random`,
  );
  for (const [name, accuracies] of table.rows) console.log(`${name}: ${percent(accuracies)}`);
  for (const { name } of rows.slice(1)) {
    const gain = pairedGain(table.difference(name, 'labels alone'));
    if (!gain.ok) continue;
    const [low, high] = gain.value.interval.map((share) => (100 * share).toFixed(2));
    console.log(
      `${name}, less labels alone: ${(100 * gain.value.mean).toFixed(2)} points, 95 % from ${low} to ${high} (paired t, ${gain.value.count} seeds)`,
    );
  }
}

await main();
