import type { Folding } from '../../../exploration/design.ts';
import type { Measurement, TunerModel } from './algorithm1.ts';
import type { FoldingOption, FoldingUnit } from './optimalFoldingOptions.ts';

const used = (lut: number) => ({ lut, bram18: 0, uram: 0, dsp: 0 });

/** Legal foldings of a layer: PE and SIMD up to these are tried. */
function legalFoldings(model: TunerModel, layer: number, most: number): readonly Folding[] {
  const legal: Folding[] = [];
  for (let pe = 1; pe <= most; pe++)
    for (let simd = 1; simd <= most; simd++) if (model.isLegal(layer, { pe, simd })) legal.push({ pe, simd });
  return legal;
}

const slowest = (model: TunerModel, { cycles }: Measurement, layer: number | null): number =>
  model.nodes.reduce((most, node, i) => (node.layer === layer ? Math.max(most, cycles[i] ?? 0) : most), 0);

/**
 * The layers of a tuner's model as units of the search, so that both work under the same estimate, LUT only (FINN 0.5
 * in thesisEstimate.ts). The estimate must be a sum over layers: an option's LUT are what changing that one layer
 * adds to the start. The last unit is everything that has no folding.
 */
export function tunerUnits(model: TunerModel, most = 1024): readonly FoldingUnit<Folding | null>[] {
  const base = model.measure(model.start);
  let rest = base.lut;
  const units: FoldingUnit<Folding | null>[] = model.layerIds.map((layerId, layer) => {
    const measured = legalFoldings(model, layer, most).map((folding) => {
      const found = model.measure(model.start.map((own, i) => (i === layer ? folding : own)));
      return { folding, cycles: slowest(model, found, layer), lut: found.lut - base.lut };
    });
    const least = measured.reduce((low, { lut }) => Math.min(low, lut), 0);
    rest += least;
    const options: readonly FoldingOption<Folding>[] = measured.map(({ folding, cycles, lut }) => ({
      cycles,
      ...used(lut - least),
      parallelism: folding.pe * folding.simd,
      choice: folding,
    }));
    return { label: layerId, layerIds: [layerId], options };
  });
  const fixed = { cycles: slowest(model, base, null), ...used(rest), parallelism: 1, choice: null };
  return [...units, { label: 'nodes without a folding', layerIds: [], options: [fixed] }];
}
