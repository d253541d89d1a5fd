import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { presetById } from '../../../network/presets.ts';
import { unwrap } from '../../../result.ts';
import { divisorsOf } from '../folding.ts';
import { foldNetwork } from '../foldNetwork.ts';
import { cyclesOf } from '../operators.ts';
import { CNV_DEFAULT_FOLDING } from '../publishedFoldings.ts';
import { type ColumnMethod, columnPruned, planForAll } from './columnPruned.ts';

const fold = (presetId: string, foldings = {}, targetCycles = 40_000) => {
  const preset = presetById(presetId)!;
  const options = { foldings, targetCycles, weightBits: 1, activationBits: 1 };
  return unwrap(foldNetwork(preset.build(preset.input, 10), options)).nodes;
};

const cnv = fold('cnv', CNV_DEFAULT_FOLDING);
const cut = (layerId: string, method: ColumnMethod, sparsity: number) =>
  columnPruned(cnv, { [layerId]: { method, sparsity } });
const all = (method: ColumnMethod, sparsity: number) =>
  columnPruned(cnv, planForAll(cnv, { method, sparsity }));

describe('coarse column pruning', () => {
  test.each([
    [0.25, 2, 22.2],
    [0.5, 4, 44.4],
    [0.75, 7, 77.8],
    [0.875, 8, 88.9],
  ])('of conv1, nine blocks at SIMD 3, by %f takes %i of them (BO-45)', (sparsity, blocks, real) => {
    const { layers, violations } = cut('conv1', 'coarse', sparsity);
    expect(violations).toEqual([]);
    expect(layers[0]).toMatchObject({
      nominal: sparsity,
      columns: [27, 27 - 3 * blocks],
      simd: [3, 3],
      maskBits: 9,
    });
    expect(layers[0]!.sparsity * 100).toBeCloseTo(real, 1);
    expect(layers[0]!.sentence).toContain(`conv1 loses ${blocks} of 9 blocks of 3 columns, ${real} %`);
  });

  test('shortens the matrix unit by the pruned blocks, and halves it at 50 % (BO-03) (BO-45)', () => {
    const [conv3] = cut('conv3', 'coarse', 0.5).layers;
    // Table 4.2: 144 pixels, 576 / 32 columns, 128 / 16 outputs.
    expect(conv3).toMatchObject({ columns: [576, 288], cycles: [20_736, 10_368], words: 9 });
    expect(conv3!.resources[1].bram18).toBeLessThanOrEqual(conv3!.resources[0].bram18);
  });

  test('never makes a layer slower, larger or its folding illegal, whatever the share (BO-46) (BO-47)', () => {
    const share = fc.double({ min: 0, max: 0.94, noNaN: true });
    fc.assert(
      fc.property(share, share, fc.constantFrom('conv2', 'conv4', 'conv6'), (a, b, layerId) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)].map((s) => cut(layerId, 'coarse', s));
        expect([...less!.violations, ...more!.violations]).toEqual([]);
        const [one, other] = [less!.layers[0]!, more!.layers[0]!];
        expect(other.cycles[1]).toBeLessThanOrEqual(one.cycles[1]);
        expect(other.resources[1].bram18).toBeLessThanOrEqual(one.resources[1].bram18);
        expect(other.resources[1].lut).toBeLessThanOrEqual(one.resources[1].lut);
        expect(other.columns[1] % other.simd[1]).toBe(0);
      }),
    );
  });

  test('frees block memory in steps: a staircase that never rises (BO-47)', () => {
    const steps = Array.from({ length: 10 }, (_, i) => all('coarse', i / 10).layers);
    for (const at of steps[0]!.keys()) {
      const bram = steps.map((layers) => layers[at]!.resources[1].bram18);
      for (const [i, blocks] of bram.entries()) if (i > 0) expect(blocks).toBeLessThanOrEqual(bram[i - 1]!);
    }
    // conv5, 1152 x 256 weights in 128 lanes: memory is given out in words of 1,024, so most steps free nothing.
    expect(steps.map((layers) => layers[4]!.resources[1].bram18)).toEqual([
      24, 16, 16, 16, 16, 16, 8, 8, 4, 4,
    ]);
    const total = steps.map((layers) => layers.reduce((sum, layer) => sum + layer.resources[1].bram18, 0));
    expect(total.at(-1)).toBeLessThan(0.6 * total[0]!);
  });

  test('leaves the logic as it is, within two points of the Ultra96V2, and adds a mask bit a block (BO-48)', () => {
    for (const sparsity of [0.25, 0.5, 0.75, 0.875]) {
      const { layers } = all('coarse', sparsity);
      const saved = layers.reduce((sum, { resources: [before, after] }) => sum + before.lut - after.lut, 0);
      expect((saved / 70_560) * 100).toBeLessThan(2);
      expect(layers.map((layer) => layer.maskBits)).toEqual([9, 18, 18, 36, 36, 72]);
    }
  });

  test('needs a block that stays, and a share below one', () => {
    const { nodes, violations } = cut('conv1', 'coarse', 0.99);
    expect(nodes).toEqual(cnv);
    expect(violations[0]!.message).toBe('9 of the 9 blocks of conv1 cannot be pruned; choose 0 to 8.');
    for (const sparsity of [-0.1, 1, Number.NaN])
      expect(cut('conv2', 'coarse', sparsity).violations).toHaveLength(1);
  });
});

describe('fine column pruning', () => {
  test('keeps M of every N columns and makes M the SIMD (BO-61)', () => {
    const [conv3] = cut('conv3', 'fine', 0.75).layers;
    expect(conv3).toMatchObject({ columns: [576, 144], simd: [32, 8], words: 18, maskBits: 576 });
    expect(conv3!.sentence).toContain('24 of every 32 columns');
  });

  test.each([0, 0.5, 0.75, 0.875])(
    'by %f leaves the cycles of every unit as they are (BO-65)',
    (sparsity) => {
      const pruned = sparsity === 0 ? { nodes: cnv } : all('fine', sparsity);
      expect(pruned.nodes.map(cyclesOf)).toEqual(cnv.map(cyclesOf));
    },
  );

  test('lowers logic and block memory with M (BO-66)', () => {
    const levels = [0.5, 0.75, 0.875].map((sparsity) => all('fine', sparsity).layers);
    const total = (key: 'lut' | 'bram18', at: 0 | 1) =>
      levels.map((layers) => layers.reduce((sum, layer) => sum + layer.resources[at][key], 0));
    const lut = [total('lut', 0)[0]!, ...total('lut', 1)];
    const bram = [total('bram18', 0)[0]!, ...total('bram18', 1)];
    for (let i = 1; i < lut.length; i++) {
      expect(lut[i]).toBeLessThan(lut[i - 1]!);
      expect(bram[i]).toBeLessThanOrEqual(bram[i - 1]!);
    }
    // Linear in M but for what does not depend on it: half of the columns are at least 40 % of the logic.
    expect(lut[1]! / lut[0]!).toBeLessThan(0.6);
  });

  test('is refused at shares that no M meets, and says which ones are possible (BO-62) (BO-67)', () => {
    const { nodes, violations } = cut('conv3', 'fine', 0.3);
    expect(nodes).toEqual(cnv);
    expect(violations).toEqual([
      {
        code: 'finn-columns-refused',
        message:
          'conv3 cannot keep 22.4 of every 32 columns: keeping 22.4 of 32 columns needs whole numbers above 0; 50 %, 75 %, 87.5 %, 93.8 % or 96.9 % are possible at SIMD 32.',
        layerIds: ['conv3'],
      },
    ]);
  });

  test('cannot prune the three channels of conv1 by 50, 75 or 87.5 %, which a plan for all leaves out (BO-62)', () => {
    for (const sparsity of [0.5, 0.75, 0.875]) {
      expect(cut('conv1', 'fine', sparsity).violations).toHaveLength(1);
      expect(all('fine', sparsity).layers.map((layer) => layer.layerId)).toEqual([
        'conv2',
        'conv3',
        'conv4',
        'conv5',
        'conv6',
      ]);
    }
  });

  test('needs one SIMD for the window and the unit', () => {
    const apart = fold('cnv', {}, 2000);
    const { violations } = columnPruned(apart, planForAll(apart, { method: 'coarse', sparsity: 0.5 }));
    expect(violations.every(({ code }) => code === 'finn-folding-adjusted')).toBe(true);
    const wider = cnv.map((node) =>
      node.name === 'MVAU_hls_2' && 'simd' in node ? { ...node, simd: 64 } : node,
    );
    const fine = columnPruned(wider, { conv3: { method: 'fine', sparsity: 0.5 } });
    expect(fine.violations[0]!.message).toBe(
      'Fine pruning of conv3 needs one SIMD for its sliding window (32) and its matrix unit (64); choose a folding for the layer.',
    );
  });
});

describe('pruning columns without regard to blocks', () => {
  test('says which SIMD still divide what is left', () => {
    const { nodes, layers, violations } = cut('conv3', 'free', 0.1);
    expect(violations).toEqual([
      {
        code: 'finn-folding-adjusted',
        message:
          'Pruning 10.1 % of the columns of conv3 to 518 leaves SIMD 32 illegal; 14 or 37 divide it, 14 is used.',
        layerIds: ['conv3'],
      },
    ]);
    const node = nodes.find(({ name }) => name === layers[0]!.nodeName)!;
    expect(node).toMatchObject({ mw: 518, simd: 14 });
    // Fewer columns, and still slower: 518 / 14 folds instead of 576 / 32.
    expect(layers[0]!.cycles).toEqual([20_736, 144 * 37 * 8]);
  });

  test('keeps the folding where it still divides', () => {
    expect(cut('conv3', 'free', 0.5).violations).toEqual([]);
    expect(cut('conv3', 'free', 0.5).layers[0]!.simd).toEqual([32, 32]);
  });

  test('always leaves a unit that FINN can build', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        fc.constantFrom('conv2', 'conv5', 'conv6'),
        (s, id) => {
          const { layers } = cut(id, 'free', s);
          const { columns, simd } = layers[0]!;
          expect(columns[1] % simd[1]).toBe(0);
          expect(simd[1]).toBeGreaterThanOrEqual(columns[1] / 1024);
          // 1,151 columns are a prime number that code generation takes whole only: there SIMD has to grow.
          const legal = divisorsOf(columns[1]).filter((one) => one >= columns[1] / 1024);
          const below = legal.filter((one) => one <= simd[0]).at(-1);
          expect(simd[1]).toBe(below ?? legal[0]);
        },
      ),
    );
  });
});

describe('a plan for a network', () => {
  test('cannot prune dense layers, nor layers that are not there (BO-76)', () => {
    const { nodes, violations } = columnPruned(cnv, {
      fc1: { method: 'coarse', sparsity: 0.5 },
      nowhere: { method: 'fine', sparsity: 0.5 },
    });
    expect(nodes).toEqual(cnv);
    expect(violations.map(({ message }) => message)).toEqual([
      'fc1 has no sliding window that could skip columns, so it stays dense; prune a convolution with a kernel.',
      'There is a column cut for nowhere, which this network does not compute; remove it.',
    ]);
  });

  test('changes nothing but the matrix units that it names', () => {
    const { nodes } = columnPruned(cnv, { conv2: { method: 'coarse', sparsity: 0.5 } });
    expect(nodes.filter((node, i) => node !== cnv[i]).map(({ name }) => name)).toEqual(['MVAU_hls_1']);
  });

  test('mixes methods by layer', () => {
    const { layers } = columnPruned(cnv, {
      conv1: { method: 'coarse', sparsity: 0.5 },
      conv2: { method: 'fine', sparsity: 0.5 },
    });
    expect(layers.map(({ columns, simd }) => [columns[1], simd[1]])).toEqual([
      [15, 3],
      [288, 16],
    ]);
  });
});
