import { fail, ok, type Result } from '../../result.ts';
import { count } from './sentences.ts';

/** Clock at which all designs of source 003 ran, in hertz (section 4.5.1). */
export const THESIS_CLOCK_HERTZ = 100e6;

const MEGA = 1e6;
const NANO = 1e-9;

export interface ClockEstimate {
  /** Clock of the routed design, in hertz. */
  readonly clockHertz: number;
  /** The highest clock that the slowest path would follow, in hertz. */
  readonly maxHertz: number;
  /** Share by which it exceeds the clock; below 0 where timing is not met. */
  readonly gain: number;
  readonly sentence: string;
}

const megahertz = (hertz: number) => `${Number((hertz / MEGA).toFixed(2))} MHz`;

function sentenceOf(clockHertz: number, maxHertz: number, slack: number): string {
  const change = ((maxHertz / clockHertz - 1) * 100).toFixed(2);
  const advice = 'An estimate: the slack changes with the clock, so place and route again at the new one.';
  if (slack === 0) return `The slowest path fits ${megahertz(clockHertz)} exactly. ${advice}`;
  return slack > 0
    ? `The slowest path has ${slack} ns to spare at ${megahertz(clockHertz)}: up to ${megahertz(maxHertz)}, +${change} %. ${advice}`
    : `The slowest path is ${-slack} ns late at ${megahertz(clockHertz)}: the design is safe up to ${megahertz(maxHertz)}, ${change} %. ${advice}`;
}

/**
 * The highest clock of a routed design: source 003, equation 4.2, F_max = 1 / (T_period - T_WNS). Both times in
 * nanoseconds; the worst negative slack as Vivado reports it, positive where timing is met with time to spare.
 * Fails where the period is no time above 0, or the slack is not below it.
 */
export function maxClockFromSlack(periodNs: number, worstSlackNs: number): Result<ClockEstimate> {
  if (!(periodNs > 0 && Number.isFinite(periodNs)))
    return fail(
      'clock-period',
      `A clock period of ${periodNs} ns is not possible; give one above 0.`,
      'periodNs',
    );
  if (!Number.isFinite(worstSlackNs))
    return fail(
      'clock-slack',
      `A worst negative slack of ${worstSlackNs} ns is no time; give Vivado's WNS.`,
      'worstSlackNs',
    );
  if (worstSlackNs >= periodNs)
    return fail(
      'clock-slack',
      `A slack of ${worstSlackNs} ns leaves no time in a period of ${periodNs} ns; check that both are in nanoseconds.`,
      'worstSlackNs',
    );
  const clockHertz = 1 / (periodNs * NANO);
  const maxHertz = 1 / ((periodNs - worstSlackNs) * NANO);
  const gain = worstSlackNs / (periodNs - worstSlackNs);
  return ok({ clockHertz, maxHertz, gain, sentence: sentenceOf(clockHertz, maxHertz, worstSlackNs) });
}

const isRate = (value: number) => value > 0 && Number.isFinite(value);

/**
 * Frames a second at another clock: cycles do not change with the clock, so the rate is proportional to it
 * (source 003, section 4.5.1 and Figure 4.10). Clocks in hertz; whether the design closes timing at the new clock
 * is another question, see {@link maxClockFromSlack}. Fails where a number is not above 0.
 */
export function throughputAtClock(throughputFps: number, fromHertz: number, toHertz: number): Result<number> {
  if (!isRate(throughputFps))
    return fail(
      'clock-rate',
      `A rate of ${throughputFps} frames a second cannot be scaled; give one above 0.`,
      'throughputFps',
    );
  for (const [value, where] of [
    [fromHertz, 'fromHertz'],
    [toHertz, 'toHertz'],
  ] as const)
    if (!isRate(value))
      return fail('clock', `A clock of ${value} Hz is not possible; choose one above 0.`, where);
  return ok(throughputFps * (toHertz / fromHertz));
}

/** One build of a design: the clock it was routed for and the slack it came out with. */
export interface ClockTrial {
  readonly periodNs: number;
  readonly worstSlackNs: number;
}

export interface ClockAdvice {
  /** The fastest clock that was met, in hertz; null where none was. */
  readonly metHertz: number | null;
  /** The clock to build for next, in hertz; null where the search is over. */
  readonly nextHertz: number | null;
  readonly sentence: string;
}

/**
 * The next clock to build for, as equation 4.2 has to be iterated (source 003, section 4.5.1; C3-09): the F_max of
 * the fastest build that met timing, or, where that clock is known to fail, the middle between what was met and
 * what was missed. Over once the next build would gain less than `stepHertz`. `limitHertz` is the board's clock limit.
 * Fails on a trial that {@link maxClockFromSlack} refuses, or without any.
 */
export function nextClock(
  trials: readonly ClockTrial[],
  limitHertz: number,
  stepHertz = MEGA,
): Result<ClockAdvice> {
  if (trials.length === 0)
    return fail(
      'clock-trials',
      'There is no build to start from; route the design once and give its slack.',
      'trials',
    );
  if (!isRate(limitHertz) || !isRate(stepHertz))
    return fail(
      'clock',
      `A clock limit of ${limitHertz} Hz and a step of ${stepHertz} Hz must both be above 0.`,
      'limitHertz',
    );
  let met: ClockEstimate | null = null;
  let slowestMissed: ClockEstimate | null = null;
  for (const { periodNs, worstSlackNs } of trials) {
    const judged = maxClockFromSlack(periodNs, worstSlackNs);
    if (!judged.ok) return judged;
    const trial = judged.value;
    if (worstSlackNs >= 0) met = met && met.clockHertz >= trial.clockHertz ? met : trial;
    else
      slowestMissed = slowestMissed && slowestMissed.clockHertz <= trial.clockHertz ? slowestMissed : trial;
  }
  return ok(advise(met, slowestMissed, limitHertz, stepHertz));
}

function advise(
  met: ClockEstimate | null,
  missed: ClockEstimate | null,
  limitHertz: number,
  stepHertz: number,
): ClockAdvice {
  const metHertz = met?.clockHertz ?? null;
  const to = (hertz: number, reason: string): ClockAdvice => {
    const nextHertz = Math.min(hertz, limitHertz);
    const done = metHertz !== null && nextHertz - metHertz < stepHertz;
    return done
      ? {
          metHertz,
          nextHertz: null,
          sentence: `${megahertz(metHertz)} is met and less than ${count(stepHertz)} Hz more is in reach: stop here.`,
        }
      : { metHertz, nextHertz, sentence: `Build for ${megahertz(nextHertz)} next: ${reason}.` };
  };
  if (!met)
    return to(
      missed?.maxHertz ?? limitHertz,
      'no build has met timing yet, and the slowest one would at this clock',
    );
  // A step of tolerance: the clock that failed is often F_max itself, but for rounding.
  if (missed && missed.clockHertz <= met.maxHertz + stepHertz && missed.clockHertz > met.clockHertz)
    return to(
      (met.clockHertz + missed.clockHertz) / 2,
      `half way between ${megahertz(met.clockHertz)}, which is met, and ${megahertz(missed.clockHertz)}, which is not`,
    );
  return to(met.maxHertz, `F_max of the build at ${megahertz(met.clockHertz)}`);
}
