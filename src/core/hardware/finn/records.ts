import { FaultError, fail, ok, type Result } from '../../result.ts';
import type { FinnNode, OpType } from './nodes.ts';
import { foldedExtents, isOpType } from './operators.ts';
import { AttributeReader } from './recordReader.ts';

/** A node as FINN's graph has it: names and attributes are FINN's own. */
export interface FinnRecord {
  readonly name?: string;
  readonly op_type: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly predecessors?: readonly string[];
}

type Base = Pick<FinnNode, 'name' | 'predecessors' | 'layerIds'>;
type Read = (base: Base, a: AttributeReader) => FinnNode;

const RAM_STYLES = ['auto', 'block', 'distributed', 'ultra'] as const;
const DISTRIBUTED_FIRST = ['distributed', 'auto', 'block', 'ultra'] as const;
const MEM_MODES = ['internal_decoupled', 'internal_embedded', 'external'] as const;

const weighted = (a: AttributeReader) => ({
  pe: a.integer('PE', 1),
  simd: a.integer('SIMD', 1, 1),
  inputType: a.type('inputDataType'),
  weightType: a.type('weightDataType'),
  outputType: a.type('outputDataType'),
  accumulatorType: a.type('accDataType', 'INT32'),
  noActivation: a.flag('noActivation'),
  binaryXnorMode: a.flag('binaryXnorMode'),
  memMode: a.word('mem_mode', MEM_MODES),
  ramStyle: a.word('ram_style', RAM_STYLES),
  resType: a.word('resType', ['auto', 'lut', 'dsp']),
});

const channelStream = (a: AttributeReader, typeName = 'inputDataType') => ({
  pe: a.integer('PE', 1),
  channels: a.integer('NumChannels', 1),
  numInputVectors: a.integers('numInputVectors', 1),
  inputType: a.type(typeName),
});

const simdOverImage = (a: AttributeReader) => ({
  simd: a.integer('SIMD', 1, 1),
  channels: a.integer('NumChannels', 1),
});

const matrixVector =
  (opType: 'MVAU_hls' | 'MVAU_rtl'): Read =>
  (base, a) => ({
    ...base,
    opType,
    ...weighted(a),
    mw: a.integer('MW', 1),
    mh: a.integer('MH', 1),
    numInputVectors: a.integers('numInputVectors', 1),
    ramStyleThresholds: a.word('ram_style_thresholds', ['auto', 'block', 'distributed']),
  });

const vectorVector =
  (opType: 'VVAU_hls' | 'VVAU_rtl'): Read =>
  (base, a) => ({
    ...base,
    opType,
    ...weighted(a),
    channels: a.integer('Channels', 1),
    kernel: a.pair('Kernel'),
    dim: a.pair('Dim'),
  });

const slidingWindow =
  (opType: 'ConvolutionInputGenerator_rtl' | 'ConvolutionInputGenerator_hls'): Read =>
  (base, a) => ({
    ...base,
    opType,
    simd: a.integer('SIMD', 1),
    kernel: a.pair('ConvKernelDim'),
    channels: a.integer('IFMChannels', 1),
    ifmDim: a.pair('IFMDim'),
    ofmDim: a.pair('OFMDim'),
    stride: a.pair('Stride', [1, 1]),
    dilation: a.pair('Dilation', [1, 1]),
    inputType: a.type('inputDataType'),
    depthwise: a.flag('depthwise'),
    parallelWindow: a.flag('parallel_window'),
    is1d: a.flag('is1D'),
    ramStyle: a.word('ram_style', DISTRIBUTED_FIRST),
  });

const parameterStream =
  (opType: 'Thresholding_hls' | 'ChannelwiseOp_hls'): Read =>
  (base, a) => ({
    ...base,
    opType,
    ...channelStream(a),
    ramStyle: a.word('ram_style', DISTRIBUTED_FIRST),
  });

const plainStream =
  (opType: 'AddStreams_hls' | 'DuplicateStreams_hls' | 'StreamingEltwise_hls' | 'GlobalAccPool_hls'): Read =>
  (base, a) => ({
    ...base,
    opType,
    ...channelStream(a, opType === 'StreamingEltwise_hls' ? 'inputDataType0' : 'inputDataType'),
  });

const padding =
  (opType: 'FMPadding_rtl' | 'FMPadding_hls'): Read =>
  (base, a) => {
    const [top, left, bottom, right] = a.integers('Padding', 0);
    if (top === undefined || left === undefined || bottom === undefined || right === undefined)
      throw a.fault('Padding', 'four whole numbers: top, left, bottom, right');
    return {
      ...base,
      opType,
      ...simdOverImage(a),
      imgDim: a.pair('ImgDim'),
      padding: [top, left, bottom, right],
    };
  };

const converter =
  (opType: 'StreamingDataWidthConverter_rtl' | 'StreamingDataWidthConverter_hls'): Read =>
  (base, a) => ({
    ...base,
    opType,
    inWidth: a.integer('inWidth', 1),
    outWidth: a.integer('outWidth', 1),
  });

const READERS: { readonly [T in OpType]: Read } = {
  MVAU_hls: matrixVector('MVAU_hls'),
  MVAU_rtl: matrixVector('MVAU_rtl'),
  VVAU_hls: vectorVector('VVAU_hls'),
  VVAU_rtl: vectorVector('VVAU_rtl'),
  ConvolutionInputGenerator_rtl: slidingWindow('ConvolutionInputGenerator_rtl'),
  ConvolutionInputGenerator_hls: slidingWindow('ConvolutionInputGenerator_hls'),
  Thresholding_rtl: (base, a) => ({
    ...base,
    opType: 'Thresholding_rtl',
    ...channelStream(a),
    weightType: a.type('weightDataType'),
    outputType: a.type('outputDataType'),
    uniformThresholds: a.flag('uniform_thres'),
    depthTriggerBram: a.integer('depth_trigger_bram', 0, 0),
    depthTriggerUram: a.integer('depth_trigger_uram', 0, 0),
  }),
  Thresholding_hls: parameterStream('Thresholding_hls'),
  ChannelwiseOp_hls: parameterStream('ChannelwiseOp_hls'),
  AddStreams_hls: plainStream('AddStreams_hls'),
  DuplicateStreams_hls: plainStream('DuplicateStreams_hls'),
  StreamingEltwise_hls: plainStream('StreamingEltwise_hls'),
  GlobalAccPool_hls: plainStream('GlobalAccPool_hls'),
  StreamingMaxPool_hls: (base, a) => ({
    ...base,
    opType: 'StreamingMaxPool_hls',
    pe: a.integer('PE', 1, 1),
    channels: a.integer('NumChannels', 1),
    imgDim: a.pair('ImgDim'),
    poolDim: a.pair('PoolDim'),
    ceilMode: a.flag('CeilMode'),
  }),
  Pool_hls: (base, a) => ({
    ...base,
    opType: 'Pool_hls',
    pe: a.integer('PE', 1),
    channels: a.integer('Channels', 1),
    kernel: a.pair('KernelSize'),
    outDims: a.integers('OutImgDims', 1),
    batchSize: a.integer('BatchSize', 1, 1),
  }),
  StreamingConcat_hls: (base, a) => ({
    ...base,
    opType: 'StreamingConcat_hls',
    elementsPerStream: a.integers('ElemsPerStream', 1),
    numInputVectors: a.integers('numInputVectors', 1),
  }),
  FMPadding_rtl: padding('FMPadding_rtl'),
  FMPadding_hls: padding('FMPadding_hls'),
  FMPadding_Pixel_hls: (base, a) => ({
    ...base,
    opType: 'FMPadding_Pixel_hls',
    ...simdOverImage(a),
    imgDim: a.pair('ImgDim'),
    stride: a.pair('Stride'),
  }),
  LabelSelect_hls: (base, a) => ({
    ...base,
    opType: 'LabelSelect_hls',
    pe: a.integer('PE', 1),
    labels: a.integer('Labels', 1),
  }),
  UpsampleNearestNeighbour_hls: (base, a) => ({
    ...base,
    opType: 'UpsampleNearestNeighbour_hls',
    ofmDim: a.integer('OFMDim', 1),
    is1d: a.flag('DimMode'),
  }),
  DownSampler_hls: (base, a) => ({
    ...base,
    opType: 'DownSampler_hls',
    ...simdOverImage(a),
    imgDim: a.integer('ImgDim', 1),
    stride: a.integer('Stride', 1),
    is1d: a.flag('is1D'),
  }),
  Lookup_hls: (base, a) => ({
    ...base,
    opType: 'Lookup_hls',
    inputShape: a.integers('InputShape', 1),
    embeddings: a.integer('NumEmbeddings', 1),
    embeddingDim: a.integer('EmbeddingDim', 1),
    embeddingType: a.type('EmbeddingType'),
    memMode: a.word('mem_mode', ['internal_embedded', 'external']),
  }),
  StreamingFIFO_rtl: (base, a) => ({
    ...base,
    opType: 'StreamingFIFO_rtl',
    depth: a.integer('depth', 1),
    width: (a.integers('folded_shape', 1).at(-1) ?? 1) * a.type('dataType').bits,
    implStyle: a.word('impl_style', ['rtl', 'vivado']),
    ramStyle: a.word('ram_style', RAM_STYLES),
  }),
  StreamingDataWidthConverter_rtl: converter('StreamingDataWidthConverter_rtl'),
  StreamingDataWidthConverter_hls: converter('StreamingDataWidthConverter_hls'),
  TLastMarker_hls: (base) => ({ ...base, opType: 'TLastMarker_hls' }),
  IODMA_hls: (base) => ({ ...base, opType: 'IODMA_hls' }),
  CheckSum_hls: (base) => ({ ...base, opType: 'CheckSum_hls' }),
};

/** PE and SIMD that do not divide what they must are rejected; FINN would compute nonsense (finn.md section 7). */
function checkDivides(node: FinnNode): Result<FinnNode> {
  const extents = foldedExtents(node);
  const folded = node as { readonly pe?: number; readonly simd?: number };
  for (const [label, value, extent] of [
    ['PE', folded.pe, extents.pe],
    ['SIMD', folded.simd, extents.simd],
  ] as const) {
    if (value !== undefined && extent !== undefined && extent % value !== 0) {
      return fail(
        'finn-folding',
        `${node.name}: ${label} ${value} does not divide ${extent}; choose a divisor of ${extent}.`,
        node.name,
      );
    }
  }
  return ok(node);
}

/** A node from FINN's record of it, or a fault that says why it cannot be estimated. */
export function nodeFromRecord(record: FinnRecord): Result<FinnNode> {
  const { op_type: opType, attributes } = record;
  const name = record.name ?? opType;
  if (!isOpType(opType)) {
    return fail(
      'finn-op',
      `${name}: there is no estimate for the FINN operation ${opType}; leave it out.`,
      name,
    );
  }
  const base: Base = { name, predecessors: record.predecessors ?? [], layerIds: [] };
  try {
    return checkDivides(READERS[opType](base, new AttributeReader(attributes, name)));
  } catch (error) {
    if (error instanceof FaultError) return { ok: false, error: error.fault };
    throw error;
  }
}
