import type { LabeledImages } from '../../src/core/data/labeledImages.ts';
import type { Network, Weights } from '../../src/core/network/network.ts';
import { createRandom, permutation } from '../../src/core/random.ts';
import { evaluateSession } from '../../src/ml/evaluate.ts';
import type { ImageSet } from '../../src/ml/images.ts';
import { adam } from '../../src/ml/optimizers.ts';
import { Session, type SessionOptions } from '../../src/ml/session.ts';

export interface Fit {
  readonly network: Network;
  readonly weights: Weights;
  readonly images: ImageSet;
  /** Which of the images are trained with. */
  readonly indices: Uint32Array;
  /** All of its images are validation images. */
  readonly test: ImageSet;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly epochs: number;
  readonly seed: number;
  readonly options?: SessionOptions;
}

export interface Fitted {
  readonly weights: Weights;
  /** Of the test images, 0..1, after the last epoch. */
  readonly accuracy: number;
  readonly secondsPerStep: number;
}

/** Trains for a number of epochs with Adam and tests once, at the end: no epoch is chosen by the test images. */
export async function trainAndTest(run: Fit): Promise<Fitted> {
  const session = new Session(run.network, run.weights, run.options);
  const optimizer = adam(run.learningRate);
  const shuffling = createRandom(run.seed);
  const dropout = createRandom(run.seed + 1000);
  const size = Math.min(run.batchSize, run.indices.length);
  let steps = 0;
  let spent = 0;
  for (let epoch = 0; epoch < run.epochs; epoch++) {
    const order = permutation(run.indices.length, shuffling);
    for (let start = 0; start + size <= order.length; start += size) {
      const chosen = order.slice(start, start + size).map((place) => run.indices[place] as number);
      const batch = session.batch(run.images, chosen);
      const from = performance.now();
      await session.step(batch, optimizer, dropout);
      spent += performance.now() - from;
      steps++;
    }
  }
  const { correct, total } = await evaluateSession(session, run.test);
  const weights = await session.weights();
  optimizer.dispose();
  session.dispose();
  return { weights, accuracy: correct / total, secondsPerStep: spent / steps / 1000 };
}

/** The images of some classes, numbered anew in the given order. */
export function onlyClasses(images: LabeledImages, classes: readonly number[]): LabeledImages {
  const size = images.pixels.length / images.labels.length;
  const chosen = [...images.labels.keys()].filter((i) => classes.includes(images.labels[i] as number));
  const pixels = new Uint8Array(chosen.length * size);
  chosen.forEach((from, to) => {
    pixels.set(images.pixels.subarray(from * size, (from + 1) * size), to * size);
  });
  return {
    ...images,
    pixels,
    labels: Uint8Array.from(chosen, (i) => classes.indexOf(images.labels[i] as number)),
    classNames: classes.map((c) => images.classNames[c] ?? `${c}`),
  };
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of the mean: sample deviation / sqrt(n). */
export function standardError(values: readonly number[]): number {
  const center = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

export const percent = (values: readonly number[]): string =>
  `${(100 * mean(values)).toFixed(2)} % ± ${(100 * standardError(values)).toFixed(2)} (${values
    .map((value) => (100 * value).toFixed(1))
    .join(', ')})`;

/** Numbers by name, in the order in which the names first came. */
export class Table {
  readonly rows = new Map<string, number[]>();

  add(name: string, value: number): void {
    const row = this.rows.get(name);
    if (row) row.push(value);
    else this.rows.set(name, [value]);
  }

  of(name: string): readonly number[] {
    return this.rows.get(name) ?? [];
  }

  /** Of each seed, the first less the second. */
  difference(name: string, other: string): readonly number[] {
    return this.of(name).map((value, i) => value - (this.of(other)[i] ?? 0));
  }
}
