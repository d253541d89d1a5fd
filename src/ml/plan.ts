import type { Layer, LayerId, Network } from '../core/network/network.ts';
import { outputsOf } from '../core/network/network.ts';
import { type Geometry, geometryAt, geometryOf, type LayerGeometry } from '../core/network/shapes.ts';
import { assertNever, FaultError } from '../core/result.ts';
import { hardSigmoid, hardSwish, leakyRelu, relu, relu6, sigmoid, tanh } from './operations/activation.ts';
import { batchNorm } from './operations/batchNorm.ts';
import { channelShuffle } from './operations/channelShuffle.ts';
import { conv2d, dense, depthwiseConv2d } from './operations/conv.ts';
import { l2Normalize } from './operations/l2Normalize.ts';
import type { Operation } from './operations/operation.ts';
import { add, concat, dropout, flatten, multiply, softmax } from './operations/plain.ts';
import { globalPool, pool } from './operations/pool.ts';
import { upsample } from './operations/upsample.ts';

export interface Step {
  readonly layer: Layer;
  readonly operation: Operation;
  /** Indices into `Plan.steps`; -1 is the network's input. */
  readonly inputs: readonly number[];
  /** How many steps read this one's output. */
  readonly readers: number;
}

/** A network made ready to run: which operation follows which, without its input and its last softmax. */
export interface Plan {
  readonly network: Network;
  readonly geometry: Geometry;
  readonly inputId: LayerId;
  readonly steps: readonly Step[];
  /** The same for training, with {@link poolFirst}. */
  readonly trainingSteps: readonly Step[];
  readonly classCount: number;
}

function operationOf(layer: Layer, geometry: LayerGeometry): Operation {
  switch (layer.kind) {
    case 'conv2d':
      return conv2d(layer, geometry);
    case 'depthwiseConv2d':
      return depthwiseConv2d(layer, geometry);
    case 'dense':
      return dense(layer, geometry);
    case 'maxPool':
    case 'averagePool':
      return pool(layer, geometry);
    case 'globalAveragePool':
    case 'globalMaxPool':
      return globalPool(layer, geometry);
    case 'batchNorm':
      return batchNorm(layer);
    case 'relu':
      return relu;
    case 'relu6':
      return relu6;
    case 'upsample':
      return upsample(layer, geometry);
    case 'channelShuffle':
      return channelShuffle(layer, geometry);
    case 'l2Normalize':
      return l2Normalize(layer);
    case 'leakyRelu':
      return leakyRelu(layer.slope);
    case 'sigmoid':
      return sigmoid;
    case 'tanh':
      return tanh;
    case 'hardSigmoid':
      return hardSigmoid;
    case 'hardSwish':
      return hardSwish;
    case 'add':
      return add(geometry);
    case 'multiply':
      return multiply(geometry);
    case 'concat':
      return concat(geometry);
    case 'flatten':
      return flatten(geometry);
    case 'dropout':
      return dropout(layer.rate);
    case 'softmax':
      return softmax;
    case 'input':
      throw new Error('an input computes nothing');
    default:
      return assertNever(layer);
  }
}

/**
 * A ReLU and the max pooling that alone reads it change places: the largest of what is cut off at 0 is the largest cut off
 * at 0, and where that is 0 no gradient passes either way. The ReLU then has a quarter of the pixels to do.
 */
function poolFirst(steps: readonly Step[]): readonly Step[] {
  const swapped = [...steps];
  for (const [index, pool] of steps.entries()) {
    const before = pool.inputs[0] ?? -1;
    const relu = steps[before];
    if (relu?.readers !== 1) continue;
    const isPool = pool.layer.kind === 'maxPool' || pool.layer.kind === 'globalMaxPool';
    if (!isPool || (relu.layer.kind !== 'relu' && relu.layer.kind !== 'relu6')) continue;
    swapped[before] = { ...relu, operation: pool.operation };
    swapped[index] = { ...pool, operation: relu.operation };
  }
  return swapped;
}

/**
 * Plans a valid network with one input and one output. The last softmax is left out: the loss works on its
 * input, the logits, and the class order does not change.
 */
export function planOf(network: Network): Plan {
  const geometry = geometryOf(network);
  const inputs = network.layers.filter((layer) => layer.kind === 'input');
  const outputs = outputsOf(network);
  const output = outputs[0];
  const input = inputs[0];
  if (!input || !output || inputs.length !== 1 || outputs.length !== 1) {
    throw new FaultError({
      code: 'one-input-one-output',
      message: `Network ${network.name} has ${inputs.length} inputs and ${outputs.length} outputs; training needs one of each with a layer between.`,
    });
  }
  const { ofm } = geometryAt(geometry, output.id);
  if (ofm.height !== 1 || ofm.width !== 1) {
    throw new FaultError({
      code: 'output-shape',
      message: `The output ${output.id} is a ${ofm.height}x${ofm.width} map; a classifier ends in one vector: add a global pooling or a flatten and a dense layer.`,
      where: output.id,
    });
  }
  const layers = network.layers.filter(
    (layer) => layer !== input && !(layer === output && layer.kind === 'softmax'),
  );
  const indexOf = new Map<LayerId, number>(layers.map((layer, index) => [layer.id, index]));
  const steps = layers.map((layer) => ({
    layer,
    operation: operationOf(layer, geometryAt(geometry, layer.id)),
    inputs: layer.inputs.map((id) => indexOf.get(id) ?? -1),
    readers: layers.reduce((n, other) => n + other.inputs.filter((id) => id === layer.id).length, 0),
  }));
  const trainingSteps = poolFirst(steps);
  return { network, geometry, inputId: input.id, steps, trainingSteps, classCount: ofm.channels };
}
