import type { FinnNode, OpType } from './nodes.ts';
import { fifo, free, widthConverter } from './operators/infrastructure.ts';
import { matrixVectorHls, matrixVectorRtl } from './operators/matrixVector.ts';
import { type DspBlock, NO_RESOURCES, type NodeResources, type OperatorModel } from './operators/model.ts';
import { slidingWindowRtl } from './operators/slidingWindow.ts';
import { slidingWindowHls } from './operators/slidingWindowHls.ts';
import {
  concat,
  downSampler,
  globalAccPool,
  labelSelect,
  lookup,
  padding,
  pixelPadding,
  plainStream,
  pool,
  streamingMaxPool,
  upsample,
} from './operators/streams.ts';
import { parameterStream, thresholdingRtl } from './operators/thresholding.ts';
import { vectorVectorHls, vectorVectorRtl } from './operators/vectorVector.ts';

/** The node of an op type; several op types may share one. */
type NodeWithOp<T extends OpType, N = FinnNode> = N extends { readonly opType: infer U }
  ? T extends U
    ? N
    : never
  : never;

/** Every op type of FINN that is estimated here, with its formulas. */
const OPERATORS: { readonly [T in OpType]: OperatorModel<NodeWithOp<T>> } = {
  MVAU_hls: matrixVectorHls,
  MVAU_rtl: matrixVectorRtl,
  VVAU_hls: vectorVectorHls,
  VVAU_rtl: vectorVectorRtl,
  ConvolutionInputGenerator_rtl: slidingWindowRtl,
  ConvolutionInputGenerator_hls: slidingWindowHls,
  Thresholding_rtl: thresholdingRtl,
  Thresholding_hls: parameterStream,
  ChannelwiseOp_hls: parameterStream,
  StreamingMaxPool_hls: streamingMaxPool,
  Pool_hls: pool,
  AddStreams_hls: plainStream,
  DuplicateStreams_hls: plainStream,
  StreamingEltwise_hls: plainStream,
  GlobalAccPool_hls: globalAccPool,
  StreamingConcat_hls: concat,
  FMPadding_rtl: padding,
  FMPadding_hls: padding,
  FMPadding_Pixel_hls: pixelPadding,
  LabelSelect_hls: labelSelect,
  UpsampleNearestNeighbour_hls: upsample,
  DownSampler_hls: downSampler,
  Lookup_hls: lookup,
  StreamingFIFO_rtl: fifo,
  StreamingDataWidthConverter_rtl: widthConverter,
  StreamingDataWidthConverter_hls: widthConverter,
  TLastMarker_hls: free,
  IODMA_hls: free,
  CheckSum_hls: free,
};

/** The row of a node's own op type; the table's type guarantees that the two fit. */
const modelOf = (node: FinnNode) => OPERATORS[node.opType] as OperatorModel<FinnNode>;

/** Cycles of one frame at batch 1: FINN's `get_exp_cycles`. */
export const cyclesOf = (node: FinnNode): number => modelOf(node).cycles(node);

/** FINN's own estimate of LUT, RAMB18, URAM and DSP. No flip-flops: FINN estimates none. */
export const resourcesOf = (node: FinnNode, block: DspBlock = 'DSP48E1'): NodeResources =>
  modelOf(node).resources?.(node, block) ?? NO_RESOURCES;

/** What `pe` and `simd` of a node must divide; absent where the node has no such parallelism. */
export function foldedExtents(node: FinnNode): { readonly pe?: number; readonly simd?: number } {
  const divides = modelOf(node).divides;
  if (!divides) return {};
  const extents: { pe?: number; simd?: number } = {};
  if (divides.pe) extents.pe = divides.pe(node);
  if (divides.simd) extents.simd = divides.simd(node);
  return extents;
}

export const isOpType = (name: string): name is OpType => Object.hasOwn(OPERATORS, name);
