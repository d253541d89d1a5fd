import { beforeAll, describe, expect, test } from 'vitest';
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

  test('see the augmented images of their student, resized where they read another size (VT-18)', async () => {
    const large = unwrap(resizeInput(small(), { height: 24, width: 24, channels: 1 }));
    const network = small();
    const session = new Session(network, initializeWeights(network, 1), {
      teachers: taught(teacher(7, large), teacher(8)),
    });
    const input = { height: 12, width: 12, channels: 1 };
    const upsideDown = (bytes: Uint8Array) => bytes.slice().reverse();
    const batch = await session.prepare(images, chosen, upsideDown);
    expect([...(batch.views?.keys() ?? [])]).toEqual([0]);
    const plain = images.batch(chosen, input);
    // reversed as a whole: the last image comes first, and each is turned by 180 degrees
    expect(batch.pixels).toEqual(plain.pixels.slice().reverse());
    expect(batch.labels).toEqual(plain.labels);
    const shown = { ...stripes(16), pixels: upsideDown(await images.bytes(chosen, input)) };
    const all = Uint32Array.from({ length: 16 }, (_, i) => i);
    expect(batch.views?.get(0)?.pixels).toEqual(
      new ImageSet(shown, 1, 0.5).batch(all, { height: 24, width: 24, channels: 1 }).pixels,
    );
    // without augmentation they see all that the set has
    const original = await session.prepare(images, chosen);
    expect(original.views).toEqual(session.batch(images, chosen).views);
    session.dispose();
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

  test('that read what their student has not are refused before the first step', () => {
    const color = unwrap(resizeInput(small(), { height: 12, width: 12, channels: 3 }));
    const session = new Session(color, initializeWeights(color, 1), {
      teachers: taught(teacher(7, unwrap(resizeInput(small(), { height: 12, width: 12, channels: 4 })))),
    });
    expect(() => session.teachers!.check(images)).toThrow(
      'The teacher small reads 4 channels and the student 3; give both the same input.',
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
