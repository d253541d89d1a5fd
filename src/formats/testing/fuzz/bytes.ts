import type { Random } from '../../../core/random.ts';
import { oneIn, pick } from './draw.ts';

type Change = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

const joined = (...parts: readonly Uint8Array[]): Uint8Array => {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

/** A run of at most a quarter of the file, most often a short one. */
function run(bytes: Uint8Array, random: Random): [number, number] {
  const start = random.integer(bytes.length);
  const longest = oneIn(3, random) ? Math.ceil(bytes.length / 4) : 16;
  return [start, Math.min(bytes.length, start + 1 + random.integer(longest))];
}

/** Zero, minus one, and the largest of 32 and of 64 bits, as a little-endian or big-endian field. */
const FIELDS: readonly (readonly number[])[] = [
  [0, 0, 0, 0],
  [0, 0, 0, 0, 0, 0, 0, 0],
  [255, 255, 255, 255],
  [255, 255, 255, 255, 255, 255, 255, 255],
  [255, 255, 255, 127],
  [255, 255, 255, 255, 255, 255, 255, 127],
  [0, 0, 0, 128],
  [0, 0, 0, 0, 0, 0, 0, 128],
  [0, 0, 0, 0, 232, 0, 0, 0],
  [1, 0, 0, 0],
];

const CHANGES: readonly Change[] = [
  // single bits and bytes
  (bytes, random) => {
    for (let hit = random.integer(8); hit >= 0; hit--) {
      const at = random.integer(bytes.length);
      bytes[at] = (bytes[at] as number) ^ (1 << random.integer(8));
    }
    return bytes;
  },
  (bytes, random) => {
    for (let hit = random.integer(8); hit >= 0; hit--)
      bytes[random.integer(bytes.length)] = random.integer(256);
    return bytes;
  },
  // a field of a size, a count or an offset
  (bytes, random) => {
    for (let hit = random.integer(3); hit >= 0; hit--) {
      const field = pick(FIELDS, random);
      const from = random.integer(bytes.length);
      // fields lie at multiples of 4 in most formats
      const at = oneIn(2, random) ? from & ~3 : from;
      const given = oneIn(2, random) ? field : field.toReversed();
      given.slice(0, bytes.length - at).forEach((byte, i) => {
        bytes[at + i] = byte;
      });
    }
    return bytes;
  },
  // a number a little larger or smaller: lengths that nearly fit
  (bytes, random) => {
    const at = random.integer(bytes.length);
    bytes[at] = (bytes[at] as number) + pick([-2, -1, 1, 2, 16, -16], random);
    return bytes;
  },
  (bytes, random) => {
    const [start, end] = run(bytes, random);
    return bytes.fill(pick([0, 255, 0x20, 0x80, random.integer(256)], random), start, end);
  },
  (bytes, random) => {
    const [start, end] = run(bytes, random);
    for (let i = start; i < end; i++) bytes[i] = random.integer(256);
    return bytes;
  },
  // cut off, cut out, doubled, moved
  (bytes, random) => bytes.slice(0, 1 + random.integer(bytes.length)),
  (bytes, random) => {
    const [start, end] = run(bytes, random);
    return joined(bytes.subarray(0, start), bytes.subarray(end));
  },
  (bytes, random) => {
    const [start, end] = run(bytes, random);
    const part = bytes.subarray(start, end);
    const times = Array<Uint8Array>(1 + random.integer(4)).fill(part);
    return joined(bytes.subarray(0, end), ...times, bytes.subarray(end));
  },
  (bytes, random) => {
    const [start, end] = run(bytes, random);
    bytes.copyWithin(random.integer(bytes.length), start, end);
    return bytes;
  },
  // the begin of one file and the end of another
  (bytes, random, other) =>
    joined(bytes.subarray(0, 1 + random.integer(bytes.length)), other.subarray(random.integer(other.length))),
  (bytes, random, other) => {
    const [start, end] = run(bytes, random);
    const from = random.integer(other.length);
    bytes.set(other.subarray(from, from + Math.min(end - start, bytes.length - start)), start);
    return bytes;
  },
];

/** A file with one to three damages; never empty, `bytes` stay as they are. */
export function damagedBytes(bytes: Uint8Array, random: Random, other: Uint8Array = bytes): Uint8Array {
  let result: Uint8Array = new Uint8Array(bytes); // a Buffer would share its bytes with its slices
  for (let round = oneIn(3, random) ? 1 + random.integer(2) : 0; round >= 0; round--) {
    const changed = pick(CHANGES, random)(result, random, other);
    result = changed.length > 0 ? changed : result.slice(0, 1);
  }
  return result;
}
