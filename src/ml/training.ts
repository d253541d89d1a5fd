import type { Recipe } from '../core/exploration/design.ts';
import type { Network, Weights } from '../core/network/network.ts';
import { type Fault, FaultError, unwrap } from '../core/result.ts';
import type { RunState } from '../core/training/checkpoint.ts';
import { transferSet } from '../core/training/distillation.ts';
import { recipeFault } from '../core/training/recipeFault.ts';
import type { BackendName } from '../workers/protocol.ts';
import type { ImageSet } from './images.ts';
import type { TrainControl } from './trainControl.ts';
import type { Teaching } from './trainSession.ts';

export interface Training {
  readonly network: Network;
  /** Those to start from: of the checkpoint, where there is one. */
  readonly weights: Weights;
  readonly recipe: Recipe;
  readonly images: ImageSet;
  readonly backend: BackendName;
  readonly control: TrainControl;
  readonly signal?: AbortSignal;
  /** A checkpoint of the same network, recipe and images to go on from. */
  readonly from?: RunState | null;
  /** Trained networks to learn from, as the recipe's distillation says. They stay as they are. */
  readonly teachers?: Teaching;
  /** Steps after which the validation images are looked at between the ends of epochs; never where left out. */
  readonly validateEvery?: number | undefined;
}

/** Why a training ends whose loss is no number any more. */
export function notANumber(step: number, epoch: number, learningRate: number): Fault {
  const kept = epoch === 1 ? 'the weights it started with' : `the weights of epoch ${epoch - 1}`;
  const rate = Number(learningRate.toPrecision(3));
  return {
    code: 'loss-not-a-number',
    message: `The loss is no longer a number at step ${step} of epoch ${epoch}: the learning rate ${rate} is too high; ${kept} are kept. Lower the learning rate and start again.`,
    where: 'recipe.learningRate',
  };
}

export const allFinite = (weights: Weights): boolean =>
  Object.values(weights).every(({ values }) => values.every((value) => Number.isFinite(value)));

/** Throws a fault for a recipe out of range, and where no image is left to train with. */
export function checkTraining({ recipe, images }: Training): void {
  const fault = recipeFault(recipe);
  if (fault) throw new FaultError(fault);
  if (images.split.train.length > 0) return;
  throw new FaultError({
    code: 'no-training-images',
    message:
      'All images are held back for validation, and none is left to train with; hold back fewer in Data.',
  });
}

/**
 * What a recipe trains with: its transfer set, where that is less than all training images. It is drawn by the seed of the
 * split, as a part of it: trainings with other seeds and fine-tunings see the same images.
 */
export function transferImages(images: ImageSet, { distillation }: Recipe): ImageSet {
  const { transferShare = 1 } = distillation; // checkpoints of older versions do not say
  const { train } = images.split;
  if (transferShare === 1 || train.length === 0) return images;
  const { labels } = images.images;
  return images.trainingWith(unwrap(transferSet(labels, train, transferShare, images.splitSeed)));
}
