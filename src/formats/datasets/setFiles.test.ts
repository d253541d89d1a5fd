import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { planSet, type SetPlan } from '../../core/data/compile/combine.ts';
import { compileImages } from '../../core/data/compile/compileImages.ts';
import type { ImageSource } from '../../core/data/compile/entries.ts';
import { imagesSource } from '../../core/data/compile/imagesSource.ts';
import { type ChunkSink, type CompiledSet, labeledImages, MemorySink } from '../../core/data/compile/sink.ts';
import type { LabeledImages } from '../../core/data/labeledImages.ts';
import { createRandom } from '../../core/random.ts';
import { fail, type Result, unwrap } from '../../core/result.ts';
import { damagedBytes } from '../testing/fuzz/bytes.ts';
import { faultIn } from '../testing/fuzz/judge.ts';
import { bytesSource, pieces } from './byteSource.ts';
import { openImageSet } from './openImageSet.ts';
import { readSetFile, SetFileWriter } from './setFile.ts';
import { plainName, readSetReferences, resolveReferences, writeSetReferences } from './setReferences.ts';
import { joined } from './testing/bytes.ts';

async function finish<Step, End>(steps: AsyncGenerator<Step, End>): Promise<End> {
  for (;;) {
    const step = await steps.next();
    if (step.done) return step.value;
  }
}

const image = { height: 8, width: 8, channels: 3 };

function randomSource(
  count: number,
  classNames: readonly string[] = ['Forest', 'River', 'Sea'],
): ImageSource {
  const random = createRandom(11);
  const images: LabeledImages = {
    name: 'own',
    synthetic: false,
    image,
    classNames,
    pixels: Uint8Array.from({ length: count * 192 }, () => random.integer(256)),
    labels: Uint8Array.from({ length: count }, (_, i) => i % classNames.length),
  };
  return imagesSource(images);
}

const planOf = (source: ImageSource): SetPlan =>
  unwrap(planSet([source], { name: 'Land', shares: { validation: 0.05, test: 0 }, seed: 3 }));

const compileInto = (
  plan: SetPlan,
  sink: ChunkSink,
  normalization: 'signed' | 'standardized' = 'standardized',
) =>
  finish(
    compileImages(
      plan,
      async () => fail('never', 'Nothing is decoded here.'),
      { image, fit: 'crop', chunkImages: 100, normalization },
      sink,
      { aborted: false },
    ),
  );

async function written(plan: SetPlan): Promise<{ bytes: Uint8Array; set: CompiledSet }> {
  const parts: Uint8Array[] = [];
  const writer = new SetFileWriter(
    async (bytes) => {
      parts.push(bytes.slice());
    },
    async () => {
      parts.length = 0;
    },
  );
  const set = unwrap(await compileInto(plan, writer));
  return { bytes: joined(...parts), set };
}

const read = (
  bytes: Uint8Array,
  sink: ChunkSink,
  piece = 1000,
  signal = { aborted: false },
): Promise<Result<CompiledSet>> =>
  finish(readSetFile(pieces(bytesSource('Land.set', bytes), piece), 'Land.set', sink, signal));

describe('containers', () => {
  test('of references take kilobytes, with images at least the images (SX-27)', async () => {
    const source = randomSource(434);
    const plan = planOf(source);
    const { bytes, set } = await written(plan);
    const imageBytes = 434 * 192;
    expect(bytes.length).toBeGreaterThanOrEqual(imageBytes);
    expect(bytes.length).toBeLessThan(imageBytes * 1.2);
    const references = writeSetReferences(plan, { image, fit: 'crop', normalization: set.normalization });
    expect(references.length).toBeGreaterThan(1000);
    expect(references.length).toBeLessThan(20_000);
    expect(bytes.length / references.length).toBeGreaterThan(5);
  });

  test('with images are read back as they were compiled, whatever the pieces', async () => {
    const plan = planOf(randomSource(434));
    const memory = new MemorySink();
    unwrap(await compileInto(plan, memory));
    const { bytes, set } = await written(plan);
    expect(set.countByPart.map((counts) => counts.reduce((a, b) => a + b))).toEqual([412, 22, 0]);
    for (const piece of [7, 4096, 1e9]) {
      const back = new MemorySink();
      expect(unwrap(await read(bytes, back, piece))).toEqual(set);
      expect(back.chunks).toEqual(memory.chunks);
    }
  });

  test('of generated images say so, however they are kept', async () => {
    const own = { ...randomSource(20), name: 'real' };
    const plan = unwrap(
      planSet([own, { ...randomSource(20), synthetic: true }], {
        name: 'x',
        shares: { validation: 0, test: 0 },
        seed: 1,
      }),
    );
    expect([planOf(own).synthetic, plan.synthetic]).toEqual([false, true]);
    const sink = new MemorySink();
    const { bytes } = await written(plan);
    const set = unwrap(await read(bytes, sink));
    expect(unwrap(labeledImages(set, sink.chunks)).synthetic).toBe(true);
    const references = writeSetReferences(plan, { image, fit: 'crop', normalization: { kind: 'unit' } });
    expect(unwrap(readSetReferences(references, 'a')).synthetic).toBe(true);
  });

  test('of references give the same plan with the same sources, and name what is missing', () => {
    const source = randomSource(50);
    const plan = planOf(source);
    const bytes = writeSetReferences(plan, { image, fit: 'pad', normalization: { kind: 'signed' } });
    const set = unwrap(readSetReferences(bytes, 'a.json'));
    expect(set.fit).toBe('pad');
    expect(unwrap(resolveReferences(set, [source]))).toEqual(plan);
    const fewer = resolveReferences(set, [{ ...source, entries: source.entries.slice(2) }]);
    expect(fewer.ok ? '' : fewer.error.message).toMatch(/^2 of 50 images of Land .* [12] of own;/);
  });

  test('of references find an archive that was downloaded twice, and never one of two', () => {
    const source = { ...randomSource(20), name: 'fruit.zip' };
    const list = writeSetReferences(planOf(source), { image, fit: 'crop', normalization: { kind: 'unit' } });
    const set = unwrap(readSetReferences(list, 'a.json'));
    const again = { ...source, name: 'fruit (1).zip' };
    expect(unwrap(resolveReferences(set, [again]))).toEqual(planOf(source));
    expect(unwrap(resolveReferences(set, [again, source])).items[0]?.entry).toBe(
      planOf(source).items[0]?.entry,
    );
    expect(resolveReferences(set, [again, { ...again, name: 'fruit (2).zip' }]).ok).toBe(false);
    expect(plainName('pets/Fruit (2).zip')).toBe('fruit.zip');
    expect(plainName('fruit')).toBe('fruit');
  });

  test('canceled or cut off leave nothing', async () => {
    const { bytes } = await written(planOf(randomSource(250)));
    const sink = new MemorySink();
    const signal = { aborted: false };
    const steps = readSetFile(pieces(bytesSource('a', bytes)), 'a', sink, signal);
    await steps.next();
    expect(sink.chunks).toHaveLength(1);
    signal.aborted = true;
    const end = await steps.next();
    expect(end.done && !(end.value as Result<unknown>).ok).toBe(true);
    expect(sink.chunks).toHaveLength(0);
    for (const length of [0, 5, 12, 30, 200, 30_000, bytes.length - 1]) {
      const cut = await read(bytes.slice(0, length), sink);
      expect(cut.ok ? '' : cut.error.message).toContain('ends too early');
      expect([sink.chunks.length, sink.set]).toEqual([0, null]);
    }
    const newer = bytes.slice();
    newer[8] = 2;
    const refused = await read(newer, sink);
    expect(refused.ok ? '' : refused.error.message).toContain('version 2');
  });
});

const cifar = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data', 'cifar10_test_1000.bin');

test.skipIf(!existsSync(cifar))(
  "1,000 images of CIFAR-10 have numpy's mean and deviation once compiled",
  async () => {
    const opened = unwrap(await openImageSet([bytesSource('test.bin', new Uint8Array(readFileSync(cifar)))]));
    if (opened.kind !== 'images') throw new Error('expected images');
    const options = { name: 'all', shares: { validation: 0, test: 0 }, seed: 1 };
    const plan = unwrap(planSet([imagesSource(opened.images)], options));
    const target = { image: opened.images.image, fit: 'crop' } as const;
    const decoder = async () => fail('never', 'Nothing is decoded here.');
    const sink = new MemorySink();
    const set = unwrap(await finish(compileImages(plan, decoder, target, sink, { aborted: false })));
    const mean = [126.669900390625, 124.0993759765625, 115.012296875];
    const deviation = [62.87841408683919, 61.90112909790069, 66.74081319299205];
    for (const c of [0, 1, 2]) {
      expect(set.statistics.mean[c]).toBeCloseTo(mean[c]!, 9);
      expect(set.statistics.deviation[c]).toBeCloseTo(deviation[c]!, 9);
    }
    // each image, wherever it went, is the one it was
    const { pixels } = opened.images;
    sink.chunks.forEach((chunk) => {
      chunk.paths.forEach((path, i) => {
        const n = Number(path.split('/')[1]) - 1;
        expect(chunk.labels[i]).toBe(opened.images.labels[n]);
        const [made, own] = [chunk.pixels, pixels].map((all, k) => {
          const at = (k === 0 ? i : n) * 3072;
          return Buffer.from(all.buffer, all.byteOffset + at, 3072);
        });
        expect(made!.equals(own!)).toBe(true);
      });
    });
  },
);

describe('500 damaged files are each read or refused in one sentence', () => {
  test('with images: hardly a change goes unnoticed', async () => {
    const { bytes } = await written(planOf(randomSource(120)));
    let refused = 0;
    for (let seed = 0; seed < 500; seed++) {
      const damaged = damagedBytes(bytes, createRandom(seed));
      const isSame = damaged.length >= bytes.length && bytes.every((byte, i) => damaged[i] === byte);
      const sink = new MemorySink();
      const result = await read(damaged, sink);
      if (result.ok) {
        // what comes behind the end is not looked at
        expect(isSame, `seed ${seed}`).toBe(true);
        continue;
      }
      refused++;
      expect(faultIn(result.error)).toBeNull();
      expect(sink.chunks).toHaveLength(0);
    }
    expect(refused).toBeGreaterThan(400);
  });

  test('of references', () => {
    const bytes = writeSetReferences(planOf(randomSource(9)), {
      image,
      fit: 'crop',
      normalization: { kind: 'standardized', mean: [1, 2, 3], deviation: [1, 1, 1], of: 'x' },
    });
    let refused = 0;
    for (let seed = 0; seed < 500; seed++) {
      const result = readSetReferences(damagedBytes(bytes, createRandom(seed)), 'a.json');
      if (result.ok) continue;
      refused++;
      expect(faultIn(result.error)).toBeNull();
    }
    expect(refused).toBeGreaterThan(200);
  });
});
