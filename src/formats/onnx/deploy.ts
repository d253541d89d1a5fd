import {
  consumersOf,
  type Layer,
  type LayerId,
  type Network,
  parameterKey,
  type Weights,
  type WeightTensor,
} from '../../core/network/network.ts';

export interface NetworkWithWeights {
  readonly network: Network;
  readonly weights: Weights;
}

/** Layers taken out, those that read them reading what they read. */
function without(network: Network, removed: ReadonlySet<LayerId>): Network {
  const source = new Map<LayerId, LayerId>();
  const layers: Layer[] = [];
  for (const layer of network.layers) {
    const inputs = layer.inputs.map((id) => source.get(id) ?? id);
    const [first] = inputs;
    if (removed.has(layer.id) && first !== undefined) source.set(layer.id, first);
    else layers.push({ ...layer, inputs });
  }
  return { ...network, layers };
}

/** The network as it runs on a device: dropout passes everything on and is taken out. */
export function withoutDropout(network: Network): Network {
  return without(
    network,
    new Set(network.layers.filter(({ kind }) => kind === 'dropout').map(({ id }) => id)),
  );
}

/**
 * Batch norms folded into the convolution or dense layer that they alone read: kernel * s and
 * (bias - mean) * s + beta, with s = gamma / sqrt(variance + epsilon). Others stay.
 */
export function foldBatchNorms({ network, weights }: NetworkWithWeights): NetworkWithWeights {
  const consumers = consumersOf(network);
  const byId = new Map(network.layers.map((layer) => [layer.id, layer]));
  const folded = new Map<string, WeightTensor>(Object.entries(weights));
  const removed = new Set<LayerId>();
  const biased = new Set<LayerId>();
  for (const norm of network.layers) {
    const product = byId.get(norm.inputs[0] ?? '');
    if (norm.kind !== 'batchNorm' || !product || consumers.get(product.id)?.length !== 1) continue;
    if (product.kind !== 'conv2d' && product.kind !== 'depthwiseConv2d' && product.kind !== 'dense') continue;
    const of = (id: LayerId, name: string) => folded.get(parameterKey(id, name));
    const kernelName = product.kind === 'depthwiseConv2d' ? 'depthwiseKernel' : 'kernel';
    const kernel = of(product.id, kernelName);
    const [gamma, beta, mean, variance] = ['gamma', 'beta', 'movingMean', 'movingVariance'].map(
      (name) => of(norm.id, name)?.values,
    );
    if (!kernel || !gamma || !beta || !mean || !variance) continue;
    const scale = gamma.map((value, c) => value / Math.sqrt((variance[c] as number) + norm.epsilon));
    const bias = of(product.id, 'bias')?.values ?? new Float32Array(gamma.length);
    // Filters are the innermost axis of every kernel; a depthwise kernel's two last axes together.
    folded.set(parameterKey(product.id, kernelName), {
      ...kernel,
      values: kernel.values.map((value, i) => value * (scale[i % scale.length] as number)),
    });
    folded.set(parameterKey(product.id, 'bias'), {
      shape: [bias.length],
      values: bias.map(
        (value, c) => (value - (mean[c] as number)) * (scale[c] as number) + (beta[c] as number),
      ),
    });
    for (const name of ['gamma', 'beta', 'movingMean', 'movingVariance'])
      folded.delete(parameterKey(norm.id, name));
    removed.add(norm.id);
    biased.add(product.id);
  }
  const layers = network.layers.map((layer) => (biased.has(layer.id) ? { ...layer, useBias: true } : layer));
  return {
    network: without({ ...network, layers: layers as Layer[] }, removed),
    weights: Object.fromEntries(folded),
  };
}
