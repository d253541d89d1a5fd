import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { hexOf, sha256 } from './digest.ts';
import { Gathering } from './gather.ts';
import type { CompiledChunk, SetHeader } from './sink.ts';

const digest = async (bytes: Uint8Array) => sha256(bytes);

const header: SetHeader = {
  name: 'set',
  synthetic: false,
  image: { height: 1, width: 2, channels: 1 },
  fit: 'crop',
  classNames: ['a', 'b'],
  chunkImages: 40,
};

const chunk = (index: number, labels: readonly number[], shift = 0): CompiledChunk => ({
  index,
  pixels: Uint8Array.from({ length: 2 * labels.length }, (_, i) => i + shift),
  labels: Uint16Array.from(labels),
  parts: Uint8Array.from(labels, (_, i) => i % 3),
  paths: labels.map((_, i) => `s/${index}.${i}`),
});

async function gathered(of: SetHeader, ...chunks: readonly CompiledChunk[]) {
  const gathering = new Gathering(of, digest);
  for (const one of chunks) await gathering.add(one);
  return gathering.end();
}

test('equal sets have equal fingerprints, and any other image, label, part, order or class another one', async () => {
  const print = async (...parameters: Parameters<typeof gathered>) =>
    (await gathered(...parameters)).fingerprint;
  const own = await print(header, chunk(0, [0, 1]), chunk(1, [1]));
  expect(own).toMatch(/^[0-9a-f]{64}$/);
  expect(
    await print({ ...header, name: 'renamed', sourceNames: ['x'] }, chunk(0, [0, 1]), chunk(1, [1])),
  ).toBe(own);
  const moved = { ...chunk(0, [0, 1]), parts: Uint8Array.of(0, 2) };
  const others = [
    await print(header, chunk(0, [0, 1], 1), chunk(1, [1])),
    await print(header, chunk(0, [1, 1]), chunk(1, [1])),
    await print(header, moved, chunk(1, [1])),
    await print(header, chunk(1, [1]), chunk(0, [0, 1])),
    await print({ ...header, classNames: ['a', 'c'] }, chunk(0, [0, 1]), chunk(1, [1])),
    await print({ ...header, fit: 'pad' }, chunk(0, [0, 1]), chunk(1, [1])),
  ];
  expect(new Set([own, ...others]).size).toBe(7);
});

test('a fingerprint is what its description says, whoever computes it', async () => {
  const one = { ...chunk(0, [1, 300]), parts: Uint8Array.of(0, 2) };
  const judge = (...pieces: readonly Uint8Array[]) =>
    createHash('sha256').update(Buffer.concat(pieces)).digest();
  const text = Buffer.from(JSON.stringify([1, false, 1, 2, 1, 'crop', ['a', 'b'], 40]), 'utf16le');
  const images = judge(Uint8Array.of(0, 1, 2, 3, 1, 0, 44, 1, 0, 2));
  expect((await gathered(header, one)).fingerprint).toBe(hexOf(judge(judge(text), images)));
});

test('twelve samples of each class are kept, of large images fewer', async () => {
  const labels = Array.from({ length: 40 }, (_, i) => (i < 30 ? 0 : 1));
  const { samples, labels: all, parts } = await gathered(header, chunk(0, labels), chunk(1, [1, 1, 1]));
  expect(samples.map((sheet) => sheet.length)).toEqual([12, 12]);
  expect(samples[0]?.[1]).toEqual(Uint8Array.of(2, 3));
  expect(samples[1]?.[10]).toEqual(Uint8Array.of(0, 1));
  expect([...all]).toEqual([...labels, 1, 1, 1]);
  expect(parts).toHaveLength(43);
  const large = { ...header, image: { height: 1024, width: 1024, channels: 3 } };
  const pixels = new Uint8Array(6 * 2 ** 20 * 3);
  const many = { ...chunk(0, [0, 0, 0, 1, 1, 1]), pixels };
  expect((await gathered(large, many)).samples.map((sheet) => sheet.length)).toEqual([1, 1]);
});
