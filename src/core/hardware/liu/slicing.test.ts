import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Work, weightBlocks } from './cycles.ts';
import { LIU_DEFAULTS } from './engine.ts';
import { sliceWeights } from './slicing.ts';

const works = fc
  .record({
    kind: fc.constantFrom<Work['kind']>('standard', 'depthwise', 'pointwise'),
    channels: fc.integer({ min: 1, max: 40 }),
    filters: fc.integer({ min: 1, max: 40 }),
    kernel: fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 })),
  })
  .map(
    ({ kind, channels, filters, kernel }): Work => ({
      kind,
      ifm: { height: 8, width: 8, channels },
      ofm: { height: 8, width: 8, channels: kind === 'depthwise' ? channels : filters },
      kernelSize: kind === 'pointwise' ? [1, 1] : kernel,
      pads: [0, 0, 0, 0],
      repeats: 1,
    }),
  );

test('blocks hold at most 9 taps, 16 channels and 16 filters, and cover every weight once (LI-21)', () => {
  fc.assert(
    fc.property(works, (work) => {
      const seen = new Set<string>();
      let count = 0;
      const blocks = sliceWeights(work, LIU_DEFAULTS);
      for (const { channels, filters, taps } of blocks) {
        expect(taps.length).toBeLessThanOrEqual(9);
        expect(channels[1] - channels[0]).toBeLessThanOrEqual(16);
        expect(filters[1] - filters[0]).toBeLessThanOrEqual(16);
        for (let c = channels[0]; c < channels[1]; c++)
          for (let f = filters[0]; f < filters[1]; f++)
            for (const tap of taps) {
              seen.add(`${c} ${f} ${tap}`);
              count++;
            }
      }
      const filters = work.kind === 'depthwise' ? 1 : work.ofm.channels;
      const weights = work.kernelSize[0] * work.kernelSize[1] * work.ifm.channels * filters;
      expect(count).toBe(weights);
      expect(seen.size).toBe(weights);
      expect(blocks.length).toBe(weightBlocks(work, LIU_DEFAULTS));
    }),
    { numRuns: 50 },
  );
});
