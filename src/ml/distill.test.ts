import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { drawBatch } from '../core/data/augment.ts';
import { augmentationWith } from '../core/data/augmentChoice.ts';
import { NetworkBuilder } from '../core/network/builder.ts';
import { resizeInput } from '../core/network/edit.ts';
import type { Network } from '../core/network/network.ts';
import { createRandom } from '../core/random.ts';
import { unwrap } from '../core/result.ts';
import { bitEqual } from '../core/training/transfer.ts';
import { ImageSet } from './images.ts';
import { initializeWeights } from './initialize.ts';
import { softened } from './loss.ts';
import { useWasmInNode } from './nodeWasm.ts';
import { adam } from './optimizers.ts';
import { Session, type SessionOptions } from './session.ts';
import { stripes } from './testing/stripes.ts';

beforeAll(useWasmInNode);

function small(classes = 2): Network {
  const b = new NetworkBuilder('small', { height: 12, width: 12, channels: 1 });
  b.convBlock(4, 3);
  b.dropout(0.2);
  b.maxPool(2);
  const trunk = b.convBlock(4, 3);
  b.add(b.convBlock(4, 3), trunk);
  b.globalAveragePool();
  b.dropout(0.5);
  b.dense(classes);
  b.softmax();
  return b.build();
}

const images = new ImageSet(stripes(64), 1, 0.25);
const chosen = images.split.train.slice(0, 16);

/** Some steps of training, and what is left of the weights. */
async function trained(network: Network, options: SessionOptions, steps = 4) {
  const weights = initializeWeights(network, 2);
  const session = new Session(network, weights, options);
  const optimizer = adam(0.01);
  const random = createRandom(3);
  for (let i = 0; i < steps; i++) await session.step(session.batch(images, chosen), optimizer, random);
  const after = await session.weights();
  const teachers = (await session.teachers?.weights()) ?? [];
  optimizer.dispose();
  session.dispose();
  return { before: weights, after, teachers };
}

describe('teachers', () => {
  const teacher = (seed: number, network = small()) => ({
    network,
    weights: initializeWeights(network, seed),
  });
  const taught = (...teachers: ReturnType<typeof teacher>[]) => ({
    teachers,
    temperature: 2,
    softWeight: 0.25,
    hardWeight: 0.75,
  });

  test('have the weights they came with when the student has learned (VT-18)', async () => {
    const one = teacher(7);
    const { teachers, before, after } = await trained(small(), { teachers: taught(one) }, 6);
    expect(
      bitEqual(
        teachers[0]!,
        one.weights,
        one.network.layers.map(({ id }) => id),
      ),
    ).toBe(true);
    expect(bitEqual(before, after, ['conv1'])).toBe(false);
  });

  test('of two the mean of both softened outputs is the target (VT-54)', async () => {
    const [one, two] = [teacher(7), teacher(8)];
    const network = small();
    const session = new Session(network, initializeWeights(network, 1), { teachers: taught(one, two) });
    const batch = session.batch(images, chosen);
    const shares = await session.teachers!.shares(batch);
    session.dispose();
    const own = await Promise.all(
      [one, two].map(async ({ weights }) => {
        const alone = new Session(network, weights);
        const logits = await alone.logits(batch);
        alone.dispose();
        return softened(logits, 2, 2);
      }),
    );
    expect(shares).toHaveLength(32);
    expect(own[0]).not.toEqual(own[1]);
    shares.forEach((share, i) => {
      expect(share).toBeCloseTo((own[0]![i]! + own[1]![i]!) / 2, 12);
    });
  });

  test('with larger images or another normalization are shown the same images in their own way', async () => {
    const large = unwrap(resizeInput(small(), { height: 16, width: 16, channels: 1 }));
    const bytes = new ImageSet(stripes(64), 1, 0.25, 'none');
    const network = small();
    const session = new Session(network, initializeWeights(network, 1), {
      teachers: taught(teacher(7, large), { ...teacher(8), ...{ images: bytes } }, teacher(9)),
    });
    const batch = session.batch(images, chosen);
    expect([...(batch.views?.keys() ?? [])]).toEqual([0, 1]);
    expect(batch.views?.get(0)?.shape).toEqual([16, 16, 16, 1]);
    expect(batch.views?.get(1)?.pixels).toEqual(
      bytes.batch(chosen, { height: 12, width: 12, channels: 1 }).pixels,
    );
    const sums = await session.teachers!.shares(batch);
    expect(sums[0]! + sums[1]!).toBeCloseTo(1, 12);
    const plain = images.batch(chosen, { height: 12, width: 12, channels: 1 });
    await expect(session.teachers!.shares(plain)).rejects.toThrow(
      /small reads 16x16x1 and the batch is 12x12x1/,
    );
    session.dispose();
  });

  test('see what their student sees: the same changes to the same images, in the size and channels they read (VT-18) (SX-42)', async () => {
    const color = stripes(64, 24, 3);
    const colored = new ImageSet(
      { ...color, pixels: color.pixels.map((byte, i) => byte >> (i % 3)) },
      1,
      0.25,
    );
    const input = (size: number, channels: number) => ({ height: size, width: size, channels });
    const reads = (size: number, channels: number) => unwrap(resizeInput(small(), input(size, channels)));
    const network = small(); // 12x12 and gray
    const session = new Session(network, initializeWeights(network, 1), {
      teachers: taught(teacher(7, reads(24, 3)), teacher(8), teacher(9, reads(24, 1))),
    });
    const choice = augmentationWith('horizontalFlip', 'shift', 'crop', 'cutout');
    const draw = (seed: number) => (count: number) =>
      drawBatch(count, input(12, 1), choice, createRandom(seed));
    const batch = await session.prepare(colored, chosen, draw(5));
    expect([...(batch.views?.keys() ?? [])]).toEqual([0, 2]);
    const plain = session.batch(colored, chosen);
    expect(batch.labels).toEqual(plain.labels);
    expect(batch.pixels).not.toEqual(plain.pixels);
    // Moves by whole pixels of the student are moves by two of the teachers': shrunk, theirs are the student's images.
    const [large, gray] = [batch.views!.get(0)!, batch.views!.get(2)!];
    expect(large.shape).toEqual([16, 24, 24, 3]);
    const shrunk = (pixels: Float32Array, channels: number) =>
      Float32Array.from({ length: 16 * 144 }, (_, i) => {
        const [image, y, x] = [Math.floor(i / 144), Math.floor((i % 144) / 12), i % 12];
        const at = (dy: number, dx: number) => {
          const start = (image * 576 + (2 * y + dy) * 24 + 2 * x + dx) * channels;
          const [r, g = r, b = r] = pixels.subarray(start, start + channels);
          return 0.299 * r! + 0.587 * g! + 0.114 * b!;
        };
        return (at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1)) / 4;
      });
    for (const [pixels, channels] of [
      [large.pixels, 3],
      [gray.pixels, 1],
    ] as const) {
      const off = shrunk(pixels, channels).map((value, i) => Math.abs(value - batch.pixels[i]!));
      expect(Math.max(...off)).toBeLessThan(0.03); // bytes are rounded
    }
    // and what is drawn for the student is drawn as without teachers
    const alone = await colored.prepare(chosen, input(12, 1), draw(5));
    expect(batch.pixels).toEqual(alone.pixels);
    const original = await session.prepare(colored, chosen);
    expect(original.views).toEqual(plain.views);
    session.dispose();
  });

  test('of another order of the classes teach each class by its own output, and no other', async () => {
    const network = small(3);
    const three = { ...stripes(64), classNames: ['a', 'b', 'c'] };
    const set = new ImageSet(three, 1, 0.25);
    const sharesOf = async (classOrder?: readonly number[]) => {
      const session = new Session(network, initializeWeights(network, 1), {
        teachers: taught({ ...teacher(7, small(3)), ...(classOrder ? { classOrder } : {}) }),
      });
      const shares = await session.teachers!.shares(session.batch(set, chosen));
      session.dispose();
      return shares;
    };
    const own = await sharesOf();
    const moved = await sharesOf([2, 0, 1]);
    expect(new Set(own.slice(0, 3)).size).toBe(3);
    own.forEach((_, i) => {
      expect(moved[i]).toBe(own[3 * Math.floor(i / 3) + [2, 0, 1][i % 3]!]);
    });
  });

  test('whose answers are no numbers are refused in a sentence, and their student stays as it is', async () => {
    const broken = teacher(7);
    const [last] = Object.entries(broken.weights)
      .filter(([key]) => key.endsWith('/kernel'))
      .slice(-1);
    const [key, { shape, values }] = last!; // of the classes: a ReLU behind it would make zeros of NaN
    const weights = { ...broken.weights, [key]: { shape, values: values.map(() => Number.NaN) } };
    const network = small();
    const before = initializeWeights(network, 1);
    const session = new Session(network, before, { teachers: taught({ ...broken, weights }) });
    const optimizer = adam(0.01);
    await expect(session.step(session.batch(images, chosen), optimizer, createRandom(3))).rejects.toThrow(
      /The answers of the teacher small are not numbers/,
    );
    const ids = network.layers.map(({ id }) => id);
    expect(bitEqual(before, await session.weights(), ids)).toBe(true);
    optimizer.dispose();
    session.dispose();
  });

  test('of which one has weights that do not fit leave nothing on the backend', () => {
    const network = small();
    const { numTensors } = memory();
    const wrong = { network: small(), weights: {} };
    const begin = () =>
      new Session(network, initializeWeights(network, 1), { teachers: taught(teacher(7), wrong) });
    expect(begin).toThrow();
    expect(memory().numTensors).toBe(numTensors);
  });

  test('make their part of the loss, and labels the other', async () => {
    const network = small();
    const step = async (settings: Partial<ReturnType<typeof taught>>) => {
      const session = new Session(network, initializeWeights(network, 1), {
        teachers: { ...taught(teacher(7)), ...settings },
      });
      const optimizer = adam(0.01);
      const result = await session.step(session.batch(images, chosen), optimizer, createRandom(3));
      optimizer.dispose();
      session.dispose();
      return result;
    };
    const { loss, softLoss, hardLoss } = await step({});
    expect(softLoss! + hardLoss!).toBeCloseTo(loss, 12);
    expect((await step({ softWeight: 1, hardWeight: 0 })).loss).toBeCloseTo(4 * softLoss!, 12);
    const alone = await step({ softWeight: 0, hardWeight: 1 });
    expect(alone.loss).toBeCloseTo(hardLoss! / 0.75, 12);
    expect(alone.softLoss).toBe(0);
    const untaught = new Session(network, initializeWeights(network, 1));
    const optimizer = adam(0.01);
    const result = await untaught.step(untaught.batch(images, chosen), optimizer, createRandom(3));
    expect(Object.keys(result)).toEqual(['loss', 'accuracy']);
    expect(result.loss).toBeCloseTo(alone.loss, 12);
    optimizer.dispose();
    untaught.dispose();
  });

  test('that read what the images have not are refused before the first step', () => {
    const color = unwrap(resizeInput(small(), { height: 12, width: 12, channels: 3 }));
    const session = new Session(color, initializeWeights(color, 1), {
      teachers: taught(teacher(7, unwrap(resizeInput(small(), { height: 12, width: 12, channels: 4 })))),
    });
    expect(() => session.teachers!.check(new ImageSet(stripes(64, 12, 3), 1, 0.25))).toThrow(
      'The teacher small reads 4 channels and the images have 3; choose a teacher that reads these images.',
    );
    session.dispose();
  });

  test('of other classes, or with settings that can not be, are refused in a sentence', () => {
    const network = small();
    const begin = (options: SessionOptions) => () =>
      new Session(network, initializeWeights(network, 1), options);
    expect(begin({ teachers: taught(teacher(7, small(3))) })).toThrow(
      'The teacher small tells 3 classes apart and the student 2; give both the same classes.',
    );
    expect(begin({ teachers: taught() })).toThrow(/needs a teacher/);
    expect(begin({ teachers: { ...taught(teacher(7)), temperature: 0 } })).toThrow(/temperature 0/);
    expect(begin({ labelSmoothing: 1 })).toThrow(/label smoothing 1/);
    expect(begin({ classWeights: [1, 2, 3] })).toThrow(/3 class weights for 2 classes/);
    expect(begin({ classWeights: [1, Number.NaN] })).toThrow(/weight NaN of class 2/);
  });
});
