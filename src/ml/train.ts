import type { Recipe } from '../core/exploration/design.ts';
import type { Network, Weights } from '../core/network/network.ts';
import { createRandom, permutation } from '../core/random.ts';
import { type Fault, FaultError } from '../core/result.ts';
import type {
  Accuracy,
  BackendName,
  TrainEpoch,
  TrainNotice,
  TrainResult,
  TrainStep,
} from '../workers/protocol.ts';
import { evaluate, evaluateSession, inputOf } from './evaluate.ts';
import { EventTurns } from './events.ts';
import type { ImageSet } from './images.ts';
import { type Optimizer, optimizerOf } from './optimizers.ts';
import { Session, type StepResult } from './session.ts';
import type { TrainControl } from './trainControl.ts';

export interface Training {
  readonly network: Network;
  readonly weights: Weights;
  readonly recipe: Recipe;
  readonly images: ImageSet;
  readonly backend: BackendName;
  readonly control: TrainControl;
  readonly signal?: AbortSignal;
}

/** Step events come at most this often; nobody reads faster, and each is a message to the page. */
const EVENT_MILLISECONDS = 60;

/** Keeps dropout's stream apart from the shuffling's. */
const DROPOUT_STREAM = 0x5eed;

function checkRecipe({ learningRate, momentum, batchSize, epochs }: Recipe): void {
  const fault = (what: string) => {
    throw new FaultError({ code: 'recipe', message: what, where: 'recipe' });
  };
  if (!(learningRate > 0 && Number.isFinite(learningRate)))
    fault(`The learning rate ${learningRate} is not a number above 0; try 0.001.`);
  if (!(momentum >= 0 && momentum < 1)) fault(`The momentum ${momentum} is not from 0 to below 1; try 0.9.`);
  if (!(Number.isInteger(batchSize) && batchSize >= 1))
    fault(`The batch size ${batchSize} is not a whole number of at least 1; try 32.`);
  if (!(Number.isInteger(epochs) && epochs >= 1))
    fault(`${epochs} epochs are not a whole number of at least 1; try 8.`);
}

function notANumber(step: number, epoch: number, learningRate: number): Fault {
  const kept = epoch === 1 ? 'the weights it started with' : `the weights of epoch ${epoch - 1}`;
  return {
    code: 'loss-not-a-number',
    message: `The loss is no longer a number at step ${step} of epoch ${epoch}: the learning rate ${learningRate} is too high; ${kept} are kept. Lower the learning rate and start again.`,
    where: 'recipe.learningRate',
  };
}

const allFinite = (weights: Weights): boolean =>
  Object.values(weights).every(({ values }) => values.every((value) => Number.isFinite(value)));

/** Means of the epoch so far, and the speed of the last steps. */
class Meter {
  #loss = 0;
  #accuracy = 0;
  #steps = 0;
  #timed = 0;
  rate = 0;

  add({ loss, accuracy }: StepResult, imageCount: number, milliseconds: number): void {
    this.#loss += loss;
    this.#accuracy += accuracy;
    this.#steps++;
    const rate = (1000 * imageCount) / Math.max(milliseconds, 0.01);
    // the first step compiles and allocates: the second replaces it
    this.rate = this.#timed++ < 2 ? rate : this.rate + 0.2 * (rate - this.rate);
  }

  /** The epoch's means; the next epoch starts at nothing. */
  close(): { trainLoss: number; trainAccuracy: number } {
    const steps = Math.max(1, this.#steps);
    const means = { trainLoss: this.#loss / steps, trainAccuracy: this.#accuracy / steps };
    this.#loss = this.#accuracy = this.#steps = 0;
    return means;
  }
}

/**
 * Trains, batch by batch. Yields steps, epochs with a checkpoint in JS memory, and notices; returns the
 * weights. Equal seeds on one backend give equal losses. Images are shuffled every epoch and a last,
 * smaller batch is left out: its batch statistics would be poor and WebGL would compile for its shape.
 *
 * A loss that is no number ends the training with a fault in `stopped` and the last good weights; a stop
 * returns the weights of that moment; a cancel throws.
 */
export async function* train(
  training: Training,
): AsyncGenerator<TrainStep | TrainEpoch | TrainNotice, TrainResult> {
  checkRecipe(training.recipe);
  const session = new Session(training.network, training.weights);
  const optimizer = optimizerOf(training.recipe);
  const turns = new EventTurns();
  try {
    return yield* run(training, session, optimizer, turns);
  } finally {
    turns.close();
    optimizer.dispose();
    session.dispose();
  }
}

async function* run(
  training: Training,
  session: Session,
  optimizer: Optimizer,
  turns: EventTurns,
): AsyncGenerator<TrainStep | TrainEpoch | TrainNotice, TrainResult> {
  const { recipe, images, backend, control, signal } = training;
  const started = performance.now();
  const watched = signal ? { signal } : {};
  const input = inputOf(session.plan);
  images.check(input, session.plan.classCount);
  if (images.split.train.length === 0) {
    throw new FaultError({
      code: 'no-training-images',
      message:
        'All images are held back for validation, and none is left to train with; hold back fewer in Data.',
    });
  }
  const { train: indices } = images.split;
  const batchSize = Math.min(recipe.batchSize, indices.length);
  const stepsPerEpoch = Math.floor(indices.length / batchSize);
  const shuffling = createRandom(recipe.seed);
  const dropout = createRandom(recipe.seed ^ DROPOUT_STREAM);
  const meter = new Meter();

  let good: Weights = training.weights;
  let steps = 0;
  let epochs = 0;
  let eventAt = Number.NEGATIVE_INFINITY;
  let lastEvaluated: { weights: Weights; validation: Accuracy } | null = null;
  const result = async (weights: Weights, stopped: TrainResult['stopped']): Promise<TrainResult> => ({
    weights,
    epochs,
    steps,
    validation:
      weights === lastEvaluated?.weights
        ? lastEvaluated.validation
        : await evaluate(training.network, weights, images, watched),
    seconds: (performance.now() - started) / 1000,
    backend,
    stopped,
  });

  if (backend === 'webgl') {
    yield {
      kind: 'notice',
      message: 'WebGL compiles its programs for this network; the first step takes a few seconds.',
    };
  }
  for (let epoch = 1; epoch <= recipe.epochs; epoch++) {
    const order = permutation(indices.length, shuffling);
    for (let step = 1; step <= stepsPerEpoch; step++) {
      await control.ready();
      if (control.stopped) {
        const weights = steps === 0 ? good : await session.weights();
        return result(allFinite(weights) ? weights : good, 'by the user');
      }
      const from = performance.now();
      const chosen = order.slice((step - 1) * batchSize, step * batchSize).map((i) => indices[i] as number);
      const outcome = await session.step(images.batch(chosen, input), optimizer, dropout);
      const now = performance.now();
      if (!Number.isFinite(outcome.loss)) return result(good, notANumber(step, epoch, recipe.learningRate));
      steps++;
      meter.add(outcome, batchSize, now - from);
      const isLast = step === stepsPerEpoch && epoch === recipe.epochs;
      if (steps === 1 || isLast || control.paused || now - eventAt >= EVENT_MILLISECONDS) {
        eventAt = now;
        yield { kind: 'step', epoch, step, stepsPerEpoch, ...outcome, imagesPerSecond: meter.rate };
      }
      await turns.next();
      signal?.throwIfAborted();
    }
    const weights = await session.weights();
    const validation = await evaluateSession(session, images, watched);
    if (!Number.isFinite(validation.loss) || !allFinite(weights))
      return result(good, notANumber(stepsPerEpoch, epoch, recipe.learningRate));
    good = weights;
    epochs = epoch;
    lastEvaluated = { weights, validation };
    yield {
      kind: 'epoch',
      epoch,
      ...meter.close(),
      validationLoss: validation.loss,
      validationAccuracy: validation.correct / validation.total,
      weights,
    };
  }
  return result(good, null);
}
