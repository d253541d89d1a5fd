import 'fake-indexeddb/auto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { beforeAll, expect, test } from 'vitest';
import { splitOf } from '../core/data/splitOf.ts';
import type { CompileChoice } from '../core/exploration/design.ts';
import { FaultError } from '../core/result.ts';
import { faultIn } from '../formats/testing/fuzz/judge.ts';
import type { DataCalls } from '../workers/protocol.ts';
import { cifar } from '../workers/testing/imageFiles.ts';
import { WorkerPort } from '../workers/testing/workerPort.ts';
import { type FileSource, readGivenImages } from './images.ts';

const folder = mkdtempSync(join(tmpdir(), 'sweetspot-images-'));
const page = new WorkerPort<DataCalls>();

beforeAll(async () => {
  Object.assign(globalThis, { self: page });
  await import('../workers/data.worker.ts');
});

const saved = (name: string, bytes: Uint8Array): string => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};

const choice: CompileChoice = {
  height: 16,
  width: 24,
  channels: 1,
  fit: 'pad',
  classes: { Cat: null, Dog: 'Pet', Frog: 'Pet' },
};

test('files of a design become the very images of the page, as does a set that it exported', async () => {
  const files = { 'data_batch_1.bin': cifar(230), 'test_batch.bin': cifar(40, 230) };
  const { sources } = await page.call('openSources', {
    files: Object.entries(files).map(([path, bytes]) => ({ path, file: new Blob([Uint8Array.from(bytes)]) })),
  });
  const request = { sourceIds: sources.map(({ id }) => id), name: 'Mine', choice, seed: 1 };
  const set = await page.call('compile', request);
  const there = await page.call('takeSet', { id: set.id });
  const blob = await page.call('exportSet', { id: set.id, content: 'data' });
  const container = saved('mine.sweetset', new Uint8Array(await blob.arrayBuffer()));
  const paths = Object.entries(files).map(([name, bytes]) => saved(name, bytes));
  const made: FileSource = {
    kind: 'file',
    format: 'arrays',
    fileNames: Object.keys(files),
    imageCount: set.imageCount,
    compile: choice,
    fingerprint: set.fingerprint,
  };
  const split = { splitSeed: 5, validationShare: 0.2, testShare: 0, keepsParts: true };
  const partsOf = ({ labels, parts }: Pick<typeof there, 'labels' | 'parts'>) =>
    splitOf(labels, parts ?? null, there.classNames.length, split);
  for (const given of [paths, paths.toReversed(), [container]]) {
    const { images, note } = await readGivenImages(given, made);
    expect(note).toBeNull();
    expect(images).toMatchObject({ image: there.image, classNames: there.classNames });
    expect(images.pixels).toEqual(there.pixels);
    expect([...images.labels]).toEqual([...there.labels]);
    expect(partsOf(images)).toEqual(partsOf(there));
  }
  // nobody asked for other classes: the images as they are
  const plain = (await readGivenImages(paths, null)).images;
  expect([plain.classNames.length, plain.labels.length, plain.image.width]).toEqual([10, 270, 32]);
  const fewer = await readGivenImages(paths.slice(0, 1), made);
  expect(fewer.note).toMatch(/other images than this was made with, 207 instead of 243/);
});

test('what only the page can read is told in one sentence', async () => {
  const zip = saved('fruit.zip', zipSync({ 'a/1.png': strToU8('x'), 'b/2.png': strToU8('y') }));
  const list = saved('list.json', strToU8('{"format":"sweetspot-image-set","version":1}'));
  const torn = saved('torn.sweetset', strToU8('SWEETSET\u0001\0\0\0HEAD'));
  for (const [paths, said] of [
    [[zip], /fruit\.zip holds pictures, and only a browser/],
    [[list], /list\.json lists the paths/],
    [[torn], /torn\.sweetset .* ends too early/],
    [[torn, zip], /give it alone/],
  ] as const) {
    const error = await readGivenImages(paths, null).catch((caught: unknown) => caught);
    if (!(error instanceof FaultError)) throw error;
    expect(error.fault.message).toMatch(said);
    expect(faultIn(error.fault)).toBeNull();
  }
});
