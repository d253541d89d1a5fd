import { channelTransforms } from '../../core/data/normalizationChoice.ts';
import {
  consumersOf,
  type FeatureMap,
  type Layer,
  type LayerId,
  type Network,
  outputsOf,
  parameterKey,
  type Weights,
} from '../../core/network/network.ts';
import { type Geometry, geometryAt, type LayerGeometry } from '../../core/network/shapes.ts';
import { assertNever } from '../../core/result.ts';
import type { ImageNormalization } from '../model/normalizationRecord.ts';
import { GraphWriter, onnxDims } from './graphWriter.ts';
import { kernelToOnnx } from './kernels.ts';
import type { Draft, GraphMessage } from './messages.ts';
import type { Quantization } from './quantization.ts';
import { isPixel, positionsOf } from './values.ts';
import { writeActivation } from './writeActivation.ts';
import { writeL2Normalize } from './writeL2Normalize.ts';
import { writeShuffle } from './writeShuffle.ts';

/** A layer's result as a tensor of the file. */
export interface Tensor {
  readonly name: string;
  readonly rank: 2 | 4;
  /** A vector that was flattened in NCHW order, and the map it was. */
  readonly flattened: FeatureMap | null;
}

/** Layers that compute each number alone: they keep any order of the numbers. */
const ELEMENTWISE: ReadonlySet<string> = new Set(
  'relu relu6 leakyRelu sigmoid tanh hardSigmoid hardSwish batchNorm dropout'.split(' '),
);

/** Writes layers as nodes of operator set 13, NCHW; each layer's last node and its tensor carry the layer's id. */
export class LayerWriter {
  readonly #writer: GraphWriter;
  readonly #tensors = new Map<LayerId, Tensor>();
  readonly #consumers: ReadonlyMap<LayerId, readonly Layer[]>;

  constructor(
    readonly network: Network,
    readonly geometry: Geometry,
    readonly weights: Weights,
    readonly quantization: Quantization,
    readonly images?: ImageNormalization,
  ) {
    this.#writer = new GraphWriter(network.layers.map(({ id }) => id));
    this.#consumers = consumersOf(network);
  }

  graph(): Draft<GraphMessage> {
    for (const layer of this.network.layers) {
      const replaced = this.quantization.replaces(layer)
        ? this.#tensors.get(layer.inputs[0] ?? '')
        : undefined;
      const tensor = replaced ?? this.#write(layer, geometryAt(this.geometry, layer.id));
      const name = this.quantization.result(this.#writer, layer, tensor.name);
      this.#tensors.set(layer.id, { ...tensor, name });
    }
    const described = (layer: Layer) => {
      const { name, rank } = this.#tensor(layer.id);
      return [name, onnxDims(geometryAt(this.geometry, layer.id).ofm, rank)] as const;
    };
    const inputs = this.network.layers.flatMap((layer) =>
      layer.kind === 'input' ? [[layer.id, onnxDims(layer.shape, 4)] as const] : [],
    );
    return this.#writer.graph(this.network.name, inputs, outputsOf(this.network).map(described));
  }

  #tensor(id: LayerId): Tensor {
    const tensor = this.#tensors.get(id);
    if (!tensor) throw new Error(`No tensor for layer ${id}`);
    return tensor;
  }

  #parameter(id: LayerId, name: string): Float32Array {
    return this.weights[parameterKey(id, name)]?.values ?? new Float32Array(0);
  }

  /** What a layer of sums reads from its input `index`, in the rank it takes. */
  #operand(layer: Layer, index: number, tensor: Tensor, rank: 2 | 4): string {
    return this.quantization.operand(this.#writer, layer.inputs[index] ?? '', this.#ranked(tensor, rank));
  }

  /** The same numbers with rows and columns (rank 4), or without (a vector). */
  #ranked(tensor: Tensor, rank: 2 | 4): string {
    if (tensor.rank === rank) return tensor.name;
    const axes = this.#writer.integers(`${tensor.name}/axes`, [2, 3]);
    const opType = rank === 4 ? 'Unsqueeze' : 'Squeeze';
    return this.#writer.helper(opType, `${tensor.name}_${opType.toLowerCase()}`, [tensor.name, axes]);
  }

  #write(layer: Layer, place: LayerGeometry): Tensor {
    const writer = this.#writer;
    const sources = layer.inputs.map((id) => this.#tensor(id));
    const source = sources[0] ?? { name: layer.id, rank: 4, flattened: null };
    const alike = (name: string): Tensor => ({ ...source, name });
    const mapped = (name: string): Tensor => ({ name, rank: 4, flattened: null });
    switch (layer.kind) {
      case 'input':
        return mapped(this.#normalized(layer.id, layer.shape.channels));
      case 'conv2d':
      case 'depthwiseConv2d':
        return mapped(this.#convolution(layer, place, this.#operand(layer, 0, source, 4)));
      case 'dense':
        return { name: this.#dense(layer, place, source), rank: 2, flattened: null };
      case 'maxPool':
      case 'averagePool': {
        const [top, bottom, left, right] = place.pads;
        const window = {
          kernel_shape: [...layer.poolSize],
          strides: [...layer.strides],
          pads: [top, left, bottom, right],
        };
        if (layer.kind === 'maxPool')
          return mapped(writer.layer('MaxPool', layer.id, [this.#ranked(source, 4)], window));
        const averaged = [this.#operand(layer, 0, source, 4)];
        return mapped(writer.layer('AveragePool', layer.id, averaged, { ...window, count_include_pad: 0 }));
      }
      case 'globalAveragePool':
        return mapped(writer.layer('GlobalAveragePool', layer.id, [this.#operand(layer, 0, source, 4)]));
      case 'globalMaxPool':
        return mapped(writer.layer('GlobalMaxPool', layer.id, [this.#ranked(source, 4)]));
      case 'batchNorm': {
        const names = ['gamma', 'beta', 'movingMean', 'movingVariance'].map((name) => {
          const values = this.#inOnnxOrder(this.#parameter(layer.id, name), 1, source);
          return writer.floats(parameterKey(layer.id, name), [values.length], values);
        });
        const epsilon = { float: layer.epsilon };
        return alike(writer.layer('BatchNormalization', layer.id, [source.name, ...names], { epsilon }));
      }
      case 'dropout': {
        const ratio = writer.scalar(`${layer.id}/ratio`, layer.rate);
        return alike(writer.layer('Dropout', layer.id, [source.name, ratio]));
      }
      case 'relu':
      case 'relu6':
      case 'sigmoid':
      case 'tanh':
      case 'hardSigmoid':
      case 'hardSwish':
        return alike(
          writeActivation(writer, layer.id, layer.kind, source.name, this.quantization.clips(layer)),
        );
      case 'leakyRelu':
        return alike(writer.layer('LeakyRelu', layer.id, [source.name], { alpha: { float: layer.slope } }));
      case 'add':
      case 'multiply':
      case 'concat': {
        const rank = sources.every((tensor) => tensor.rank === 2) ? 2 : 4;
        const names = sources.map((tensor, i) => this.#operand(layer, i, tensor, rank));
        if (layer.kind === 'concat')
          return { ...mapped(writer.layer('Concat', layer.id, names, { axis: 1 })), rank };
        // Behind NCHW's channels a 1x1 gate's values repeat by ONNX' broadcasting.
        if (layer.kind === 'multiply') return { ...mapped(writer.layer('Mul', layer.id, names)), rank };
        const opType = names.length === 2 ? 'Add' : 'Sum';
        return { ...mapped(writer.layer(opType, layer.id, names)), rank };
      }
      case 'upsample': {
        const scales = writer.floats(`${layer.id}/scales`, [4], Float32Array.of(1, 1, ...layer.size));
        // Half-pixel centers are Resize's default, and nearest rounds a whole size to its own pixel.
        const mode = layer.interpolation === 'bilinear' ? 'linear' : 'nearest';
        const names = [this.#ranked(source, 4), '', scales];
        return mapped(writer.layer('Resize', layer.id, names, { mode }));
      }
      case 'channelShuffle':
        return mapped(writeShuffle(writer, layer, place, this.#ranked(source, 4)));
      case 'l2Normalize':
        return mapped(
          writeL2Normalize(writer, layer, this.#parameter(layer.id, 'scale'), this.#ranked(source, 4)),
        );
      case 'flatten':
        return this.#flatten(layer, place.ifm, source);
      case 'softmax':
        return alike(writer.layer('Softmax', layer.id, [source.name], { axis: 1 }));
      default:
        return assertNever(layer);
    }
  }

  /** Bytes as the network reads them, where the file is to make them so: a product and a sum, one number a channel. */
  #normalized(input: string, channels: number): string {
    if (!this.images?.inside) return input;
    const transforms = channelTransforms(this.images.choice, channels);
    const writer = this.#writer;
    const numbers = (name: string, values: readonly number[]) =>
      writer.floats(`${input}/${name}`, [1, channels, 1, 1], Float32Array.from(values));
    const scale = numbers(
      'scale',
      transforms.map((one) => one.scale),
    );
    const scaled = writer.helper('Mul', `${input}_scaled`, [input, scale]);
    if (transforms.every(({ offset }) => offset === 0)) return scaled;
    const offset = numbers(
      'offset',
      transforms.map((one) => one.offset),
    );
    return writer.helper('Add', `${input}_normalized`, [scaled, offset]);
  }

  #convolution(
    layer: Extract<Layer, { kind: 'conv2d' | 'depthwiseConv2d' }>,
    { ifm, ofm, pads }: LayerGeometry,
    input: string,
  ): string {
    const depthwise = layer.kind === 'depthwiseConv2d';
    const groups = depthwise ? ifm.channels : layer.groups;
    const filters = ofm.channels;
    const depth = ifm.channels / groups;
    const [rows, columns] = layer.kernelSize;
    const name = depthwise ? 'depthwiseKernel' : 'kernel';
    const kernel = this.#parameter(layer.id, name);
    const values = kernelToOnnx(kernel, filters, depth, rows * columns);
    const writer = this.#writer;
    const weight = writer.floats(parameterKey(layer.id, name), [filters, depth, rows, columns], values);
    const bias = layer.useBias
      ? [writer.floats(parameterKey(layer.id, 'bias'), [filters], this.#parameter(layer.id, 'bias'))]
      : [];
    const [top, bottom, left, right] = pads;
    return writer.layer(
      'Conv',
      layer.id,
      [input, this.quantization.weights(writer, layer.id, weight, values), ...bias],
      {
        kernel_shape: [rows, columns],
        strides: [...layer.strides],
        pads: [top, left, bottom, right],
        dilations: [...layer.dilationRate],
        group: groups,
      },
    );
  }

  #dense(layer: Extract<Layer, { kind: 'dense' }>, { ifm }: LayerGeometry, source: Tensor): string {
    const writer = this.#writer;
    const { id, units } = layer;
    const values = this.#inOnnxOrder(this.#parameter(id, 'kernel'), units, source);
    const matrix = writer.floats(parameterKey(id, 'kernel'), [ifm.channels, units], values);
    const weight = this.quantization.weights(writer, id, matrix, values);
    const input = this.#operand(layer, 0, source, 2);
    const bias = layer.useBias
      ? [writer.floats(parameterKey(id, 'bias'), [units], this.#parameter(id, 'bias'))]
      : [];
    const [summand] = bias;
    if (!this.quantization.splitsDense) return writer.layer('Gemm', id, [input, weight, ...bias]);
    if (summand === undefined) return writer.layer('MatMul', id, [input, weight]);
    const product = writer.named('MatMul', id, writer.free(`${id}_product`), [input, weight]);
    return writer.named('Add', writer.free(`${id}_bias`), id, [product, summand]);
  }

  /** Rows of `width` numbers, one a channel of ours, in the order of ONNX's vector. */
  #inOnnxOrder(rows: Float32Array, width: number, { flattened }: Tensor): Float32Array {
    if (!flattened) return rows;
    const ordered = new Float32Array(rows.length);
    positionsOf([flattened]).forEach((ours, onnx) => {
      ordered.set(rows.subarray(ours * width, (ours + 1) * width), onnx * width);
    });
    return ordered;
  }

  /** Whether every reader of a flattened map can take its numbers in another order. */
  #ordersFreely(id: LayerId): boolean {
    const readers = this.#consumers.get(id) ?? [];
    return (
      readers.length > 0 &&
      readers.every(
        (layer) => layer.kind === 'dense' || (ELEMENTWISE.has(layer.kind) && this.#ordersFreely(layer.id)),
      )
    );
  }

  #flatten(layer: Layer, map: FeatureMap, source: Tensor): Tensor {
    const writer = this.#writer;
    const vector = (input: string, flattened: FeatureMap | null): Tensor => ({
      name: writer.layer('Flatten', layer.id, [input], { axis: 1 }),
      rank: 2,
      flattened,
    });
    if (source.rank === 2) return { ...vector(source.name, source.flattened) };
    if (isPixel(map) || map.channels === 1) return vector(source.name, null);
    if (this.#ordersFreely(layer.id)) return vector(source.name, map);
    const last = writer.helper('Transpose', `${layer.id}_nhwc`, [source.name], { perm: [0, 2, 3, 1] });
    return vector(last, null);
  }
}
