import { expect, test } from 'vitest';
import { unwrap } from '../result.ts';
import type { LabeledImages } from './labeledImages.ts';
import { type SplitChoice, splitOf } from './splitOf.ts';
import { asStored, type ImageMoments, imageMoments, trainingStatistics } from './trainingStatistics.ts';

const COUNT = 600;
const choice: SplitChoice = { splitSeed: 3, validationShare: 0.2, testShare: 0.1, keepsParts: true };

/** Images of 1x2 pixels in two channels whose bytes are told by their number. */
const images: LabeledImages = {
  name: 'numbers',
  synthetic: true,
  image: { height: 1, width: 2, channels: 2 },
  classNames: ['even', 'odd', 'third'],
  pixels: Uint8Array.from({ length: COUNT * 4 }, (_, i) => ((i >> 2) * 7 + (i & 3) * 31) % 251),
  labels: Uint8Array.from({ length: COUNT }, (_, i) => i % 3),
};

async function measured(of: LabeledImages, split: SplitChoice) {
  const steps = imageMoments(asStored(of), { aborted: false });
  for (;;) {
    const step = await steps.next();
    if (step.done) return trainingStatistics(unwrap<ImageMoments>(step.value), split);
  }
}

/** Mean and deviation as books define them, over some images. */
function defined(indices: Uint32Array, channel: number) {
  const bytes = [...indices].flatMap((i) =>
    [0, 2].map((at) => images.pixels[4 * i + at + channel] as number),
  );
  const mean = bytes.reduce((a, b) => a + b, 0) / bytes.length;
  const variance = bytes.reduce((sum, byte) => sum + (byte - mean) ** 2, 0) / bytes.length;
  return { mean, deviation: Math.sqrt(variance) };
}

test.each([
  ['drawn by share', choice, 'train'],
  ['drawn by another seed', { ...choice, splitSeed: 4 }, 'train'],
  ['held back altogether', { ...choice, validationShare: 1, testShare: 0 }, 'validation'],
] as const)('exactly the images that are trained with are counted: %s', async (_, split, part) => {
  const indices = splitOf(images.labels, null, 3, split)[part];
  expect(indices.length).toBeGreaterThan(0);
  const { pixelCount, mean, deviation, ...of } = await measured(images, split);
  expect(of).toEqual({ part, imageCount: indices.length });
  expect(pixelCount).toBe(2 * indices.length);
  for (const channel of [0, 1]) {
    const expected = defined(indices, channel);
    expect(mean[channel]).toBeCloseTo(expected.mean, 9);
    expect(deviation[channel]).toBeCloseTo(expected.deviation, 9);
  }
});

test('what came for testing is not counted while the parts are kept', async () => {
  const parts = Uint8Array.from({ length: COUNT }, (_, i) => (i < 500 ? 0 : 2));
  const none = { ...choice, validationShare: 0, testShare: 0 };
  expect((await measured({ ...images, parts }, none)).pixelCount).toBe(2 * 500);
  expect((await measured({ ...images, parts }, { ...none, keepsParts: false })).pixelCount).toBe(2 * COUNT);
});

test('every chunk is read once, and a cancel is heard', async () => {
  const stored = asStored(images);
  const read: number[] = [];
  const watched = {
    ...stored,
    chunk: (index: number) => {
      read.push(index);
      return stored.chunk(index);
    },
  };
  const signal = { aborted: false };
  const steps = imageMoments(watched, signal);
  while (!(await steps.next()).done);
  expect(read).toEqual([0, 1, 2]);
  const canceled = imageMoments(watched, signal);
  await canceled.next();
  signal.aborted = true;
  expect(await canceled.next()).toMatchObject({ done: true, value: { error: { code: 'canceled' } } });
});
