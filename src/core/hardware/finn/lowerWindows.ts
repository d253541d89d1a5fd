import type { Conv2dLayer, DepthwiseConv2dLayer, FeatureMap, LayerId, Pair } from '../../network/network.ts';
import type { LayerGeometry } from '../../network/shapes.ts';
import type { GraphBuilder, Stream } from './graphBuilder.ts';

interface Window {
  readonly layerId: LayerId;
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly depthwise: boolean;
}

const ONE: Pair = [1, 1];

const isOne = ([a, b]: Pair) => a === 1 && b === 1;

const vectorsOf = ({ height, width }: FeatureMap) => [1, height, width];

/** [FMPadding if padded]: the stream with its border. The padding starts at full width, as FINN leaves it. */
function pad(layerId: LayerId, input: Stream, { pads }: LayerGeometry, graph: GraphBuilder): Stream {
  const [top, bottom, left, right] = pads;
  if (top + bottom + left + right === 0) return input;
  const { height, width, channels } = input.map;
  const source = graph.push({
    opType: 'FMPadding_rtl',
    sources: [input.source],
    layerIds: [layerId],
    simd: channels,
    channels,
    imgDim: [height, width],
    padding: [top, left, bottom, right],
  });
  const map = { height: height + top + bottom, width: width + left + right, channels };
  return { ...input, source, map, vectors: vectorsOf(map) };
}

/** [FMPadding] and ConvolutionInputGenerator; starts at full width (finn.md section 7). */
function slide(window: Window, input: Stream, geometry: LayerGeometry, graph: GraphBuilder): Stream {
  const padded = pad(window.layerId, input, geometry, graph);
  const { height, width, channels } = padded.map;
  const source = graph.push({
    opType: 'ConvolutionInputGenerator_rtl',
    sources: [padded.source],
    layerIds: [window.layerId],
    simd: channels,
    kernel: window.kernel,
    channels,
    ifmDim: [height, width],
    ofmDim: [geometry.ofm.height, geometry.ofm.width],
    stride: window.stride,
    dilation: window.dilation,
    inputType: input.type,
    depthwise: window.depthwise,
    parallelWindow: false,
    is1d: height === 1 || width === 1,
    ramStyle: 'distributed',
  });
  return { ...input, source };
}

/** What feeds the matrix unit of a convolution: nothing for a 1x1, a DownSampler for a strided 1x1. */
function feed(layer: Conv2dLayer, input: Stream, geometry: LayerGeometry, graph: GraphBuilder): Stream {
  const { kernelSize: kernel, strides: stride, dilationRate: dilation } = layer;
  if (isOne(kernel) && isOne(stride)) return pad(layer.id, input, geometry, graph);
  const { height, width, channels } = input.map;
  const padded = geometry.pads.some((rows) => rows > 0);
  const square = height === width && stride[0] === stride[1];
  if (isOne(kernel) && !padded && square) {
    const source = graph.push({
      opType: 'DownSampler_hls',
      sources: [input.source],
      layerIds: [layer.id],
      simd: channels,
      channels,
      imgDim: height,
      stride: stride[0],
      is1d: false,
    });
    return { ...input, source };
  }
  return slide({ layerId: layer.id, kernel, stride, dilation, depthwise: false }, input, geometry, graph);
}

/** conv2d: feeder and MVAU. Groups do not exist in FINN. */
export function convolution(
  layer: Conv2dLayer,
  [from]: readonly [Stream, ...Stream[]],
  geometry: LayerGeometry,
  graph: GraphBuilder,
): Stream {
  if (layer.groups > 1) {
    graph.violate(
      'finn-groups',
      layer.id,
      `FINN has no grouped convolution, and ${layer.id} has ${layer.groups} groups; set groups to 1 or make it depthwise. It is shown ungrouped.`,
    );
  }
  const input = graph.quantize(from);
  const { ifm, ofm } = geometry;
  const mw = layer.kernelSize[0] * layer.kernelSize[1] * ifm.channels;
  const fed = feed(layer, input, geometry, graph);
  const attributes = graph.weighted(layer.id, input, mw);
  const source = graph.push({
    opType: 'MVAU_hls',
    sources: [fed.source],
    layerIds: [layer.id],
    ...attributes,
    pe: 1,
    mw,
    mh: ofm.channels,
    numInputVectors: vectorsOf(ofm),
    ramStyleThresholds: 'auto',
  });
  return accumulators(layer, input, source, attributes.outputType, ofm);
}

/** The open end of a weighted unit: thresholds can be fused as long as nothing else reads it. */
function accumulators(
  layer: Conv2dLayer | DepthwiseConv2dLayer,
  input: Stream,
  source: number,
  type: Stream['type'],
  ofm: FeatureMap,
): Stream {
  const shifts = layer.useBias ? [layer.id] : [];
  return { ...input, source, map: ofm, vectors: vectorsOf(ofm), type, quantized: false, open: true, shifts };
}

/** depthwiseConv2d: depthwise feeder and VVAU. A 1x1 with stride 1 needs no feeder. */
export function depthwise(
  layer: DepthwiseConv2dLayer,
  [from]: readonly [Stream, ...Stream[]],
  geometry: LayerGeometry,
  graph: GraphBuilder,
): Stream {
  const { ofm } = geometry;
  if (layer.depthMultiplier > 1) {
    graph.violate(
      'finn-depth-multiplier',
      layer.id,
      `FINN's depthwise unit makes one output a channel, and ${layer.id} has depth multiplier ${layer.depthMultiplier}; set it to 1. It is shown as if its input were repeated.`,
    );
  }
  const quantized = graph.quantize(from);
  const input = { ...quantized, map: { ...quantized.map, channels: ofm.channels } };
  const { kernelSize: kernel, strides: stride, dilationRate: dilation } = layer;
  const fed =
    isOne(kernel) && isOne(stride)
      ? pad(layer.id, input, geometry, graph)
      : slide({ layerId: layer.id, kernel, stride, dilation, depthwise: true }, input, geometry, graph);
  const attributes = graph.weighted(layer.id, input, kernel[0] * kernel[1]);
  const source = graph.push({
    opType: 'VVAU_hls',
    sources: [fed.source],
    layerIds: [layer.id],
    ...attributes,
    pe: ofm.channels,
    channels: ofm.channels,
    kernel,
    dim: [ofm.height, ofm.width],
  });
  return accumulators(layer, input, source, attributes.outputType, ofm);
}

/**
 * Pooling: StreamingMaxPool where windows tile a square map, else a depthwise sliding window and Pool
 * (finn.md section 10, graph conversion).
 */
export function pooling(
  layerId: LayerId,
  kernel: Pair,
  stride: Pair,
  mayTile: boolean,
  from: Stream,
  geometry: LayerGeometry,
  graph: GraphBuilder,
): Stream {
  const input = graph.settle(from);
  const { ofm } = geometry;
  const done = (source: number): Stream => ({ ...input, source, map: ofm, vectors: vectorsOf(ofm) });
  const { height, width, channels } = input.map;
  const padded = geometry.pads.some((rows) => rows > 0);
  if (isOne(kernel) && isOne(stride) && !padded) return done(input.source);
  const square = height === width && kernel[0] === kernel[1];
  const tiles = kernel[0] === stride[0] && kernel[1] === stride[1] && height % kernel[0] === 0;
  if (mayTile && square && tiles && !padded) {
    return done(
      graph.push({
        opType: 'StreamingMaxPool_hls',
        sources: [input.source],
        layerIds: [layerId],
        pe: 1,
        channels,
        imgDim: [height, width],
        poolDim: kernel,
        ceilMode: false,
      }),
    );
  }
  const fed = slide({ layerId, kernel, stride, dilation: ONE, depthwise: true }, input, geometry, graph);
  return done(
    graph.push({
      opType: 'Pool_hls',
      sources: [fed.source],
      layerIds: [layerId],
      pe: channels,
      channels,
      kernel,
      outDims: [ofm.height, ofm.width],
      batchSize: 1,
    }),
  );
}
