import type { FinnNode } from './nodes.ts';

/** What FINN's users call the units, short enough for an axis (source 003, Fig. 4.1: sliding window unit). */
const SHORT_NAMES: { readonly [T in FinnNode['opType']]?: string } = {
  ConvolutionInputGenerator_rtl: 'SWU',
  ConvolutionInputGenerator_hls: 'SWU',
  MVAU_hls: 'MVAU',
  MVAU_rtl: 'MVAU',
  VVAU_hls: 'VVAU',
  VVAU_rtl: 'VVAU',
  Thresholding_rtl: 'thresholds',
  Thresholding_hls: 'thresholds',
  FMPadding_rtl: 'padding',
  StreamingMaxPool_hls: 'max pool',
  Pool_hls: 'pool',
  AddStreams_hls: 'add',
  StreamingEltwise_hls: 'element-wise',
  DuplicateStreams_hls: 'fork',
  GlobalAccPool_hls: 'mean pool',
  ChannelwiseOp_hls: 'scale',
  UpsampleNearestNeighbour_hls: 'upsample',
  LabelSelect_hls: 'label',
};

/** "conv2 MVAU"; FINN's own name is the row's id. */
export function labelOf(node: FinnNode): string {
  const [layerId] = node.layerIds;
  const short = SHORT_NAMES[node.opType];
  if (short === undefined) return node.name;
  return layerId === undefined ? short : `${layerId} ${short}`;
}
