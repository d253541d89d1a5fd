import type { OpType } from '../nodes.ts';
import type { FinnRecord } from '../records.ts';
import type { Generation } from './opTypes.ts';

type Attributes = Record<string, unknown>;

/** Dimensions that were one number, for both axes, before images could be oblong. */
const PAIRS: { readonly [T in OpType]?: readonly string[] } = {
  ConvolutionInputGenerator_hls: ['ConvKernelDim', 'IFMDim', 'OFMDim', 'Stride', 'Dilation'],
  ConvolutionInputGenerator_rtl: ['ConvKernelDim', 'IFMDim', 'OFMDim', 'Stride', 'Dilation'],
  VVAU_hls: ['Kernel', 'Dim'],
  VVAU_rtl: ['Kernel', 'Dim'],
  StreamingMaxPool_hls: ['ImgDim', 'PoolDim'],
  Pool_hls: ['KernelSize', 'OutImgDims'],
  FMPadding_hls: ['ImgDim'],
  FMPadding_rtl: ['ImgDim'],
  FMPadding_Pixel_hls: ['ImgDim', 'Stride'],
};

/** Operations that count their input vectors; FINN's default is [1]. */
const VECTORS: ReadonlySet<OpType> = new Set<OpType>([
  'MVAU_hls',
  'MVAU_rtl',
  'Thresholding_hls',
  'Thresholding_rtl',
  'ChannelwiseOp_hls',
  'AddStreams_hls',
  'DuplicateStreams_hls',
  'StreamingEltwise_hls',
  'GlobalAccPool_hls',
  'StreamingConcat_hls',
]);

/** Names of memory modes before FINN 0.10; the default was `const`. */
const MEM_MODES: Readonly<Record<string, string>> = {
  const: 'internal_embedded',
  decoupled: 'internal_decoupled',
};

const WITH_MEMORY: ReadonlySet<OpType> = new Set<OpType>(['MVAU_hls', 'VVAU_hls', 'Lookup_hls']);

/** The padding of both sides together, which the oldest FMPadding had. */
function shared(total: number): readonly number[] {
  const before = Math.floor(total / 2);
  return [before, before, total - before, total - before];
}

/** A record under FINN v0.10.1's names and with the defaults that FINN gives what is absent. */
export function currentRecord(record: FinnRecord, opType: OpType, generation: Generation): FinnRecord {
  const attributes: Attributes = { ...record.attributes };
  if (opType === 'Pool_hls' && attributes.OutImgDims === undefined && attributes.OutImgDim !== undefined)
    attributes.OutImgDims = attributes.OutImgDim;
  for (const name of PAIRS[opType] ?? []) {
    const value = attributes[name];
    if (typeof value === 'number') attributes[name] = [value, value];
  }
  if (VECTORS.has(opType)) {
    const vectors = attributes.numInputVectors ?? 1;
    if (typeof vectors === 'number') attributes.numInputVectors = [vectors];
  }
  if ((opType === 'FMPadding_hls' || opType === 'FMPadding_rtl') && typeof attributes.Padding === 'number')
    attributes.Padding = shared(attributes.Padding);
  if (/^ConvolutionInputGenerator1D/.test(record.op_type)) attributes.is1D ??= 1;
  if (generation === 'older' && WITH_MEMORY.has(opType)) {
    const mode = attributes.mem_mode ?? 'const';
    if (typeof mode === 'string') attributes.mem_mode = MEM_MODES[mode] ?? mode;
  }
  return { ...record, op_type: opType, attributes };
}
