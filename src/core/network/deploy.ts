import {
  type BatchNormLayer,
  type Conv2dLayer,
  consumersOf,
  type DenseLayer,
  type DepthwiseConv2dLayer,
  type Layer,
  type LayerId,
  type Network,
  parameterKey,
  type Weights,
  type WeightTensor,
} from './network.ts';

/** A network as it runs on a device. */
export interface DeployedNetwork {
  readonly network: Network;
  readonly weights: Weights;
  /** What was left out and what had to stay: one sentence each. */
  readonly notes: readonly string[];
}

type Product = Conv2dLayer | DepthwiseConv2dLayer | DenseLayer;

const NORM_PARAMETERS = ['gamma', 'beta', 'movingMean', 'movingVariance'] as const;

const isProduct = (layer: Layer | undefined): layer is Product =>
  layer?.kind === 'conv2d' || layer?.kind === 'depthwiseConv2d' || layer?.kind === 'dense';

/** "a, b, c and 4 more" */
function listed(ids: readonly LayerId[]): string {
  const shown = ids.slice(0, 3).join(', ');
  return ids.length > 3 ? `${shown} and ${ids.length - 3} more` : shown;
}

/** A network without one layer; those that read it read what it read. */
function without(layers: readonly Layer[], removed: Layer): readonly Layer[] {
  const [source = ''] = removed.inputs;
  return layers
    .filter((layer) => layer !== removed)
    .map((layer) =>
      layer.inputs.includes(removed.id)
        ? { ...layer, inputs: layer.inputs.map((id) => (id === removed.id ? source : id)) }
        : layer,
    );
}

/** Dropout passes everything on when a network runs, unless it is a second output of the same numbers. */
function withoutDropout(network: Network, notes: string[]): Network {
  let { layers } = network;
  const gone: LayerId[] = [];
  for (const { id } of network.layers) {
    const layer = layers.find((one) => one.id === id);
    if (layer?.kind !== 'dropout') continue;
    const consumers = consumersOf({ ...network, layers });
    const isOutput = consumers.get(id)?.length === 0;
    if (isOutput && (consumers.get(layer.inputs[0] ?? '')?.length ?? 0) > 1) {
      notes.push(`Dropout ${id} stays: it is an output of its own.`);
      continue;
    }
    layers = without(layers, layer);
    gone.push(id);
  }
  if (gone.length > 0) notes.unshift(`Dropout was left out: ${listed(gone)}.`);
  return { ...network, layers };
}

/** The weights of a product that gives what the batch norm behind it gave; null where they would be no numbers. */
function foldedWeights(product: Product, norm: BatchNormLayer, weights: Weights): Weights | null {
  const valuesOf = (id: LayerId, name: string) => weights[parameterKey(id, name)]?.values;
  const kernelKey = parameterKey(
    product.id,
    product.kind === 'depthwiseConv2d' ? 'depthwiseKernel' : 'kernel',
  );
  const kernel = weights[kernelKey];
  const [gamma, beta, mean, variance] = NORM_PARAMETERS.map((name) => valuesOf(norm.id, name));
  if (!kernel || !gamma || !beta || !mean || !variance) return null;
  const scale = Float64Array.from(
    gamma,
    (value, c) => value / Math.sqrt((variance[c] as number) + norm.epsilon),
  );
  const bias = valuesOf(product.id, 'bias');
  const tensors: Readonly<Record<string, WeightTensor>> = {
    // Filters are the innermost axis of every kernel; of a depthwise kernel the two innermost together.
    [kernelKey]: {
      shape: kernel.shape,
      values: kernel.values.map((value, i) => value * (scale[i % scale.length] as number)),
    },
    [parameterKey(product.id, 'bias')]: {
      shape: [scale.length],
      values: Float32Array.from(
        scale,
        (factor, c) => ((bias?.[c] ?? 0) - (mean[c] as number)) * factor + (beta[c] as number),
      ),
    },
  };
  const finite = Object.values(tensors).every(({ values }) => values.every(Number.isFinite));
  if (!finite) return null;
  const gone = new Set(NORM_PARAMETERS.map((name) => parameterKey(norm.id, name)));
  return { ...Object.fromEntries(Object.entries(weights).filter(([key]) => !gone.has(key))), ...tensors };
}

/**
 * A network as it runs on a device: dropout taken out, and each batch norm that alone reads a convolution, a depthwise
 * convolution or a dense layer folded into it: kernel * s and (bias - mean) * s + beta, with s = gamma / sqrt(variance
 * + epsilon), in double precision (Jacob et al. 2018, section 3.2). Ids stay; a folded layer has a bias. Batch norms
 * that can't be folded stay and are named in the notes. Never fails: where a layer has no weights its batch norm stays.
 *
 * @param weights null folds the structure alone, for networks without weights.
 */
export function deployNetwork(network: Network, weights: Weights): DeployedNetwork;
export function deployNetwork(network: Network, weights: Weights | null): Omit<DeployedNetwork, 'weights'>;
export function deployNetwork(network: Network, weights: Weights | null): DeployedNetwork {
  const notes: string[] = [];
  const running = withoutDropout(network, notes);
  let { layers } = running;
  let left: Weights = weights ?? {};
  const apart: LayerId[] = [];
  const broken: LayerId[] = [];
  for (const norm of running.layers) {
    if (norm.kind !== 'batchNorm') continue;
    // An earlier fold may have changed what this one reads.
    const current = layers.find(({ id }) => id === norm.id) ?? norm;
    const product = layers.find(({ id }) => id === current.inputs[0]);
    const alone = consumersOf({ ...running, layers }).get(product?.id ?? '')?.length === 1;
    if (!isProduct(product) || !alone) {
      apart.push(norm.id);
      continue;
    }
    const folded = weights ? foldedWeights(product, norm, left) : left;
    if (!folded) {
      broken.push(norm.id);
      continue;
    }
    left = folded;
    layers = without(
      layers.map((layer) => (layer === product ? { ...product, useBias: true } : layer)) as readonly Layer[],
      current,
    );
  }
  const stay = (ids: readonly LayerId[], reason: string) => {
    if (ids.length === 0) return;
    notes.push(
      `Batch norm${ids.length > 1 ? 's' : ''} ${listed(ids)} stay${ids.length > 1 ? '' : 's'}: ${reason}.`,
    );
  };
  stay(apart, 'only one that alone reads a convolution or a dense layer can be folded');
  stay(broken, 'its weights are missing or give no numbers');
  return { network: { ...network, layers }, weights: left, notes };
}
