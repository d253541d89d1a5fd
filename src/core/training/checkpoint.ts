import type { Weights } from '../network/network.ts';
import type { CallbackState } from './callbacks.ts';

/** What an optimizer remembers between steps: vectors as long as the trained parameters, in their order. */
export interface OptimizerState {
  readonly steps: number;
  readonly vectors: Readonly<Record<string, Float32Array>>;
}

export type RandomState = readonly [number, number, number, number];

/**
 * All that a training needs besides its weights, recipe and images to go on after an epoch as if it had never
 * stopped: on the same backend to the last bit.
 */
export interface RunState {
  /** Epochs finished. */
  readonly epoch: number;
  readonly steps: number;
  readonly optimizer: OptimizerState;
  readonly shuffling: RandomState;
  readonly dropout: RandomState;
  readonly augmenting: RandomState;
  readonly callbacks: CallbackState;
  /** The weights of the best epoch, where early stopping is to bring them back. */
  readonly bestWeights: Weights | null;
}
