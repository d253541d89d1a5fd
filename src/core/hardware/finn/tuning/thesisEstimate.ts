import type { Folding } from '../../../exploration/design.ts';
import type { LayerId, Network } from '../../../network/network.ts';
import { fail, ok, type Result } from '../../../result.ts';
import { lowerToFinn } from '../lower.ts';
import type {
  FinnNode,
  MatrixVectorNode,
  RamStyle,
  SlidingWindowNode,
  StreamingMaxPoolNode,
} from '../nodes.ts';
import { product } from '../operators/model.ts';
import { type Measurement, oddPart, type TunerModel, type TunerNode } from './algorithm1.ts';

/**
 * FINN's estimate at the time of source 003 (0.4b and 0.5b), which v0.10.1 has changed: sliding windows were HLS,
 * thresholds were always counted, bipolar weights had one bit. finn.md, last section.
 */
export const THESIS_ESTIMATE = 'FINN 0.5';

/** LUT of the Ultra96V2 (ZU3EG) that the budget of source 003 is a ratio of (C3-05). */
export const ULTRA96_V2_LUT = 70_560;

/**
 * Ratio of the chip at which the tuner reproduces Tables 4.3, 4.4 and 4.5 of source 003: each holds in a window, all
 * three in 1.4128..1.4463. More than 1, as the estimate is too high at one bit (C3-23).
 */
export const THESIS_BUDGET_RATIO = 1.43;

/** Weight memories of the published CNV folding, by layer id of the CNV preset; the others are `auto`. */
export const THESIS_CNV_RAM_STYLES: Readonly<Record<LayerId, RamStyle>> = {
  conv4: 'block',
  fc1: 'distributed',
  fc2: 'block',
  fc3: 'distributed',
};

export interface ThesisOptions {
  readonly weightBits: number;
  readonly activationBits: number;
  /** By layer id; `auto` elsewhere. */
  readonly ramStyles?: Readonly<Record<LayerId, RamStyle>>;
}

/** Cycles of the sliding window, HLS: one image row set to fill, then the slower of reading and writing a row. */
function windowCycles(node: SlidingWindowNode, { simd }: Folding): number {
  const words = node.channels / simd;
  const [kh, kw] = node.kernel;
  const [oh, ow] = node.ofmDim;
  const width = node.ifmDim[1];
  return width * kh * words + oh * Math.max(ow * kh * kw * words, node.stride[1] * width * words);
}

function windowLut(node: SlidingWindowNode, { simd }: Folding): number {
  const rows = node.kernel[0] + node.stride[0];
  const depth = (node.ifmDim[0] * node.channels) / simd;
  return 300 + rows * simd * node.inputType.bits * Math.ceil(depth / 64);
}

const matrixCycles = (node: MatrixVectorNode, { pe, simd }: Folding): number =>
  product(node.numInputVectors) * (node.mw / simd) * (node.mh / pe);

function matrixLut(node: MatrixVectorNode, { pe, simd }: Folding, style: RamStyle): number {
  const weight = node.weightType.bits;
  const both = weight + node.inputType.bits;
  const multipliers = simd * (2 * Math.ceil(both / 6) - 1) * both;
  const tree = both * (2 * simd - 1);
  const accumulator = both + Math.ceil(Math.log2(node.mw));
  const compare = node.noActivation ? 0 : (2 ** node.outputType.bits - 1) * accumulator;
  const thresholds = compare * Math.ceil(node.mh / pe / 64);
  const depth = (node.mw * node.mh) / (pe * simd);
  const memory = style === 'distributed' ? pe * simd * weight * Math.ceil(depth / 64) : 0;
  const lane = multipliers + tree + accumulator + thresholds + compare;
  return Math.floor(300 + 1.1 * pe * lane + memory);
}

/** Reads the map once and each pair of rows for half a row more. */
function poolCycles(node: StreamingMaxPoolNode): number {
  const extent = node.imgDim[1];
  return extent * (extent + extent / node.poolDim[1]);
}

/** One node's cycles and LUT as functions of its layer's folding. */
interface Estimated extends TunerNode {
  cycles(folding: Folding): number;
  lut(folding: Folding): number;
}

const fixed = (name: string, cycles: number, lut = 0): Estimated => ({
  name,
  kind: 'other',
  layer: null,
  cycles: () => cycles,
  lut: () => lut,
});

function estimated(node: FinnNode, layer: number, options: ThesisOptions): Estimated | null {
  const { name } = node;
  switch (node.opType) {
    case 'ConvolutionInputGenerator_rtl':
      if (node.depthwise) return null;
      return {
        name,
        kind: 'window',
        layer,
        cycles: (folding) => windowCycles(node, folding),
        lut: (folding) => windowLut(node, folding),
      };
    case 'MVAU_hls':
    case 'MVAU_rtl': {
      const style = options.ramStyles?.[node.layerIds[0] ?? ''] ?? 'auto';
      return {
        name,
        kind: 'matrix',
        layer,
        cycles: (folding) => matrixCycles(node, folding),
        lut: (folding) => matrixLut(node, folding, style),
      };
    }
    case 'StreamingMaxPool_hls':
      return fixed(name, poolCycles(node));
    case 'Thresholding_rtl': {
      // Then HLS: a lane of comparators and, for several channels, their thresholds in LUTs.
      const bits = node.inputType.bits;
      const memory = node.channels > 1 ? bits * Math.ceil(node.channels / 64) : 0;
      return fixed(name, node.channels * product(node.numInputVectors), bits + memory);
    }
    case 'LabelSelect_hls':
      return fixed(name, node.labels);
    default:
      return null;
  }
}

/** Codegen took no SIMD at or below this share of the inputs: printed CH_IN / 1024, meant MW / 1024 (C3-02). */
const LARGEST_INPUT_FOLD = 1024;

interface Limits {
  readonly channels: number;
  readonly mw: number;
  readonly mh: number;
}

const legalSimd = ({ channels, mw }: Limits, simd: number): boolean =>
  channels % simd === 0 && mw % simd === 0 && simd > mw / LARGEST_INPUT_FOLD;

/** A network of convolutions, max pools and dense layers under the estimate of FINN 0.5. */
export function thesisModel(network: Network, options: ThesisOptions): Result<TunerModel> {
  const lowered = lowerToFinn(network, options);
  if (!lowered.ok) return lowered;
  const nodes: Estimated[] = [];
  const layerIds: LayerId[] = [];
  const limits: Limits[] = [];
  let shared: number | undefined;
  for (const node of lowered.value.nodes) {
    const one = estimated(node, layerIds.length, options);
    if (!one) {
      return fail(
        'finn-thesis-node',
        `The estimate of FINN 0.5 covers unpadded convolutions, max pools and dense layers, and this network needs ${node.name}; use the estimate of FINN 0.10.`,
        node.layerIds[0] ?? node.name,
      );
    }
    nodes.push(one);
    if (one.kind === 'window' && 'channels' in node) shared = node.channels;
    if (node.opType === 'MVAU_hls' || node.opType === 'MVAU_rtl') {
      limits.push({ channels: shared ?? node.mw, mw: node.mw, mh: node.mh });
      layerIds.push(node.layerIds[0] ?? node.name);
      shared = undefined;
    }
  }
  const start = limits.map((limit) => ({
    pe: oddPart(limit.mh),
    simd: oddPart(limit.channels, (simd) => legalSimd(limit, simd)),
  }));
  return ok({
    estimate: THESIS_ESTIMATE,
    nodes,
    layerIds,
    start,
    isLegal(layer, { pe, simd }) {
      const limit = limits[layer];
      return limit !== undefined && limit.mh % pe === 0 && legalSimd(limit, simd);
    },
    measure: (foldings) => measure(nodes, foldings),
  });
}

const UNFOLDED: Folding = { pe: 1, simd: 1 };

function measure(nodes: readonly Estimated[], foldings: readonly Folding[]): Measurement {
  const foldingOf = ({ layer }: Estimated) => (layer === null ? UNFOLDED : (foldings[layer] ?? UNFOLDED));
  return {
    cycles: nodes.map((node) => node.cycles(foldingOf(node))),
    lut: nodes.reduce((sum, node) => sum + node.lut(foldingOf(node)), 0),
  };
}
