import type { Folding } from '../../exploration/design.ts';
import type { FinnNode, MatrixVectorNode, VectorVectorNode } from './nodes.ts';
import { foldedExtents } from './operators.ts';

const knownDivisors = new Map<number, readonly number[]>();

/** Divisors in ascending order. */
export function divisorsOf(n: number): readonly number[] {
  const known = knownDivisors.get(n);
  if (known) return known;
  const low: number[] = [];
  const high: number[] = [];
  for (let d = 1; d * d <= n; d++) {
    if (n % d !== 0) continue;
    low.push(d);
    if (d * d !== n) high.unshift(n / d);
  }
  const divisors = [...low, ...high];
  knownDivisors.set(n, divisors);
  return divisors;
}

/** The values FINN's constraints allow for each parallelism of a node (finn.md section 7); none where it has none. */
export function legalParallelism(node: FinnNode): {
  readonly pe: readonly number[];
  readonly simd: readonly number[];
} {
  const { pe, simd } = foldedExtents(node);
  return {
    pe: pe === undefined ? [] : divisorsOf(pe),
    simd: simd === undefined ? [] : divisorsOf(simd),
  };
}

/** The foldings a layer may be given. The legal SIMD may depend on PE. */
export interface FoldingChoices {
  readonly pe: readonly number[];
  simdFor(pe: number): readonly number[];
}

/** HLS code generation refuses a SIMD below MW / 1024 (finn.md section 3.7). */
const LARGEST_INPUT_FOLD = 1024;

/** The smallest SIMD, not rounded, that code generation takes; 0 where it takes any. */
export const simdLimitOf = (node: FinnNode): number =>
  node.opType === 'MVAU_hls' ? node.mw / LARGEST_INPUT_FOLD : 0;

/**
 * Foldings of a matrix-vector unit. `sharedChannels` are the input channels of its sliding window, which runs
 * at the same SIMD (source 003, section 4.2.1: SIMD divides CH_IN); a dense layer shares with nothing.
 */
export function matrixVectorChoices(node: MatrixVectorNode, sharedChannels = node.mw): FoldingChoices {
  const all = divisorsOf(sharedChannels);
  const generated = all.filter((simd) => simd >= simdLimitOf(node));
  const simd = generated.length > 0 ? generated : all.slice(-1);
  return { pe: divisorsOf(node.mh), simdFor: () => simd };
}

/** Foldings of a depthwise unit: SIMD runs over the kernel and only once all channels are parallel. */
export function vectorVectorChoices(node: VectorVectorNode): FoldingChoices {
  const kernel = divisorsOf(node.kernel[0] * node.kernel[1]);
  return {
    pe: divisorsOf(node.channels),
    simdFor: (pe) => (pe === node.channels ? kernel : [1]),
  };
}

/** The largest legal value up to the wish; the smallest legal one where the wish lies below all of them. */
export function nearestLegal(legal: readonly number[], wish: number): number {
  let best = legal[0] ?? 1;
  for (const value of legal) {
    if (value > wish) break;
    best = value;
  }
  return best;
}

/** The nearest legal folding not larger than the wish: what is left of a choice once pruning changed the widths. */
export function legalFolding(choices: FoldingChoices, wish: Folding): Folding {
  const pe = nearestLegal(choices.pe, wish.pe);
  return { pe, simd: nearestLegal(choices.simdFor(pe), wish.simd) };
}
