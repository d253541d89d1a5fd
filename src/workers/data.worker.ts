import { LARGEST_GENERATED_COUNT } from '../core/data/generatedSets.ts';
import type { LabeledImages } from '../core/data/labeledImages.ts';
import { PAINTERS } from '../core/data/paintSet.ts';
import { FaultError, unwrap } from '../core/result.ts';
import { blobSource } from '../formats/datasets/byteSource.ts';
import { openInMemory } from '../formats/datasets/openInMemory.ts';
import { decodePicture } from './decodePicture.ts';
import type { DataCalls } from './protocol.ts';
import { serve } from './serve.ts';

/** How long the worker paints before it looks for a cancel. */
const SLICE_MILLISECONDS = 30;

const channel = new MessageChannel();

/** Lets messages in. A posted message comes at once; a timer would wait at least four milliseconds. */
const breathe = () =>
  new Promise<void>((resolve) => {
    channel.port1.onmessage = () => resolve();
    channel.port2.postMessage(null);
  });

const transferred = <Reply>(reply: Reply, images: LabeledImages) => ({
  reply,
  transfer: [images.pixels.buffer, images.labels.buffer] as Transferable[],
});

/** Until the store is there. */
const missing = async (): Promise<never> => {
  throw new FaultError({ code: 'not-built', message: 'Kept sets are being built; open images as before.' });
};

serve<DataCalls>({
  openSources: missing,
  closeSource: missing,
  compile: missing,
  storedSets: missing,
  deleteSet: missing,
  exportSet: missing,
  takeSet: missing,

  async generate({ kind, imageCount, seed }, { progress, signal }) {
    if (!Number.isInteger(imageCount) || imageCount < 1 || imageCount > LARGEST_GENERATED_COUNT) {
      throw new FaultError({
        code: 'image-count',
        message: `${imageCount} images cannot be generated; ask for 1 to ${LARGEST_GENERATED_COUNT}.`,
        where: 'imageCount',
      });
    }
    const painting = PAINTERS[kind](imageCount, seed);
    let pause = performance.now() + SLICE_MILLISECONDS;
    for (;;) {
      const step = painting.next();
      if (step.done) return transferred(step.value, step.value);
      if (performance.now() < pause) continue;
      progress({ done: step.value, total: imageCount });
      await breathe();
      signal.throwIfAborted();
      pause = performance.now() + SLICE_MILLISECONDS;
    }
  },

  async openImages({ files }, { progress, signal }) {
    const sources = files.map(({ path, file }) => blobSource(path, file));
    const opening = openInMemory(sources, decodePicture, signal);
    for (;;) {
      const step = await opening.next();
      if (step.done) {
        signal.throwIfAborted();
        const opened = unwrap(step.value);
        return transferred(opened, opened.images);
      }
      progress(step.value);
      await breathe();
    }
  },
});
