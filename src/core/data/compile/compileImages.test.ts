import { describe, expect, test } from 'vitest';
import { createRandom } from '../../random.ts';
import { ok, type Result, unwrap } from '../../result.ts';
import { planSet, type SetPlan } from './combine.ts';
import { type CompileOptions, compileImages } from './compileImages.ts';
import type { ImageDecoder } from './entries.ts';
import { ByteCounts, byteTransform, normalizationText } from './normalization.ts';
import { type Fit, fitImage } from './resize.ts';
import { type CompiledSet, labeledImages, MemorySink } from './sink.ts';
import { decodePicture, entry, graySource, picture } from './testing/pictures.ts';

const options: CompileOptions = { image: { height: 2, width: 2, channels: 3 }, fit: 'crop' };

async function compiled(
  plan: SetPlan,
  sink: MemorySink,
  decoder: ImageDecoder = decodePicture,
  more: Partial<CompileOptions> = {},
  signal = { aborted: false },
): Promise<Result<CompiledSet>> {
  const steps = compileImages(plan, decoder, { ...options, ...more }, sink, signal);
  for (;;) {
    const step = await steps.next();
    if (step.done) return step.value;
  }
}

const plan = (counts: Readonly<Record<string, number>>) =>
  unwrap(planSet([graySource('s', counts)], { name: 'set', shares: { validation: 0.25, test: 0 }, seed: 5 }));

describe('compiling', () => {
  test('gives all images once, in chunks, each with its class, part and path', async () => {
    const sink = new MemorySink();
    const set = unwrap(await compiled(plan({ a: 60, b: 40 }), sink, decodePicture, { chunkImages: 32 }));
    expect(sink.set).toBe(set);
    expect(sink.chunks.map(({ labels }) => labels.length)).toEqual([32, 32, 32, 4]);
    expect(set.countByPart.map((counts) => counts.reduce((a, b) => a + b))).toEqual([75, 25, 0]);
    expect(set.countByPart[0]).toEqual([45, 30]);
    const paths = sink.chunks.flatMap(({ paths: all }) => all);
    expect(new Set(paths).size).toBe(100);
    for (const { paths: all, pixels, labels } of sink.chunks) {
      all.forEach((path, i) => {
        const [, name, number] = /^s\/(\w)\/(\d+)\.png$/.exec(path)!;
        expect(labels[i]).toBe(name === 'a' ? 0 : 1);
        expect([...pixels.subarray(i * 12, i * 12 + 12)]).toEqual(Array(12).fill(Number(number)));
      });
    }
    const train = unwrap(labeledImages(set, sink.chunks, 0));
    expect([train.labels.length, train.pixels.length]).toEqual([75, 900]);
  });

  test('holds few decoded pictures at a time and one chunk', async () => {
    let open = 0;
    let most = 0;
    const slow: ImageDecoder = async (bytes, name) => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setTimeout(resolve, 0));
      open--;
      return decodePicture(bytes, name);
    };
    await compiled(plan({ a: 30, b: 30 }), new MemorySink(), slow, { lookahead: 3 });
    expect(most).toBe(3);
  });

  test('skips what is damaged, counts all and names twenty', async () => {
    const source = graySource('s', { a: 50, b: 50 });
    const damaged = source.entries.map((one, i) =>
      i % 3 === 0 ? entry(one.path, one.label, new Uint8Array(1)) : one,
    );
    const from = { ...source, entries: damaged };
    const shares = { validation: 0, test: 0 };
    const sink = new MemorySink();
    const set = unwrap(await compiled(unwrap(planSet([from], { name: 'x', shares, seed: 1 })), sink));
    expect([set.imageCount, set.skipped.count, set.skipped.named.length]).toEqual([66, 34, 20]);
    expect(set.skipped.named[0]?.reason).toContain("can't be decoded");
    const thrown = await compiled(plan({ a: 2, b: 2 }), sink, async () => {
      throw new Error('decoder');
    });
    expect(thrown.ok ? '' : thrown.error.message).toContain('None of the 4 images');
    expect(sink.set).toBeNull();
  });

  test('canceled, left early or refused by the sink leaves nothing', async () => {
    const signal = { aborted: false };
    const sink = new MemorySink();
    const steps = compileImages(
      plan({ a: 50, b: 50 }),
      decodePicture,
      { ...options, chunkImages: 8 },
      sink,
      signal,
    );
    await steps.next();
    expect(sink.chunks.length).toBeGreaterThan(0);
    signal.aborted = true;
    const last = await steps.next();
    expect(last.done && !(last.value as Result<unknown>).ok).toBe(true);
    expect([sink.chunks.length, sink.set]).toEqual([0, null]);

    for await (const _ of compileImages(plan({ a: 50, b: 50 }), decodePicture, options, sink, {
      aborted: false,
    }))
      break;
    expect([sink.chunks.length, sink.set]).toEqual([0, null]);

    class Full extends MemorySink {
      override async write(): Promise<Result<void>> {
        return { ok: false, error: { code: 'full', message: 'The disk is full.' } };
      }
    }
    const full = await compiled(plan({ a: 5, b: 5 }), new Full());
    expect(full.ok ? '' : full.error.code).toBe('full');
  });

  test('refuses impossible sizes before anything is begun', async () => {
    for (const image of [
      { height: 0, width: 2, channels: 3 },
      { height: 2, width: 5000, channels: 3 },
      { height: 2, width: 2, channels: 2 },
    ]) {
      const refused = await compiled(plan({ a: 2, b: 2 }), new MemorySink(), decodePicture, { image });
      expect(refused.ok ? '' : refused.error.code).toBe('image-extent');
    }
  });

  test('takes pixels that were read before without a decoder', async () => {
    const raw = { height: 1, width: 2, channels: 1 };
    const entries = [0, 1].map((label) => ({ ...entry(`${label}`, label, Uint8Array.of(10, 20)), raw }));
    const shares = { validation: 0, test: 0 };
    const from = { name: 'm', classNames: ['a', 'b'], entries };
    const sink = new MemorySink();
    const image = { height: 1, width: 2, channels: 1 };
    unwrap(
      await compiled(unwrap(planSet([from], { name: 'x', shares, seed: 1 })), sink, decodePicture, { image }),
    );
    expect([...sink.chunks[0]!.pixels]).toEqual([10, 20, 10, 20]);
  });

  test('labels beyond a byte take two bytes each', async () => {
    const many = plan(Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`c${i}`, 1])));
    const sink = new MemorySink();
    const set = unwrap(await compiled(many, sink));
    expect(Math.max(...sink.chunks[0]!.labels)).toBe(299);
    const { labels } = unwrap(labeledImages(set, sink.chunks));
    expect(labels).toBeInstanceOf(Uint16Array);
    expect([...labels].sort((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, i) => i));
  });
});

describe('fitting', () => {
  const fitted = (bytes: Uint8Array, height: number, width: number, fit: Fit, channels = 3) => {
    const pixels = new Uint8Array(height * width * channels).fill(77);
    const rgba = { width: bytes[0]!, height: bytes[1]!, data: bytes.subarray(2) };
    fitImage(rgba, { height, width, channels }, fit, pixels, 0);
    return [...pixels];
  };
  const gray = (width: number, height: number, value: (x: number, y: number) => number) =>
    picture(width, height, (x, y) => [value(x, y), value(x, y), value(x, y)]);

  test('of the same size changes nothing', () => {
    const random = createRandom(1);
    const bytes = picture(5, 4, () => [random.integer(256), random.integer(256), random.integer(256)]);
    for (const fit of ['crop', 'stretch', 'pad'] as const)
      expect(fitted(bytes, 4, 5, fit)).toEqual([...bytes.subarray(2)].filter((_, i) => i % 4 !== 3));
  });

  test('larger is bilinear with pixel centers at halves, smaller sees every pixel', () => {
    expect(
      fitted(
        gray(2, 1, (x) => x * 100),
        1,
        4,
        'stretch',
        1,
      ),
    ).toEqual([0, 25, 75, 100]);
    // a triangle of radius 2 around 1 over the pixels at 0.5, 1.5, 2.5: weights 0.75, 0.75, 0.25
    const line = gray(4, 1, (x) => (x === 2 ? 210 : 0));
    expect(fitted(line, 1, 2, 'stretch', 1)).toEqual([30, 90]);
  });

  test('crop takes the center, pad leaves black bars, stretch takes all', () => {
    const wide = gray(6, 2, (x) => x * 10);
    expect(fitted(wide, 2, 2, 'crop', 1)).toEqual([20, 30, 20, 30]);
    const tall = gray(1, 3, (_, y) => 30 + y);
    expect(fitted(tall, 3, 3, 'pad', 1)).toEqual([0, 30, 0, 0, 31, 0, 0, 32, 0]);
    expect(fitted(tall, 3, 2, 'stretch', 1)).toEqual([30, 30, 31, 31, 32, 32]);
  });

  test('gray is the luma of BT.601, and what is transparent lies on black', () => {
    const colors = [
      [255, 0, 0],
      [0, 255, 0],
      [0, 0, 255],
      [200, 100, 50, 51],
    ];
    const bytes = picture(4, 1, (x) => colors[x]!);
    bytes.set([200, 100, 50, 51], 2 + 12);
    expect(fitted(bytes, 1, 4, 'crop', 1)).toEqual([76, 150, 29, 25]);
    expect(fitted(bytes, 1, 4, 'crop').slice(9)).toEqual([40, 20, 10]);
  });
});

describe('normalization', () => {
  test('statistics are exact, in whatever order', () => {
    const random = createRandom(4);
    const pixels = Uint8Array.from({ length: 30_000 }, () => random.integer(256));
    const counts = new ByteCounts(3);
    for (let at = 0; at < pixels.length; at += 300) counts.add(pixels.subarray(at, at + 300));
    const { mean, deviation, pixelCount } = counts.statistics();
    expect(pixelCount).toBe(10_000);
    for (const channel of [0, 1, 2]) {
      const values = [...pixels].filter((_, i) => i % 3 === channel);
      const expected = values.reduce((a, b) => a + b, 0) / values.length;
      expect(mean[channel]).toBe(expected);
      const variance = values.reduce((sum, value) => sum + (value - expected) ** 2, 0) / values.length;
      expect(deviation[channel]).toBeCloseTo(Math.sqrt(variance), 10);
    }
    expect(new ByteCounts(1).statistics()).toEqual({ pixelCount: 0, mean: [0], deviation: [0] });
    const flat = new ByteCounts(1);
    flat.add(new Uint8Array(1000).fill(201));
    expect(flat.statistics()).toEqual({ pixelCount: 1000, mean: [201], deviation: [0] });
  });

  test('standardizes the training part to mean 0 and deviation 1, and validation is not looked at', async () => {
    const sink = new MemorySink();
    const set = unwrap(
      await compiled(plan({ a: 60, b: 40 }), sink, decodePicture, { normalization: 'standardized' }),
    );
    const train = unwrap(labeledImages(set, sink.chunks, 0));
    const { scale, offset } = byteTransform(set.normalization, 1);
    const values = [...train.pixels].filter((_, i) => i % 3 === 1).map((byte) => byte * scale + offset);
    const mean = values.reduce((a, b) => a + b) / values.length;
    expect(mean).toBeCloseTo(0, 10);
    expect(values.reduce((sum, value) => sum + value ** 2, 0) / values.length).toBeCloseTo(1, 10);
    expect(normalizationText(set.normalization)).toContain('of set');
    expect(JSON.parse(JSON.stringify(set.normalization))).toEqual(set.normalization);
    expect(byteTransform({ kind: 'signed' }, 0)).toEqual({ scale: 2 / 255, offset: -1 });
  });
});

test('ok is only said once all is written', async () => {
  const order: string[] = [];
  class Told extends MemorySink {
    override async end(set: CompiledSet) {
      order.push(`end ${set.chunkCount}`);
      return ok(undefined);
    }
    override async abort() {
      order.push('abort');
    }
  }
  unwrap(await compiled(plan({ a: 5, b: 5 }), new Told(), decodePicture, { chunkImages: 5 }));
  expect(order).toEqual(['end 2']);
});

test('white stays white at any size, whatever the weights round to', () => {
  for (let size = 1; size < 40; size++) {
    const white = { width: 17, height: 23, data: new Uint8Array(17 * 23 * 4).fill(255) };
    for (const channels of [1, 3]) {
      const pixels = new Uint8Array(size * size * channels);
      fitImage(white, { height: size, width: size, channels }, 'crop', pixels, 0);
      expect(pixels.every((byte) => byte === 255)).toBe(true);
    }
  }
});
