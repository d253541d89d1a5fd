import { memory } from '@tensorflow/tfjs-core';
import { drawBatch } from '../core/data/augment.ts';
import { augments } from '../core/data/augmentChoice.ts';
import type { Recipe } from '../core/exploration/design.ts';
import type { Weights } from '../core/network/network.ts';
import { createRandom, type Random, resumeRandom } from '../core/random.ts';
import { afterEpoch, type CallbackState, NO_EPOCHS, stopsEarly } from '../core/training/callbacks.ts';
import type { RunState } from '../core/training/checkpoint.ts';
import { stepsPerEpochOf } from '../core/training/phases.ts';
import { learningRateAt } from '../core/training/schedule.ts';
import type {
  Accuracy,
  TrainCheck,
  TrainEpoch,
  TrainNotice,
  TrainResult,
  TrainStep,
} from '../workers/protocol.ts';
import { BatchFeed } from './batchFeed.ts';
import { batchOrder } from './batchOrder.ts';
import { type EpochImages, epochImages } from './epochImages.ts';
import { evaluate, evaluateRanked, evaluateSession, inputOf } from './evaluate.ts';
import { EventTurns } from './events.ts';
import type { Augment } from './images.ts';
import { Meter } from './meter.ts';
import { type Optimizer, optimizerOf } from './optimizers.ts';
import type { Session } from './session.ts';
import { allFinite, checkTraining, notANumber, type Training, transferImages } from './training.ts';
import { decayMask, sessionFor } from './trainSession.ts';

/** Step events come at most this often; nobody reads faster, and each is a message to the page. */
const EVENT_MILLISECONDS = 60;

/** Keep the streams of dropout and augmentation apart from the shuffling's. */
const DROPOUT_STREAM = 0x5eed;
const AUGMENT_STREAM = 0xa09;

/**
 * Trains, batch by batch. Yields steps, epochs with a checkpoint in JS memory, and notices; returns the
 * weights. Equal seeds on one backend give equal losses, and so does a training that goes on from a checkpoint, to the
 * last bit: weights, optimizer, both random streams and what early stopping and plateau have seen are all in it.
 *
 * A loss that is no number ends the training with a fault in `stopped` and the last good weights; a stop
 * returns the weights of that moment; a cancel throws.
 */
export async function* train(
  asked: Training,
): AsyncGenerator<TrainStep | TrainCheck | TrainEpoch | TrainNotice, TrainResult> {
  checkTraining(asked);
  const training = { ...asked, images: transferImages(asked.images, asked.recipe) };
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
  readonly #epochImages: EpochImages;
  readonly #batchSize: number;
  readonly #stepsPerEpoch: number;
  readonly #shuffling: Random;
  readonly #dropout: Random;
  readonly #augmenting: Random;
  readonly #meter = new Meter();
  /** Losses of the steps since the last look at the validation images. */
  readonly #unchecked: number[] = [];
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
    this.#epochImages = epochImages(images, recipe.balance);
    const imageCount = this.#epochImages.count;
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

  async *epochs(): AsyncGenerator<TrainStep | TrainCheck | TrainEpoch | TrainNotice, TrainResult> {
    const { recipe, images, backend } = this.#training;
    images.check(inputOf(this.#session.plan), this.#session.plan.classCount);
    this.#session.teachers?.check(images);
    if (backend === 'webgl' || backend === 'webgpu') {
      const name = backend === 'webgl' ? 'WebGL' : 'WebGPU';
      yield {
        kind: 'notice',
        message: `${name} compiles its programs for this network; the first step takes a few seconds.`,
      };
    }
    // A checkpoint of the last epoch goes on to the same end, without another epoch.
    let early = stopsEarly(recipe, this.#callbacks);
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

  /** The batches of an epoch, from the streams as they are now. */
  #feed(): BatchFeed {
    const { recipe, images } = this.#training;
    const input = inputOf(this.#session.plan);
    const augment: Augment = (count) => drawBatch(count, input, recipe.augmentation, this.#augmenting);
    const order = batchOrder(this.#epochImages, this.#batchSize, this.#stepsPerEpoch, this.#shuffling);
    return new BatchFeed(this.#session, images, order, augments(recipe.augmentation) ? augment : null);
  }

  /** All steps of an epoch; the result where it is not to be finished. */
  async *#epoch(epoch: number): AsyncGenerator<TrainStep | TrainCheck, TrainResult | null> {
    const { recipe, control, signal } = this.#training;
    const stepsPerEpoch = this.#stepsPerEpoch;
    const first = (epoch - 1) * stepsPerEpoch;
    const feed = this.#feed();
    for (let step = 1; step <= stepsPerEpoch; step++) {
      await control.ready();
      if (control.stopped) return this.#result(await this.#session.weights(), 'by the user');
      const done = first + step - 1;
      const learningRate = learningRateAt(recipe, done, stepsPerEpoch, this.#callbacks.reductions);
      this.#optimizer.rate = learningRate;
      const from = performance.now();
      const batch = await feed.next();
      if (!batch) throw new Error('An epoch has fewer batches than steps.');
      const running = this.#session.step(batch, this.#optimizer, this.#dropout);
      feed.ahead();
      const outcome = await running;
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
      const check = await this.#check(outcome.loss, epoch, step);
      if (check) yield check;
      await this.#turns.next();
      signal?.throwIfAborted();
    }
    return null;
  }

  /** A look at the validation images where one is due. It draws no random numbers: the steps are those without it. */
  async #check(loss: number, epoch: number, step: number): Promise<TrainCheck | null> {
    const { validateEvery, images } = this.#training;
    if (validateEvery === undefined) return null;
    this.#unchecked.push(loss);
    if (this.#steps % validateEvery !== 0) return null;
    const losses = this.#unchecked.splice(0);
    const validation = await evaluateSession(this.#session, images, this.#watched);
    return {
      kind: 'check',
      epoch,
      step,
      trainLoss: losses.reduce((sum, one) => sum + one, 0) / losses.length,
      validationLoss: validation.loss,
      validationAccuracy: validation.correct / validation.total,
    };
  }

  /** Validates, asks the callbacks and makes the checkpoint; null where something is no number any more. */
  async #close(epoch: number): Promise<TrainEpoch | null> {
    const { recipe, images } = this.#training;
    const weights = await this.#session.weights();
    const { meanAveragePrecision, ...validation } = recipe.measuresMap
      ? await evaluateRanked(this.#session, images, this.#watched)
      : { ...(await evaluateSession(this.#session, images, this.#watched)), meanAveragePrecision: null };
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
      ...(meanAveragePrecision === null ? {} : { validationMap: meanAveragePrecision }),
      learningRate: this.#optimizer.rate,
      reduced: verdict.reduced,
      stops: verdict.stop,
      weights,
      saves: verdict.save,
      checkpoint: await this.#checkpoint(),
      tensorCount: memory().numTensors,
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
