import { fail, ok, type Result } from '../../result.ts';
import { type LiuSettings, multiplierCount } from './engine.ts';

/** Giga operations a second, 1 MAC = 2 operations (LI-27). */
export const gops = (macCount: number, framesPerSecond: number): number =>
  (2 * macCount * framesPerSecond) / 1e9;

/** Giga operations of one frame from a rate and a number of frames a second. */
export const gopPerFrame = (gopsRate: number, framesPerSecond: number): number => gopsRate / framesPerSecond;

/** Energy efficiency: GOPS a watt, the same as giga operations a joule (Table 2 of source 004). */
export const gopsPerWatt = (gopsRate: number, watts: number): number => gopsRate / watts;

/** Density: GOPS a DSP block (Table 4 of source 004). */
export const gopsPerDsp = (gopsRate: number, dsp: number): number => gopsRate / dsp;

/** Every multiplier busy in every cycle: 2 x 2,304 x 150 MHz = 691.2 GOPS. */
export const peakGops = (settings: LiuSettings): number =>
  (2 * multiplierCount(settings) * settings.clockHertz) / 1e9;

/** GOPS over {@link peakGops}, 0..1. */
export const utilization = (gopsRate: number, settings: LiuSettings): number => gopsRate / peakGops(settings);

export interface MetricsRow {
  readonly gops: number;
  readonly utilization: number;
  readonly gopsPerWatt: number | null;
  readonly gopsPerDsp: number | null;
}

/** All metrics of a frame rate. Watts and DSP blocks are the caller's: null gives no ratio. */
export function metricsOf(
  frame: { readonly macCount: number; readonly throughputFps: number },
  settings: LiuSettings,
  { watts, dsp }: { readonly watts: number | null; readonly dsp: number | null },
): MetricsRow {
  const rate = gops(frame.macCount, frame.throughputFps);
  return {
    gops: rate,
    utilization: utilization(rate, settings),
    gopsPerWatt: watts === null ? null : gopsPerWatt(rate, watts),
    gopsPerDsp: dsp === null ? null : gopsPerDsp(rate, dsp),
  };
}

/** Fig. 13 of source 004, MobileNetV2: measured at the ends, and linear in between as section 7.4 says. */
export const SPARSITY_LINE = {
  sparsity: [0, 0.75],
  watts: [11.35, 4.57],
  top1: [0.708, 0.6665],
  source: 'Liu et al. 2024, Fig. 13 and section 7.4, MobileNetV2, measured line',
} as const;

const along = (ends: readonly [number, number], at: number): number => ends[0] + (ends[1] - ends[0]) * at;

export interface AtSparsity {
  /** Board-level power in watts; at 0 the multipliers of zero activations are off already (C4-17). */
  readonly watts: number;
  /** Share of the power at sparsity 0 that is saved. */
  readonly saved: number;
}

function position(sparsity: number): Result<number> {
  const [least, most] = SPARSITY_LINE.sparsity;
  if (!(sparsity >= least && sparsity <= most))
    return fail(
      'sparsity',
      `A weight sparsity of ${Math.round(1000 * sparsity) / 10} % was not measured; choose one from 0 to 75 %.`,
      'sparsity',
    );
  return ok((sparsity - least) / (most - least));
}

/**
 * Power at a share of weights set to zero (LI-35): 11.35 W less 0.0904 W a percent. Measured from 0 to 75 % only;
 * the line does not go on (contradictions.md, C4-16).
 */
export function powerAtSparsity(sparsity: number): Result<AtSparsity> {
  const at = position(sparsity);
  if (!at.ok) return at;
  const watts = along(SPARSITY_LINE.watts, at.value);
  return ok({ watts, saved: 1 - watts / SPARSITY_LINE.watts[0] });
}

/**
 * Top-1 accuracy (0..1) of MobileNetV2 at a share of weights set to zero. Only its ends are printed; a line between
 * them is our assumption, and the loss is in points, not in percent of the accuracy (C4-15).
 */
export function accuracyAtSparsity(sparsity: number): Result<number> {
  const at = position(sparsity);
  return at.ok ? ok(along(SPARSITY_LINE.top1, at.value)) : at;
}
