import type { LearningCurves } from './modelStore.ts';

/** Losses kept of a run: more than a chart has columns. */
export const MOST_LOSSES = 2000;

/** Curves with at most {@link MOST_LOSSES} losses of steps: each the mean of `stepsPerLoss` (the last one of what is left). */
export function thinCurves(curves: LearningCurves): {
  readonly curves: LearningCurves;
  readonly stepsPerLoss: number;
} {
  const { stepLosses } = curves;
  const stepsPerLoss = Math.max(1, Math.ceil(stepLosses.length / MOST_LOSSES));
  if (stepsPerLoss === 1) return { curves, stepsPerLoss };
  const means = Array.from({ length: Math.ceil(stepLosses.length / stepsPerLoss) }, (_, i) => {
    const part = stepLosses.slice(i * stepsPerLoss, (i + 1) * stepsPerLoss);
    return part.reduce((sum, loss) => sum + loss, 0) / part.length;
  });
  return { curves: { ...curves, stepLosses: means }, stepsPerLoss };
}
