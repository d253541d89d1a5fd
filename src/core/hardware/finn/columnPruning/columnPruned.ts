import type { LayerId } from '../../../network/network.ts';
import { fail, type Result } from '../../../result.ts';
import type { Resources, Violation } from '../../report.ts';
import { minimizeBitWidths } from '../estimate.ts';
import { type LayerUnit, layerUnits } from '../layerUnits.ts';
import type { FinnNode } from '../nodes.ts';
import type { DspBlock } from '../operators/model.ts';
import { cyclesOf, resourcesOf } from '../operators.ts';
import { count } from '../sentences.ts';
import {
  type ConvolutionUnit,
  type CutUnit,
  coarseBlocks,
  coarselyPruned,
  finelyPruned,
  freelyPruned,
  percent,
  roundHalfToEven,
} from './unit.ts';

/** `coarse` and `fine` are the two methods of source 003; `free` takes columns without regard to blocks. */
export type ColumnMethod = 'coarse' | 'fine' | 'free';

export interface ColumnCut {
  readonly method: ColumnMethod;
  /** Share of the columns to take away, 0..1; whole blocks or columns are taken, see {@link PrunedLayer.sparsity}. */
  readonly sparsity: number;
}

/** By layer id; the others stay as they are. */
export type ColumnPlan = Readonly<Record<LayerId, ColumnCut>>;

/** One layer before and after. */
export interface PrunedLayer extends ColumnCut {
  readonly layerId: LayerId;
  readonly nodeName: string;
  /** Share that was asked for; `sparsity` is what whole blocks make of it (C3-14). */
  readonly nominal: number;
  /** Matrix width. */
  readonly columns: readonly [before: number, after: number];
  readonly simd: readonly [before: number, after: number];
  /** Of the matrix unit, a frame. */
  readonly cycles: readonly [before: number, after: number];
  /** Of the matrix unit, FINN's estimate. The window and its mask are not in it. */
  readonly resources: readonly [before: Resources, after: Resources];
  /** Words that the sliding window writes for an output position. */
  readonly words: number;
  /** Bits of the mask in the sliding window. */
  readonly maskBits: number;
  readonly sentence: string;
}

export interface ColumnPruned {
  /** Matrix units narrowed; sliding windows as they were, since the published ones still run their whole loop (C3-12). */
  readonly nodes: readonly FinnNode[];
  readonly layers: readonly PrunedLayer[];
  /** Cuts that are not possible, and units that had to be folded anew. */
  readonly violations: readonly Violation[];
}

/** The convolution of a unit; null for dense and depthwise layers, and where no sliding window feeds it. */
export function convolutionOf(nodes: readonly FinnNode[], unit: LayerUnit): ConvolutionUnit | null {
  const matrix = nodes[unit.at];
  if (matrix?.opType !== 'MVAU_hls' && matrix?.opType !== 'MVAU_rtl') return null;
  for (const at of unit.feeders) {
    const window = nodes[at];
    if (
      window?.opType === 'ConvolutionInputGenerator_rtl' ||
      window?.opType === 'ConvolutionInputGenerator_hls'
    )
      return { layerId: unit.layerId, matrix, window };
  }
  return null;
}

function cutUnit(unit: ConvolutionUnit, { method, sparsity }: ColumnCut): Result<CutUnit> {
  const { layerId, matrix, window } = unit;
  if (!(sparsity >= 0 && sparsity < 1))
    return fail(
      'finn-columns',
      `A sparsity of ${percent(sparsity)} is not possible for ${layerId}; choose 0 % or more, below 100 %.`,
      layerId,
    );
  if (method === 'coarse') return coarselyPruned(unit, roundHalfToEven(sparsity * coarseBlocks(window)));
  if (method === 'free') return freelyPruned(unit, Math.round(sparsity * matrix.mw));
  const kept = window.simd * (1 - sparsity);
  // A third of 24 columns is whole but for the rounding of 1/3.
  return finelyPruned(unit, Math.abs(kept - Math.round(kept)) < 1e-9 ? Math.round(kept) : kept);
}

function usedBy(node: FinnNode, block: DspBlock | undefined): Resources {
  const { lut, bram18, uram, dsp } = resourcesOf(minimizeBitWidths(node), block);
  return { lut, bram18, uram, dsp };
}

const change = (name: string, before: number, after: number) =>
  before === after ? `${name} stays ${count(before)}` : `${name} ${count(before)} to ${count(after)}`;

function describe(
  unit: ConvolutionUnit,
  cut: CutUnit,
  wish: ColumnCut,
  block: DspBlock | undefined,
): PrunedLayer {
  const { matrix: before, layerId } = unit;
  const after = cut.matrix;
  const sparsity = 1 - after.mw / before.mw;
  const cycles = [cyclesOf(before), cyclesOf(after)] as const;
  const resources = [usedBy(before, block), usedBy(after, block)] as const;
  const asked = percent(sparsity) === percent(wish.sparsity) ? '' : ` for ${percent(wish.sparsity)} asked`;
  const changes = [
    change('columns', before.mw, after.mw),
    change('SIMD', before.simd, after.simd),
    change('cycles', ...cycles),
    change('BRAM18', resources[0].bram18, resources[1].bram18),
    change('LUT', resources[0].lut, resources[1].lut),
  ];
  return {
    layerId,
    nodeName: before.name,
    method: wish.method,
    sparsity,
    nominal: wish.sparsity,
    columns: [before.mw, after.mw],
    simd: [before.simd, after.simd],
    cycles,
    resources,
    words: cut.words,
    maskBits: cut.maskBits,
    sentence: `${layerId} loses ${cut.cut}, ${percent(sparsity)}${asked}: ${changes.join(', ')}.`,
  };
}

const refused = (message: string, layerIds: readonly LayerId[]): Violation => ({
  code: 'finn-columns-refused',
  message,
  layerIds,
});

/**
 * A folded network whose convolutions lose columns of their weight matrices: source 003, sections 5.3 and 5.4. A
 * cut that is not possible leaves its layer dense and is said among the violations; dense layers cannot be pruned, as
 * it is the sliding window that skips the columns. `block` decides how FINN counts DSPs.
 */
export function columnPruned(nodes: readonly FinnNode[], plan: ColumnPlan, block?: DspBlock): ColumnPruned {
  const pruned = [...nodes];
  const layers: PrunedLayer[] = [];
  const violations: Violation[] = [];
  const units = new Map(layerUnits(nodes).map((unit) => [unit.layerId, unit]));
  for (const [layerId, wish] of Object.entries(plan)) {
    const unit = units.get(layerId);
    const convolution = unit ? convolutionOf(nodes, unit) : null;
    if (!unit || !convolution) {
      const reason = unit
        ? `${layerId} has no sliding window that could skip columns, so it stays dense; prune a convolution with a kernel`
        : `There is a column cut for ${layerId}, which this network does not compute; remove it`;
      violations.push(refused(`${reason}.`, unit ? [layerId] : []));
      continue;
    }
    const cut = cutUnit(convolution, wish);
    if (!cut.ok) {
      violations.push(refused(cut.error.message, [layerId]));
      continue;
    }
    if (cut.value.refolded)
      violations.push({ code: 'finn-folding-adjusted', message: cut.value.refolded, layerIds: [layerId] });
    pruned[unit.at] = cut.value.matrix;
    layers.push(describe(convolution, cut.value, wish, block));
  }
  return { nodes: pruned, layers, violations };
}

/**
 * One cut for every convolution that can have it. Fine pruning leaves out those whose window is narrower than its
 * constraints ask for: CNV's first layer, as in source 003 (C3-15).
 */
export function planForAll(nodes: readonly FinnNode[], cut: ColumnCut): ColumnPlan {
  const plan: Record<LayerId, ColumnCut> = {};
  for (const unit of layerUnits(nodes)) {
    const convolution = convolutionOf(nodes, unit);
    if (convolution && cutUnit(convolution, cut).ok) plan[unit.layerId] = cut;
  }
  return plan;
}
