import type { FinnNode, OpType } from './nodes.ts';
import { product } from './operators/model.ts';

/** Whole numbers with commas: 32,400. */
export const count = (n: number): string => String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ',');

const plural = (n: number, word: string) => `${count(n)} ${word}${n === 1 ? '' : 's'}`;

const times = (pixels: number) => (pixels === 1 ? '' : ` for ${plural(pixels, 'pixel')}`);

const channelStream = (node: FinnNode): string => {
  if (!('channels' in node) || !('pe' in node)) return 'streams its input';
  const pixels = 'numInputVectors' in node ? product(node.numInputVectors) : 1;
  return `${plural(node.channels, 'channel')} / PE ${node.pe}${times(pixels)}`;
};

const imageStream = (node: FinnNode): string =>
  'channels' in node && 'simd' in node
    ? `${plural(node.channels, 'channel')} / SIMD ${node.simd} for every pixel`
    : 'streams its input';

function weightedUnit(node: FinnNode): string {
  if (node.opType === 'MVAU_hls' || node.opType === 'MVAU_rtl') {
    const work = `${plural(node.mh, 'output')} / PE ${node.pe} times ${plural(node.mw, 'input')} / SIMD ${node.simd}`;
    return work + times(product(node.numInputVectors));
  }
  if (node.opType === 'VVAU_hls' || node.opType === 'VVAU_rtl') {
    const work = `${plural(node.channels, 'channel')} / PE ${node.pe} times ${plural(product(node.kernel), 'weight')} / SIMD ${node.simd}`;
    return work + times(product(node.dim));
  }
  return '';
}

function slidingWindow(node: FinnNode): string {
  if (node.opType !== 'ConvolutionInputGenerator_rtl' && node.opType !== 'ConvolutionInputGenerator_hls')
    return '';
  const [kh, kw] = node.kernel;
  const whole = node.parallelWindow ? 'whole ' : '';
  return `${whole}${kh}x${kw} windows of ${plural(node.channels, 'channel')} / SIMD ${node.simd} at ${plural(product(node.ofmDim), 'position')}`;
}

function pool(node: FinnNode): string {
  if (node.opType !== 'Pool_hls') return '';
  const window = `${node.kernel[0]}x${node.kernel[1]} values`;
  return `${window} of ${plural(node.channels, 'channel')} / PE ${node.pe}${times(product(node.outDims))}`;
}

const streamingMaxPool = (node: FinnNode): string =>
  node.opType === 'StreamingMaxPool_hls'
    ? `reads ${node.imgDim[0]}x${node.imgDim[1]} pixels, all channels at once, and writes the maxima of ${node.poolDim[0]}x${node.poolDim[1]}`
    : '';

const labelSelect = (node: FinnNode): string =>
  node.opType === 'LabelSelect_hls' ? `${plural(node.labels, 'label')} / PE ${node.pe}` : '';

const concat = (node: FinnNode): string =>
  node.opType === 'StreamingConcat_hls'
    ? `one pixel a cycle, ${count(product(node.numInputVectors))} of them`
    : '';

const plain = () => 'passes its stream on';

/** What a node's cycles consist of, in words. */
const SENTENCES: { readonly [T in OpType]: (node: FinnNode) => string } = {
  MVAU_hls: weightedUnit,
  MVAU_rtl: weightedUnit,
  VVAU_hls: weightedUnit,
  VVAU_rtl: weightedUnit,
  ConvolutionInputGenerator_rtl: slidingWindow,
  ConvolutionInputGenerator_hls: slidingWindow,
  Thresholding_rtl: channelStream,
  Thresholding_hls: channelStream,
  ChannelwiseOp_hls: channelStream,
  AddStreams_hls: channelStream,
  DuplicateStreams_hls: channelStream,
  StreamingEltwise_hls: channelStream,
  GlobalAccPool_hls: channelStream,
  StreamingMaxPool_hls: streamingMaxPool,
  Pool_hls: pool,
  StreamingConcat_hls: concat,
  FMPadding_rtl: imageStream,
  FMPadding_hls: imageStream,
  FMPadding_Pixel_hls: imageStream,
  DownSampler_hls: imageStream,
  LabelSelect_hls: labelSelect,
  UpsampleNearestNeighbour_hls: plain,
  Lookup_hls: plain,
  StreamingFIFO_rtl: plain,
  StreamingDataWidthConverter_rtl: plain,
  StreamingDataWidthConverter_hls: plain,
  TLastMarker_hls: plain,
  IODMA_hls: plain,
  CheckSum_hls: plain,
};

/** "64 outputs / PE 16 times 27 inputs / SIMD 3 for 900 pixels: 32,400 cycles" */
export const boundSentence = (node: FinnNode, cycles: number): string =>
  `${SENTENCES[node.opType](node)}: ${plural(cycles, 'cycle')}`;
