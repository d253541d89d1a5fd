/**
 * The only place that loads tfjs. The page starts it with its own folder's URL as the worker's name,
 * `new Worker(url, { type: 'module', name: new URL('.', document.baseURI).href })`: the worker's file lies
 * in assets/ in a build and in src/ in development, but the .wasm files always lie in wasm/ beside the page.
 */
import { FaultError, unwrap } from '../core/result.ts';
import { activate, prepareWasm } from '../ml/activate.ts';
import { checkActivations } from '../ml/activationCheck.ts';
import { measureApoz } from '../ml/apoz.ts';
import { chooseBackend } from '../ml/backend.ts';
import { evaluateFinite, predict } from '../ml/evaluate.ts';
import { ImageSet } from '../ml/images.ts';
import { imagesAt } from '../ml/imagesAt.ts';
import { completeWeights } from '../ml/initialize.ts';
import { train } from '../ml/train.ts';
import { TrainControl } from '../ml/trainControl.ts';
import { backendMemory } from './backendMemory.ts';
import { openStoredImages } from './imageStore/openStoredImages.ts';
import type { BackendName, TrainCalls } from './protocol.ts';
import { serve } from './serve.ts';

prepareWasm(new URL('wasm/', self.name || self.location.href).href);

let active: BackendName | null = null;
let images: ImageSet | null = null;
let setImagesCalls = 0;

/** There is one active backend: what makes another one active waits until the one before has settled. */
let settling: Promise<unknown> = Promise.resolve();

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = settling.then(work);
  settling = turn.catch(() => {});
  return turn;
}

/** wasm where nobody chose: it trains everywhere. */
const backend = (): Promise<BackendName> =>
  inTurn(async () => {
    if (active) return active;
    await activate('wasm');
    active = 'wasm';
    return active;
  });

function givenImages(): ImageSet {
  if (images) return images;
  throw new FaultError({ code: 'no-images', message: 'There are no images yet; choose some in Data first.' });
}

serve<TrainCalls>({
  chooseBackend: ({ override, again = false }, { progress, signal }) =>
    inTurn(async () => {
      signal.throwIfAborted();
      const choice = await chooseBackend(override, { progress, again, memory: backendMemory });
      active = choice.active;
      return choice;
    }),

  async setImages({ images: given, ...choice }, { signal }) {
    const call = ++setImagesCalls;
    const source = 'setId' in given ? unwrap(await openStoredImages(given.setId)) : given;
    const opened = await ImageSet.open(source, choice, { signal });
    if (call === setImagesCalls) images = opened; // else others were given while these were read
    const { train: trained, validation, test } = opened.split;
    return { trainCount: trained.length, validationCount: validation.length, testCount: test.length };
  },

  initialize: ({ network, seed, carried }) => completeWeights(network, carried ?? {}, seed),

  async train({ network, weights, recipe, startPaused, from, teachers }, { progress, signal, onControl }) {
    const control = new TrainControl(startPaused, signal);
    onControl((heard) => control.hear(heard));
    const training = train({
      network,
      weights,
      recipe,
      images: givenImages(),
      backend: await backend(),
      control,
      from,
      teachers,
      signal,
    });
    for (;;) {
      const { done, value } = await training.next();
      if (done) return value;
      progress(value);
    }
  },

  async measureApoz({ network, weights }, { progress, signal }) {
    await backend();
    return measureApoz(network, weights, givenImages(), { progress, signal });
  },

  async evaluate({ network, weights, part }, { progress, signal }) {
    await backend();
    return evaluateFinite(network, weights, givenImages(), { progress, signal }, part);
  },

  async predict({ network, weights, part, viewpoint }, { progress, signal }) {
    await backend();
    const reply = await predict(network, weights, givenImages(), { progress, signal }, part, viewpoint);
    return { reply, transfer: [reply.probabilities.buffer] };
  },

  async checkActivations({ network, weights, chosen }, { signal }) {
    await backend();
    return checkActivations(network, weights, givenImages(), chosen, signal);
  },

  async imagesAt({ indices }) {
    const reply = await imagesAt(givenImages(), indices);
    return { reply, transfer: [reply.pixels.buffer] };
  },
});
