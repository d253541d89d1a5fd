import * as tf from '@tensorflow/tfjs-core';
import { layerCounts } from '../core/network/counts.ts';
import { type LayerId, parameterKey } from '../core/network/network.ts';
import { geometryAt } from '../core/network/shapes.ts';
import type { Random } from '../core/random.ts';
import type { BatchStatistics, ParameterReader } from './operations/operation.ts';
import type { Plan, Step } from './plan.ts';

/** Parameters by key. */
export type Parameters = ReadonlyMap<string, tf.Tensor>;

const readerOf =
  (step: Step, parameters: Parameters): ParameterReader =>
  (name) => {
    const found = parameters.get(parameterKey(step.layer.id, name));
    if (!found) throw new Error(`no parameter ${name} for layer ${step.layer.id}`);
    return found;
  };

/**
 * The logits of a batch, [batch, classes]; moving statistics, no dropout. `look` sees each layer's output
 * before it is freed. The caller disposes the result.
 */
export function infer(
  plan: Plan,
  x: tf.Tensor4D,
  parameters: Parameters,
  look?: (id: LayerId, output: tf.Tensor4D) => void,
): tf.Tensor2D {
  const waiting = plan.steps.map(({ readers }) => readers);
  const outputs: tf.Tensor4D[] = [];
  for (const [index, step] of plan.steps.entries()) {
    const inputs = step.inputs.map((i) => (i < 0 ? x : (outputs[i] as tf.Tensor4D)));
    const output = tf.tidy(() => step.operation.infer(inputs, readerOf(step, parameters)));
    outputs[index] = output;
    look?.(step.layer.id, output);
    for (const i of step.inputs) {
      if (i < 0) continue;
      const left = (waiting[i] as number) - 1;
      waiting[i] = left;
      if (left === 0) outputs[i]?.dispose();
    }
  }
  return intoMatrix(outputs.at(-1) as tf.Tensor4D, plan);
}

function intoMatrix(output: tf.Tensor4D, plan: Plan): tf.Tensor2D {
  const logits = tf.reshape(output, [output.shape[0], plan.classCount]) as tf.Tensor2D;
  output.dispose();
  return logits;
}

/** What one batch leaves behind on its way forward, until {@link Tape.backward} uses it up. */
export interface Tape {
  readonly logits: tf.Tensor2D;
  /** The batch's mean and variance of each batch-norm layer. */
  readonly statistics: ReadonlyMap<LayerId, BatchStatistics>;
  /** Gradients of all trained parameters that are not frozen by key, from that of the logits. The caller disposes them. */
  backward(logitsGradient: tf.Tensor2D): Map<string, tf.Tensor>;
  /** Frees everything the tape holds, after `backward` or instead of it. */
  dispose(): void;
}

const NONE: ReadonlySet<LayerId> = new Set();

/** The steps of a training pass: frozen layers work as in inference, there and back. */
const stepsOf = ({ trainingSteps }: Plan, frozen: ReadonlySet<LayerId>): readonly Step[] =>
  frozen.size === 0
    ? trainingSteps
    : trainingSteps.map((step) => {
        const still = frozen.has(step.layer.id) ? step.operation.frozen : undefined;
        return still ? { ...step, operation: still } : step;
      });

/**
 * Which steps a gradient goes through: those that train parameters, and all behind them. Without frozen layers it is
 * every step, for even a pooling before the first convolution costs nothing there.
 */
function carriesGradient(
  plan: Plan,
  steps: readonly Step[],
  frozen: ReadonlySet<LayerId>,
): readonly boolean[] {
  if (frozen.size === 0) return steps.map(() => true);
  const carries: boolean[] = [];
  for (const { layer, inputs } of steps) {
    const { trainableCount } = layerCounts(layer, geometryAt(plan.geometry, layer.id));
    const trains = trainableCount > 0 && !frozen.has(layer.id);
    carries.push(trains || inputs.some((i) => i >= 0 && carries[i]));
  }
  return carries;
}

/** Which outputs `backward` will read: those some reader or the step itself asked to keep. */
function neededBackward(steps: readonly Step[], carries: readonly boolean[]): readonly boolean[] {
  const needed = steps.map(({ operation }, index) => carries[index] === true && operation.needs.output);
  for (const [index, { inputs, operation }] of steps.entries()) {
    if (carries[index] && operation.needs.input) for (const i of inputs) if (i >= 0) needed[i] = true;
  }
  return needed;
}

/**
 * The logits of a batch in training: batch statistics and dropout. Layers in `frozen` work as in inference, and the way
 * back ends where only frozen layers lie before it.
 */
export function forwardTraining(
  plan: Plan,
  x: tf.Tensor4D,
  parameters: Parameters,
  random: Random,
  frozen: ReadonlySet<LayerId> = NONE,
): Tape {
  const steps = stepsOf(plan, frozen);
  const carries = carriesGradient(plan, steps, frozen);
  const last = steps.length - 1;
  const needed = neededBackward(steps, carries);
  const waiting = steps.map(({ readers }) => readers);
  const outputs: tf.Tensor4D[] = [];
  const kept: (readonly tf.Tensor[])[] = [];
  const statistics = new Map<LayerId, BatchStatistics>();
  for (const [index, step] of steps.entries()) {
    const { operation } = step;
    const inputs = step.inputs.map((i) => (i < 0 ? x : (outputs[i] as tf.Tensor4D)));
    const reader = readerOf(step, parameters);
    if (operation.forward) {
      const { forward } = operation;
      let all: ReturnType<typeof forward> | undefined;
      tf.tidy(() => {
        all = forward(inputs, reader, random);
        const { output, kept: own = [], statistics: batch } = all;
        return [output, ...own, ...(batch ? [batch.mean, batch.variance] : [])];
      });
      if (!all) throw new Error('unreachable: tidy runs its function at once');
      outputs[index] = all.output;
      kept[index] = all.kept ?? [];
      if (all.statistics) statistics.set(step.layer.id, all.statistics);
    } else {
      outputs[index] = tf.tidy(() => operation.infer(inputs, reader));
    }
    for (const i of step.inputs) {
      if (i < 0) continue;
      const left = (waiting[i] as number) - 1;
      waiting[i] = left;
      if (left === 0 && !needed[i]) outputs[i]?.dispose();
    }
  }
  const output = outputs[last] as tf.Tensor4D;
  const logits = tf.reshape(output, [output.shape[0], plan.classCount]) as tf.Tensor2D;

  const backward = (logitsGradient: tf.Tensor2D) => {
    const dys: (tf.Tensor4D | undefined)[] = [];
    dys[last] = tf.reshape(logitsGradient, output.shape) as tf.Tensor4D;
    const gradients = new Map<string, tf.Tensor>();
    for (let index = last; index >= 0; index--) {
      const step = steps[index] as Step;
      const dy = dys[index];
      if (!dy) continue; // frozen like all before it
      if (!carries[index]) {
        dy.dispose(); // everything is frozen
        continue;
      }
      const inputs = step.inputs.map((i) => (i < 0 ? x : (outputs[i] as tf.Tensor4D)));
      const wantsInputGradient = step.inputs.some((i) => i >= 0 && carries[i]);
      const isFrozen = frozen.has(step.layer.id);
      let parameterGradients: [string, tf.Tensor][] = [];
      const inputGradients = tf.tidy(() => {
        const own = step.operation.backward({
          dy,
          inputs,
          output: outputs[index] as tf.Tensor4D,
          kept: kept[index] ?? [],
          parameters: readerOf(step, parameters),
          wantsInputGradient,
          wantsParameterGradients: !isFrozen,
        });
        if (isFrozen) return wantsInputGradient ? [...own.inputs] : [];
        parameterGradients = Object.entries(own.parameters ?? {});
        for (const [, gradient] of parameterGradients) tf.keep(gradient);
        return wantsInputGradient ? [...own.inputs] : [];
      });
      for (const [name, gradient] of parameterGradients)
        gradients.set(parameterKey(step.layer.id, name), gradient);
      for (const [position, i] of step.inputs.entries()) {
        const gradient = inputGradients[position];
        if (!gradient) continue;
        const before = i < 0 ? null : dys[i];
        if (i < 0 || !carries[i]) gradient.dispose();
        else if (!before) dys[i] = gradient;
        else {
          dys[i] = tf.add(before, gradient) as tf.Tensor4D;
          before.dispose();
          gradient.dispose();
        }
      }
      dy.dispose();
      // all readers lie behind: neither they nor this layer need the output any more
      outputs[index]?.dispose();
      for (const tensor of kept[index] ?? []) tensor.dispose();
    }
    return gradients;
  };

  const dispose = () => {
    logits.dispose();
    for (const tensor of [...outputs, ...kept.flat()]) tensor.dispose();
    for (const { mean, variance } of statistics.values()) {
      mean.dispose();
      variance.dispose();
    }
  };
  return { logits, statistics, backward, dispose };
}
