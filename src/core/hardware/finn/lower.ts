import {
  consumersOf,
  type Layer,
  type LayerId,
  type LayerKind,
  type Network,
} from '../../network/network.ts';
import { geometryAt, inferGeometry } from '../../network/shapes.ts';
import { ok, type Result } from '../../result.ts';
import type { Violation } from '../report.ts';
import { sumType, unsignedInteger } from './datatypes.ts';
import { GraphBuilder, type LowerOptions, type Stream } from './graphBuilder.ts';
import { type LayerOf, type Lower, withMap } from './lowering.ts';
import { multiply, unbuilt, unknownActivation, upsample } from './lowerUnsupported.ts';
import { convolution, depthwise, pooling } from './lowerWindows.ts';
import type { FinnNode } from './nodes.ts';

export type { LowerOptions } from './graphBuilder.ts';

export interface LoweredNetwork {
  /** In graph order, folded as FINN's conversion leaves them (finn.md section 7). */
  readonly nodes: readonly FinnNode[];
  /** Layers that FINN cannot build as they are. The nodes show the nearest thing that it can. */
  readonly violations: readonly Violation[];
}

/** Thresholds for both: an upper limit of 6 is the last step. */
const activation: Lower<Layer> = (layer, [input], _, graph) => graph.threshold(input, [layer.id]);

/** Nothing in hardware. */
const nothing: Lower<Layer> = (_, [input]) => input;

const dense: Lower<LayerOf<'dense'>> = (layer, [from], geometry, graph) => {
  const input = graph.quantize(from);
  const { ifm, ofm } = geometry;
  const attributes = graph.weighted(layer.id, input, ifm.channels);
  const source = graph.push({
    opType: 'MVAU_hls',
    sources: [input.source],
    layerIds: [layer.id],
    ...attributes,
    pe: 1,
    mw: ifm.channels,
    mh: ofm.channels,
    numInputVectors: [1],
    ramStyleThresholds: 'auto',
  });
  return {
    ...withMap(input, geometry, true),
    source,
    type: attributes.outputType,
    quantized: false,
    open: true,
    shifts: layer.useBias ? [layer.id] : [],
  };
};

/** Addition of two streams at a time. */
const add: Lower<LayerOf<'add'>> = (layer, [first, ...others], _, graph) => {
  let sum = graph.settle(first);
  for (const from of others) {
    const other = graph.settle(from);
    const inputType = sum.type.bits >= other.type.bits ? sum.type : other.type;
    const source = graph.push({
      opType: 'AddStreams_hls',
      sources: [sum.source, other.source],
      layerIds: [layer.id],
      pe: 1,
      channels: sum.map.channels,
      numInputVectors: sum.vectors,
      inputType,
    });
    sum = { ...sum, source, type: sumType(inputType, 2), quantized: sum.quantized && other.quantized };
  }
  return sum;
};

const concat: Lower<LayerOf<'concat'>> = (layer, inputs, geometry, graph) => {
  const streams = inputs.map((input) => graph.settle(input));
  const widest = streams.reduce((a, b) => (b.type.bits > a.type.bits ? b : a));
  const joined = withMap(widest, geometry);
  const source = graph.push({
    opType: 'StreamingConcat_hls',
    sources: streams.map((stream) => stream.source),
    layerIds: [layer.id],
    elementsPerStream: streams.map((stream) => stream.map.channels),
    numInputVectors: joined.vectors,
  });
  return { ...joined, source, quantized: streams.every((stream) => stream.quantized) };
};

const globalAveragePool: Lower<LayerOf<'globalAveragePool'>> = (layer, [from], geometry, graph) => {
  const input = graph.settle(from);
  const source = graph.push({
    opType: 'GlobalAccPool_hls',
    sources: [input.source],
    layerIds: [layer.id],
    pe: 1,
    channels: input.map.channels,
    numInputVectors: input.vectors,
    inputType: input.type,
  });
  const type = sumType(input.type, geometry.ifm.height * geometry.ifm.width);
  return { ...withMap(input, geometry), source, type };
};

const LOWERINGS: { readonly [K in Exclude<LayerKind, 'input'>]: Lower<LayerOf<K>> } = {
  conv2d: convolution,
  depthwiseConv2d: depthwise,
  dense,
  maxPool: (layer, [input], geometry, graph) =>
    pooling(layer.id, layer.poolSize, layer.strides, true, input, geometry, graph),
  averagePool: (layer, [input], geometry, graph) =>
    pooling(layer.id, layer.poolSize, layer.strides, false, input, geometry, graph),
  globalMaxPool: (layer, [input], geometry, graph) => {
    const whole = [geometry.ifm.height, geometry.ifm.width] as const;
    // The window is the whole map, so no stride is taken.
    return pooling(layer.id, whole, [1, 1], false, input, geometry, graph);
  },
  globalAveragePool,
  batchNorm: (layer, [input]) => ({
    ...input,
    scales: [...input.scales, layer.id],
    shifts: [...input.shifts, layer.id],
  }),
  relu: activation,
  relu6: activation,
  leakyRelu: unknownActivation,
  sigmoid: unknownActivation,
  tanh: unknownActivation,
  hardSigmoid: unknownActivation,
  hardSwish: unknownActivation,
  add,
  multiply,
  upsample,
  channelShuffle: unbuilt,
  l2Normalize: unbuilt,
  concat,
  flatten: (_, [input], geometry) => withMap(input, geometry, true),
  dropout: nothing,
  softmax: (layer, [input]) => ({ ...input, softmax: layer.id }),
};

/** The input quantizer. An image that is only ever flattened comes in flat, as in FINN's TFC. */
function inputStream(layer: LayerOf<'input'>, readers: readonly Layer[], graph: GraphBuilder): Stream {
  const { height, width, channels } = layer.shape;
  const flat = readers.length > 0 && readers.every((reader) => reader.kind === 'flatten');
  const shape = flat ? { height: 1, width: 1, channels: height * width * channels } : layer.shape;
  const stream: Stream = {
    source: -1,
    map: shape,
    vectors: shape.height * shape.width === 1 ? [1] : [1, shape.height, shape.width],
    type: unsignedInteger(8),
    quantized: true,
    open: false,
    scales: [],
    shifts: [],
    softmax: null,
  };
  const type = graph.inputType();
  return { ...stream, type, source: graph.thresholding(stream, type, [layer.id]) };
}

/** An output of one pixel is a classification: the label with the highest value leaves the chip. */
function finishOutput(output: Stream, graph: GraphBuilder): void {
  const stream = graph.settle(output);
  if (stream.map.height * stream.map.width !== 1) return;
  graph.push({
    opType: 'LabelSelect_hls',
    sources: [stream.source],
    layerIds: stream.softmax === null ? [] : [stream.softmax],
    pe: 1,
    labels: stream.map.channels,
  });
}

/** Reads of each layer's output; a layer that reads one output twice counts twice. */
function readCounts(network: Network): ReadonlyMap<LayerId, number> {
  const counts = new Map<LayerId, number>();
  for (const layer of network.layers)
    for (const input of layer.inputs) counts.set(input, (counts.get(input) ?? 0) + 1);
  return counts;
}

/**
 * A network as the chain of FINN nodes that FINN's conversion would make of it (finn.md section 10, graph
 * conversion), unfolded. Weights' values are not needed: types bound the widths.
 */
export function lowerToFinn(network: Network, options: LowerOptions): Result<LoweredNetwork> {
  const inferred = inferGeometry(network);
  if (!inferred.ok) return inferred;
  const graph = new GraphBuilder(options);
  const reads = readCounts(network);
  const streams = new Map<LayerId, Stream>();
  const consumers = consumersOf(network);
  for (const layer of network.layers) {
    const geometry = geometryAt(inferred.value, layer.id);
    let stream: Stream;
    if (layer.kind === 'input') stream = inputStream(layer, consumers.get(layer.id) ?? [], graph);
    else {
      const [first, ...others] = layer.inputs.flatMap((id) => streams.get(id) ?? []);
      if (!first) continue;
      // The table's type guarantees that a layer meets the function of its own kind.
      const lower = LOWERINGS[layer.kind] as Lower<Layer>;
      stream = lower(layer, [first, ...others], geometry, graph);
    }
    if (layer.kind === 'softmax' && (consumers.get(layer.id)?.length ?? 0) > 0) {
      graph.violate(
        'finn-softmax',
        layer.id,
        `FINN cannot compute the softmax ${layer.id} inside the network; remove it or make it the last layer.`,
      );
    }
    const count = reads.get(layer.id) ?? 0;
    streams.set(layer.id, count > 1 ? graph.duplicate(stream, layer.id) : stream);
    if (count === 0) finishOutput(stream, graph);
  }
  return ok({ nodes: graph.finish(), violations: graph.violations });
}
