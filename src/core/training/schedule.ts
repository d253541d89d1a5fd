import type { Recipe } from '../exploration/design.ts';

/** What the schedules read of a recipe. */
export type RateChoices = Pick<
  Recipe,
  'learningRate' | 'epochs' | 'schedule' | 'warmUpEpochs' | 'reduceOnPlateau'
>;

/** From 1 to 0 over `progress` 0..1, along half a cosine: exactly 1 and 0 at its ends. */
const fall = (progress: number): number => (1 + Math.cos(Math.PI * progress)) / 2;

/** Exactly `from` at 0 and `to` at 1, and never outside of the two. */
function blend(from: number, to: number, share: number): number {
  const value = from * (1 - share) + to * share;
  return Math.min(Math.max(from, to), Math.max(Math.min(from, to), value));
}

/** Schedules that begin low on their own, so that a warm-up has nothing to add. */
export const hasOwnWarmUp = ({ schedule }: Pick<Recipe, 'schedule'>): boolean =>
  schedule.kind === 'one-cycle' || schedule.kind === 'range';

/** Steps during which the rate rises to where the schedule begins. */
export const warmUpSteps = (recipe: RateChoices, stepsPerEpoch: number): number =>
  hasOwnWarmUp(recipe) ? 0 : Math.round(Math.min(recipe.warmUpEpochs, recipe.epochs) * stepsPerEpoch);

const periodOf = (total: number, cycles: number): number => Math.max(2, Math.round(total / cycles));

/**
 * Position 0..1..0 in a cycle: 0 at its first step, exactly 1 at its middle step. A cycle has two steps at least.
 */
function swing(step: number, total: number, cycles: number): number {
  const period = periodOf(total, cycles);
  const half = Math.floor(period / 2);
  const at = step % period;
  return at <= half ? at / half : (period - at) / (period - half);
}

function scheduled(
  { schedule, learningRate }: RateChoices,
  step: number,
  total: number,
  epoch: number,
): number {
  const progress = total > 1 ? Math.min(1, step / (total - 1)) : 0;
  switch (schedule.kind) {
    case 'constant':
      return learningRate;
    case 'step':
      return learningRate * schedule.factor ** Math.floor(epoch / schedule.everyEpochs);
    case 'cosine':
      return blend(learningRate * schedule.endShare, learningRate, fall(progress));
    case 'one-cycle': {
      const { riseShare, startShare, endShare } = schedule;
      return progress < riseShare
        ? blend(learningRate, learningRate * startShare, fall(progress / riseShare))
        : blend(learningRate * endShare, learningRate, fall((progress - riseShare) / (1 - riseShare)));
    }
    case 'range': {
      const share = swing(step, total, schedule.cycles);
      return blend(schedule.low, schedule.high, schedule.shape === 'cosine' ? 1 - fall(share) : share);
    }
  }
}

/**
 * The learning rate of a step, counted from 0 over all epochs.
 *
 * `constant`; `step`: times `factor` after every so many epochs; `cosine`: half a cosine down to a share, reached at
 * the last step (Loshchilov and Hutter 2017, one period); `one-cycle`: up from a share and down to another, both along
 * cosines (Smith 2018, in fastai's form); `range`: between its two ends and back, which are both reached exactly where
 * there are two steps (Smith 2017's triangular policy, or along a cosine); it does not read `learningRate`.
 *
 * A warm-up comes first: a line that reaches the schedule's first rate at its last step (Goyal et al. 2017); the
 * schedule has the steps after it. `reductions` counts how often {@link Recipe.reduceOnPlateau} has lowered the rate.
 */
export function learningRateAt(
  recipe: RateChoices,
  step: number,
  stepsPerEpoch: number,
  reductions = 0,
): number {
  const total = recipe.epochs * stepsPerEpoch;
  const warm = warmUpSteps(recipe, stepsPerEpoch);
  const lowered = recipe.reduceOnPlateau ? recipe.reduceOnPlateau.factor ** reductions : 1;
  const at = Math.max(0, step - warm);
  const rate = scheduled(recipe, at, total - warm, Math.floor(at / stepsPerEpoch));
  return lowered * (step < warm ? (rate * (step + 1)) / warm : rate);
}

/** Steps where the rate turns: a plot that leaves them out would show other ends than the training has. */
function turningSteps(recipe: RateChoices, total: number, warm: number): number[] {
  const { schedule } = recipe;
  const turns = [warm - 1, warm];
  if (schedule.kind === 'range') {
    const period = periodOf(total, schedule.cycles);
    for (let start = 0; start < total; start += period) turns.push(start, start + Math.floor(period / 2));
  }
  return turns.filter((step) => step >= 0 && step < total);
}

/**
 * The rate of every step, or of about `most` of them at even distances, the last and all turns among them: what a plot
 * shows. Epochs count from 0.
 */
export function rateCurve(
  recipe: RateChoices,
  stepsPerEpoch: number,
  most = 400,
): readonly { readonly epoch: number; readonly rate: number }[] {
  const total = recipe.epochs * stepsPerEpoch;
  const count = Math.min(total, most);
  const even = Array.from({ length: count }, (_, i) =>
    count === 1 ? 0 : Math.round((i * (total - 1)) / (count - 1)),
  );
  const turns = turningSteps(recipe, total, warmUpSteps(recipe, stepsPerEpoch));
  const steps = [...new Set([...even, ...turns])].sort((a, b) => a - b);
  return steps.map((step) => ({
    epoch: step / stepsPerEpoch,
    rate: learningRateAt(recipe, step, stepsPerEpoch),
  }));
}
