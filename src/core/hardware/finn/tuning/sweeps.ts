import type { Folding } from '../../../exploration/design.ts';
import { type Objective, paretoFront } from '../../../exploration/pareto.ts';
import type { LayerId, Network } from '../../../network/network.ts';
import { fail, ok, type Result } from '../../../result.ts';
import type { Resources } from '../../report.ts';
import { type FinnOptions, minimizeBitWidths } from '../estimate.ts';
import { foldNetwork } from '../foldNetwork.ts';
import { DEFAULT_PART } from '../graphBuilder.ts';
import { isWeighted } from '../layerUnits.ts';
import { dspBlockOf } from '../operators/model.ts';
import { cyclesOf, resourcesOf } from '../operators.ts';
import { type Board, limitsOf } from './boards.ts';
import { optimalFolding } from './optimalFolding.ts';
import { foldingsOf } from './optimalFoldingOptions.ts';
import { CEILINGS, type CeilingChoice } from './tuneDesign.ts';

/** One folding of a unit: its cycles a frame and what FINN estimates that it takes. */
export interface SweepPoint extends Folding, Resources {
  readonly cycles: number;
}

export interface FoldingSweep {
  readonly layerId: LayerId;
  /** FINN's name of the unit, and its op type. */
  readonly nodeName: string;
  readonly opType: string;
  /** By PE, then by SIMD, ascending. */
  readonly points: readonly SweepPoint[];
  /** The folding in force. */
  readonly now: Folding;
  /** Largest SIMD that the layer's sliding window can share; above, a width converter joins the two. */
  readonly sharedSimd: number;
}

/**
 * Every legal folding of the unit that computes a layer, by FINN's estimate (finn.md section 3): source 003, Figs 4.2
 * and 4.4, which are measured. The unit alone, without its sliding window; memory and multiplier as they are in the
 * design. No flip-flops: FINN estimates none. Fails where the network cannot be lowered or the layer has no unit.
 */
export function foldingSweep(network: Network, options: FinnOptions, layerId: LayerId): Result<FoldingSweep> {
  const folded = foldNetwork(network, options);
  if (!folded.ok) return folded;
  const unit = folded.value.units.find((one) => one.layerId === layerId);
  const node = unit && folded.value.nodes[unit.at];
  if (!unit || !node || !isWeighted(node))
    return fail(
      'finn-sweep-layer',
      `${layerId} has no PE and SIMD to sweep; choose a convolution, depthwise or dense layer.`,
      layerId,
    );
  const block = dspBlockOf(options.fpgaPart ?? DEFAULT_PART);
  const { name: nodeName, opType, pe, simd } = node;
  const points = foldingsOf(node).map((folding): SweepPoint => {
    const at = { pe: folding.pe ?? pe, simd: folding.simd ?? simd };
    const built = { ...node, ...at };
    const { lut, bram18, uram, dsp } = resourcesOf(minimizeBitWidths(built), block);
    return { ...at, cycles: cyclesOf(built), lut, bram18, uram, dsp };
  });
  const { choices } = unit;
  const sharedSimd = Math.max(...choices.pe.flatMap((lanes) => choices.simdFor(lanes)));
  return ok({ layerId, nodeName, opType, points, now: { pe, simd }, sharedSimd });
}

export interface LinearFit {
  readonly slope: number;
  readonly offset: number;
  /** Coefficient of determination, 0..1; 1 where all values are the same. */
  readonly r2: number;
}

/** Least squares through points; null for fewer than three, which any line fits. */
export function linearFit(xs: readonly number[], ys: readonly number[]): LinearFit | null {
  const n = Math.min(xs.length, ys.length);
  if (n < 3) return null;
  const mean = (values: readonly number[]) => values.slice(0, n).reduce((sum, value) => sum + value, 0) / n;
  const [meanX, meanY] = [mean(xs), mean(ys)];
  let [xx, xy, yy] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [dx, dy] = [(xs[i] ?? 0) - meanX, (ys[i] ?? 0) - meanY];
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  if (xx === 0) return null;
  const slope = xy / xx;
  return { slope, offset: meanY - slope * meanX, r2: yy === 0 ? 1 : (xy * xy) / (xx * yy) };
}

/** Bits of weights and of activations that the map covers: source 003, Figs 4.7 and 4.8. */
export const MAP_BITS: readonly number[] = [1, 2, 3, 4, 5];

export interface BitsCell {
  readonly weightBits: number;
  readonly activationBits: number;
  /** The fastest folding, or why there is none. */
  readonly found: Result<{
    readonly cycles: number;
    readonly throughputFps: number;
    /** No folding within the budgets takes fewer cycles than this. */
    readonly lowerBoundCycles: number;
    readonly used: Resources;
  }>;
}

export interface BitsMap {
  readonly boardName: string;
  /** What the whole board has, and what of it may be used. */
  readonly budget: Resources;
  readonly limits: Resources;
  /** By weight bits, then by activation bits. */
  readonly cells: readonly BitsCell[];
}

export interface BitsSearch {
  readonly board: Board;
  readonly ceilings: CeilingChoice;
  readonly clockHertz: number;
}

/** What of a failed search means that nothing fits; any other fault holds for every cell. */
const NOT_FOUND = new Set(['finn-doomed', 'finn-no-folding']);

/**
 * The fastest folding under all budgets of a board for every pair of bits, the same in all layers: source 003, section
 * 4.4, with our search in place of its two algorithms, and FINN's estimate in place of synthesis. Fails where the
 * network cannot be lowered. A generator: each step takes some milliseconds, the whole some seconds.
 */
export function* bitsMap(
  network: Network,
  { board, ceilings, clockHertz }: BitsSearch,
  onCell: (done: number, total: number) => void = () => {},
): Generator<void, Result<BitsMap>> {
  const cells: BitsCell[] = [];
  for (const weightBits of MAP_BITS) {
    for (const activationBits of MAP_BITS) {
      const bits = { weightBits, activationBits, layerBits: {} };
      const search = { ...bits, board, ceilings: CEILINGS[ceilings], clockHertz };
      const found = yield* optimalFolding(network, search);
      if (!found.ok && !NOT_FOUND.has(found.error.code)) return found;
      if (found.ok) {
        const { cycles, throughputFps, lowerBoundCycles, used } = found.value;
        const value = { cycles, throughputFps, lowerBoundCycles, used };
        cells.push({ weightBits, activationBits, found: ok(value) });
      } else cells.push({ weightBits, activationBits, found });
      onCell(cells.length, MAP_BITS.length ** 2);
      yield;
    }
  }
  const limits = limitsOf(board, CEILINGS[ceilings]);
  return ok({ boardName: board.name, budget: board.budget, limits, cells });
}

const MORE_IS_BETTER: readonly Objective[] = ['throughput', 'weight bits', 'activation bits'].map((name) => ({
  name,
  better: 'higher',
}));

/**
 * Cells that fit and that no other cell beats with at least as many bits of both kinds at no less throughput. If more
 * bits never cost accuracy (untested: every pair has to be trained), only these can lie on the front of accuracy and
 * throughput of source 003, Fig. 4.9.
 */
export function frontCandidates(cells: readonly BitsCell[]): readonly BitsCell[] {
  const fitting = cells.filter(({ found }) => found.ok);
  return paretoFront(
    fitting,
    ({ found, weightBits, activationBits }) => [
      found.ok ? found.value.throughputFps : 0,
      weightBits,
      activationBits,
    ],
    MORE_IS_BETTER,
  );
}

/**
 * Cells that are faster than one with fewer weight bits and the same activation bits. FINN's estimate allows it: from
 * 4 bits of both on it builds units in RTL, whose LUT it counts as 0 (finn.md sections 3.5 and 7).
 */
export function fasterWithMoreBits(cells: readonly BitsCell[]): readonly BitsCell[] {
  return cells.filter(({ weightBits, activationBits, found }) =>
    cells.some(
      (fewer) =>
        fewer.activationBits === activationBits &&
        fewer.weightBits < weightBits &&
        found.ok &&
        (!fewer.found.ok || fewer.found.value.cycles > found.value.cycles),
    ),
  );
}
