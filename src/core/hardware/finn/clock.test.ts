import { describe, expect, test } from 'vitest';
import { presetById } from '../../network/presets.ts';
import { unwrap } from '../../result.ts';
import { maxClockFromSlack, nextClock, THESIS_CLOCK_HERTZ, throughputAtClock } from './clock.ts';
import { estimateFinn } from './estimate.ts';
import { CNV_DEFAULT_FOLDING } from './publishedFoldings.ts';

describe('F_max from the worst negative slack', () => {
  test('is 142.857 MHz and 42.857 % more at 10 ns with 3 ns to spare (BO-41)', () => {
    const { maxHertz, gain, clockHertz, sentence } = unwrap(maxClockFromSlack(10, 3));
    expect(clockHertz).toBeCloseTo(THESIS_CLOCK_HERTZ, 3);
    expect(maxHertz / 1e6).toBeCloseTo(142.857, 3);
    // Printed: 42.8 %, cut off instead of rounded (C3-08).
    expect(gain * 100).toBeCloseTo(42.857, 3);
    expect(Math.floor(gain * 1000) / 10).toBe(42.8);
    expect(sentence).toContain('3 ns to spare at 100 MHz: up to 142.86 MHz, +42.86 %');
  });

  test('falls below the clock where the slack is negative (BO-41)', () => {
    const { maxHertz, gain, sentence } = unwrap(maxClockFromSlack(10, -2.5));
    expect(maxHertz).toBeCloseTo(80e6, 3);
    expect(gain).toBeCloseTo(-0.2, 12);
    expect(sentence).toContain('2.5 ns late at 100 MHz: the design is safe up to 80 MHz, -20.00 %');
  });

  test('is the clock itself without slack', () => {
    expect(unwrap(maxClockFromSlack(10, 0)).gain).toBe(0);
  });

  test('does not allow the three-fold clock that the board would (BO-39) (BO-41)', () => {
    expect(unwrap(maxClockFromSlack(10, 3)).maxHertz).toBeLessThan(300e6);
  });

  test.each([
    [0, 1, 'periodNs'],
    [Number.NaN, 1, 'periodNs'],
    [10, 10, 'worstSlackNs'],
    [10, 3000, 'worstSlackNs'],
    [10, Number.NEGATIVE_INFINITY, 'worstSlackNs'],
  ])('refuses a period of %f ns with a slack of %f ns', (period, slack, where) => {
    const refused = maxClockFromSlack(period, slack);
    expect(refused.ok ? null : refused.error.where).toBe(where);
  });
});

describe('the throughput at another clock', () => {
  const preset = presetById('cnv')!;
  const network = preset.build(preset.input, 10);
  const fpsAt = (clockHertz: number) =>
    unwrap(
      estimateFinn(network, {
        foldings: CNV_DEFAULT_FOLDING,
        targetCycles: 40_000,
        weightBits: 1,
        activationBits: 1,
        clockHertz,
      }),
    ).throughputFps;

  test('doubles with the clock and is three-fold at the 300 MHz of the Ultra96V2, as in the estimate (BO-39)', () => {
    const fps = fpsAt(THESIS_CLOCK_HERTZ);
    expect(fps).toBeCloseTo(3051.8, 1);
    for (const factor of [2, 3]) {
      const scaled = unwrap(throughputAtClock(fps, THESIS_CLOCK_HERTZ, factor * THESIS_CLOCK_HERTZ));
      expect(scaled).toBeCloseTo(factor * fps, 6);
      expect(scaled).toBeCloseTo(fpsAt(factor * THESIS_CLOCK_HERTZ), 6);
    }
  });

  test.each([
    [0, 1e8, 1e8, 'throughputFps'],
    [100, 0, 1e8, 'fromHertz'],
    [100, 1e8, Number.POSITIVE_INFINITY, 'toHertz'],
  ])('is refused for %f frames a second from %f to %f Hz', (fps, from, to, where) => {
    const refused = throughputAtClock(fps, from, to);
    expect(refused.ok ? null : refused.error.where).toBe(where);
  });
});

describe('the search for the clock', () => {
  test('goes to F_max first, then half way back from a clock that failed (BO-41)', () => {
    const first = { periodNs: 10, worstSlackNs: 3 };
    expect(unwrap(nextClock([first], 300e6)).nextHertz! / 1e6).toBeCloseTo(142.857, 3);
    const failed = { periodNs: 7, worstSlackNs: -0.5 };
    const { metHertz, nextHertz, sentence } = unwrap(nextClock([failed, first], 300e6));
    expect(metHertz! / 1e6).toBeCloseTo(100, 6);
    expect(nextHertz! / 1e6).toBeCloseTo((100 + 142.857) / 2, 3);
    expect(sentence).toContain('half way between 100 MHz, which is met, and 142.86 MHz, which is not');
  });

  test('ends at the limit of the board, and where nothing is left to gain', () => {
    expect(unwrap(nextClock([{ periodNs: 10, worstSlackNs: 3 }], 120e6)).nextHertz).toBe(120e6);
    expect(unwrap(nextClock([{ periodNs: 10, worstSlackNs: 3 }], 100e6)).nextHertz).toBeNull();
    const close = [
      { periodNs: 8, worstSlackNs: 0.5 },
      { periodNs: 7.95, worstSlackNs: -0.01 },
    ];
    expect(unwrap(nextClock(close, 300e6)).nextHertz).toBeNull();
  });

  test('slows down where no build has met timing', () => {
    expect(unwrap(nextClock([{ periodNs: 5, worstSlackNs: -3 }], 300e6)).nextHertz).toBeCloseTo(125e6, 3);
    expect(nextClock([], 300e6).ok).toBe(false);
    expect(nextClock([{ periodNs: 5, worstSlackNs: 6 }], 300e6).ok).toBe(false);
  });

  test('finds the clock of a design whose slack is known, in a few builds', () => {
    // A path of 6.2 ns that synthesis shortens to 5.6 ns once the clock asks for it.
    const route = (hertz: number) => {
      const periodNs = 1e9 / hertz;
      return { periodNs, worstSlackNs: periodNs - Math.max(5.6, Math.min(6.2, periodNs - 0.1)) };
    };
    const trials = [route(100e6)];
    let advice = unwrap(nextClock(trials, 300e6));
    while (advice.nextHertz !== null && trials.length < 20) {
      trials.push(route(advice.nextHertz));
      advice = unwrap(nextClock(trials, 300e6));
    }
    expect(trials.length).toBeLessThan(15);
    expect(advice.metHertz! / 1e6).toBeGreaterThan(1000 / 6.2 - 1);
    expect(advice.metHertz! / 1e6).toBeLessThanOrEqual(1000 / 5.6 + 1e-6);
  });
});
