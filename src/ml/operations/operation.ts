import type * as tf from '@tensorflow/tfjs-core';
import type { Random } from '../../core/random.ts';

/** Reads one of a layer's parameters, e.g. `kernel`. */
export type ParameterReader = (name: string) => tf.Tensor;

export interface BatchStatistics {
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
}

export interface Forwarded {
  readonly output: tf.Tensor4D;
  /** Whatever else the way back needs; disposed after it. */
  readonly kept?: readonly tf.Tensor[];
  /** Batch norm only. */
  readonly statistics?: BatchStatistics;
}

export interface Backward {
  readonly dy: tf.Tensor4D;
  /** Only where `needs.input`. */
  readonly inputs: readonly tf.Tensor4D[];
  /** Only where `needs.output`. */
  readonly output: tf.Tensor4D;
  readonly kept: readonly tf.Tensor[];
  readonly parameters: ParameterReader;
  /** False for a layer that only the network's input feeds: nobody asks for that gradient. */
  readonly wantsInputGradient: boolean;
  /** False for a frozen layer: those of its parameters may be left out. */
  readonly wantsParameterGradients?: boolean;
}

export interface Gradients {
  /** One an input, or none where `wantsInputGradient` is false. */
  readonly inputs: readonly tf.Tensor4D[];
  readonly parameters?: Readonly<Record<string, tf.Tensor>>;
}

/**
 * One layer's arithmetic, there and back. Every feature map is [batch, height, width, channels], those of
 * dense layers included. The way back is written by hand instead of taped: tensors can go as soon as nobody
 * needs them, and no gradient tfjs lacks or does slowly is in the way.
 */
export interface Operation {
  /** What `backward` reads: what nobody needs is freed on the way forward. */
  readonly needs: { readonly input: boolean; readonly output: boolean };
  /** Returns a new tensor. */
  infer(inputs: readonly tf.Tensor4D[], parameters: ParameterReader): tf.Tensor4D;
  /** Where training differs from inference. */
  forward?(inputs: readonly tf.Tensor4D[], parameters: ParameterReader, random: Random): Forwarded;
  backward(step: Backward): Gradients;
  /** The same layer with parameters that stand still, where training then is as inference (batch norm, dropout). */
  readonly frozen?: Operation;
}

export const first = (inputs: readonly tf.Tensor4D[]): tf.Tensor4D => inputs[0] as tf.Tensor4D;
