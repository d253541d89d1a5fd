import { gzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { LabeledImages } from '../../core/data/labeledImages.ts';
import { createRandom } from '../../core/random.ts';
import type { Result } from '../../core/result.ts';
import { damagedBytes } from '../testing/fuzz/bytes.ts';
import { faultIn } from '../testing/fuzz/judge.ts';
import { bytesSource, pieces } from './byteSource.ts';
import { readCifar100 } from './cifar100.ts';
import { CIFAR100_COARSE_NAMES, CIFAR100_FINE_NAMES } from './cifar100Names.ts';
import { readCifarArchive } from './cifarArchive.ts';
import { readCifarPython } from './cifarPython.ts';
import { gunzipPieces } from './gunzipStream.ts';
import { tarEntries } from './tar.ts';
import { cifar100Record, fromBase64, joined, python2Batch } from './testing/bytes.ts';
import { PICKLE_CIFAR100, PICKLE_TAR, PICKLES } from './testing/pickles.ts';

const value = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
};
const fault = (result: Result<unknown>) => {
  if (result.ok) throw new Error('expected a fault');
  expect(faultIn(result.error)).toBeNull();
  return result.error;
};
const file = (name: string, bytes: Uint8Array) => ({ name, bytes });
const pixel = (set: LabeledImages, n: number, p: number) => [
  ...set.pixels.slice(n * 3072 + p * 3, n * 3072 + p * 3 + 3),
];

describe('CIFAR-100, binary version', () => {
  test('has 100 classes and 20 superclasses, of which one is chosen', () => {
    expect([new Set(CIFAR100_FINE_NAMES).size, new Set(CIFAR100_COARSE_NAMES).size]).toEqual([100, 20]);
    // the first test image of CIFAR-100 is a mountain: fine 49, coarse 10
    const bytes = joined(cifar100Record(10, 49), cifar100Record(19, 99));
    const fine = value(readCifar100([file('test.bin', bytes)]));
    expect([...fine.labels].map((label) => fine.classNames[label])).toEqual(['Mountain', 'Worm']);
    expect(pixel(fine, 1, 1023)).toEqual([50, 100, 150]);
    const coarse = value(readCifar100([file('test.bin', bytes)], 'coarse'));
    expect([...coarse.labels].map((label) => coarse.classNames[label])).toEqual([
      'Large natural outdoor scenes',
      'Vehicles 2',
    ]);
  });

  test('cut off, or with a label beyond its classes, is refused with the place', () => {
    expect(fault(readCifar100([file('a', cifar100Record(0, 0).slice(1))])).code).toBe('cifar100-size');
    const error = fault(readCifar100([file('a', joined(cifar100Record(0, 0), cifar100Record(20, 0)))]));
    expect(error.message).toContain('record 2 (byte 3074)');
  });
});

describe('Python batches', () => {
  const rows = Uint8Array.from({ length: 6144 }, (_, i) =>
    i < 3072 ? [50, 100, 250][i >> 10]! : (i - 3072) % 251,
  );

  test.each([2, 3, 4, 5] as const)('of protocol %i, as numpy writes them today', (protocol) => {
    const set = value(readCifarPython([file('data_batch_1', fromBase64(PICKLES[protocol]))]));
    expect([...set.labels]).toEqual([7, 3]);
    expect(set.classNames[7]).toBe('Horse');
    expect(pixel(set, 0, 0)).toEqual([50, 100, 250]);
    expect(pixel(set, 1, 9)).toEqual([9, 1033 % 251, 2057 % 251]);
  });

  test("as Python 2 wrote CIFAR's own", () => {
    const set = value(readCifarPython([file('data_batch_1', python2Batch([7, 3], rows))]));
    const today = value(readCifarPython([file('b', fromBase64(PICKLES[4]))]));
    expect(set.pixels).toEqual(today.pixels);
    expect(set.labels).toEqual(today.labels);
  });

  test('of CIFAR-100 have both labels', () => {
    const bytes = fromBase64(PICKLE_CIFAR100);
    expect([...value(readCifarPython([file('train', bytes)])).labels]).toEqual([99, 0]);
    expect([...value(readCifarPython([file('train', bytes)], 'coarse')).labels]).toEqual([19, 4]);
  });

  test('that would run something are refused by its name', () => {
    const error = fault(readCifarPython([file('evil', python2Batch([7, 3], rows, 'os\nsystem\n'))]));
    expect(error.code).toBe('broken-pickle');
    expect(error.message).toContain('os.system');
  });

  test('of other shapes, counts and labels are refused', () => {
    expect(fault(readCifarPython([file('a', python2Batch([7, 30], rows))])).message).toContain(
      'label 30 in entry 2',
    );
    expect(fault(readCifarPython([file('a', python2Batch([7], rows))])).code).toBe('cifar-batch');
    expect(fault(readCifarPython([])).code).toBe('no-images');
    expect(fault(readCifarPython([file('a', Uint8Array.of(0x80, 2, 0x4b))])).message).toContain('cut off');
  });

  test('that repeat a text or a step without end are refused in time', () => {
    const long = joined(Uint8Array.of(0x58, 0, 0, 16, 0), new Uint8Array(2 ** 20), Uint8Array.of(0x71, 0));
    const again = joined(
      new TextEncoder().encode('c_codecs\nencode\n'),
      Uint8Array.of(0x68, 0, 0x58, 6, 0, 0, 0),
      new TextEncoder().encode('latin1'),
      Uint8Array.of(0x86, 0x52),
    );
    const bomb = joined(Uint8Array.of(0x80, 2), long, ...new Array<Uint8Array>(2000).fill(again));
    expect(fault(readCifarPython([file('a', bomb)])).message).toContain('without end');
    const steps = new Uint8Array(3_000_000).fill(0x5d);
    steps.set([0x80, 2]);
    expect(fault(readCifarPython([file('a', steps)])).message).toContain('instructions');
  });
});

describe('archives', () => {
  const tar = fromBase64(PICKLE_TAR);

  test('.tar.gz and .tar are read as they were downloaded, whatever the pieces', async () => {
    for (const bytes of [tar, gzipSync(tar)]) {
      const set = value(await readCifarArchive(bytesSource('cifar-10-python.tar.gz', bytes)));
      expect([...set.labels]).toEqual([7, 3]);
      expect(set.classNames[7]).toBe('horse'); // as batches.meta has it
    }
    for (const size of [1, 511, 512, 700]) {
      const names: string[] = [];
      for await (const { name } of tarEntries(pieces(bytesSource('a', tar), size), 'a', () => true, 1e6))
        names.push(name);
      expect(names).toHaveLength(4);
      expect(names[3]).toBe(`${'x'.repeat(150)}/long`);
    }
  });

  test('without batches, cut off or endless are refused', async () => {
    const empty = await readCifarArchive(bytesSource('a.tar', new Uint8Array(1024)));
    expect(fault(empty).code).toBe('no-images');
    expect(fault(await readCifarArchive(bytesSource('a.tar', tar.slice(0, 3000)))).code).toBe('broken-tar');
    const cut = await readCifarArchive(bytesSource('a.tar.gz', gzipSync(tar).slice(0, 300)));
    expect(fault(cut).code).toMatch(/^broken-/);
    const bomb = gzipSync(new Uint8Array(5e6));
    const unpacked = async () => {
      let total = 0;
      for await (const piece of gunzipPieces(pieces(bytesSource('a', bomb)), 'a', 1e6)) total += piece.length;
      return total;
    };
    await expect(unpacked()).rejects.toThrow('more than 1,000,000 bytes');
  });
});

describe('500 damaged files are each read or refused in one sentence', () => {
  const readers: Record<string, [Uint8Array, (bytes: Uint8Array) => Promise<Result<LabeledImages>>]> = {
    'CIFAR-100': [
      joined(cifar100Record(3, 40), cifar100Record(4, 5)),
      async (bytes) => readCifar100([file('a.bin', bytes)]),
    ],
    pickle: [fromBase64(PICKLES[2]), async (bytes) => readCifarPython([file('a', bytes)])],
    'pickle of Python 2': [
      python2Batch([1, 2], new Uint8Array(6144).fill(9)),
      async (bytes) => readCifarPython([file('a', bytes)]),
    ],
    tar: [fromBase64(PICKLE_TAR), (bytes) => readCifarArchive(bytesSource('a.tar', bytes))],
    'tar.gz': [gzipSync(fromBase64(PICKLE_TAR)), (bytes) => readCifarArchive(bytesSource('a.tgz', bytes))],
  };
  test.each(Object.keys(readers))('%s', { timeout: 60_000 }, async (name) => {
    const [whole, read] = readers[name]!;
    let refused = 0;
    for (let seed = 0; seed < 500; seed++) {
      const result = await read(damagedBytes(whole, createRandom(seed)));
      if (!result.ok) {
        refused++;
        expect(faultIn(result.error), `seed ${seed}`).toBeNull();
      } else expect(result.value.labels.length * 3072).toBe(result.value.pixels.length);
    }
    expect(refused).toBeGreaterThan(50);
  });
});
