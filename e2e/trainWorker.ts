import type { Page } from '@playwright/test';
import { NO_AUGMENTATION } from '../src/core/data/augmentChoice.ts';
import { PAINTERS } from '../src/core/data/paintSet.ts';
import { DEFAULT_DATA_OPTIONS, defaultDesign } from '../src/core/exploration/defaultDesign.ts';
import type { Recipe } from '../src/core/exploration/design.ts';
import { NetworkBuilder } from '../src/core/network/builder.ts';
import type { Network } from '../src/core/network/network.ts';
import type { BackendName } from '../src/workers/protocol.ts';

const SIZE = 16;

/** Convolutions, batch norm, depthwise, both poolings: small enough for graphics in software. */
export function smallNetwork(): Network {
  const b = new NetworkBuilder('small', { height: SIZE, width: SIZE, channels: 3 });
  b.convBlock(8, 3);
  b.maxPool(2);
  b.depthwise(3, { bias: true });
  b.relu();
  b.convBlock(16, 3, { stride: 2 });
  b.globalAveragePool();
  b.dense(10);
  b.softmax();
  return b.build();
}

/** Generated land cover, every fourth pixel of it. */
function smallImages(count: number) {
  const painting = PAINTERS['land-cover'](count, 1);
  let step = painting.next();
  while (!step.done) step = painting.next();
  const { image, pixels, labels, classNames } = step.value;
  const reduced: number[] = [];
  const every = image.width / SIZE;
  for (let i = 0; i < count; i++)
    for (let row = 0; row < SIZE; row++)
      for (let column = 0; column < SIZE; column++)
        for (let channel = 0; channel < 3; channel++) {
          const pixel = (i * image.height + row * every) * image.width + column * every;
          reduced.push(pixels[3 * pixel + channel] ?? 0);
        }
  return { pixels: reduced, labels: [...labels], classNames: [...classNames] };
}

/** Starts the built training worker beside the app's own, with images, on a backend: it is asked through `ask`. */
export async function startTrainWorker(page: Page, backend: BackendName): Promise<void> {
  const data = { splitSeed: 1, validationShare: 0.2, ...DEFAULT_DATA_OPTIONS };
  await page.evaluate(
    async ({ backend, images, data }) => {
      const loaded = performance.getEntriesByType('resource').map(({ name }) => name);
      const scripts = loaded.filter((name) => name.endsWith('.js'));
      const texts = await Promise.all(scripts.map(async (src) => (await fetch(src)).text()));
      const file = texts.join().match(/train\.worker[\w.-]*\.js/)?.[0];
      if (!file) throw new Error('the page names no training worker');
      const shared = globalThis as unknown as { trainer?: Worker };
      shared.trainer?.terminate();
      const worker = new Worker(`./assets/${file}`, {
        type: 'module',
        name: new URL('.', document.baseURI).href,
      });
      shared.trainer = worker;
      let next = 1;
      const heard = new Map<number, (message: { kind: string; [key: string]: unknown }) => void>();
      worker.onmessage = ({ data: message }) => heard.get(message.id)?.(message);
      const ask = (
        method: string,
        request: unknown,
        onProgress: (progress: unknown, control: (control: string) => void) => void = () => {},
      ) =>
        new Promise((resolve, reject) => {
          const id = next++;
          const control = (said: string) => worker.postMessage({ id, control: said });
          heard.set(id, (message) => {
            if (message.kind === 'progress') onProgress(message.progress, control);
            else if (message.kind === 'done') resolve(message.reply);
            else reject(new Error(JSON.stringify(message.fault)));
          });
          worker.postMessage({ id, method, request });
          if (method === 'train') control('step');
        });
      Object.assign(globalThis, { ask });
      await ask('chooseBackend', { override: backend });
      await ask('setImages', {
        ...data,
        images: {
          name: 'small',
          synthetic: true,
          image: { height: 16, width: 16, channels: 3 },
          classNames: images.classNames,
          pixels: Uint8Array.from(images.pixels),
          labels: Uint8Array.from(images.labels),
        },
      });
    },
    { backend, images: smallImages(200), data },
  );
}

type Ask = (
  method: string,
  request: unknown,
  onProgress?: (progress: { kind: string; loss: number }, control: (control: string) => void) => void,
) => Promise<unknown>;

/** Losses of the first steps of a training from seeded weights, with all their digits. */
export function firstLosses(page: Page, count: number): Promise<number[]> {
  const recipe: Recipe = {
    ...defaultDesign().recipe,
    augmentation: NO_AUGMENTATION,
    batchSize: 16,
    epochs: 9,
    seed: 3,
  };
  return page.evaluate(
    async ({ network, recipe, count }) => {
      const { ask } = globalThis as unknown as { ask: Ask };
      const weights = await ask('initialize', { network, seed: 3 });
      const losses: number[] = [];
      await ask(
        'train',
        { network, weights, recipe, startPaused: true, from: null, teachers: [] },
        (progress, control) => {
          if (progress.kind !== 'step') return;
          losses.push(progress.loss);
          control(losses.length < count ? 'step' : 'stop');
        },
      );
      return losses;
    },
    { network: smallNetwork(), recipe, count },
  );
}
