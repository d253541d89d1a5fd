import type { Recipe } from '../exploration/design.ts';

/** What early stopping, plateau and checkpoint remember between epochs. Plain data: it travels in checkpoints. */
export interface CallbackState {
  /** Epochs seen. */
  readonly epoch: number;
  /** The first epoch with the least validation loss so far. */
  readonly best: { readonly epoch: number; readonly loss: number } | null;
  /** Epochs since the validation loss last improved, or since the rate was last lowered. */
  readonly plateauEpochs: number;
  /** How often the rate was lowered. */
  readonly reductions: number;
  /** Checkpoints written. */
  readonly saves: number;
}

export const NO_EPOCHS: CallbackState = { epoch: 0, best: null, plateauEpochs: 0, reductions: 0, saves: 0 };

export interface EpochVerdict {
  readonly state: CallbackState;
  readonly improved: boolean;
  /** The rate is lower from the next epoch on. */
  readonly reduced: boolean;
  readonly save: boolean;
  readonly stop: boolean;
}

type Choices = Pick<Recipe, 'earlyStopping' | 'reduceOnPlateau' | 'checkpoint'>;

/** Whether early stopping ends the training after the epochs seen. */
export const stopsEarly = (
  { earlyStopping }: Pick<Recipe, 'earlyStopping'>,
  { epoch, best }: Pick<CallbackState, 'epoch' | 'best'>,
): boolean => earlyStopping !== null && best !== null && epoch - best.epoch >= earlyStopping.patience;

/**
 * What a finished epoch means. Any smaller validation loss is an improvement; equal losses are none. Early stopping
 * ends the training `patience` epochs after the best one; the plateau lowers the rate whenever `patience` epochs
 * brought nothing, and counts anew (Keras' EarlyStopping, ReduceLROnPlateau and ModelCheckpoint, min_delta 0).
 */
export function afterEpoch(choices: Choices, before: CallbackState, validationLoss: number): EpochVerdict {
  const { reduceOnPlateau, checkpoint } = choices;
  const epoch = before.epoch + 1;
  const improved = before.best === null || validationLoss < before.best.loss;
  const best = improved || before.best === null ? { epoch, loss: validationLoss } : before.best;
  const waited = improved ? 0 : before.plateauEpochs + 1;
  const reduced = reduceOnPlateau !== null && waited >= reduceOnPlateau.patience;
  const save = checkpoint === 'each-epoch' || improved;
  return {
    state: {
      epoch,
      best,
      plateauEpochs: reduced ? 0 : waited,
      reductions: before.reductions + (reduced ? 1 : 0),
      saves: before.saves + (save ? 1 : 0),
    },
    improved,
    reduced,
    save,
    stop: stopsEarly(choices, { epoch, best }),
  };
}
