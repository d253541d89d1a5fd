import { augmentBatch } from '../core/data/augment.ts';
import type { Recipe } from '../core/exploration/design.ts';
import type { Network, Weights } from '../core/network/network.ts';
import { createRandom, type Random, resumeRandom } from '../core/random.ts';
import { type Fault, FaultError } from '../core/result.ts';
import { afterEpoch, type CallbackState, NO_EPOCHS } from '../core/training/callbacks.ts';
import type { RunState } from '../core/training/checkpoint.ts';
import { stepsPerEpochOf } from '../core/training/phases.ts';
import { recipeFault } from '../core/training/recipeFault.ts';
import { learningRateAt } from '../core/training/schedule.ts';
import type {
  Accuracy,
  BackendName,
  TrainEpoch,
  TrainNotice,
  TrainResult,
  TrainStep,
} from '../workers/protocol.ts';
import { batchOrder } from './batchOrder.ts';
import { evaluate, evaluateSession, inputOf } from './evaluate.ts';
import { EventTurns } from './events.ts';
import type { ImageSet } from './images.ts';
import { Meter } from './meter.ts';
import { type Optimizer, optimizerOf } from './optimizers.ts';
import type { Session } from './session.ts';
import type { TrainControl } from './trainControl.ts';
import { decayMask, sessionFor } from './trainSession.ts';

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
}

/** Step events come at most this often; nobody reads faster, and each is a message to the page. */
const EVENT_MILLISECONDS = 60;

/** Keep the streams of dropout and augmentation apart from the shuffling's. */
const DROPOUT_STREAM = 0x5eed;
const AUGMENT_STREAM = 0xa09;

function notANumber(step: number, epoch: number, learningRate: number): Fault {
  const kept = epoch === 1 ? 'the weights it started with' : `the weights of epoch ${epoch - 1}`;
  const rate = Number(learningRate.toPrecision(3));
  return {
    code: 'loss-not-a-number',
    message: `The loss is no longer a number at step ${step} of epoch ${epoch}: the learning rate ${rate} is too high; ${kept} are kept. Lower the learning rate and start again.`,
    where: 'recipe.learningRate',
  };
}

const allFinite = (weights: Weights): boolean =>
  Object.values(weights).every(({ values }) => values.every((value) => Number.isFinite(value)));

function check({ recipe, images }: Training): void {
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
 * Trains, batch by batch. Yields steps, epochs with a checkpoint in JS memory, and notices; returns the
 * weights. Equal seeds on one backend give equal losses, and so does a training that goes on from a checkpoint, to the
 * last bit: weights, optimizer, both random streams and what early stopping and plateau have seen are all in it.
 *
 * A loss that is no number ends the training with a fault in `stopped` and the last good weights; a stop
 * returns the weights of that moment; a cancel throws.
 */
export async function* train(
  training: Training,
): AsyncGenerator<TrainStep | TrainEpoch | TrainNotice, TrainResult> {
  check(training);
  const session = sessionFor(training);
  const turns = new EventTurns();
  let optimizer: Optimizer | null = null;
  try {
    optimizer = optimizerOf(training.recipe, decayMask(session.layout), training.from?.optimizer);
    return yield* new Run(training, session, optimizer, turns).epochs();
  } finally {
    turns.close();
    optimizer?.dispose();
    session.dispose();
  }
}

/** Keeps the best weights beside the last ones: a training that runs to its end returns them. */
const keepsBest = ({ earlyStopping, checkpoint }: Recipe): boolean =>
  earlyStopping?.restoreBest === true || checkpoint === 'best-only';

class Run {
  readonly #training: Training;
  readonly #session: Session;
  readonly #optimizer: Optimizer;
  readonly #turns: EventTurns;
  readonly #started = performance.now();
  readonly #batchSize: number;
  readonly #stepsPerEpoch: number;
  readonly #shuffling: Random;
  readonly #dropout: Random;
  readonly #augmenting: Random;
  readonly #meter = new Meter();
  #good: Weights;
  #best: Weights | null;
  #callbacks: CallbackState;
  #steps: number;
  #epochs: number;
  #eventAt = Number.NEGATIVE_INFINITY;
  #evaluated: { readonly weights: Weights; readonly validation: Accuracy } | null = null;

  constructor(training: Training, session: Session, optimizer: Optimizer, turns: EventTurns) {
    const { recipe, images, from } = training;
    this.#training = training;
    this.#session = session;
    this.#optimizer = optimizer;
    this.#turns = turns;
    const imageCount = images.split.train.length;
    this.#batchSize = Math.min(recipe.batchSize, imageCount);
    this.#stepsPerEpoch = stepsPerEpochOf({ ...recipe, batchSize: this.#batchSize }, imageCount);
    this.#shuffling = from ? resumeRandom(from.shuffling) : createRandom(recipe.seed);
    this.#dropout = from ? resumeRandom(from.dropout) : createRandom(recipe.seed ^ DROPOUT_STREAM);
    this.#augmenting = from ? resumeRandom(from.augmenting) : createRandom(recipe.seed ^ AUGMENT_STREAM);
    this.#good = training.weights;
    this.#best = from?.bestWeights ?? null;
    this.#callbacks = from?.callbacks ?? NO_EPOCHS;
    this.#steps = from?.steps ?? 0;
    this.#epochs = from?.epoch ?? 0;
  }

  get #watched(): { readonly signal?: AbortSignal } {
    const { signal } = this.#training;
    return signal ? { signal } : {};
  }

  async #result(weights: Weights, stopped: TrainResult['stopped']): Promise<TrainResult> {
    const { network, images, backend } = this.#training;
    const validation =
      weights === this.#evaluated?.weights
        ? this.#evaluated.validation
        : await evaluate(network, weights, images, this.#watched);
    return {
      weights,
      epochs: this.#epochs,
      steps: this.#steps,
      validation,
      seconds: (performance.now() - this.#started) / 1000,
      backend,
      stopped,
      restoredEpoch: weights === this.#best ? (this.#callbacks.best?.epoch ?? null) : null,
    };
  }

  async *epochs(): AsyncGenerator<TrainStep | TrainEpoch | TrainNotice, TrainResult> {
    const { recipe, images, backend } = this.#training;
    images.check(inputOf(this.#session.plan), this.#session.plan.classCount);
    if (backend === 'webgl') {
      yield {
        kind: 'notice',
        message: 'WebGL compiles its programs for this network; the first step takes a few seconds.',
      };
    }
    let early = false;
    while (this.#epochs < recipe.epochs && !early) {
      const epoch = this.#epochs + 1;
      const ended = yield* this.#epoch(epoch);
      if (ended) return ended;
      const event = await this.#close(epoch);
      if (!event)
        return this.#result(this.#good, notANumber(this.#stepsPerEpoch, epoch, this.#optimizer.rate));
      early = event.stops;
      yield event;
    }
    const best = keepsBest(recipe) ? this.#best : null;
    return this.#result(best ?? this.#good, early ? 'early' : null);
  }

  /** All steps of an epoch; the result where it is not to be finished. */
  async *#epoch(epoch: number): AsyncGenerator<TrainStep, TrainResult | null> {
    const { recipe, images, control, signal } = this.#training;
    const input = inputOf(this.#session.plan);
    const stepsPerEpoch = this.#stepsPerEpoch;
    const first = (epoch - 1) * stepsPerEpoch;
    const augment = (pixels: Uint8Array) =>
      augmentBatch(pixels, input, recipe.augmentation, this.#augmenting);
    let step = 0;
    for (const chosen of batchOrder(images.split.train, this.#batchSize, stepsPerEpoch, this.#shuffling)) {
      await control.ready();
      if (control.stopped) return this.#result(await this.#session.weights(), 'by the user');
      const learningRate = learningRateAt(recipe, first + step, stepsPerEpoch, this.#callbacks.reductions);
      this.#optimizer.rate = learningRate;
      step++;
      const from = performance.now();
      const batch = images.batch(chosen, input, augment);
      const outcome = await this.#session.step(batch, this.#optimizer, this.#dropout);
      const now = performance.now();
      if (!Number.isFinite(outcome.loss))
        return this.#result(this.#good, notANumber(step, epoch, learningRate));
      this.#steps++;
      this.#meter.add(outcome, this.#batchSize, now - from);
      const isLast = step === stepsPerEpoch && epoch === recipe.epochs;
      if (step === 1 || isLast || control.paused || now - this.#eventAt >= EVENT_MILLISECONDS) {
        this.#eventAt = now;
        const imagesPerSecond = this.#meter.rate;
        yield { kind: 'step', epoch, step, stepsPerEpoch, ...outcome, learningRate, imagesPerSecond };
      }
      await this.#turns.next();
      signal?.throwIfAborted();
    }
    return null;
  }

  /** Validates, asks the callbacks and makes the checkpoint; null where something is no number any more. */
  async #close(epoch: number): Promise<TrainEpoch | null> {
    const { recipe, images } = this.#training;
    const weights = await this.#session.weights();
    const validation = await evaluateSession(this.#session, images, this.#watched);
    if (!Number.isFinite(validation.loss) || !allFinite(weights)) return null;
    const verdict = afterEpoch(recipe, this.#callbacks, validation.loss);
    if (verdict.improved && keepsBest(recipe)) this.#best = weights;
    this.#callbacks = verdict.state;
    this.#good = weights;
    this.#epochs = epoch;
    this.#evaluated = { weights, validation };
    return {
      kind: 'epoch',
      epoch,
      ...this.#meter.close(),
      validationLoss: validation.loss,
      validationAccuracy: validation.correct / validation.total,
      learningRate: this.#optimizer.rate,
      reduced: verdict.reduced,
      stops: verdict.stop,
      weights,
      saves: verdict.save,
      checkpoint: await this.#checkpoint(),
    };
  }

  async #checkpoint(): Promise<RunState> {
    return {
      epoch: this.#epochs,
      steps: this.#steps,
      optimizer: await this.#optimizer.state(),
      shuffling: this.#shuffling.state(),
      dropout: this.#dropout.state(),
      augmenting: this.#augmenting.state(),
      callbacks: this.#callbacks,
      bestWeights: this.#best,
    };
  }
}
