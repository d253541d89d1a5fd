import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addUp } from './adderTree.ts';
import {
  computeCycles,
  idealCycles,
  paddingGain,
  streamedPixels,
  type Work,
  weightBlocks,
} from './cycles.ts';
import { activeMultipliers, depthwiseShare, LIU_DEFAULTS, liuSettings, multiplierCount } from './engine.ts';
import { adderUnitCount, LIU_RESOURCES, liuResources, multipliersWithoutDsp } from './resources.ts';

const work = (kind: Work['kind'], side: number, channels: number, filters: number, kernel = 3): Work => ({
  kind,
  ifm: { height: side, width: side, channels },
  ofm: { height: side, width: side, channels: filters },
  kernelSize: [kernel, kernel],
  pads: kernel === 1 ? [0, 0, 0, 0] : [1, 1, 1, 1],
  repeats: 1,
});

test('the engine has 2,304 multipliers, of which 2,304, 2,304 and 864 are active (LI-05)', () => {
  expect(multiplierCount(LIU_DEFAULTS)).toBe(2304);
  expect(activeMultipliers('standard', LIU_DEFAULTS)).toBe(2304);
  expect(activeMultipliers('pointwise', LIU_DEFAULTS)).toBe(2304);
  expect(activeMultipliers('depthwise', LIU_DEFAULTS)).toBe(864);
});

test('depthwise convolutions use PD / PF of the engine: 6.25 % with 1, 37.5 % with 6 (LI-07)', () => {
  for (let pd = 1; pd <= 16; pd++) {
    expect(depthwiseShare({ pd, pf: 16 })).toBe(pd / 16);
    expect(activeMultipliers('depthwise', { ...LIU_DEFAULTS, pd }) / 2304).toBe(pd / 16);
  }
  expect(depthwiseShare(LIU_DEFAULTS)).toBe(0.375);
});

test('padding by parts takes (H+1)W cycles, direct padding (H+2)(W+2): 81 for 7x7 (LI-11) (LI-12)', () => {
  const map = { height: 7, width: 7 };
  expect(streamedPixels(map, [1, 1, 1, 1], 'direct')).toBe(81);
  expect(streamedPixels(map, [1, 1, 1, 1], 'operation-separate')).toBe(56);
});

test('the padding gain of eq. 2 is 1.027 at 112 and 1.446 at 7 (LI-12)', () => {
  const gains = [112, 56, 28, 14, 7].map((side) => paddingGain(side, side));
  [1.0269, 1.0539, 1.1084, 1.219, 1.4464].forEach((gain, i) => {
    expect(gains[i]).toBeCloseTo(gain, 4);
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 }), (h, w) => {
      expect(paddingGain(h, w)).toBeCloseTo(1 + (2 * h + w + 4) / (h * w + w), 12);
    }),
  );
});

test('cycles by hand: 14x14, 256 to 256 channels (LI-06)', () => {
  expect(computeCycles(work('standard', 14, 256, 256), LIU_DEFAULTS)).toBe(15 * 14 * 16 * 16);
  expect(computeCycles(work('pointwise', 14, 256, 256, 1), LIU_DEFAULTS)).toBe(22 * 16 * 16);
  expect(computeCycles(work('depthwise', 14, 256, 256), LIU_DEFAULTS)).toBe(35 * 16);
  expect(computeCycles(work('dense', 1, 1280, 1000, 1), LIU_DEFAULTS)).toBe(80 * 63);
  expect(idealCycles(work('standard', 14, 256, 256), LIU_DEFAULTS)).toBe(14 * 14 * 16 * 16);
  expect(idealCycles(work('depthwise', 14, 256, 256), LIU_DEFAULTS)).toBe(14 * 14 * 3);
});

test('a 7x7 standard kernel runs as nine windows, a 5x5 depthwise one in three passes (LI-38)', () => {
  const settings = LIU_DEFAULTS;
  const standard = computeCycles(work('standard', 28, 16, 16, 7), settings);
  expect(standard / computeCycles(work('standard', 28, 16, 16), settings)).toBe(9);
  const depthwise = computeCycles(work('depthwise', 28, 16, 16, 5), settings);
  expect(depthwise / computeCycles(work('depthwise', 28, 16, 16), settings)).toBe(3);
});

test('a pass is cut into as many blocks of weights as the ceiled quotients multiply to (LI-21)', () => {
  expect(weightBlocks(work('standard', 14, 40, 100), LIU_DEFAULTS)).toBe(3 * 7);
  expect(weightBlocks(work('pointwise', 14, 16, 17, 1), LIU_DEFAULTS)).toBe(2);
  expect(weightBlocks(work('depthwise', 14, 40, 40), LIU_DEFAULTS)).toBe(3);
});

test('the engine never computes faster than its multipliers allow', () => {
  const kinds = fc.constantFrom<Work['kind']>('standard', 'pointwise', 'depthwise');
  const extent = fc.integer({ min: 1, max: 64 });
  const channels = fc.integer({ min: 1, max: 300 });
  fc.assert(
    fc.property(kinds, extent, channels, channels, (kind, side, c, f) => {
      const kernel = kind === 'pointwise' ? 1 : 3;
      const layer = work(kind, side, c, kind === 'depthwise' ? c : f, kernel);
      const macs = side * side * kernel ** 2 * c * (kind === 'depthwise' ? 1 : f);
      const atLeast = macs / activeMultipliers(kind, LIU_DEFAULTS);
      expect(idealCycles(layer, LIU_DEFAULTS)).toBeGreaterThanOrEqual(atLeast - 1e-9);
      expect(computeCycles(layer, LIU_DEFAULTS)).toBeGreaterThanOrEqual(atLeast - 1e-9);
    }),
  );
});

describe('the configurable adder tree', () => {
  const products = fc.array(
    fc.array(fc.integer({ min: -65025, max: 65025 }), { minLength: 9, maxLength: 9 }),
    {
      minLength: 16,
      maxLength: 16,
    },
  );
  const plain = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  const outputsOf = (mode: Parameters<typeof addUp>[0], p: number[][]) => {
    const tree = addUp(mode, p);
    return tree.ok ? tree.value.outputs : [];
  };

  test('gives 16, 9 and 1 outputs that equal plain sums of 144 products (LI-08)', () => {
    fc.assert(
      fc.property(products, (p) => {
        expect(outputsOf('depthwise', p)).toEqual(p.map(plain));
        expect(outputsOf('pointwise', p)).toEqual(
          Array.from({ length: 9 }, (_, tap) => plain(p.map((taps) => taps[tap]!))),
        );
        expect(outputsOf('standard', p)).toEqual([plain(p.flat())]);
      }),
    );
  });

  test('uses 8, 9 and 8 + 1 basic units, in the modes of Fig. 6 (LI-08)', () => {
    const ones = Array.from({ length: 16 }, () => Array<number>(9).fill(1));
    const unitsOf = (mode: Parameters<typeof addUp>[0]) => {
      const tree = addUp(mode, ones);
      return tree.ok ? tree.value.units : [];
    };
    expect(unitsOf('depthwise')).toEqual([...Array(8).fill('2-way'), 'idle']);
    expect(unitsOf('pointwise')).toEqual(Array(9).fill('1-way'));
    expect(unitsOf('standard')).toEqual([...Array(8).fill('2-way'), '1-way']);
    expect(adderUnitCount(LIU_DEFAULTS)).toBe(144);
  });

  test('refuses another number of products', () => {
    expect(addUp('standard', [[1, 2, 3]]).ok).toBe(false);
  });
});

test.each([
  [{ pc: 0 }, 'parallelism'],
  [{ pf: 1.5 }, 'parallelism'],
  [{ pk: 8 }, 'kernel-parallelism'],
  [{ pv: 10 }, 'vector-parallelism'],
  [{ pd: 17 }, 'depthwise-parallelism'],
  [{ clockHertz: 0 }, 'rate'],
  [{ bytesPerCycle: Number.NaN }, 'rate'],
  [{ ramSBytes: -1 }, 'buffer'],
])('%j is refused in one sentence', (options, code) => {
  const settings = liuSettings(options);
  expect(settings.ok).toBe(false);
  if (settings.ok) return;
  expect(settings.error.code).toBe(code);
  expect(settings.error.message).toMatch(/; choose .*\.$/);
});

test('percentages of Table 1 follow from used and available (LI-25)', () => {
  const percents = LIU_RESOURCES.map(({ used, available }) => (100 * used) / available);
  [71.2, 64.05, 60, 32.19].forEach((percent, i) => {
    expect(percents[i]).toBeCloseTo(percent, 1);
  });
  expect(liuResources(LIU_DEFAULTS)).toEqual({ lut: 308449, bram18: 1883, uram: 0, dsp: 2160 });
  expect(liuResources({ ...LIU_DEFAULTS, pf: 32 })).toBeNull();
});

test('144 of 2,304 multipliers have no DSP block of their own (LI-26)', () => {
  expect(multipliersWithoutDsp()).toEqual({ multipliers: 2304, dsp: 2160, without: 144 });
});
