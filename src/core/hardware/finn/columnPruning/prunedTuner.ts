import type { Folding } from '../../../exploration/design.ts';
import type { LayerId, Network } from '../../../network/network.ts';
import { ok, type Result } from '../../../result.ts';
import { applyFoldings, layerUnits } from '../layerUnits.ts';
import { lowerToFinn } from '../lower.ts';
import type { FinnNode } from '../nodes.ts';
import { dspBlockOf } from '../operators/model.ts';
import { cyclesOf } from '../operators.ts';
import { setFolding } from '../setFolding.ts';
import type { TunerModel } from '../tuning/algorithm1.ts';
import { type BaselineOptions, currentModel } from '../tuning/optimalFoldingBaselines.ts';
import { measureFinn } from '../tuning/optimalFoldingMeasure.ts';
import {
  type ColumnCut,
  type ColumnPruned,
  columnPruned,
  convolutionOf,
  planForAll,
} from './columnPruned.ts';
import { brokenFineConstraints } from './constraints.ts';
import { cyclesByNode, type WindowOverhead } from './throughput.ts';

export interface PrunedTunerModel extends TunerModel {
  /** The pruned network under foldings, in the order of `layerIds`. */
  build(foldings: readonly Folding[]): ColumnPruned;
}

/** Whether every convolution whose channels allow the cut at all allows it at this SIMD too. */
function allowsFine(channels: number, mw: number, simd: number, { sparsity }: ColumnCut): boolean {
  const ever =
    brokenFineConstraints({ n: channels, m: channels * (1 - sparsity), channels, mw }).length === 0;
  return !ever || brokenFineConstraints({ n: simd, m: simd * (1 - sparsity), channels, mw }).length === 0;
}

/**
 * A network whose convolutions all lose columns, for the tuner of source 003 (`runAlgorithm1`), under FINN v0.10.1's
 * estimate: sections 5.3.5 and 5.4.5, where each pruned design is folded anew for the board. SIMD is that of the sliding
 * window; a fine cut holds it to values that lose that share, except in a layer that cannot lose it at all and stays
 * dense (C3-15). `overhead` says whether pruned windows take their full time: the author's tuner took them for free
 * (C3-12). Fails where FINN cannot build the network.
 */
export function prunedModel(
  network: Network,
  options: Omit<BaselineOptions, 'limits'>,
  cut: ColumnCut,
  overhead: WindowOverhead = 'published',
): Result<PrunedTunerModel> {
  const dense = currentModel(network, options);
  if (!dense.ok) return dense;
  const lowered = lowerToFinn(network, options);
  if (!lowered.ok) return lowered;
  const { nodes } = lowered.value;
  const units = layerUnits(nodes);
  const convolutions = units.map((unit) => convolutionOf(nodes, unit));
  const block = dspBlockOf(options.fpgaPart);
  const pruneFolded = (folded: readonly FinnNode[]) => columnPruned(folded, planForAll(folded, cut), block);
  const build = (foldings: readonly Folding[]): ColumnPruned => {
    const byLayer: Record<LayerId, Folding> = {};
    for (const [i, { layerId }] of units.entries()) byLayer[layerId] = foldings[i] ?? { pe: 1, simd: 1 };
    const chosen = applyFoldings(nodes, units, byLayer);
    const cycles = cyclesByNode(pruneFolded(chosen.nodes), overhead);
    let slowest = 1;
    for (const [i, node] of chosen.nodes.entries())
      if (chosen.fixed.has(node.name)) slowest = Math.max(slowest, cycles[i] ?? cyclesOf(node));
    return pruneFolded(setFolding(chosen.nodes, slowest + 1, { fixed: chosen.fixed }));
  };
  const isLegal = (layer: number, folding: Folding): boolean => {
    const convolution = convolutions[layer];
    if (!dense.value.isLegal(layer, folding)) return false;
    if (cut.method !== 'fine' || !convolution) return true;
    return allowsFine(convolution.window.channels, convolution.matrix.mw, folding.simd, cut);
  };
  const start = dense.value.start.map((folding, layer) => {
    let { simd } = folding;
    while (
      !isLegal(layer, { ...folding, simd }) &&
      dense.value.isLegal(layer, { ...folding, simd: 2 * simd })
    )
      simd *= 2;
    return { ...folding, simd };
  });
  return ok({
    estimate: `${dense.value.estimate}, ${cut.method} column pruning`,
    nodes: dense.value.nodes,
    layerIds: dense.value.layerIds,
    start,
    isLegal,
    build,
    measure(foldings) {
      const pruned = build(foldings);
      return { cycles: cyclesByNode(pruned, overhead), lut: measureFinn(pruned.nodes, block).lut };
    },
  });
}
