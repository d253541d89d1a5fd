import { expect, test } from 'vitest';
import { unwrap } from '../../result.ts';
import { keptChunkImages, RechunkingSink } from './rechunk.ts';
import { type CompiledChunk, type CompiledSet, MemorySink, type SetHeader } from './sink.ts';

const header: SetHeader = {
  name: 'set',
  synthetic: false,
  // 5 images a kept chunk
  image: { height: 320, width: 327, channels: 3 },
  fit: 'crop',
  classNames: ['a', 'b'],
  chunkImages: 1,
};
const size = 320 * 327 * 3;

const set: CompiledSet = {
  header,
  imageCount: 12,
  chunkCount: 1,
  countByPart: [],
  statistics: { pixelCount: 0, mean: [], deviation: [] },
  normalization: { kind: 'unit' },
  skipped: { count: 0, named: [] },
};

/** So many images, each filled with its number. */
function chunk(index: number, first: number, count: number): CompiledChunk {
  const numbers = Array.from({ length: count }, (_, i) => first + i);
  const pixels = new Uint8Array(count * size);
  numbers.forEach((number, i) => {
    pixels.fill(number, i * size, (i + 1) * size);
  });
  return {
    index,
    pixels,
    labels: Uint16Array.from(numbers, (number) => number % 2),
    parts: Uint8Array.from(numbers, (number) => number % 3),
    paths: numbers.map((number) => `s/${number}`),
  };
}

test.each([[[12]], [[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]], [[7, 5]], [[3, 4, 5]], [[5, 5, 2]]])(
  'chunks of %j images become chunks of five, each image with its label, part and path',
  async (counts) => {
    expect(keptChunkImages(header.image)).toBe(5);
    const memory = new MemorySink();
    const sink = new RechunkingSink(memory);
    unwrap(await sink.begin(header));
    let first = 0;
    for (const [index, count] of counts.entries()) {
      unwrap(await sink.write(chunk(index, first, count)));
      first += count;
    }
    unwrap(await sink.end(set));
    expect(memory.chunks.map(({ index, labels }) => [index, labels.length])).toEqual([
      [0, 5],
      [1, 5],
      [2, 2],
    ]);
    expect(memory.set).toMatchObject({ chunkCount: 3, header: { chunkImages: 5 } });
    for (const made of memory.chunks) {
      const expected = chunk(made.index, made.index * 5, made.labels.length);
      expect([...made.labels, ...made.parts, ...made.paths]).toEqual([
        ...expected.labels,
        ...expected.parts,
        ...expected.paths,
      ]);
      expect(Buffer.from(made.pixels).equals(expected.pixels)).toBe(true);
    }
  },
);

test('one that is aborted hands nothing on any more', async () => {
  const memory = new MemorySink();
  const sink = new RechunkingSink(memory);
  unwrap(await sink.begin(header));
  unwrap(await sink.write(chunk(0, 0, 7)));
  await sink.abort();
  expect(memory.chunks).toEqual([]);
});
