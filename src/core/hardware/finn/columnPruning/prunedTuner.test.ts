import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { presetById } from '../../../network/presets.ts';
import { unwrap } from '../../../result.ts';
import { runAlgorithm1 } from '../tuning/algorithm1.ts';
import { currentModel } from '../tuning/optimalFoldingBaselines.ts';
import { ULTRA96_V2_LUT } from '../tuning/thesisEstimate.ts';
import type { ColumnCut } from './columnPruned.ts';
import { prunedModel } from './prunedTuner.ts';
import { PUBLISHED_GAINS } from './published.ts';
import type { WindowOverhead } from './throughput.ts';

const preset = presetById('cnv')!;
const network = preset.build(preset.input, 10);
const options = (weightBits: number, activationBits: number) => ({
  weightBits,
  activationBits,
  fpgaPart: 'xczu3eg-sbva484-1-e',
});

const modelOf = (bits: readonly [number, number], cut: ColumnCut, overhead?: WindowOverhead) =>
  unwrap(prunedModel(network, options(...bits), cut, overhead));

/** Cycles between frames of the design that Algorithm 1 finds in a share of the Ultra96V2's LUT. */
const tuned = (bits: readonly [number, number], ratio: number, cut: ColumnCut, overhead?: WindowOverhead) => {
  const model = modelOf(bits, cut, overhead);
  const result = runAlgorithm1(model, { priority: 'balanced', lutBudget: ratio * ULTRA96_V2_LUT });
  return { ...result, pruned: model.build(result.foldings) };
};

const DENSE: ColumnCut = { method: 'coarse', sparsity: 0 };

describe('the tuner on column-pruned hardware', () => {
  test('is the tuner of the dense network where nothing is pruned', () => {
    const dense = unwrap(currentModel(network, options(2, 2)));
    const expected = runAlgorithm1(dense, { priority: 'balanced', lutBudget: ULTRA96_V2_LUT });
    expect(tuned([2, 2], 1, DENSE).byLayer).toEqual(expected.byLayer);
    expect(tuned([2, 2], 1, DENSE).maxCycles).toBe(expected.maxCycles);
  });

  test('makes a pruned network faster in the same budget, ideal windows at least as much (BO-58)', () => {
    const dense = tuned([2, 2], 1.1, DENSE).maxCycles;
    for (const sparsity of [0.25, 0.5, 0.75]) {
      const cut: ColumnCut = { method: 'coarse', sparsity };
      const published = tuned([2, 2], 1.1, cut);
      expect(published.maxCycles).toBeLessThan(dense);
      expect(published.lut).toBeLessThan(1.1 * ULTRA96_V2_LUT);
      expect(tuned([2, 2], 1.1, cut, 'ideal').maxCycles).toBeLessThanOrEqual(published.maxCycles);
    }
  });

  test.each([0.5, 0.75, 0.875])(
    'prunes every convolution but the first finely by %f, without a violation (BO-62)',
    (sparsity) => {
      const { pruned, foldings, layerIds } = tuned([2, 2], 1.1, { method: 'fine', sparsity });
      expect(pruned.violations).toEqual([]);
      expect(pruned.layers.map((layer) => layer.layerId)).toEqual([
        'conv2',
        'conv3',
        'conv4',
        'conv5',
        'conv6',
      ]);
      for (const layer of pruned.layers) {
        expect(layer.sparsity).toBe(sparsity);
        expect(layer.simd[1] / foldings[layerIds.indexOf(layer.layerId)]!.simd).toBe(1 - sparsity);
      }
    },
  );

  test('starts fine pruning at the smallest block that can lose the share (BO-63)', () => {
    const start = modelOf([2, 2], { method: 'fine', sparsity: 0.875 }).start.slice(0, 6);
    expect(start.map(({ simd }) => simd)).toEqual([3, 8, 8, 8, 8, 8]);
  });
});

const path = join(import.meta.dirname, '../../../../../../shared/reference/seed_tables.json');

interface Tables {
  readonly tables: readonly {
    readonly id: string;
    readonly external?: { readonly budget_ratio_of_70560_LUT?: Record<string, Record<string, number>> };
    readonly data: {
      readonly sparsity?: readonly (number | string)[];
      readonly throughput_gain?: readonly { readonly mean: number; readonly sd: number }[];
      readonly accuracy_gain?: readonly { readonly mean: number; readonly sd: number }[];
    };
  }[];
}

describe.skipIf(!existsSync(path))('the measurements of source 003', () => {
  const { tables } = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Tables) : { tables: [] };
  const table = (id: string) => tables.find((one) => one.id === id)!;

  test.each([
    ['coarse', 'BO.T5_3'],
    ['fine', 'BO.T5_5'],
  ])('of %s pruning are those of the reference tables (BO-58) (BO-70)', (method, id) => {
    const { sparsity, throughput_gain: rates, accuracy_gain: points } = table(id).data;
    const columns = sparsity!.flatMap((at, i) => (typeof at === 'number' ? [{ at, i }] : []));
    const ours = PUBLISHED_GAINS.filter((gain) => gain.method === method);
    expect(ours.map((gain) => gain.sparsity * 100)).toEqual(columns.map(({ at }) => at));
    for (const [k, { i }] of columns.entries()) {
      expect(ours[k]!.throughput.map((x) => Math.round(x * 100))).toEqual([rates![i]!.mean, rates![i]!.sd]);
      expect(ours[k]!.accuracyPoints).toEqual([points![i]!.mean, points![i]!.sd]);
    }
  });

  test('lie at or below the model at the budgets of their author, 14 pairs of bits (BO-58) (BO-70)', () => {
    const budgets = table('BO.start').external!.budget_ratio_of_70560_LUT!;
    const pairs = Object.entries(budgets).flatMap(([w, row]) =>
      Object.entries(row).map(([a, ratio]) => ({ bits: [Number(w), Number(a)] as const, ratio })),
    );
    expect(pairs).toHaveLength(14);
    for (const { method, sparsity, throughput } of PUBLISHED_GAINS) {
      let sum = 0;
      for (const { bits, ratio } of pairs)
        sum += tuned(bits, ratio, DENSE).maxCycles / tuned(bits, ratio, { method, sparsity }).maxCycles - 1;
      expect(sum / pairs.length).toBeGreaterThanOrEqual(throughput[0]);
      // Coarse pruning up to 75 % lies within 15 %. The means agree; single pairs scatter by the printed deviations.
      if (method === 'coarse' && sparsity < 0.8)
        expect(sum / pairs.length / throughput[0]).toBeLessThan(1.15);
    }
  });
});
