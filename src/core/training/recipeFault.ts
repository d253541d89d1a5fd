import type { Recipe } from '../exploration/design.ts';
import type { Fault } from '../result.ts';

const isWhole = (value: number, low: number) => Number.isInteger(value) && value >= low;
const isAbove = (value: number, low: number) => value > low && Number.isFinite(value);

/** What is wrong with a recipe, in one sentence; null where it can be trained with. */
export function recipeFault(recipe: Recipe): Fault | null {
  const message = sentence(recipe);
  return message === null ? null : { code: 'recipe', message, where: 'recipe' };
}

function sentence(recipe: Recipe): string | null {
  const { learningRate, momentum, batchSize, epochs, weightDecay, clipNorm, labelSmoothing, stepsPerEpoch } =
    recipe;
  if (!isAbove(learningRate, 0))
    return `The learning rate ${learningRate} is not a number above 0; try 0.001.`;
  if (!(momentum >= 0 && momentum < 1)) return `The momentum ${momentum} is not from 0 to below 1; try 0.9.`;
  if (!isWhole(batchSize, 1))
    return `The batch size ${batchSize} is not a whole number of at least 1; try 32.`;
  if (!isWhole(epochs, 1)) return `${epochs} epochs are not a whole number of at least 1; try 8.`;
  if (stepsPerEpoch !== null && !isWhole(stepsPerEpoch, 1))
    return `${stepsPerEpoch} batches an epoch are not a whole number of at least 1; leave it to the images.`;
  if (!(weightDecay >= 0 && Number.isFinite(weightDecay)))
    return `The weight decay ${weightDecay} is not a number of at least 0; try 0.01.`;
  if (clipNorm !== null && !isAbove(clipNorm, 0))
    return `Gradients can't be clipped to a norm of ${clipNorm}; try 1, or turn clipping off.`;
  if (!(labelSmoothing >= 0 && labelSmoothing < 1))
    return `The label smoothing ${labelSmoothing} is not from 0 to below 1; try 0.1.`;
  return movingSentence(recipe);
}

function movingSentence({ schedule, warmUpEpochs, earlyStopping, reduceOnPlateau }: Recipe): string | null {
  if (!(warmUpEpochs >= 0 && Number.isFinite(warmUpEpochs)))
    return `A warm-up of ${warmUpEpochs} epochs is not a number of at least 0; try 1.`;
  if (
    schedule.kind === 'range' &&
    !(schedule.low > 0 && isAbove(schedule.high, 0) && schedule.low <= schedule.high)
  )
    return `The learning rate can't move from ${schedule.low} to ${schedule.high}; the lower end comes first and is above 0.`;
  if (schedule.kind === 'range' && !isWhole(schedule.cycles, 1))
    return `${schedule.cycles} cycles are not a whole number of at least 1; try 1.`;
  if (schedule.kind === 'step' && !isWhole(schedule.everyEpochs, 1))
    return `The learning rate can't fall every ${schedule.everyEpochs} epochs; give a whole number of at least 1.`;
  for (const [what, choice] of [
    ['Early stopping', earlyStopping],
    ['The plateau', reduceOnPlateau],
  ] as const) {
    if (choice && !isWhole(choice.patience, 1))
      return `${what} waits for ${choice.patience} epochs, which is not a whole number of at least 1; try 5.`;
  }
  if (reduceOnPlateau && !(reduceOnPlateau.factor > 0 && reduceOnPlateau.factor <= 1))
    return `The plateau's factor ${reduceOnPlateau.factor} is not above 0 and at most 1; try 0.1.`;
  return null;
}
