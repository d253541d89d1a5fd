/** The shape of a feature map, always height, width, channels (NHWC without the batch). */
export interface FeatureMap {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export type LayerId = string;

/** [along the height, along the width] */
export type Pair = readonly [number, number];

/** `same` and `valid` as TensorFlow defines them, or rows and columns added at [top, bottom, left, right]. */
export type Padding = 'same' | 'valid' | readonly [number, number, number, number];

interface LayerBase {
  /** Unique in its network. Names no layer kind: `kind` alone says what a layer is. */
  readonly id: LayerId;
  /** The layers whose outputs are read, in order; empty for `input` only. */
  readonly inputs: readonly LayerId[];
}

interface WindowAttributes {
  readonly strides: Pair;
  readonly padding: Padding;
}

export interface InputLayer extends LayerBase {
  readonly kind: 'input';
  readonly shape: FeatureMap;
}

export interface Conv2dLayer extends LayerBase, WindowAttributes {
  readonly kind: 'conv2d';
  readonly filters: number;
  readonly kernelSize: Pair;
  readonly dilationRate: Pair;
  readonly groups: number;
  readonly useBias: boolean;
}

export interface DepthwiseConv2dLayer extends LayerBase, WindowAttributes {
  readonly kind: 'depthwiseConv2d';
  readonly kernelSize: Pair;
  readonly dilationRate: Pair;
  readonly depthMultiplier: number;
  readonly useBias: boolean;
}

/** Reads a 1x1 feature map (put a `flatten` or a global pooling before it). */
export interface DenseLayer extends LayerBase {
  readonly kind: 'dense';
  readonly units: number;
  readonly useBias: boolean;
}

export interface PoolLayer extends LayerBase, WindowAttributes {
  readonly kind: 'maxPool' | 'averagePool';
  readonly poolSize: Pair;
}

export interface GlobalPoolLayer extends LayerBase {
  readonly kind: 'globalAveragePool' | 'globalMaxPool';
}

export interface BatchNormLayer extends LayerBase {
  readonly kind: 'batchNorm';
  readonly epsilon: number;
}

export interface DropoutLayer extends LayerBase {
  readonly kind: 'dropout';
  /** The share of values set to zero while training. */
  readonly rate: number;
}

/**
 * Every pixel becomes `size` pixels. `bilinear` as TensorFlow 2 and PyTorch do it: pixels are squares whose centers
 * are interpolated (half-pixel centers, corners not aligned), and the border repeats outward.
 */
export interface UpsampleLayer extends LayerBase {
  readonly kind: 'upsample';
  readonly size: Pair;
  readonly interpolation: 'nearest' | 'bilinear';
}

/**
 * The channels, read as `groups` rows of equally many, are written column by column: [groups, n] becomes
 * [n, groups] (Zhang et al. 2018, section 3.1). Eight channels in two groups come out as 0, 4, 1, 5, 2, 6, 3, 7.
 */
export interface ChannelShuffleLayer extends LayerBase {
  readonly kind: 'channelShuffle';
  readonly groups: number;
}

/**
 * At each pixel the vector of all channels divided by its Euclidean length, or by `epsilon` where it is shorter,
 * times a learned scale a channel (Liu et al. 2015, ParseNet, section 3.3).
 */
export interface L2NormalizeLayer extends LayerBase {
  readonly kind: 'l2Normalize';
  readonly epsilon: number;
}

/** x where it is positive, slope * x elsewhere (Maas et al. 2013). */
export interface LeakyReluLayer extends LayerBase {
  readonly kind: 'leakyRelu';
  /** Above 0, for 0 is a `relu`; at most 1. */
  readonly slope: number;
}

/**
 * Layers that their kind describes in full. `hardSigmoid` is relu6(x + 3) / 6 and `hardSwish` x times that
 * (Howard et al. 2019, section 5.2). `multiply` takes two maps of one shape, or a map and a 1x1 gate with a value a
 * channel (squeeze and excite), in either order.
 */
export interface PlainLayer extends LayerBase {
  readonly kind:
    | 'relu'
    | 'relu6'
    | 'sigmoid'
    | 'tanh'
    | 'hardSigmoid'
    | 'hardSwish'
    | 'add'
    | 'multiply'
    | 'concat'
    | 'flatten'
    | 'softmax';
}

export type Layer =
  | InputLayer
  | Conv2dLayer
  | DepthwiseConv2dLayer
  | DenseLayer
  | PoolLayer
  | GlobalPoolLayer
  | BatchNormLayer
  | DropoutLayer
  | UpsampleLayer
  | ChannelShuffleLayer
  | L2NormalizeLayer
  | LeakyReluLayer
  | PlainLayer;

export type LayerKind = Layer['kind'];

/**
 * A typed graph. `layers` is in topological order: each layer comes after everything it reads.
 * The layers nobody reads are the outputs.
 */
export interface Network {
  readonly name: string;
  readonly layers: readonly Layer[];
}

/** Trained numbers of one parameter. Shapes are TensorFlow's: conv2d kernel [kh, kw, in, out]. */
export interface WeightTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/**
 * The weights of a network by `parameterKey`: conv2d and dense `kernel`, `bias`; depthwiseConv2d
 * `depthwiseKernel`, `bias`; batchNorm `gamma`, `beta`, `movingMean`, `movingVariance`; l2Normalize `scale`.
 */
export type Weights = Readonly<Record<string, WeightTensor>>;

export const parameterKey = (layerId: LayerId, parameter: string): string => `${layerId}/${parameter}`;

/** For each layer, the layers that read it, in network order. */
export function consumersOf(network: Network): ReadonlyMap<LayerId, readonly Layer[]> {
  const consumers = new Map<LayerId, Layer[]>(network.layers.map((layer) => [layer.id, []]));
  for (const layer of network.layers) {
    for (const input of new Set(layer.inputs)) consumers.get(input)?.push(layer);
  }
  return consumers;
}

/** Layers whose result leaves the network. */
export function outputsOf(network: Network): readonly Layer[] {
  const consumers = consumersOf(network);
  return network.layers.filter((layer) => consumers.get(layer.id)?.length === 0);
}
