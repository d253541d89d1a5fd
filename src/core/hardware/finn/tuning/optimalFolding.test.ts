import { describe, expect, test } from 'vitest';
import type { Network } from '../../../network/network.ts';
import { presetById } from '../../../network/presets.ts';
import { type Result, unwrap } from '../../../result.ts';
import { estimateFinn } from '../estimate.ts';
import { legalParallelism, simdLimitOf } from '../folding.ts';
import { isWeighted } from '../layerUnits.ts';
import { dspBlockOf } from '../operators/model.ts';
import { type Board, boardById, checkBudget, RECOMMENDED_CEILINGS } from './boards.ts';
import { type OptimalFolding, type OptimalFoldingOptions, optimalFolding } from './optimalFolding.ts';
import { measureFinn } from './optimalFoldingMeasure.ts';

const networkOf = (id: string): Network => {
  const preset = presetById(id)!;
  return preset.build(preset.input, 10);
};

function run(network: Network, options: OptimalFoldingOptions): Result<OptimalFolding> & { steps: number } {
  const search = optimalFolding(network, options);
  for (let steps = 0; ; steps++) {
    const step = search.next();
    if (step.done) return { ...step.value, steps };
  }
}

const options = (bits: number, boardId: string, rest: Partial<OptimalFoldingOptions> = {}) => ({
  weightBits: bits,
  activationBits: bits,
  board: boardById(boardId)! as Board,
  clockHertz: 100e6,
  ...rest,
});

const CASES = ['cnv', 'tiny-resnet', 'tiny-mobilenet-v2'].flatMap((id) =>
  [1, 2, 4].flatMap((bits) =>
    ['pynq-z1', 'zcu104'].flatMap((board) =>
      (['free', 'shared'] as const).map((windows) => [id, bits, board, windows] as const),
    ),
  ),
);

describe('the optimal folding', () => {
  test.each(CASES)(
    'of %s at %i bits on %s with %s windows is legal and within the board',
    (id, bits, boardId, windows) => {
      const asked = options(bits, boardId, { windows });
      const { nodes, used, limits, cycles, gap } = unwrap(run(networkOf(id), asked));
      const measured = measureFinn(nodes, dspBlockOf(asked.board.part));
      expect(measured).toEqual({ maxCycles: cycles, ...used });
      expect(gap).toBe(0);
      for (const key of ['lut', 'bram18', 'uram', 'dsp'] as const)
        expect(used[key]).toBeLessThanOrEqual(limits[key]);
      const byName = new Map(nodes.map((node) => [node.name, node]));
      for (const node of nodes) {
        const legal = legalParallelism(node);
        if ('pe' in node && legal.pe.length > 0) expect(legal.pe).toContain(node.pe);
        if ('simd' in node && legal.simd.length > 0) expect(legal.simd).toContain(node.simd);
        if (isWeighted(node)) expect(node.simd).toBeGreaterThanOrEqual(simdLimitOf(node));
        if (node.opType !== 'VVAU_hls' && node.opType !== 'Pool_hls') continue;
        const window = byName.get(node.predecessors[0]!)!;
        if (window.opType !== 'ConvolutionInputGenerator_rtl') continue;
        expect(window.simd).toBe(node.pe);
        expect(window.parallelWindow).toBe('simd' in node && node.simd > 1);
      }
    },
  );

  test.each(['cnv', 'tiny-resnet', 'tiny-mobilenet-v2'])(
    'of %s with shared windows is what a design with its foldings and memories gives',
    (id) => {
      const network = networkOf(id);
      const asked = options(2, 'ultra96', { windows: 'shared' });
      const { foldings, implementations, cycles, used } = unwrap(run(network, asked));
      const report = unwrap(
        estimateFinn(network, {
          weightBits: 2,
          activationBits: 2,
          fpgaPart: asked.board.part,
          clockHertz: asked.clockHertz,
          foldings,
          implementations,
          targetCycles: cycles + 1,
        }),
      );
      expect(report.violations).toEqual([]);
      expect(report.initiationInterval).toBe(cycles);
      expect(report.resources).toEqual(used);
    },
  );

  test('keeps recommended ceilings and their mean', () => {
    for (const id of ['cnv', 'tiny-mobilenet-v2']) {
      const asked = options(2, 'ultra96', { ceilings: RECOMMENDED_CEILINGS });
      const { used, cycles } = unwrap(run(networkOf(id), asked));
      const row = { label: id, layerIds: [], resources: used };
      expect(checkBudget([row], asked.board, RECOMMENDED_CEILINGS)).toEqual([]);
      expect(cycles).toBeGreaterThanOrEqual(unwrap(run(networkOf(id), options(2, 'ultra96'))).cycles);
    }
  });

  test('says which node is slowest and why nothing faster fits', () => {
    const { sentence } = unwrap(run(networkOf('cnv'), options(1, 'pynq-z1')));
    expect(sentence).toMatch(
      /^conv\d MVAU takes 9,600 cycles a frame: 10,417 frames a second on Pynq-Z1, proven to be the fastest: at 9,408 cycles it would take at least 53,3\d\d of 53,200 LUT, with all other resources used up\.$/,
    );
    // Three budgets are full at once here: only the right weights prove it.
    const full = unwrap(run(networkOf('cnv'), options(4, 'pynq-z1')));
    expect(full.sentence).toMatch(
      /100,352 cycles .* at 98,304 cycles it would take at least 281 of 280 BRAM18, with all other resources used up\.$/,
    );
    const all = unwrap(run(networkOf('cnv'), options(1, 'zcu104', { windows: 'shared' })));
    expect(all.sentence).toMatch(/no folding makes it faster, whatever the board\.$/);
  });

  test('fits networks by moving weights between LUT, BRAM and URAM (BO-78)', () => {
    const network = networkOf('cnv');
    expect(run(network, options(4, 'pynq-z1', { memories: 'kept' })).ok).toBe(false);
    const moved = unwrap(run(network, options(4, 'pynq-z1')));
    const styles = new Set(Object.values(moved.implementations).map((one) => one.ramStyle));
    expect(styles).toEqual(new Set(['block', 'distributed']));
    const kept = unwrap(run(network, options(4, 'zcu104', { memories: 'kept' })));
    const free = unwrap(run(network, options(4, 'zcu104')));
    expect(kept.used.uram).toBe(0);
    expect(free.used.uram).toBeGreaterThan(0);
    expect(free.used.bram18).toBeLessThan(kept.used.bram18);
    expect(free.cycles).toBeLessThan(kept.cycles);
  });

  test('refuses a network that fits at no folding, by resource, amount and layer, before any search (BO-77)', () => {
    const network = networkOf('cnv');
    const again = (rest: Partial<OptimalFoldingOptions>) => {
      // The second run finds the tables of options made: its steps are the search's.
      run(network, options(8, 'pynq-z1', rest));
      return run(network, options(8, 'pynq-z1', rest));
    };
    const early = again({ memories: 'kept' });
    expect(early).toMatchObject({
      ok: false,
      error: { code: 'finn-doomed', where: expect.stringMatching(/^conv6$/) },
      steps: 1,
    });
    expect(!early.ok && early.error.message).toMatch(
      /^No folding fits Pynq-Z1: even at the least it takes \d{3} of 280 BRAM18, \d+ of them in conv6 MVAU; use/,
    );
    // With memories free no resource alone tells; weighing them against each other does, at the first step.
    const later = again({});
    expect(later).toMatchObject({ ok: false, error: { code: 'finn-doomed' }, steps: 2 });
    expect(!later.ok && later.error.message).toContain('with all other resources used up');
  });

  test('refuses a clock of nothing', () => {
    const none = run(networkOf('cnv'), options(1, 'pynq-z1', { clockHertz: 0 }));
    expect(none).toMatchObject({ ok: false, error: { code: 'clock' } });
  });
});
