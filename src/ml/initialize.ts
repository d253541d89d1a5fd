import { parameterShapes } from '../core/network/counts.ts';
import {
  consumersOf,
  type Layer,
  type Network,
  parameterKey,
  type Weights,
  type WeightTensor,
} from '../core/network/network.ts';
import { geometryAt, geometryOf } from '../core/network/shapes.ts';
import { createRandom, type Random } from '../core/random.ts';

/** What lets one half of the values through, whole or nearly; He et al. 2015 draw kernels for these. */
const RECTIFIERS: ReadonlySet<Layer['kind']> = new Set(['relu', 'relu6', 'leakyRelu', 'hardSwish']);

const PASSING: ReadonlySet<Layer['kind']> = new Set(['batchNorm', 'dropout', 'upsample', 'channelShuffle']);

/** What the scale of an L2 normalization starts from (Liu et al. 2016, SSD, section 3.1). */
const FIRST_SCALE = 20;

/** Whether a ReLU or its like follows, directly or behind layers that keep the sign's share (batch norm, pooling, dropout). */
function feedsRelu(layer: Layer, consumers: ReadonlyMap<string, readonly Layer[]>): boolean {
  return (consumers.get(layer.id) ?? []).some((next) => {
    if (RECTIFIERS.has(next.kind)) return true;
    const passes = PASSING.has(next.kind) || next.kind.endsWith('Pool');
    return passes && feedsRelu(next, consumers);
  });
}

const product = (shape: readonly number[]) => shape.reduce((total, n) => total * n, 1);

/**
 * Kernels before a ReLU are drawn as He et al. 2015 (normal, variance 2 / fan-in), the others as Glorot and
 * Bengio 2010 (uniform, variance 2 / (fan-in + fan-out)).
 */
function kernel(shape: readonly number[], depthwise: boolean, he: boolean, random: Random): Float32Array {
  const window = product(shape.slice(0, -2));
  const inputs = shape.at(-2) as number;
  const outputs = shape.at(-1) as number;
  const fanIn = depthwise ? window : window * inputs;
  const fanOut = window * outputs;
  const deviation = Math.sqrt(2 / fanIn);
  const limit = Math.sqrt(6 / (fanIn + fanOut));
  const draw = he ? () => deviation * random.normal() : () => limit * (2 * random.next() - 1);
  return Float32Array.from({ length: product(shape) }, draw);
}

/** Weights to start training from. Equal seeds give equal weights on every machine. */
export const initializeWeights = (network: Network, seed: number): Weights =>
  completeWeights(network, {}, seed);

/**
 * The weights of a network of which some are there already (`carryWeights`): those of the right shape are taken as they
 * are and the others drawn as {@link initializeWeights} draws them. Equal seeds and equal gaps give equal weights.
 */
export function completeWeights(network: Network, carried: Weights, seed: number): Weights {
  const geometry = geometryOf(network);
  const consumers = consumersOf(network);
  const random = createRandom(seed);
  const weights: Record<string, WeightTensor> = {};
  for (const layer of network.layers) {
    const he = feedsRelu(layer, consumers);
    for (const [name, shape] of Object.entries(parameterShapes(layer, geometryAt(geometry, layer.id)))) {
      const key = parameterKey(layer.id, name);
      const there = carried[key];
      if (there && there.shape.join() === shape.join() && there.values.length === product(shape)) {
        weights[key] = there;
        continue;
      }
      const isKernel = name === 'kernel' || name === 'depthwiseKernel';
      const ones = name === 'gamma' || name === 'movingVariance';
      weights[key] = {
        shape,
        values: isKernel
          ? kernel(shape, name === 'depthwiseKernel', he, random)
          : new Float32Array(product(shape)).fill(name === 'scale' ? FIRST_SCALE : ones ? 1 : 0),
      };
    }
  }
  return weights;
}
