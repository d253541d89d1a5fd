import type { LayerId, Pair } from '../../network/network.ts';
import type { DataType } from './datatypes.ts';

/** What every FINN node has. Attribute names are FINN's in camelCase; dimensions are [height, width]. */
interface NodeBase {
  /** FINN's name: `<op_type>_<i>`, i counts the op type in graph order. */
  readonly name: string;
  /** Names of the nodes whose output is read. */
  readonly predecessors: readonly string[];
  /** The network's layers computed here, the main one first; empty for what FINN adds itself. */
  readonly layerIds: readonly LayerId[];
}

export type MemMode = 'internal_decoupled' | 'internal_embedded' | 'external';
export type RamStyle = 'auto' | 'block' | 'distributed' | 'ultra';
export type ResType = 'auto' | 'lut' | 'dsp';

interface WeightedNode extends NodeBase {
  readonly pe: number;
  readonly simd: number;
  readonly inputType: DataType;
  readonly weightType: DataType;
  readonly outputType: DataType;
  readonly accumulatorType: DataType;
  /** True where the accumulator leaves the node, false where thresholds follow in the same node. */
  readonly noActivation: boolean;
  readonly binaryXnorMode: boolean;
  readonly memMode: MemMode;
  readonly ramStyle: RamStyle;
  readonly resType: ResType;
}

/** Matrix-vector-activation unit: convolution after im2col, and dense (finn.md section 3). */
export interface MatrixVectorNode extends WeightedNode {
  readonly opType: 'MVAU_hls' | 'MVAU_rtl';
  /** Matrix width: inputs of one output value. */
  readonly mw: number;
  /** Matrix height: outputs. */
  readonly mh: number;
  readonly numInputVectors: readonly number[];
  readonly ramStyleThresholds: 'auto' | 'block' | 'distributed';
}

/** Vector-vector-activation unit: depthwise convolution (finn.md section 4). */
export interface VectorVectorNode extends WeightedNode {
  readonly opType: 'VVAU_hls' | 'VVAU_rtl';
  readonly channels: number;
  readonly kernel: Pair;
  /** Output dimensions. */
  readonly dim: Pair;
}

/** Sliding-window unit, im2col on the stream (finn.md section 5). */
export interface SlidingWindowNode extends NodeBase {
  readonly opType: 'ConvolutionInputGenerator_rtl' | 'ConvolutionInputGenerator_hls';
  readonly simd: number;
  readonly kernel: Pair;
  readonly channels: number;
  /** Input dimensions after padding. */
  readonly ifmDim: Pair;
  readonly ofmDim: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly inputType: DataType;
  readonly depthwise: boolean;
  readonly parallelWindow: boolean;
  readonly is1d: boolean;
  readonly ramStyle: RamStyle;
}

interface ChannelStreamNode extends NodeBase {
  readonly pe: number;
  readonly channels: number;
  readonly numInputVectors: readonly number[];
  readonly inputType: DataType;
}

export interface ThresholdingRtlNode extends ChannelStreamNode {
  readonly opType: 'Thresholding_rtl';
  readonly weightType: DataType;
  readonly outputType: DataType;
  readonly uniformThresholds: boolean;
  /** Memory depth from which on BRAM or URAM is used; 0 leaves the choice open. */
  readonly depthTriggerBram: number;
  readonly depthTriggerUram: number;
}

/** Thresholds, or one operation with a parameter a channel (biases, batch norm). */
export interface ParameterStreamNode extends ChannelStreamNode {
  readonly opType: 'Thresholding_hls' | 'ChannelwiseOp_hls';
  readonly ramStyle: RamStyle;
}

/** Nodes that pass `pe` channels a cycle and hold no parameters. */
export interface PlainStreamNode extends ChannelStreamNode {
  readonly opType: 'AddStreams_hls' | 'DuplicateStreams_hls' | 'StreamingEltwise_hls' | 'GlobalAccPool_hls';
}

export interface StreamingMaxPoolNode extends NodeBase {
  readonly opType: 'StreamingMaxPool_hls';
  readonly pe: number;
  readonly channels: number;
  readonly imgDim: Pair;
  readonly poolDim: Pair;
  readonly ceilMode: boolean;
}

/** Max or average pooling behind a depthwise sliding window. */
export interface PoolNode extends NodeBase {
  readonly opType: 'Pool_hls';
  readonly pe: number;
  readonly channels: number;
  readonly kernel: Pair;
  readonly outDims: readonly number[];
  readonly batchSize: number;
}

export interface ConcatNode extends NodeBase {
  readonly opType: 'StreamingConcat_hls';
  readonly elementsPerStream: readonly number[];
  readonly numInputVectors: readonly number[];
}

export interface PaddingNode extends NodeBase {
  readonly opType: 'FMPadding_rtl' | 'FMPadding_hls';
  readonly simd: number;
  readonly channels: number;
  readonly imgDim: Pair;
  /** [top, left, bottom, right], FINN's order. */
  readonly padding: readonly [number, number, number, number];
}

export interface PixelPaddingNode extends NodeBase {
  readonly opType: 'FMPadding_Pixel_hls';
  readonly simd: number;
  readonly channels: number;
  readonly imgDim: Pair;
  readonly stride: Pair;
}

export interface DownSamplerNode extends NodeBase {
  readonly opType: 'DownSampler_hls';
  readonly simd: number;
  readonly channels: number;
  readonly imgDim: number;
  readonly stride: number;
  readonly is1d: boolean;
}

export interface UpsampleNode extends NodeBase {
  readonly opType: 'UpsampleNearestNeighbour_hls';
  readonly ofmDim: number;
  /** FINN's DimMode 1. */
  readonly is1d: boolean;
}

export interface LabelSelectNode extends NodeBase {
  readonly opType: 'LabelSelect_hls';
  readonly pe: number;
  readonly labels: number;
}

export interface LookupNode extends NodeBase {
  readonly opType: 'Lookup_hls';
  readonly inputShape: readonly number[];
  readonly embeddings: number;
  readonly embeddingDim: number;
  readonly embeddingType: DataType;
  readonly memMode: 'internal_embedded' | 'external';
}

export interface FifoNode extends NodeBase {
  readonly opType: 'StreamingFIFO_rtl';
  /** Entries. */
  readonly depth: number;
  /** Bits of an entry. */
  readonly width: number;
  readonly implStyle: 'rtl' | 'vivado';
  readonly ramStyle: RamStyle;
}

export interface WidthConverterNode extends NodeBase {
  readonly opType: 'StreamingDataWidthConverter_rtl' | 'StreamingDataWidthConverter_hls';
  /** Bits. */
  readonly inWidth: number;
  readonly outWidth: number;
}

/** Nodes that FINN estimates as nothing. */
export interface FreeNode extends NodeBase {
  readonly opType: 'TLastMarker_hls' | 'IODMA_hls' | 'CheckSum_hls';
}

export type FinnNode =
  | MatrixVectorNode
  | VectorVectorNode
  | SlidingWindowNode
  | ThresholdingRtlNode
  | ParameterStreamNode
  | PlainStreamNode
  | StreamingMaxPoolNode
  | PoolNode
  | ConcatNode
  | PaddingNode
  | PixelPaddingNode
  | DownSamplerNode
  | UpsampleNode
  | LabelSelectNode
  | LookupNode
  | FifoNode
  | WidthConverterNode
  | FreeNode;

export type OpType = FinnNode['opType'];
