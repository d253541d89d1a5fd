import { channelTransforms } from '../../core/data/normalizationChoice.ts';
import { parameterShapes } from '../../core/network/counts.ts';
import {
  type ChannelShuffleLayer,
  type Layer,
  type LayerId,
  type Network,
  type Padding,
  parameterKey,
} from '../../core/network/network.ts';
import {
  describeMap,
  type Geometry,
  geometryAt,
  inferGeometry,
  type LayerGeometry,
} from '../../core/network/shapes.ts';
import { assertNever, unwrap } from '../../core/result.ts';
import type { ImageNormalization } from '../model/normalizationRecord.ts';
import {
  activationConfig,
  CHANNELS_LAST,
  convolutionConfig,
  scopeName,
  WEIGHT_NAMES,
} from './exportConfigs.ts';
import { type Config, refuse } from './fields.ts';
import { neverNegative } from './notNegative.ts';

/** A parameter under Keras' name for it and under ours. */
export interface ExportedWeight {
  readonly name: string;
  readonly key: string;
}

export interface ExportedLayer {
  readonly name: string;
  readonly className: string;
  readonly config: Config;
  readonly inputs: readonly string[];
  /** Of its result, without the batch. */
  readonly shape: readonly number[];
  readonly weights: readonly ExportedWeight[];
}

interface Written {
  readonly name: string;
  /** Keras' number of axes: 4 for feature maps, 2 for vectors. */
  readonly rank: 2 | 4;
}

interface Description {
  readonly className: string;
  readonly config: Config;
  /** Names of Keras layers. */
  readonly inputs: readonly string[];
  readonly rank: 2 | 4;
}

/** The Keras layers of a network; one layer of ours may need another before it. */
class Export {
  readonly layers: ExportedLayer[] = [];
  /** Names of the layers that images come in by. */
  readonly inputs: string[] = [];
  /** A layer whose function Keras 2 computes otherwise, or not at all. */
  needsKeras3: Layer | null = null;
  readonly #network: Network;
  readonly #geometry: Geometry;
  readonly #written = new Map<LayerId, Written>();
  readonly #names = new Set<string>();
  readonly #images: ImageNormalization | null;

  constructor(network: Network, images: ImageNormalization | null) {
    this.#images = images;
    this.#network = network;
    this.#geometry = unwrap(inferGeometry(network));
  }

  #name(wanted: string): string {
    const base = scopeName(wanted);
    let name = base;
    for (let n = 1; this.#names.has(name); n++) name = `${base}_${n}`;
    this.#names.add(name);
    return name;
  }

  #add(
    wanted: string,
    className: string,
    config: Config,
    inputs: readonly string[],
    shape: readonly number[],
    weights: readonly ExportedWeight[] = [],
  ): string {
    const name = this.#name(wanted);
    const usual = { name, trainable: true, dtype: 'float32' };
    this.layers.push({ name, className, config: { ...usual, ...config }, inputs, shape, weights });
    return name;
  }

  #read(id: LayerId): Written {
    const written = this.#written.get(id);
    if (!written) throw new Error(`${id} is read before it is written`);
    return written;
  }

  /** The input with the wanted number of axes: Keras' dense layers read vectors, its windows feature maps. */
  #as(rank: 2 | 4, id: LayerId): string {
    const written = this.#read(id);
    if (written.rank === rank) return written.name;
    const { channels } = geometryAt(this.#geometry, id).ofm;
    const shape = rank === 2 ? [channels] : [1, 1, channels];
    const wanted = `${id}_${rank === 2 ? 'vector' : 'map'}`;
    return this.#add(wanted, 'Reshape', { target_shape: shape }, [written.name], shape);
  }

  #padded(layer: Layer, { ifm, pads }: LayerGeometry, input: string): string {
    const config = { padding: [pads.slice(0, 2), pads.slice(2)], data_format: 'channels_last' };
    const [top, bottom, left, right] = pads;
    const shape = [ifm.height + top + bottom, ifm.width + left + right, ifm.channels];
    return this.#add(`${layer.id}_pad`, 'ZeroPadding2D', config, [input], shape);
  }

  /** `same`, `valid`, or zeros in a layer before it: Keras' windows know no explicit padding. */
  #window(
    layer: Layer & { readonly padding: Padding },
    input: string,
  ): { readonly padding: string; readonly input: string } {
    if (typeof layer.padding === 'string') return { padding: layer.padding, input };
    const geometry = geometryAt(this.#geometry, layer.id);
    if (geometry.pads.every((pad) => pad === 0)) return { padding: 'valid', input };
    const isPool = layer.kind === 'maxPool' || layer.kind === 'averagePool';
    if (!isPool || (layer.kind === 'maxPool' && neverNegative(this.#network.layers, layer.inputs[0])))
      return { padding: 'valid', input: this.#padded(layer, geometry, input) };
    if (this.#isSame(layer, geometry)) return { padding: 'same', input };
    return refuse(
      'padded-pool',
      `Layer ${layer.id} pads its ${describeMap(geometry.ifm)} input by ${geometry.pads.join(', ')} without counting the padding, which Keras can't; set its padding to same or valid.`,
      layer.id,
    );
  }

  #isSame(layer: Layer, { pads }: LayerGeometry): boolean {
    const layers = this.#network.layers.map((one) =>
      one.id === layer.id ? ({ ...one, padding: 'same' } as Layer) : one,
    );
    const geometry = inferGeometry({ name: 'same', layers });
    return geometry.ok && geometryAt(geometry.value, layer.id).pads.join() === pads.join();
  }

  write(layer: Layer): void {
    const { className, config, inputs, rank } = this.#describe(layer);
    const place = geometryAt(this.#geometry, layer.id);
    const parameters = Object.keys(parameterShapes(layer, place));
    const weights = parameters.map((parameter) => ({
      name: WEIGHT_NAMES[parameter] ?? parameter,
      key: parameterKey(layer.id, parameter),
    }));
    const { height, width, channels } = place.ofm;
    const shape = rank === 2 ? [channels] : [height, width, channels];
    const name = this.#add(layer.id, className, config, inputs, shape, weights);
    if (layer.kind === 'input') this.inputs.push(name);
    this.#written.set(layer.id, { name: layer.kind === 'input' ? this.#rescaled(name, shape) : name, rank });
  }

  /** Bytes as the network reads them. One number serves all channels where they are alike, as Keras' own models have it. */
  #rescaled(input: string, shape: readonly number[]): string {
    if (!this.#images?.inside) return input;
    const transforms = channelTransforms(this.#images.choice, shape.at(-1) ?? 1);
    const list = (numbers: readonly number[]) =>
      numbers.every((one) => one === numbers[0]) ? numbers[0] : numbers;
    const scale = list(transforms.map((one) => one.scale));
    const offset = list(transforms.map((one) => one.offset));
    return this.#add(`${input}_rescaling`, 'Rescaling', { scale, offset }, [input], shape);
  }

  /** A layer that reads feature maps and vectors alike. */
  #alike(layer: Layer, className: string, config: Config = {}): Description {
    const { name, rank } = this.#read(layer.inputs[0] ?? '');
    return { className, config, inputs: [name], rank };
  }

  /** Several inputs, brought to the same number of axes. */
  #joined(layer: Layer, className: string, config: Config = {}): Description {
    const rank = layer.inputs.every((id) => this.#read(id).rank === 2) ? 2 : 4;
    return { className, config, inputs: layer.inputs.map((id) => this.#as(rank, id)), rank };
  }

  #describe(layer: Layer): Description {
    const [first = ''] = layer.inputs;
    switch (layer.kind) {
      case 'input': {
        const { height, width, channels } = layer.shape;
        const config = { batch_input_shape: [null, height, width, channels] };
        return { className: 'InputLayer', config, inputs: [], rank: 4 };
      }
      case 'conv2d':
      case 'depthwiseConv2d': {
        const { padding, input } = this.#window(layer, this.#as(4, first));
        const [className, config] = convolutionConfig(layer, padding);
        return { className, config, inputs: [input], rank: 4 };
      }
      case 'maxPool':
      case 'averagePool': {
        const { padding, input } = this.#window(layer, this.#as(4, first));
        const config = { pool_size: layer.poolSize, strides: layer.strides, padding, ...CHANNELS_LAST };
        const className = layer.kind === 'maxPool' ? 'MaxPooling2D' : 'AveragePooling2D';
        return { className, config, inputs: [input], rank: 4 };
      }
      case 'globalAveragePool':
      case 'globalMaxPool': {
        const className = layer.kind === 'globalMaxPool' ? 'GlobalMaxPooling2D' : 'GlobalAveragePooling2D';
        return { className, config: CHANNELS_LAST, inputs: [this.#as(4, first)], rank: 2 };
      }
      case 'dense': {
        const config = { units: layer.units, use_bias: layer.useBias, activation: 'linear' };
        return { className: 'Dense', config, inputs: [this.#as(2, first)], rank: 2 };
      }
      case 'flatten':
        return { className: 'Flatten', config: CHANNELS_LAST, inputs: [this.#read(first).name], rank: 2 };
      case 'batchNorm': {
        const axis = this.#read(first).rank - 1;
        const config = { axis, epsilon: layer.epsilon, center: true, scale: true };
        return this.#alike(layer, 'BatchNormalization', config);
      }
      case 'dropout':
        return this.#alike(layer, 'Dropout', { rate: layer.rate });
      case 'leakyRelu':
        return this.#alike(layer, 'LeakyReLU', { alpha: layer.slope });
      case 'relu':
      case 'relu6':
      case 'sigmoid':
      case 'tanh':
      case 'hardSigmoid':
      case 'hardSwish':
      case 'softmax': {
        if (layer.kind === 'hardSigmoid' || layer.kind === 'hardSwish') this.needsKeras3 = layer;
        const [className, config] = activationConfig(layer.kind);
        return this.#alike(layer, className, config);
      }
      case 'add':
        return this.#joined(layer, 'Add');
      case 'multiply':
        return this.#joined(layer, 'Multiply');
      case 'upsample': {
        const { size, interpolation } = layer;
        const config = { size, interpolation, ...CHANNELS_LAST };
        return { className: 'UpSampling2D', config, inputs: [this.#as(4, first)], rank: 4 };
      }
      case 'channelShuffle':
        return this.#shuffled(layer, this.#as(4, first));
      case 'l2Normalize':
        return refuse(
          'l2-normalization',
          `Layer ${layer.id} is an L2 normalization with a learned scale, which Keras has no layer for; save the network as ONNX, or use a batch norm.`,
          layer.id,
        );
      case 'concat':
        return this.#joined(layer, 'Concatenate', { axis: -1 });
      default:
        return assertNever(layer);
    }
  }

  /** Keras' layers see the channels as [groups, n], change these two axes, and see them as channels again. */
  #shuffled(layer: ChannelShuffleLayer, input: string): Description {
    const { height, width, channels } = geometryAt(this.#geometry, layer.id).ofm;
    const { groups } = layer;
    const split = [height, width, groups, channels / groups];
    const joined = [height, width, channels / groups, groups];
    const parted = this.#add(`${layer.id}_groups`, 'Reshape', { target_shape: split }, [input], split);
    const turned = this.#add(`${layer.id}_turned`, 'Permute', { dims: [1, 2, 4, 3] }, [parted], joined);
    const config = { target_shape: [height, width, channels] };
    return { className: 'Reshape', config, inputs: [turned], rank: 4 };
  }

  nameOf(id: LayerId): string {
    return this.#read(id).name;
  }
}

export interface ExportedModel {
  readonly name: string;
  readonly layers: readonly ExportedLayer[];
  /** Names of the layers whose results leave the model. */
  readonly outputs: readonly string[];
  /** What Keras calls model_config and tfjs modelTopology. */
  readonly config: { readonly class_name: string; readonly config: Config };
  /** Null where Keras 2 computes every layer as it is here. */
  readonly needsKeras3: Layer | null;
}

/**
 * A valid network as a Keras 2 functional model. Reshape layers join vectors and 1x1 feature maps, which are one
 * here and two in Keras; ZeroPadding2D carries explicit padding, a Rescaling the normalization of the images where it is
 * asked for. Throws a FaultError for what Keras has no layer for.
 */
export function exportModel(network: Network, images: ImageNormalization | null = null): ExportedModel {
  const writing = new Export(network, images);
  for (const layer of network.layers) writing.write(layer);
  const read = new Set(network.layers.flatMap(({ inputs }) => inputs));
  const ends = (layers: readonly Layer[]) => layers.map(({ id }) => [writing.nameOf(id), 0, 0]);
  const config = {
    name: scopeName(network.name),
    trainable: true,
    layers: writing.layers.map(({ name, className, config, inputs }) => ({
      class_name: className,
      config,
      name,
      inbound_nodes: inputs.length === 0 ? [] : [inputs.map((input) => [input, 0, 0, {}])],
    })),
    input_layers: writing.inputs.map((name) => [name, 0, 0]),
    output_layers: ends(network.layers.filter(({ id }) => !read.has(id))),
  };
  return {
    name: config.name,
    layers: writing.layers,
    outputs: config.output_layers.map(([name]) => String(name)),
    config: { class_name: 'Functional', config },
    needsKeras3: writing.needsKeras3,
  };
}
