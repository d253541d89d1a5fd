import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { OptimizerState } from '../core/training/checkpoint.ts';
import { useWasmInNode } from './nodeWasm.ts';
import { adam, adamw, type Optimizer, type OptimizerOptions, rmsprop, sgd } from './optimizers.ts';

beforeAll(useWasmInNode);

/** Ten steps of three parameters: large, small, absent and changing gradients. */
const GRADIENTS = Array.from({ length: 10 }, (_, t) => [
  Math.sin(3 * t + 1),
  t === 4 ? 40 : -2 + 0.5 * t,
  t % 3 === 1 ? 0 : 1e-9,
]);
const START = [1, 2, 3];
const RATES = GRADIENTS.map((_, t) => 0.01 * (1 + 0.3 * t));

interface Steps {
  readonly parameters: Float32Array;
  readonly state: OptimizerState;
}

/** Steps `from` to `to` at the rates of {@link RATES}. */
async function steps(
  optimizer: Optimizer,
  {
    from = 0,
    to = GRADIENTS.length,
    start = START,
  }: { from?: number; to?: number; start?: ArrayLike<number> } = {},
): Promise<Steps> {
  let parameters = tf.tensor1d(Float32Array.from(start));
  for (let t = from; t < to; t++) {
    const gradient = tf.tensor1d(GRADIENTS[t]!);
    optimizer.rate = RATES[t]!;
    const next = optimizer.step(parameters, gradient);
    parameters.dispose();
    gradient.dispose();
    parameters = next;
  }
  const result = { parameters: parameters.dataSync<'float32'>().slice(), state: await optimizer.state() };
  parameters.dispose();
  optimizer.dispose();
  return result;
}

type Reference = (gradient: number, parameter: number, rate: number, t: number, memory: number[]) => number;

/** The same steps in doubles, one parameter at a time. */
function reference(update: Reference, gradients: readonly (readonly number[])[] = GRADIENTS): number[] {
  return START.map((start, i) => {
    const memory = [0, 0];
    return gradients.reduce((p, g, t) => update(g[i]!, p, RATES[t]!, t + 1, memory), start);
  });
}

const adamStep = (g: number, rate: number, t: number, memory: number[]): number => {
  const m = 0.9 * memory[0]! + 0.1 * g;
  const v = 0.999 * memory[1]! + 0.001 * g * g;
  memory.splice(0, 2, m, v);
  const corrected = (rate * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t);
  return (corrected * m) / (Math.sqrt(v) + 1e-7);
};

const MASK = Float32Array.of(1, 0, 1);

/** Name, optimizer, and the published formula. */
const CASES: readonly [string, (options?: OptimizerOptions) => Optimizer, Reference][] = [
  ['Adam (Kingma and Ba 2015)', (o) => adam(1, o), (g, p, rate, t, m) => p - adamStep(g, rate, t, m)],
  [
    'AdamW with decoupled decay (Loshchilov and Hutter 2019)',
    (o) => adamw(1, { weightDecay: 0.1, ...o }),
    (g, p, rate, t, m) => p - rate * 0.1 * p - adamStep(g, rate, t, m),
  ],
  [
    'Adam with L2',
    (o) => adam(1, { weightDecay: 0.1, ...o }),
    (g, p, rate, t, m) => p - adamStep(g + 0.1 * p, rate, t, m),
  ],
  ['SGD without momentum', (o) => sgd(1, 0, o), (g, p, rate) => p - rate * g],
  [
    'SGD with momentum',
    (o) => sgd(1, 0.9, o),
    (g, p, rate, _, m) => {
      m[0] = 0.9 * m[0]! - rate * g;
      return p + m[0];
    },
  ],
  [
    "SGD with Nesterov's momentum and L2",
    (o) => sgd(1, 0.9, { nesterov: true, weightDecay: 0.05, ...o }),
    (g, p, rate, _, m) => {
      const push = -rate * (g + 0.05 * p);
      m[0] = 0.9 * m[0]! + push;
      return p + 0.9 * m[0] + push;
    },
  ],
  [
    'RMSprop (Hinton)',
    (o) => rmsprop(1, o),
    (g, p, rate, _, m) => {
      m[0] = 0.9 * m[0]! + 0.1 * g * g;
      return p - (rate * g) / Math.sqrt(m[0] + 1e-7);
    },
  ],
];

describe.each(CASES)('%s', (_, make, update) => {
  test('is its formula over ten steps of changing rates', async () => {
    const { parameters } = await steps(make());
    const expected = reference(update);
    parameters.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThan(2e-6 * Math.max(1, Math.abs(expected[i]!)));
    });
  });

  test('goes on from its exported state to the last bit (SX-30)', async () => {
    const whole = await steps(make());
    const first = await steps(make(), { to: 6 });
    const second = await steps(make({ from: structuredClone(first.state) }), {
      from: 6,
      start: first.parameters,
    });
    expect(second).toEqual(whole);
    expect(whole.state.steps).toBe(10);
  });

  test('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    await steps(make({ decays: MASK, clipNorm: 1 }));
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('the decay reaches only what the mask says', async () => {
  const { parameters } = await steps(adamw(1, { weightDecay: 0.1, decays: MASK }));
  const decayed = (await steps(adamw(1, { weightDecay: 0.1 }))).parameters;
  const plain = (await steps(adam(1))).parameters;
  expect([...parameters]).toEqual([decayed[0], plain[1], decayed[2]]);
});

test('clipping shortens the whole gradient to the norm and leaves shorter ones as they are', async () => {
  const most = 2;
  const cut = GRADIENTS.map((g) => {
    const norm = Math.hypot(...g);
    return norm > most ? g.map((value) => (value * most) / norm) : g;
  });
  expect(cut.filter((g, t) => g !== GRADIENTS[t]).length).toBeGreaterThan(0);
  expect(cut).toContain(GRADIENTS[3]);
  const expected = reference((g, p, rate) => p - rate * g, cut);
  const { parameters } = await steps(sgd(1, 0, { clipNorm: most }));
  parameters.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 5);
  });
});

test('a state of other parameters is refused', () => {
  const optimizer = adam(1, {
    from: { steps: 3, vectors: { mean: new Float32Array(2), square: new Float32Array(2) } },
  });
  const [parameters, gradient] = [tf.tensor1d(START), tf.tensor1d(START)];
  expect(() => optimizer.step(parameters, gradient)).toThrow(
    /remembers 2 parameters and the network trains 3/,
  );
  for (const one of [parameters, gradient, optimizer]) one.dispose();
});
