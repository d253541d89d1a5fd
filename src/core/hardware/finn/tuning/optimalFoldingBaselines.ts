import type { Folding } from '../../../exploration/design.ts';
import type { LayerId, Network } from '../../../network/network.ts';
import { ok, type Result } from '../../../result.ts';
import type { Resources } from '../../report.ts';
import { type FinnOptions, foldNetwork } from '../foldNetwork.ts';
import { applyFoldings, isWeighted, layerUnits } from '../layerUnits.ts';
import { lowerToFinn } from '../lower.ts';
import type { FinnNode } from '../nodes.ts';
import { dspBlockOf } from '../operators/model.ts';
import { cyclesOf } from '../operators.ts';
import { setFolding } from '../setFolding.ts';
import { oddPart, type Priority, runAlgorithm1, type TunerModel, type TunerNode } from './algorithm1.ts';
import { searchBudget } from './algorithm2.ts';
import { RESOURCE_LABELS } from './boards.ts';
import { type FinnMeasurement, measureFinn } from './optimalFoldingMeasure.ts';
import { nodeUnits } from './optimalFoldingUnits.ts';

/** What another method reaches within the same limits under the same estimate. */
export interface Baseline {
  readonly cycles: number;
  readonly used: Resources;
}

export interface BaselineOptions extends Pick<FinnOptions, 'weightBits' | 'activationBits' | 'layerBits'> {
  readonly fpgaPart: string;
  readonly limits: Resources;
}

const fits = (used: Resources, limits: Resources): boolean =>
  RESOURCE_LABELS.every(([key]) => used[key] <= limits[key]);

const baselineOf = ({ maxCycles, lut, bram18, uram, dsp }: FinnMeasurement): Baseline => ({
  cycles: maxCycles,
  used: { lut, bram18, uram, dsp },
});

/**
 * The fastest folding that FINN's SetFolding gives within the limits, over every target that can make a difference:
 * one above each number of cycles that any node can take. Null where none fits.
 */
export function bestSetFolding(
  network: Network,
  { limits, ...options }: BaselineOptions,
): Result<(Baseline & { readonly targetCycles: number }) | null> {
  const { fpgaPart } = options;
  const lowered = lowerToFinn(network, options);
  if (!lowered.ok) return lowered;
  const block = dspBlockOf(fpgaPart);
  const units = nodeUnits(lowered.value.nodes, { block, windows: 'free', memories: 'kept', ultra: false });
  const targets = new Set<number>();
  for (const unit of units) for (const { cycles } of unit.options) targets.add(cycles + 1);
  let best: (Baseline & { readonly targetCycles: number }) | null = null;
  for (const targetCycles of targets) {
    const folded = foldNetwork(network, { ...options, foldings: {}, targetCycles });
    if (!folded.ok) return folded;
    const measured = baselineOf(measureFinn(folded.value.nodes, block));
    if (fits(measured.used, limits) && (best === null || measured.cycles < best.cycles))
      best = { ...measured, targetCycles };
  }
  return ok(best);
}

/** A tuner's model that tells all resources. */
export interface MeasuredModel extends TunerModel {
  measureAll(foldings: readonly Folding[]): FinnMeasurement;
}

/**
 * A network under FINN v0.10.1's estimate for the tuner of source 003: windows share the SIMD of their unit, and what
 * has no folding of its own is folded by SetFolding to keep up with the slowest layer. The window of a depthwise unit
 * runs at its PE, so it asks for either parameter.
 */
export function currentModel(
  network: Network,
  options: Omit<BaselineOptions, 'limits'>,
): Result<MeasuredModel> {
  const { fpgaPart } = options;
  const lowered = lowerToFinn(network, options);
  if (!lowered.ok) return lowered;
  const { nodes } = lowered.value;
  const units = layerUnits(nodes);
  const block = dspBlockOf(fpgaPart);
  const owner = new Map<number, number>();
  for (const [layer, { at, feeders }] of units.entries())
    for (const one of [at, ...feeders]) owner.set(one, layer);
  const kindOf = (node: FinnNode, at: number): TunerNode['kind'] => {
    if (!owner.has(at)) return 'other';
    const window = node.opType === 'ConvolutionInputGenerator_rtl' && !node.depthwise;
    return window ? 'window' : 'matrix';
  };
  const fold = (foldings: readonly Folding[]): readonly FinnNode[] => {
    const byLayer: Record<LayerId, Folding> = {};
    for (const [i, { layerId }] of units.entries()) byLayer[layerId] = foldings[i] ?? { pe: 1, simd: 1 };
    const chosen = applyFoldings(nodes, units, byLayer);
    let slowest = 1;
    for (const node of chosen.nodes)
      if (chosen.fixed.has(node.name)) slowest = Math.max(slowest, cyclesOf(node));
    return setFolding(chosen.nodes, slowest + 1, { fixed: chosen.fixed });
  };
  const measureAll = (foldings: readonly Folding[]) => measureFinn(fold(foldings), block);
  return ok({
    estimate: 'FINN 0.10',
    nodes: nodes.map((node, at) => ({
      name: node.name,
      kind: kindOf(node, at),
      layer: owner.get(at) ?? null,
    })),
    layerIds: units.map(({ layerId }) => layerId),
    start: units.map(({ at, choices }) => {
      const node = nodes[at];
      const widest = choices.simdFor(1).at(-1) ?? 1;
      const simd = oddPart(widest, (value) => choices.simdFor(1).includes(value));
      return isWeighted(node) ? { pe: oddPart(choices.pe.at(-1) ?? 1), simd } : { pe: 1, simd: 1 };
    }),
    isLegal(layer, { pe, simd }) {
      const choices = units[layer]?.choices;
      return choices?.pe.includes(pe) === true && choices.simdFor(pe).includes(simd);
    },
    measure(foldings) {
      const folded = fold(foldings);
      return { cycles: folded.map(cyclesOf), lut: measureFinn(folded, block).lut };
    },
    measureAll,
  });
}

export const PRIORITIES: readonly Priority[] = ['balanced', 'simd', 'pe'];

/** Algorithm 1 with all LUT of the limits, the fastest of its priorities; `fits` tells whether the rest does too. */
export function bestAlgorithm1(
  model: MeasuredModel,
  limits: Resources,
): Baseline & { readonly fits: boolean } {
  const results = PRIORITIES.map((priority) => {
    const { foldings } = runAlgorithm1(model, { priority, lutBudget: limits.lut });
    const measured = baselineOf(model.measureAll(foldings));
    return { ...measured, fits: fits(measured.used, limits) };
  });
  return results.reduce((best, one) =>
    (one.fits && !best.fits) || (one.fits === best.fits && one.cycles < best.cycles) ? one : best,
  );
}

/** Algorithm 2: the LUT budget moves until all resources fit; the fastest of the priorities, null where none fits. */
export function bestAlgorithm2(
  model: MeasuredModel,
  limits: Resources,
): (Baseline & { readonly foldings: Readonly<Record<LayerId, Folding>> }) | null {
  let best: (Baseline & { readonly foldings: Readonly<Record<LayerId, Folding>> }) | null = null;
  for (const priority of PRIORITIES) {
    searchBudget(100, (percent) => {
      const { foldings, byLayer, stopped } = runAlgorithm1(model, {
        priority,
        lutBudget: (limits.lut * percent) / 100,
      });
      const measured = baselineOf(model.measureAll(foldings));
      if (!fits(measured.used, limits)) return 'fails';
      if (best === null || measured.cycles < best.cycles) best = { ...measured, foldings: byLayer };
      return stopped === 'nothing-to-speed-up' ? 'folded-out' : 'fits';
    });
  }
  return best;
}
