import * as tf from '@tensorflow/tfjs-core';
import { isTrained, parameterShapes } from '../core/network/counts.ts';
import {
  type LayerId,
  type Network,
  parameterKey,
  type Weights,
  type WeightTensor,
} from '../core/network/network.ts';
import { type Geometry, geometryAt } from '../core/network/shapes.ts';
import { FaultError } from '../core/result.ts';

interface Entry {
  readonly key: string;
  readonly shape: readonly number[];
  readonly size: number;
}

/**
 * The order of all parameters in three long vectors: the trained ones, batch norm's moving statistics, and all of
 * frozen layers. One vector makes an optimizer step a dozen operations instead of a dozen a layer, and a checkpoint one
 * read. What is frozen has a vector of its own, so that no optimizer can decay or round it.
 */
export interface Layout {
  readonly trained: readonly Entry[];
  readonly moving: readonly Entry[];
  readonly fixed: readonly Entry[];
}

const NONE: ReadonlySet<LayerId> = new Set();

export function layoutOf(network: Network, geometry: Geometry, frozen: ReadonlySet<LayerId> = NONE): Layout {
  const trained: Entry[] = [];
  const moving: Entry[] = [];
  const fixed: Entry[] = [];
  for (const layer of network.layers) {
    const shapes = parameterShapes(layer, geometryAt(geometry, layer.id));
    for (const [name, shape] of Object.entries(shapes)) {
      const size = shape.reduce((product, n) => product * n, 1);
      const vector = frozen.has(layer.id) ? fixed : isTrained(name) ? trained : moving;
      vector.push({ key: parameterKey(layer.id, name), shape, size });
    }
  }
  return { trained, moving, fixed };
}

const total = (entries: readonly Entry[]) => entries.reduce((sum, { size }) => sum + size, 0);

function joined(weights: Weights, entries: readonly Entry[]): Float32Array {
  const values = new Float32Array(total(entries));
  let offset = 0;
  for (const { key, shape, size } of entries) {
    const found = weights[key];
    if (found?.values.length !== size || found.shape.join() !== shape.join()) {
      throw new FaultError({
        code: 'weights-mismatch',
        message: `The weights do not fit the network: ${key} should be ${shape.join('x')} and is ${found ? found.shape.join('x') : 'missing'}; initialize the weights again.`,
        where: key,
      });
    }
    values.set(found.values, offset);
    offset += size;
  }
  return values;
}

export interface Vectors {
  readonly trained: tf.Tensor1D;
  readonly moving: tf.Tensor1D;
  readonly fixed: tf.Tensor1D;
}

export function upload(weights: Weights, layout: Layout): Vectors {
  const trained = joined(weights, layout.trained);
  const moving = joined(weights, layout.moving);
  const fixed = joined(weights, layout.fixed);
  return { trained: tf.tensor1d(trained), moving: tf.tensor1d(moving), fixed: tf.tensor1d(fixed) };
}

/** Weights from the three vectors' values; the arrays are copies. */
export function weightsOf(layout: Layout, values: Readonly<Record<keyof Vectors, Float32Array>>): Weights {
  const weights: Record<string, WeightTensor> = {};
  for (const [entries, vector] of [
    [layout.trained, values.trained],
    [layout.moving, values.moving],
    [layout.fixed, values.fixed],
  ] as const) {
    let offset = 0;
    for (const { key, shape, size } of entries) {
      weights[key] = { shape, values: vector.slice(offset, offset + size) };
      offset += size;
    }
  }
  return weights;
}

/** Each parameter as a tensor of its own, by key; the caller disposes them. */
export function views({ trained, moving, fixed }: Vectors, layout: Layout): Map<string, tf.Tensor> {
  const result = new Map<string, tf.Tensor>();
  for (const [entries, vector] of [
    [layout.trained, trained],
    [layout.moving, moving],
    [layout.fixed, fixed],
  ] as const) {
    if (entries.length === 0) continue;
    const sizes = entries.map(({ size }) => size);
    const parts = tf.tidy(() =>
      tf.split(vector, sizes).map((part, i) => tf.reshape(part, [...(entries[i] as Entry).shape])),
    );
    entries.forEach(({ key }, i) => {
      result.set(key, parts[i] as tf.Tensor);
    });
  }
  return result;
}

/** Joins tensors by key into one vector in the order of `entries`. */
export function join(entries: readonly Entry[], find: (key: string) => tf.Tensor | undefined): tf.Tensor1D {
  return tf.tidy(() => {
    const parts = entries.map(({ key, size }) => {
      const part = find(key);
      return part ? (tf.reshape(part, [size]) as tf.Tensor1D) : tf.zeros<tf.Rank.R1>([size]);
    });
    return parts.length === 0 ? tf.tensor1d([]) : tf.concat1d(parts);
  });
}
