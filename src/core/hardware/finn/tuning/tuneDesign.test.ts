import { describe, expect, test } from 'vitest';
import { defaultDesign } from '../../../exploration/defaultDesign.ts';
import { presetById } from '../../../network/presets.ts';
import { unwrap } from '../../../result.ts';
import { estimate } from '../../estimate.ts';
import { runToEnd } from '../fifo/simulate.ts';
import { boardById, WHOLE_CHIP } from './boards.ts';
import { type TuningMethod, tuneDesign } from './tuneDesign.ts';

const { hardware } = defaultDesign();
const METHODS: readonly TuningMethod[] = [
  'optimal',
  'set-folding',
  'algorithm-1-balanced',
  'algorithm-1-simd',
  'algorithm-1-pe',
  'algorithm-2',
];

describe.each(['cnv', 'tiny-mobilenet-v2'])('%s on a Pynq-Z1', (id) => {
  const preset = presetById(id)!;
  const network = preset.build(preset.input, 10);
  const board = boardById('pynq-z1')!;
  const search = { ...hardware, board, ceilings: WHOLE_CHIP, clockHertz: 100e6 };
  const tunings = METHODS.map((method) => unwrap(runToEnd(tuneDesign(network, method, search))));

  test.each(tunings)(
    'a design made of what $method found is estimated at the same cycles and resources',
    (tuning) => {
      const { foldings, nodeSettings, targetCycles } = tuning;
      const design = { ...hardware, boardId: 'pynq-z1', foldings, nodeSettings, targetCycles };
      const report = unwrap(estimate(network, 'finn', design));
      expect(report.initiationInterval).toBe(tuning.cycles);
      expect(report.resources).toEqual(tuning.used);
      expect(report.violations.filter(({ code }) => code.startsWith('finn-folding'))).toEqual([]);
    },
  );

  test('no method is faster than the optimal folding (BO-77)', () => {
    const [best] = tunings;
    for (const { cycles, used, limits } of tunings) {
      const fits = (['lut', 'bram18', 'dsp', 'uram'] as const).every((key) => used[key] <= limits[key]);
      if (fits) expect(cycles).toBeGreaterThanOrEqual(best!.cycles);
    }
    expect(best!.lowerBoundCycles).toBeLessThanOrEqual(best!.cycles);
  });
});
