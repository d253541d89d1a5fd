import 'fake-indexeddb/auto';
import { strToU8, zipSync } from 'fflate';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { splitOf } from '../core/data/splitOf.ts';
import type { CompileChoice } from '../core/exploration/design.ts';
import { CIFAR10_CLASS_NAMES } from '../formats/datasets/cifar10.ts';
import { faultIn } from '../formats/testing/fuzz/judge.ts';
import type { DataCalls, OpenSource, StoredSet } from './protocol.ts';
import { cifar, countOf, mnist } from './testing/imageFiles.ts';
import { WorkerPort } from './testing/workerPort.ts';

const worker = new WorkerPort<DataCalls>();

beforeAll(async () => {
  Object.assign(globalThis, { self: worker });
  await import('./data.worker.ts');
});

let open: string[] = [];

/** Decoders are the browser's: these sets are pixels. */
async function opened(files: Readonly<Record<string, Uint8Array>>) {
  const reply = await worker.call('openSources', {
    files: Object.entries(files).map(([path, bytes]) => ({ path, file: new Blob([Uint8Array.from(bytes)]) })),
  });
  open.push(...reply.sources.map(({ id }) => id));
  return reply;
}

const faultOf = (files: Readonly<Record<string, Uint8Array>>) =>
  worker.fault('openSources', {
    files: Object.entries(files).map(([path, bytes]) => ({ path, file: new Blob([Uint8Array.from(bytes)]) })),
  });

const choice: CompileChoice = { height: 32, width: 32, channels: 3, fit: 'crop', classes: {} };

const compile = (
  sources: readonly OpenSource[],
  more: Partial<CompileChoice> = {},
  name = 'Mine',
  seed = 1,
) => ({
  sourceIds: sources.map(({ id }) => id),
  name,
  choice: { ...choice, ...more },
  seed,
});

const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer());
const total = (counts: readonly number[] | undefined) => counts?.reduce((a, b) => a + b, 0);

afterEach(async () => {
  for (const id of open) await worker.call('closeSource', { id });
  open = [];
  const { sets } = await worker.call('storedSets', null);
  for (const { id } of sets) await worker.call('deleteSet', { id });
});

describe('sources', () => {
  test('tell their images by class and by part', async () => {
    const { sources, sets, notes } = await opened({
      'data_batch_1.bin': cifar(30),
      'test_batch.bin': cifar(10),
    });
    expect([sets, notes]).toEqual([[], []]);
    const [source] = sources;
    expect(source).toMatchObject({
      name: 'CIFAR-10',
      kind: 'arrays',
      imageCount: 40,
      image: { height: 32, width: 32, channels: 3 },
      countByPart: { train: 30, validation: 0, test: 10 },
    });
    expect(source?.countByClass).toEqual(Array(10).fill(4));
  });

  test('of the same name are told apart', async () => {
    const files = { 'a.bin': cifar(3) };
    const names = [await opened(files), await opened(files)].map(({ sources }) => sources[0]?.name);
    expect(names).toEqual(['CIFAR-10', 'CIFAR-10 (2)']);
  });

  test('that come instead of others may have their names', async () => {
    const files = [{ path: 'a.bin', file: new Blob([Uint8Array.from(cifar(3))]) }];
    const [first] = (await opened({ 'a.bin': cifar(3) })).sources;
    const { sources } = await worker.call('openSources', { files, instead: [first!.id] });
    open.push(sources[0]!.id);
    expect(sources[0]?.name).toBe('CIFAR-10');
  });

  test('that are closed can not be compiled', async () => {
    const { sources } = await opened({ 'a.bin': cifar(20) });
    await worker.call('closeSource', { id: sources[0]!.id });
    const fault = await worker.fault('compile', compile(sources));
    expect(fault.code).toBe('source-closed');
    expect(faultIn(fault)).toBeNull();
  });

  test.each([
    ['nothing', {}, 'no-files'],
    ['an empty file', { 'a.bin': new Uint8Array(0) }, 'empty-file'],
    ['labels out of range', { 'a.bin': cifar(1).fill(11, 0, 1) }, 'label-range'],
    ['a zip in a zip', { 'a.zip': zipSync({ 'b.zip': zipSync({ 'c/1.png': strToU8('x') }) }) }, 'archive'],
    ['no images', { 'a.zip': zipSync({ 'readme.txt': strToU8('x') }) }, 'no-images'],
    ['a damaged container', { 'a.sweetset': strToU8('SWEETSET\u0001\0\0\0HEAD') }, 'broken-set'],
    ['a damaged list', { 'a.json': strToU8('{"format":"sweetspot-image-set"') }, 'broken-set'],
  ])('%s is refused in one sentence', async (_, files, code) => {
    const fault = await faultOf(files as Record<string, Uint8Array>);
    expect(fault.code).toBe(code);
    expect(faultIn(fault)).toBeNull();
  });

  test('of 100,000 classes are refused in one sentence', async () => {
    const file = new Blob([]);
    const files = Array.from({ length: 100_000 }, (_, i) => ({ path: `many/class ${i}/1.png`, file }));
    const fault = await worker.fault('openSources', { files });
    expect(fault.code).toBe('too-many-classes');
    expect(faultIn(fault)).toBeNull();
  });
});

describe('compiling', () => {
  test('keeps parts, and equal images, choice and seed have equal fingerprints (SX-26)', async () => {
    const files = { 'data_batch_1.bin': cifar(412), 'test_batch.bin': cifar(22, 412) };
    const { sources } = await opened(files);
    const set = await worker.call('compile', compile(sources));
    expect(set.countByPart.map(total)).toEqual([412, 0, 22]);
    const { sets } = await worker.call('storedSets', null);
    expect(sets).toEqual([set]);
    const images = await worker.call('takeSet', { id: set.id });
    const paths = (await (await worker.call('exportSet', { id: set.id, content: 'paths' })).text()).match(
      /"CIFAR-10","\d+"/g,
    );
    expect(new Set(paths).size).toBe(434); // each image stands once: the parts are disjoint
    for (let i = 0; i < 434; i++) {
      const number = images.pixels[i * 3072]! + 256 * images.pixels[i * 3072 + 1]!;
      expect([images.labels[i], images.parts?.[i]]).toEqual([number % 10, number < 412 ? 0 : 2]);
    }
    const again = await worker.call('compile', compile(sources, {}, 'Renamed'));
    expect([again.fingerprint, again.header.name]).toEqual([set.fingerprint, 'Renamed']);
    expect((await worker.call('compile', compile(sources, {}, 'Mine', 2))).fingerprint).not.toBe(
      set.fingerprint,
    );
    expect((await worker.call('compile', compile(sources, { fit: 'pad' }))).fingerprint).not.toBe(
      set.fingerprint,
    );
  });

  test('combines sources; classes are renamed, merged and left out, colors become gray', async () => {
    const digits = (await opened(mnist(40))).sources;
    const objects = (await opened({ 'a.bin': cifar(50) })).sources;
    const classes = { '0': 'Round', '8': 'Round', '1': null, Airplane: 'Flying', Bird: 'Flying', Cat: null };
    const set = await worker.call('compile', compile([...digits, ...objects], { channels: 1, classes }));
    expect(set.header.image).toEqual({ height: 32, width: 32, channels: 1 });
    expect(set.sourceNames.toSorted()).toEqual(['CIFAR-10', 'MNIST']);
    expect(set.choice.classes).toEqual(classes);
    const { classNames } = set.header;
    expect(classNames).not.toContain('Cat');
    expect(classNames).not.toContain('1');
    const counts = Object.fromEntries(classNames.map((name, label) => [name, set.countByPart[0]![label]]));
    expect(counts).toMatchObject({ Round: 8, Flying: 10, Dog: 5, '7': 4 });
    expect(set.imageCount).toBe(40 - 4 + 50 - 5);
    expect(set.samples.map((sheet) => sheet.length)).toEqual(classNames.map((name) => counts[name]));
  });

  test('images that are all of a test part are trained with', async () => {
    const { sources } = await opened({ 'cifar10_test_1000.bin': cifar(20) });
    expect(sources[0]?.countByPart.test).toBe(20);
    const set = await worker.call('compile', compile(sources));
    expect(set.countByPart.map(total)).toEqual([20, 0, 0]);
  });

  test.each([
    ['no source', { sourceIds: [] }, {}, 'no-images'],
    ['one class only', {}, Object.fromEntries(CIFAR10_CLASS_NAMES.map((name) => [name, 'all'])), 'one-class'],
    [
      'all classes left out',
      {},
      Object.fromEntries(CIFAR10_CLASS_NAMES.map((name) => [name, null])),
      'no-images',
    ],
  ])('%s is refused in one sentence, and nothing is kept', async (_, more, classes, code) => {
    const { sources } = await opened({ 'a.bin': cifar(20) });
    const fault = await worker.fault('compile', { ...compile(sources, { classes }), ...more });
    expect(fault.code).toBe(code);
    expect(faultIn(fault)).toBeNull();
    expect((await worker.call('storedSets', null)).sets).toEqual([]);
  });

  test('sizes that no set has are refused', async () => {
    const { sources } = await opened({ 'a.bin': cifar(20) });
    for (const height of [0, 1e9, Number.NaN])
      expect((await worker.fault('compile', compile(sources, { height }))).code).toBe('image-extent');
  });

  test('canceled in the middle leaves nothing, and other calls go on meanwhile', async () => {
    const { sources } = await opened({ 'a.bin': cifar(9000) });
    const id = worker.start('compile', compile(sources, { height: 64, width: 64 }));
    await worker.next(id, 'progress');
    const other = worker.call('generate', { kind: 'flowers', imageCount: 56, seed: 1 });
    expect((await worker.call('storedSets', null)).sets).toEqual([]);
    worker.say({ id, control: 'cancel' });
    await worker.next(id, 'canceled');
    await other;
    expect((await worker.call('storedSets', null)).sets).toEqual([]);
    for (const name of ['pixels', 'paths', 'marks', 'details']) expect(await countOf(name)).toBe(0);
  });
});

describe('containers', () => {
  const files = { 'data_batch_1.bin': cifar(412), 'test_batch.bin': cifar(22, 412) };

  async function exported(): Promise<{ set: StoredSet; data: Uint8Array; paths: Uint8Array }> {
    const { sources } = await opened(files);
    const set = await worker.call('compile', compile(sources));
    const data = await bytesOf(await worker.call('exportSet', { id: set.id, content: 'data' }));
    const paths = await bytesOf(await worker.call('exportSet', { id: set.id, content: 'paths' }));
    await worker.call('deleteSet', { id: set.id });
    for (const { id } of sources) await worker.call('closeSource', { id });
    return { set, data, paths };
  }

  test('with images have at least their bytes, those of paths kilobytes; both give the set again (SX-27)', async () => {
    const { set, data, paths } = await exported();
    expect(data.length).toBeGreaterThanOrEqual(434 * 3072);
    expect(paths.length).toBeLessThan(20_000);
    const [back] = (await opened({ 'mine.sweetset': data })).sets;
    expect(back).toMatchObject({
      fingerprint: set.fingerprint,
      imageCount: 434,
      sourceNames: ['mine.sweetset'],
    });
    expect(back?.samples).toEqual(set.samples);
    // what came from a container can be written as paths too
    const again = await worker.call('exportSet', { id: back!.id, content: 'paths' });
    expect(await bytesOf(again)).toEqual(paths);
    await worker.call('deleteSet', { id: back!.id });
    const waiting = await opened({ 'mine.json': paths });
    expect([waiting.sources, waiting.sets]).toEqual([[], []]);
    expect(waiting.notes[0]).toMatch(
      /^434 of 434 images of Mine are not among the open sources, the first \d+ of CIFAR-10; open/,
    );
    const now = await opened(files);
    expect(now.notes).toEqual([]);
    expect(now.sets[0]).toMatchObject({ fingerprint: set.fingerprint, countByPart: set.countByPart });
    expect((await opened({ 'b.bin': cifar(3) })).sets).toEqual([]); // it waits no longer
  });

  test('of paths say which open sources they name, while they wait and when they have all', async () => {
    const both = [...(await opened({ 'a.bin': cifar(30) })).sources, ...(await opened(mnist(30))).sources];
    const set = await worker.call('compile', compile(both));
    const paths = await bytesOf(await worker.call('exportSet', { id: set.id, content: 'paths' }));
    await worker.call('deleteSet', { id: set.id });
    for (const { id } of both) await worker.call('closeSource', { id });
    expect((await opened({ 'mine.json': paths })).listed).toEqual([]);
    const first = await opened(mnist(30));
    expect([first.sets, first.listed]).toEqual([[], first.sources.map(({ id }) => id)]);
    expect(first.notes[0]).toMatch(/^30 of 60 images of Mine .* of CIFAR-10; open/);
    const other = await opened({ 'data_batch_1.bin': new Uint8Array(3074).fill(3, 0, 2) });
    expect(other.listed).toEqual(first.listed); // CIFAR-100 is none of them
    const last = await opened({ 'a.bin': cifar(30) });
    expect(last.sets[0]?.fingerprint).toBe(set.fingerprint);
    expect(new Set(last.listed)).toEqual(new Set([...first.sources, ...last.sources].map(({ id }) => id)));
  });

  test('damaged or cut off leave nothing', async () => {
    const { data } = await exported();
    const flipped = data.slice();
    flipped[data.length >> 1]! ^= 1;
    for (const bytes of [flipped, data.slice(0, -30)]) {
      const fault = await faultOf({ 'mine.sweetset': bytes });
      expect(fault.code).toBe('broken-set');
      expect(faultIn(fault)).toBeNull();
      expect((await worker.call('storedSets', null)).sets).toEqual([]);
      expect(await countOf('pixels')).toBe(0);
    }
  });

  test('of a set that is gone are refused', async () => {
    for (const content of ['data', 'paths'] as const)
      expect((await worker.fault('exportSet', { id: 'x', content })).code).toBe('set-gone');
    expect((await worker.fault('takeSet', { id: 'x' })).code).toBe('set-gone');
  });
});

describe('mean and deviation', () => {
  const split = { splitSeed: 1, validationShare: 0.2, testShare: 0, keepsParts: true };

  test('of a kept set are those of the images that its split leaves to train with', async () => {
    const { sources } = await opened({ 'data_batch_1.bin': cifar(1200), 'test_batch.bin': cifar(50) });
    const set = await worker.call('compile', compile(sources));
    const images = await worker.call('takeSet', { id: set.id });
    for (const choice of [
      split,
      { ...split, splitSeed: 2 },
      { ...split, keepsParts: false, testShare: 0.3 },
    ]) {
      const { train } = splitOf(images.labels, images.parts ?? null, 10, choice);
      const found = await worker.call('trainingStatistics', { images: { setId: set.id }, ...choice });
      expect(found.pixelCount).toBe(1024 * train.length);
      // red has each image's number in all its pixels
      const reds = [...train].map((i) => images.pixels[i * 3072] as number);
      expect(found.mean[0]).toBeCloseTo(reds.reduce((a, b) => a + b, 0) / reds.length, 9);
    }
  });

  test('of generated images are measured without handing these over; what is gone is told', async () => {
    const images = { kind: 'logos', imageCount: 40, seed: 1 } as const;
    const { pixelCount } = await worker.call('trainingStatistics', { images, ...split });
    expect(pixelCount).toBe(32 * 1024);
    // drawn before for another split, or for the page: the pixels are not needed again
    const drawn = await worker.call('generate', images);
    const again = await worker.call('trainingStatistics', { images, ...split, validationShare: 0 });
    const reds = drawn.pixels.filter((_, i) => i % 3 === 0);
    expect(again.mean[0]).toBeCloseTo(reds.reduce((a, b) => a + b, 0) / reds.length, 9);
    const fault = await worker.fault('trainingStatistics', { images: { setId: 'x' }, ...split });
    expect(fault.code).toBe('set-gone');
    expect(faultIn(fault)).toBeNull();
  });

  test('are not waited for after a cancel', async () => {
    const images = { kind: 'land-cover', imageCount: 20_000, seed: 1 } as const;
    const id = worker.start('trainingStatistics', { images, ...split });
    await worker.next(id, 'progress');
    worker.say({ id, control: 'cancel' });
    await worker.next(id, 'canceled');
  });
});
