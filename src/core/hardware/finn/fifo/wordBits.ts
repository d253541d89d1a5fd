import type { FinnNode } from '../nodes.ts';
import type { Plan } from './pipeline.ts';

/** Bits of one value that leaves a node; null where only its neighbors know. */
function ownBits(node: FinnNode | undefined): number | null {
  if (!node) return null;
  if ('outputType' in node) return node.outputType.bits;
  if (node.opType === 'Lookup_hls') return node.embeddingType.bits;
  return null;
}

/** Bits of one value on the stream behind a node: its output type, its reader's input type, or its input's. */
function valueBits(plan: Plan, at: number): number {
  const own = ownBits(plan.nodes[at]);
  if (own !== null) return own;
  for (const edge of plan.edges) {
    if (edge.from !== at) continue;
    const reader = plan.nodes[edge.to];
    if (reader && 'inputType' in reader) return reader.inputType.bits;
  }
  const before = plan.edges.filter((edge) => edge.to === at).map((edge) => valueBits(plan, edge.from));
  return before.length > 0 ? Math.max(...before) : 8;
}

/** Values in one word that leaves a node; null where it passes on words as they come. */
function valuesPerWord(node: FinnNode): number | null {
  switch (node.opType) {
    case 'ConvolutionInputGenerator_rtl':
    case 'ConvolutionInputGenerator_hls':
      return node.simd * (node.parallelWindow ? node.kernel[0] * node.kernel[1] : 1);
    case 'FMPadding_rtl':
    case 'FMPadding_hls':
    case 'FMPadding_Pixel_hls':
    case 'DownSampler_hls':
      return node.simd;
    case 'StreamingMaxPool_hls':
      // In two dimensions a word is a whole pixel.
      return node.imgDim[0] === 1 || node.imgDim[1] === 1 ? node.pe : node.channels;
    case 'StreamingConcat_hls':
      return node.elementsPerStream.reduce((sum, elements) => sum + elements, 0);
    case 'Lookup_hls':
      return node.embeddingDim;
    case 'LabelSelect_hls':
      return 1;
    default:
      return 'pe' in node ? node.pe : null;
  }
}

/** Bits of one word on the stream behind a node. */
export function wordBits(plan: Plan, at: number): number {
  const node = plan.nodes[at];
  if (!node) return 0;
  if (node.opType === 'StreamingFIFO_rtl') return node.width;
  if (node.opType === 'StreamingDataWidthConverter_rtl' || node.opType === 'StreamingDataWidthConverter_hls')
    return node.outWidth;
  const values = valuesPerWord(node);
  if (values !== null) return values * valueBits(plan, at);
  const before = plan.edges.find((edge) => edge.to === at);
  return before ? wordBits(plan, before.from) : 8;
}
