import { divisorsOf } from './folding.ts';
import type { FinnNode, OpType } from './nodes.ts';
import { cyclesOf, foldedExtents } from './operators.ts';

export interface SetFoldingOptions {
  /** Largest width of one PE's weight stream, in bits. FINN's mvau_wwidth_max. */
  readonly wwidthMax?: number;
  /** Whether a target that cannot be met is replaced by what can, to save parallelism. */
  readonly twoPass?: boolean;
  /** Names of nodes that keep their folding; FINN itself has no such thing. They do not count for the second pass. */
  readonly fixed?: ReadonlySet<string>;
}

type Attribute = 'pe' | 'simd';

/** One pass over the graph; `nodes` is replaced in place, index by index. */
interface Pass {
  readonly nodes: FinnNode[];
  readonly target: number;
  readonly wwidthMax: number;
  /** Index by name, to find a producer. */
  readonly index: ReadonlyMap<string, number>;
}

type Writable<N> = { -readonly [K in keyof N]: N[K] };

/** A copy that the steps below write to: one a node instead of one a divisor. */
const copyOf = <N extends FinnNode>(node: N): Writable<N> => ({ ...node });

/** Writes the first divisor that meets the target (strictly), or the largest. Cycles never rise with parallelism. */
function widen(
  folded: FinnNode & { pe?: number; simd?: number },
  attribute: Attribute,
  extent: number | undefined,
  target: number,
): void {
  const divisors = divisorsOf(extent ?? 1);
  let [low, high] = [0, divisors.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    folded[attribute] = divisors[middle] ?? 1;
    if (cyclesOf(folded) < target) high = middle;
    else low = middle + 1;
  }
  folded[attribute] = divisors[low] ?? 1;
}

type Step = (node: FinnNode, pass: Pass) => FinnNode;

const overChannels =
  (attribute: Attribute): Step =>
  (node, { target }) => {
    const folded = copyOf(node);
    widen(folded, attribute, foldedExtents(node)[attribute], target);
    return folded;
  };

const foldMatrixVector: Step = (node, { target, wwidthMax }) => {
  if (node.opType !== 'MVAU_hls' && node.opType !== 'MVAU_rtl') return node;
  const folded = copyOf(node);
  folded.pe = 1;
  folded.simd = 1;
  let simd = 1;
  for (const wider of divisorsOf(node.mw)) {
    folded.simd = wider;
    const met = cyclesOf(folded) < target;
    // The width of a weight word counts only where the target is not met.
    const fits = node.weightType.bits * wider <= wwidthMax;
    if (met || fits) simd = wider;
    if (met || !fits) break;
  }
  folded.simd = simd;
  widen(folded, 'pe', node.mh, target);
  return folded;
};

/** The sliding window in front of a depthwise consumer takes the consumer's PE as its SIMD. */
function coupleWindow(pass: Pass, consumer: FinnNode, pe: number, parallelWindow: boolean): void {
  for (const name of consumer.predecessors) {
    const at = pass.index.get(name);
    const producer = at === undefined ? undefined : pass.nodes[at];
    if (at === undefined || producer === undefined) continue;
    if (producer.opType === 'ConvolutionInputGenerator_rtl')
      pass.nodes[at] = { ...producer, simd: pe, parallelWindow };
    else if (producer.opType === 'ConvolutionInputGenerator_hls') pass.nodes[at] = { ...producer, simd: pe };
  }
}

const foldVectorVector: Step = (node, pass) => {
  if (node.opType !== 'VVAU_hls' && node.opType !== 'VVAU_rtl') return node;
  const folded = copyOf(node);
  folded.simd = 1;
  widen(folded, 'pe', node.channels, pass.target);
  if (folded.pe === folded.channels && cyclesOf(folded) > pass.target)
    widen(folded, 'simd', node.kernel[0] * node.kernel[1], pass.target);
  coupleWindow(pass, node, folded.pe, folded.simd > 1);
  return folded;
};

const foldPool: Step = (node, pass) => {
  if (node.opType !== 'Pool_hls') return node;
  const folded = copyOf(node);
  widen(folded, 'pe', node.channels, pass.target);
  coupleWindow(pass, node, folded.pe, false);
  return folded;
};

const foldWindow: Step = (node, { target }) => {
  if (node.opType !== 'ConvolutionInputGenerator_rtl' && node.opType !== 'ConvolutionInputGenerator_hls')
    return node;
  if (node.depthwise) return node;
  const folded = copyOf(node);
  const rtl = node.opType === 'ConvolutionInputGenerator_rtl';
  if (rtl) folded.parallelWindow = false;
  widen(folded, 'simd', node.channels, target);
  if (rtl && folded.simd === folded.channels && cyclesOf(folded) > target) folded.parallelWindow = true;
  return folded;
};

/** Op types that are not here are left as they are, as in FINN. */
const STEPS: { readonly [T in OpType]?: Step } = {
  MVAU_hls: foldMatrixVector,
  MVAU_rtl: foldMatrixVector,
  VVAU_hls: foldVectorVector,
  VVAU_rtl: foldVectorVector,
  Pool_hls: foldPool,
  ConvolutionInputGenerator_rtl: foldWindow,
  ConvolutionInputGenerator_hls: foldWindow,
  AddStreams_hls: overChannels('pe'),
  ChannelwiseOp_hls: overChannels('pe'),
  DuplicateStreams_hls: overChannels('pe'),
  GlobalAccPool_hls: overChannels('pe'),
  Thresholding_hls: overChannels('pe'),
  Thresholding_rtl: overChannels('pe'),
  LabelSelect_hls: overChannels('pe'),
  DownSampler_hls: overChannels('simd'),
  FMPadding_hls: overChannels('simd'),
  FMPadding_Pixel_hls: overChannels('simd'),
};

/**
 * FINN's SetFolding (finn.md section 8): the smallest parallelism, node by node, that needs fewer than
 * `targetCycles` cycles a frame. Nodes must be in graph order. A second pass aims at what the first reached.
 */
export function setFolding(
  nodes: readonly FinnNode[],
  targetCycles: number,
  { wwidthMax = 36, twoPass = true, fixed }: SetFoldingOptions = {},
): readonly FinnNode[] {
  const folded = [...nodes];
  const index = new Map(nodes.map((node, at) => [node.name, at]));
  const run = (target: number) => {
    const pass: Pass = { nodes: folded, target, wwidthMax, index };
    for (const [at, node] of folded.entries()) {
      if (!fixed?.has(node.name)) folded[at] = STEPS[node.opType]?.(node, pass) ?? node;
    }
  };
  run(targetCycles);
  if (twoPass) {
    let reached = 0;
    for (const node of folded) if (!fixed?.has(node.name)) reached = Math.max(reached, cyclesOf(node));
    if (reached > targetCycles) run(reached);
  }
  return folded;
}
