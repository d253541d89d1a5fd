import { beforeAll, expect, test } from 'vitest';
import { NetworkBuilder } from '../core/network/builder.ts';
import type { Network, Weights } from '../core/network/network.ts';
import { createRandom, permutation } from '../core/random.ts';
import { unwrap } from '../core/result.ts';
import { studentOf } from '../core/training/distillation.ts';
import type { Distillation } from './distill.ts';
import { evaluateSession } from './evaluate.ts';
import { ImageSet } from './images.ts';
import { initializeWeights } from './initialize.ts';
import { useWasmInNode } from './nodeWasm.ts';
import { adam } from './optimizers.ts';
import { Session } from './session.ts';
import { stripes } from './testing/stripes.ts';

beforeAll(useWasmInNode);

function wide(): Network {
  const b = new NetworkBuilder('wide', { height: 12, width: 12, channels: 1 });
  b.convBlock(8, 3);
  b.maxPool(2);
  b.convBlock(8, 3);
  b.globalAveragePool();
  b.dense(2);
  b.softmax();
  return b.build();
}

const right = stripes(96);
const images = new ImageSet(right, 1, 0.25);
const unseen = new ImageSet(stripes(100, 12, 1, 11), 1, 1);
/** The same images, every one of them with the other class's label. */
const misled = new ImageSet({ ...right, labels: right.labels.map((label) => 1 - label) }, 1, 0.25);

async function learned(network: Network, from: ImageSet, teachers?: Distillation) {
  const session = new Session(network, initializeWeights(network, 2), { teachers });
  const optimizer = adam(0.02);
  const random = createRandom(4);
  for (let epoch = 0; epoch < 12; epoch++) {
    const order = permutation(from.split.train.length, random);
    for (let start = 0; start + 16 <= order.length; start += 16) {
      const chosen = order.slice(start, start + 16).map((place) => from.split.train[place] as number);
      await session.step(session.batch(from, chosen), optimizer, random);
    }
  }
  const { correct, total } = await evaluateSession(session, unseen);
  const weights: Weights = await session.weights();
  optimizer.dispose();
  session.dispose();
  return { accuracy: correct / total, weights };
}

test('a narrow student with all labels wrong is right where it hears its teacher, and wrong where it does not (VT-18)', async () => {
  const network = wide();
  const teacher = await learned(network, images);
  expect(teacher.accuracy).toBeGreaterThan(0.95);
  const student = unwrap(studentOf('simplified', network, { factor: 0.5 })).network;
  const teachers = [{ network, weights: teacher.weights }];
  const taught = (softWeight: number, hardWeight: number) =>
    learned(student, misled, { teachers, temperature: 2, softWeight, hardWeight });
  expect((await learned(student, misled)).accuracy).toBeLessThan(0.1);
  expect((await taught(0, 1)).accuracy).toBeLessThan(0.1);
  expect((await taught(1, 0)).accuracy).toBeGreaterThan(0.9);
  expect((await taught(0.9, 0.1)).accuracy).toBeGreaterThan(0.9);
});
