import type { FeatureMap, Layer, LayerId, Network, Padding, Pair } from './network.ts';

type Size = number | Pair;
const pair = (size: Size): Pair => (typeof size === 'number' ? [size, size] : size);

/** Rows and columns added all around, the same number on each side. */
const around = (pixels: number): Padding => [pixels, pixels, pixels, pixels];

interface WindowOptions {
  readonly stride?: Size;
  /** A number pads that many rows and columns on every side. */
  readonly padding?: Padding | number;
}

const paddingOf = (padding: Padding | number | undefined, usual: Padding): Padding =>
  typeof padding === 'number' ? around(padding) : (padding ?? usual);

interface ConvOptions extends WindowOptions {
  readonly bias?: boolean;
  readonly dilation?: Size;
  readonly groups?: number;
  /** What the id begins with instead of the kind's own word: `expand` gives expand1, expand2 ... */
  readonly prefix?: string;
}

type DepthwiseOptions = Omit<ConvOptions, 'groups'>;

/** Activations without attributes. */
type Activation = 'relu' | 'relu6' | 'sigmoid' | 'tanh' | 'hardSigmoid' | 'hardSwish';

/**
 * Writes layers in a few lines. Every method appends a layer that reads the last one (or `from`) and
 * returns its id; ids count per prefix: conv1, conv2, bn1 ...
 */
export class LayerWriter {
  readonly #layers: Layer[] = [];
  readonly #counts = new Map<string, number>();
  readonly #taken: ReadonlySet<LayerId>;
  #last: LayerId;

  /** The first layer reads `start`; ids in `taken` are not given again. */
  constructor(start: LayerId, taken: ReadonlySet<LayerId> = new Set()) {
    this.#last = start;
    this.#taken = taken;
  }

  /** What was written, in order. */
  get layers(): readonly Layer[] {
    return this.#layers;
  }

  get last(): LayerId {
    return this.#last;
  }

  protected push(layer: Layer): LayerId {
    this.#layers.push(layer);
    this.#last = layer.id;
    return layer.id;
  }

  #id(prefix: string): LayerId {
    let count = this.#counts.get(prefix) ?? 0;
    do count++;
    while (this.#taken.has(`${prefix}${count}`));
    this.#counts.set(prefix, count);
    return `${prefix}${count}`;
  }

  conv(filters: number, kernel: Size, options: ConvOptions = {}, from = this.#last): LayerId {
    return this.push({
      kind: 'conv2d',
      id: this.#id(options.prefix ?? 'conv'),
      inputs: [from],
      filters,
      kernelSize: pair(kernel),
      strides: pair(options.stride ?? 1),
      padding: paddingOf(options.padding, 'same'),
      dilationRate: pair(options.dilation ?? 1),
      groups: options.groups ?? 1,
      useBias: options.bias ?? false,
    });
  }

  depthwise(kernel: Size, options: DepthwiseOptions = {}, from = this.#last): LayerId {
    return this.push({
      kind: 'depthwiseConv2d',
      id: this.#id(options.prefix ?? 'dw'),
      inputs: [from],
      kernelSize: pair(kernel),
      strides: pair(options.stride ?? 1),
      padding: paddingOf(options.padding, 'same'),
      dilationRate: pair(options.dilation ?? 1),
      depthMultiplier: 1,
      useBias: options.bias ?? false,
    });
  }

  dense(units: number, options: { bias?: boolean } = {}, from = this.#last): LayerId {
    return this.push({
      kind: 'dense',
      id: this.#id('fc'),
      inputs: [from],
      units,
      useBias: options.bias ?? true,
    });
  }

  maxPool(pool: Size, options: WindowOptions = {}, from = this.#last): LayerId {
    return this.#pool('maxPool', pool, options, from);
  }

  averagePool(pool: Size, options: WindowOptions = {}, from = this.#last): LayerId {
    return this.#pool('averagePool', pool, options, from);
  }

  #pool(kind: 'maxPool' | 'averagePool', pool: Size, options: WindowOptions, from: LayerId): LayerId {
    return this.push({
      kind,
      id: this.#id('pool'),
      inputs: [from],
      poolSize: pair(pool),
      strides: pair(options.stride ?? pool),
      padding: paddingOf(options.padding, 'valid'),
    });
  }

  batchNorm(from = this.#last): LayerId {
    return this.push({ kind: 'batchNorm', id: this.#id('bn'), inputs: [from], epsilon: 1e-3 });
  }

  dropout(rate: number, from = this.#last): LayerId {
    return this.push({ kind: 'dropout', id: this.#id('dropout'), inputs: [from], rate });
  }

  #plain(
    kind: Activation | 'add' | 'multiply' | 'concat' | 'flatten' | 'softmax' | 'globalAveragePool',
    prefix: string,
    inputs: readonly LayerId[],
  ) {
    return this.push({ kind, id: this.#id(prefix), inputs });
  }

  relu(from = this.#last): LayerId {
    return this.#plain('relu', 'relu', [from]);
  }

  relu6(from = this.#last): LayerId {
    return this.#plain('relu6', 'relu', [from]);
  }

  upsample(size: Size, interpolation: 'nearest' | 'bilinear' = 'nearest', from = this.#last): LayerId {
    return this.push({
      kind: 'upsample',
      id: this.#id('up'),
      inputs: [from],
      size: pair(size),
      interpolation,
    });
  }

  channelShuffle(groups: number, from = this.#last): LayerId {
    return this.push({ kind: 'channelShuffle', id: this.#id('shuffle'), inputs: [from], groups });
  }

  l2Normalize(from = this.#last): LayerId {
    return this.push({ kind: 'l2Normalize', id: this.#id('l2norm'), inputs: [from], epsilon: 1e-10 });
  }

  leakyRelu(slope: number, from = this.#last): LayerId {
    return this.push({ kind: 'leakyRelu', id: this.#id('leaky'), inputs: [from], slope });
  }

  sigmoid(from = this.#last): LayerId {
    return this.#plain('sigmoid', 'sigmoid', [from]);
  }

  tanh(from = this.#last): LayerId {
    return this.#plain('tanh', 'tanh', [from]);
  }

  hardSigmoid(from = this.#last): LayerId {
    return this.#plain('hardSigmoid', 'hsigmoid', [from]);
  }

  hardSwish(from = this.#last): LayerId {
    return this.#plain('hardSwish', 'hswish', [from]);
  }

  add(a: LayerId, b: LayerId): LayerId {
    return this.#plain('add', 'add', [a, b]);
  }

  /** Two maps of one shape, or a map and a 1x1 gate. */
  multiply(a: LayerId, b: LayerId): LayerId {
    return this.#plain('multiply', 'mul', [a, b]);
  }

  concat(...inputs: LayerId[]): LayerId {
    return this.#plain('concat', 'concat', inputs);
  }

  flatten(from = this.#last): LayerId {
    return this.#plain('flatten', 'flatten', [from]);
  }

  softmax(from = this.#last): LayerId {
    return this.#plain('softmax', 'softmax', [from]);
  }

  globalAveragePool(from = this.#last): LayerId {
    return this.#plain('globalAveragePool', 'gap', [from]);
  }

  /** Convolution with bias and ReLU: the block of the networks older than batch norm. */
  convRelu(filters: number, kernel: Size, options: ConvOptions = {}, from = this.#last): LayerId {
    this.conv(filters, kernel, { bias: true, ...options }, from);
    return this.relu();
  }

  /** Dense layer with bias and ReLU. */
  denseRelu(units: number, from = this.#last): LayerId {
    this.dense(units, {}, from);
    return this.relu();
  }

  /** Convolution, batch norm and ReLU: the block most networks are made of. */
  convBlock(
    filters: number,
    kernel: Size,
    options: ConvOptions & { activation?: Activation | 'none' } = {},
    from = this.#last,
  ): LayerId {
    this.conv(filters, kernel, options, from);
    return this.#normalized(options.activation ?? 'relu');
  }

  depthwiseBlock(
    kernel: Size,
    options: DepthwiseOptions & { activation?: Activation | 'none' } = {},
    from = this.#last,
  ): LayerId {
    this.depthwise(kernel, options, from);
    return this.#normalized(options.activation ?? 'relu');
  }

  #normalized(activation: Activation | 'none'): LayerId {
    this.batchNorm();
    return activation === 'none' ? this.#last : this[activation]();
  }
}

/** {@link LayerWriter} for whole networks, from their input on. */
export class NetworkBuilder extends LayerWriter {
  constructor(
    readonly name: string,
    input: FeatureMap,
  ) {
    super('');
    this.push({ kind: 'input', id: 'input', inputs: [], shape: input });
  }

  build(): Network {
    return { name: this.name, layers: this.layers };
  }
}
