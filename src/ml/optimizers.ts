import * as tf from '@tensorflow/tfjs-core';
import type { Recipe } from '../core/exploration/design.ts';
import { FaultError } from '../core/result.ts';
import type { OptimizerState } from '../core/training/checkpoint.ts';
import { readBack } from './readBack.ts';

/** Takes steps on one long parameter vector, and remembers between them. */
export interface Optimizer {
  /** Learning rate of the steps to come. */
  rate: number;
  /** The parameters after a step; frees neither of its inputs. */
  step(parameters: tf.Tensor1D, gradient: tf.Tensor1D): tf.Tensor1D;
  /** A copy of what it remembers, in JS memory: given to a new optimizer, that one goes on to the last bit. */
  state(): Promise<OptimizerState>;
  dispose(): void;
}

export interface OptimizerOptions {
  readonly weightDecay?: number;
  /** 1 where a parameter decays, 0 where it does not; without it all decay. */
  readonly decays?: Float32Array;
  readonly clipNorm?: number | null;
  readonly from?: OptimizerState | null;
}

type Memory = Readonly<Record<string, tf.Tensor1D>>;

/** One kind of optimizer: the move it makes, and its memory afterwards. Runs inside of a tidy. */
interface Rule {
  /** The decay acts on the parameters themselves and not on the gradient. */
  readonly decoupled: boolean;
  update(
    memory: Partial<Memory>,
    gradient: tf.Tensor1D,
    rate: number,
    step: number,
  ): { readonly move: tf.Tensor1D; readonly memory: Memory };
}

/** Given outright: tfjs' default is 1e-4 or 1e-7, turned round, depending on the device's textures. */
const EPSILON = 1e-7;

/** Keras' default; Hinton's lecture, where RMSprop was published, has the same. */
const RMSPROP_DECAY = 0.9;

const blend = (kept: tf.Tensor1D | undefined, value: tf.Tensor, decay: number): tf.Tensor1D => {
  const share = tf.mul(value, 1 - decay);
  return (kept ? tf.add(tf.mul(kept, decay), share) : share) as tf.Tensor1D;
};

/** Kingma and Ba 2015, in Keras' form: the two corrections go into the learning rate. */
const adamRule = (decoupled: boolean, beta1 = 0.9, beta2 = 0.999): Rule => ({
  decoupled,
  update: (memory, gradient, rate, step) => {
    const corrected = (rate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);
    const mean = blend(memory.mean, gradient, beta1);
    const square = blend(memory.square, tf.square(gradient), beta2);
    const move = tf.div(tf.mul(mean, -corrected), tf.add(tf.sqrt(square), EPSILON)) as tf.Tensor1D;
    return { move, memory: { mean, square } };
  },
});

/** v = momentum * v - rate * gradient; the move is v, or with Nesterov momentum * v - rate * gradient (Keras' form). */
const sgdRule = (momentum: number, nesterov: boolean): Rule => ({
  decoupled: false,
  update: (memory, gradient, rate) => {
    const push = tf.mul(gradient, -rate) as tf.Tensor1D;
    const velocity = (
      memory.velocity ? tf.add(tf.mul(memory.velocity, momentum), push) : push
    ) as tf.Tensor1D;
    const move = nesterov ? (tf.add(tf.mul(velocity, momentum), push) as tf.Tensor1D) : velocity;
    return { move, memory: { velocity } };
  },
});

/** Hinton's RMSprop in Keras' form, not centered and without momentum: gradient / sqrt(mean square + epsilon). */
const rmspropRule: Rule = {
  decoupled: false,
  update: (memory, gradient, rate) => {
    const square = blend(memory.square, tf.square(gradient), RMSPROP_DECAY);
    const move = tf.div(tf.mul(gradient, -rate), tf.sqrt(tf.add(square, EPSILON))) as tf.Tensor1D;
    return { move, memory: { square } };
  },
};

/** The gradient, shortened where its norm is above `most`. Never divides by zero: WebGL would give what it likes. */
function clipped(gradient: tf.Tensor1D, most: number): tf.Tensor1D {
  const norm = tf.sqrt(tf.sum(tf.square(gradient)));
  return tf.mul(gradient, tf.div(most, tf.maximum(norm, most))) as tf.Tensor1D;
}

/** Steps made of a rule, with clipping before the decay and the decay before the rule, as in PyTorch. */
class RuledOptimizer implements Optimizer {
  rate: number;
  readonly #rule: Rule;
  readonly #decay: number;
  readonly #clipNorm: number | null;
  readonly #mask: tf.Tensor1D | null;
  #memory: Partial<Memory>;
  #steps: number;

  constructor(rule: Rule, rate: number, options: OptimizerOptions) {
    const { weightDecay = 0, decays, clipNorm = null, from } = options;
    this.rate = rate;
    this.#rule = rule;
    this.#decay = weightDecay;
    this.#clipNorm = clipNorm;
    this.#mask = weightDecay > 0 && decays ? tf.tensor1d(decays) : null;
    this.#steps = from?.steps ?? 0;
    this.#memory = Object.fromEntries(
      Object.entries(from?.vectors ?? {}).map(([name, values]) => [name, tf.tensor1d(values)]),
    );
  }

  step(parameters: tf.Tensor1D, gradient: tf.Tensor1D): tf.Tensor1D {
    this.#check(parameters.size);
    this.#steps++;
    const [memory, next] = tf.tidy(() => {
      let g = this.#clipNorm === null ? gradient : clipped(gradient, this.#clipNorm);
      let start = parameters;
      if (this.#decay > 0) {
        const decaying = this.#mask ? (tf.mul(parameters, this.#mask) as tf.Tensor1D) : parameters;
        if (this.#rule.decoupled) start = tf.sub(start, tf.mul(decaying, this.rate * this.#decay));
        else g = tf.add(g, tf.mul(decaying, this.#decay));
      }
      const updated = this.#rule.update(this.#memory, g, this.rate, this.#steps);
      return [updated.memory, tf.add(start, updated.move)] as [Memory, tf.Tensor1D];
    });
    this.#forget();
    this.#memory = memory;
    return next;
  }

  #check(size: number): void {
    for (const kept of Object.values(this.#memory)) {
      if (kept === undefined || kept.size === size) continue;
      throw new FaultError({
        code: 'checkpoint-mismatch',
        message: `The checkpoint remembers ${kept.size} parameters and the network trains ${size}; start the training anew.`,
      });
    }
  }

  async state(): Promise<OptimizerState> {
    const vectors: Record<string, Float32Array> = {};
    for (const [name, tensor] of Object.entries(this.#memory))
      if (tensor) vectors[name] = (await readBack(tensor)).slice();
    return { steps: this.#steps, vectors };
  }

  #forget(): void {
    for (const tensor of Object.values(this.#memory)) tensor?.dispose();
  }

  dispose(): void {
    this.#forget();
    this.#mask?.dispose();
  }
}

export const adam = (rate: number, options: OptimizerOptions = {}): Optimizer =>
  new RuledOptimizer(adamRule(false), rate, options);

/** Loshchilov and Hutter 2019: the decay bypasses the moments, times the learning rate. */
export const adamw = (rate: number, options: OptimizerOptions = {}): Optimizer =>
  new RuledOptimizer(adamRule(true), rate, options);

export const sgd = (
  rate: number,
  momentum: number,
  { nesterov = false, ...options }: OptimizerOptions & { readonly nesterov?: boolean } = {},
): Optimizer => new RuledOptimizer(sgdRule(momentum, nesterov), rate, options);

export const rmsprop = (rate: number, options: OptimizerOptions = {}): Optimizer =>
  new RuledOptimizer(rmspropRule, rate, options);

/** The optimizer of a recipe; `decays` says which parameters its weight decay reaches. */
export function optimizerOf(
  recipe: Recipe,
  decays?: Float32Array,
  from: OptimizerState | null = null,
): Optimizer {
  const { learningRate, weightDecay, clipNorm, momentum, nesterov } = recipe;
  const options = { weightDecay, clipNorm, from, ...(decays && { decays }) };
  switch (recipe.optimizer) {
    case 'adam':
      return adam(learningRate, options);
    case 'adamw':
      return adamw(learningRate, options);
    case 'sgd':
      return sgd(learningRate, momentum, { ...options, nesterov });
    case 'rmsprop':
      return rmsprop(learningRate, options);
  }
}
