import { assertNever } from '../result.ts';
import type { Layer, Network } from './network.ts';
import { type Geometry, geometryAt, geometryOf, type LayerGeometry } from './shapes.ts';

/** Shapes of a layer's parameters by name, in TensorFlow's layout; the last two of batchNorm are not trained. */
export function parameterShapes(
  layer: Layer,
  { ifm, ofm }: LayerGeometry,
): Readonly<Record<string, readonly number[]>> {
  switch (layer.kind) {
    case 'conv2d':
      return {
        kernel: [...layer.kernelSize, ifm.channels / layer.groups, layer.filters],
        ...(layer.useBias ? { bias: [layer.filters] } : {}),
      };
    case 'depthwiseConv2d':
      return {
        depthwiseKernel: [...layer.kernelSize, ifm.channels, layer.depthMultiplier],
        ...(layer.useBias ? { bias: [ofm.channels] } : {}),
      };
    case 'dense':
      return { kernel: [ifm.channels, layer.units], ...(layer.useBias ? { bias: [layer.units] } : {}) };
    case 'batchNorm': {
      const shape = [ifm.channels];
      return { gamma: shape, beta: shape, movingMean: shape, movingVariance: shape };
    }
    case 'l2Normalize':
      return { scale: [ifm.channels] };
    case 'input':
    case 'maxPool':
    case 'averagePool':
    case 'globalAveragePool':
    case 'globalMaxPool':
    case 'relu':
    case 'relu6':
    case 'leakyRelu':
    case 'sigmoid':
    case 'tanh':
    case 'hardSigmoid':
    case 'hardSwish':
    case 'add':
    case 'multiply':
    case 'concat':
    case 'flatten':
    case 'upsample':
    case 'channelShuffle':
    case 'dropout':
    case 'softmax':
      return {};
    default:
      return assertNever(layer);
  }
}

export const isTrained = (parameter: string): boolean =>
  parameter !== 'movingMean' && parameter !== 'movingVariance';

/**
 * Multiply-accumulates of one frame (1 MAC = 2 operations). Convolutions and dense layers only: pooling,
 * normalizations, additions, gates and activations count 0, as in the source documents.
 */
export function layerMacCount(layer: Layer, { ifm, ofm }: LayerGeometry): number {
  const pixels = ofm.height * ofm.width;
  switch (layer.kind) {
    case 'conv2d':
      return (
        pixels * layer.kernelSize[0] * layer.kernelSize[1] * (ifm.channels / layer.groups) * layer.filters
      );
    case 'depthwiseConv2d':
      return pixels * layer.kernelSize[0] * layer.kernelSize[1] * ofm.channels;
    case 'dense':
      return ifm.channels * layer.units;
    default:
      return 0;
  }
}

export interface LayerCounts {
  readonly macCount: number;
  /** All parameters as Keras counts them, batch-norm statistics included. */
  readonly parameterCount: number;
  readonly trainableCount: number;
  /** Kernels only: no bias, no normalization. */
  readonly weightCount: number;
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);

export function layerCounts(layer: Layer, geometry: LayerGeometry): LayerCounts {
  let parameterCount = 0;
  let trainableCount = 0;
  let weightCount = 0;
  for (const [name, shape] of Object.entries(parameterShapes(layer, geometry))) {
    const size = sizeOf(shape);
    parameterCount += size;
    if (isTrained(name)) trainableCount += size;
    if (name === 'kernel' || name === 'depthwiseKernel') weightCount += size;
  }
  return { macCount: layerMacCount(layer, geometry), parameterCount, trainableCount, weightCount };
}

/** Totals of a valid network. */
export function networkCounts(network: Network, geometry: Geometry = geometryOf(network)): LayerCounts {
  let total: LayerCounts = { macCount: 0, parameterCount: 0, trainableCount: 0, weightCount: 0 };
  for (const layer of network.layers) {
    const counts = layerCounts(layer, geometryAt(geometry, layer.id));
    total = {
      macCount: total.macCount + counts.macCount,
      parameterCount: total.parameterCount + counts.parameterCount,
      trainableCount: total.trainableCount + counts.trainableCount,
      weightCount: total.weightCount + counts.weightCount,
    };
  }
  return total;
}
