import * as v from 'valibot';
import type { CancelSignal } from '../../core/data/compile/entries.ts';
import { PARTS } from '../../core/data/compile/entries.ts';
import { ByteCounts, type NormalizationDescription } from '../../core/data/compile/normalization.ts';
import type { ChunkSink, CompiledChunk, CompiledSet, SetHeader } from '../../core/data/compile/sink.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { shortSentence } from '../../core/sentence.ts';
import { crc32 } from '../crc32.ts';
import { PieceReader } from './pieceReader.ts';
import { headerSchema, tailSchema } from './setSchema.ts';

/**
 * A compiled set with its images in one file: "SWEETSET", a version, then records of a type, a length, a CRC-32 and as
 * many bytes. HEAD (JSON) comes first, then a CHNK for each chunk, TAIL (JSON) last. All numbers are little-endian. A
 * chunk has its number of images, the length of its paths, two bytes for each label, one for each part, the paths
 * (JSON), the pixels.
 */
const MAGIC = 'SWEETSET';
const VERSION = 1;
const RECORD = 12;
/** Pixels of at most 2^27 bytes, and their paths. */
const LARGEST_RECORD = 2 ** 27 + 2 ** 26;

const utf8 = new TextEncoder();
const decoder = new TextDecoder();
const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

function record(type: string, payload: Uint8Array): Uint8Array[] {
  const head = new Uint8Array(RECORD);
  head.set(utf8.encode(type));
  viewOf(head).setUint32(4, payload.length, true);
  viewOf(head).setUint32(8, crc32(payload), true);
  return [head, payload];
}

function chunkPayload({ labels, parts, paths, pixels }: CompiledChunk): Uint8Array {
  const names = utf8.encode(JSON.stringify(paths));
  const count = labels.length;
  const payload = new Uint8Array(8 + 3 * count + names.length + pixels.length);
  const view = viewOf(payload);
  view.setUint32(0, count, true);
  view.setUint32(4, names.length, true);
  labels.forEach((label, i) => {
    view.setUint16(8 + 2 * i, label, true);
  });
  payload.set(parts, 8 + 2 * count);
  payload.set(names, 8 + 3 * count);
  payload.set(pixels, 8 + 3 * count + names.length);
  return payload;
}

/** Writes a set with its images as it is compiled, chunk by chunk; `discard` takes back what was written. */
export class SetFileWriter implements ChunkSink {
  readonly #write: (bytes: Uint8Array) => Promise<void>;
  readonly #discard: () => Promise<void>;

  constructor(write: (bytes: Uint8Array) => Promise<void>, discard: () => Promise<void>) {
    this.#write = write;
    this.#discard = discard;
  }

  async #record(type: string, payload: Uint8Array): Promise<Result<void>> {
    for (const bytes of record(type, payload)) await this.#write(bytes);
    return ok(undefined);
  }

  async begin(header: SetHeader): Promise<Result<void>> {
    const start = new Uint8Array(MAGIC.length + 4);
    start.set(utf8.encode(MAGIC));
    viewOf(start).setUint32(MAGIC.length, VERSION, true);
    await this.#write(start);
    return this.#record('HEAD', utf8.encode(JSON.stringify(header)));
  }

  write(chunk: CompiledChunk): Promise<Result<void>> {
    return this.#record('CHNK', chunkPayload(chunk));
  }

  end({ imageCount, normalization, skipped }: CompiledSet): Promise<Result<void>> {
    return this.#record('TAIL', utf8.encode(JSON.stringify({ imageCount, normalization, skipped })));
  }

  abort(): Promise<void> {
    return this.#discard();
  }
}

class Broken extends Error {}

function jsonOf<Schema extends v.GenericSchema>(schema: Schema, payload: Uint8Array): v.InferOutput<Schema> {
  let json: unknown;
  try {
    json = JSON.parse(decoder.decode(payload));
  } catch {
    throw new Broken('has a description that is no JSON');
  }
  const parsed = v.safeParse(schema, json);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new Broken(`has a wrong ${v.getDotPath(issue as v.BaseIssue<unknown>) ?? 'description'}`);
}

function chunkOf(payload: Uint8Array, header: SetHeader, index: number): CompiledChunk {
  const { height, width, channels } = header.image;
  const view = viewOf(payload);
  const count = payload.length < 8 ? 0 : view.getUint32(0, true);
  const namesLength = payload.length < 8 ? 0 : view.getUint32(4, true);
  const where = `chunk ${index + 1}`;
  const size = height * width * channels;
  if (count === 0 || count > header.chunkImages || payload.length !== 8 + count * (3 + size) + namesLength) {
    throw new Broken(`has a ${where} of a wrong length`);
  }
  const labels = Uint16Array.from({ length: count }, (_, i) => view.getUint16(8 + 2 * i, true));
  const wrong = labels.findIndex((label) => label >= header.classNames.length);
  if (wrong >= 0) {
    throw new Broken(`has label ${labels[wrong]} in ${where}, but names ${header.classNames.length} classes`);
  }
  const parts = payload.slice(8 + 2 * count, 8 + 3 * count);
  if (parts.some((part) => part >= PARTS.length)) throw new Broken(`has an unknown part in ${where}`);
  const names = payload.subarray(8 + 3 * count, 8 + 3 * count + namesLength);
  const paths = jsonOf(v.pipe(v.array(v.string()), v.length(count)), names);
  return { index, labels, parts, paths, pixels: payload.slice(8 + 3 * count + namesLength) };
}

/** Whether a file begins as a set with its images does. */
export const isSetFile = (bytes: Uint8Array): boolean => decoder.decode(bytes.subarray(0, 8)) === MAGIC;

/**
 * Reads a set with its images into a sink, chunk by chunk; yields the bytes that were read. What can be counted is
 * counted again and not believed. Where the file is damaged, or is canceled, the sink's `abort` is called.
 */
export async function* readSetFile(
  pieces: AsyncIterable<Uint8Array>,
  fileName: string,
  sink: ChunkSink,
  signal: CancelSignal,
): AsyncGenerator<number, Result<CompiledSet>> {
  const reader = new PieceReader(pieces);
  let read = 0;
  const take = async (length: number) => {
    const bytes = await reader.bytes(length);
    read += bytes.length;
    if (bytes.length < length) throw new Broken('ends too early');
    return bytes;
  };
  const next = async () => {
    const head = await take(RECORD);
    const length = viewOf(head).getUint32(4, true);
    const type = decoder.decode(head.subarray(0, 4));
    if (!/^(HEAD|CHNK|TAIL)$/.test(type)) throw new Broken(`has an unknown record at byte ${read - RECORD}`);
    if (length > LARGEST_RECORD) throw new Broken(`has a record of ${length.toLocaleString('en-US')} bytes`);
    const payload = await take(length);
    if (crc32(payload) !== viewOf(head).getUint32(8, true)) {
      throw new Broken(`has a wrong checksum at byte ${read - length}`);
    }
    return { type, payload };
  };
  let isBegun = false;
  let isWhole = false;
  try {
    const start = await take(MAGIC.length + 4);
    if (!isSetFile(start)) throw new Broken('does not begin as one');
    const version = viewOf(start).getUint32(MAGIC.length, true);
    if (version !== VERSION) throw new Broken(`is of version ${version}, and version ${VERSION} can be read`);
    const first = await next();
    if (first.type !== 'HEAD') throw new Broken('has no description');
    const header: SetHeader = jsonOf(headerSchema, first.payload);
    isBegun = true;
    const begun = await sink.begin(header);
    if (!begun.ok) return begun;
    const counts = new ByteCounts(header.image.channels);
    const countByPart = PARTS.map(() => header.classNames.map(() => 0));
    const { height, width, channels } = header.image;
    const size = height * width * channels;
    let imageCount = 0;
    for (let chunkCount = 0; ; chunkCount++) {
      if (signal.aborted) return fail('canceled', `${fileName} was not opened because it was canceled.`);
      const { type, payload } = await next();
      if (type === 'TAIL') {
        const tail = jsonOf(tailSchema, payload);
        if (tail.imageCount !== imageCount) {
          throw new Broken(`has ${imageCount} of ${tail.imageCount} images`);
        }
        const normalization: NormalizationDescription = tail.normalization;
        if (
          normalization.kind === 'standardized' &&
          (normalization.mean.length !== channels || normalization.deviation.length !== channels)
        ) {
          throw new Broken('has a normalization of other channels');
        }
        const { skipped } = tail;
        const statistics = counts.statistics();
        const set = { header, imageCount, chunkCount, countByPart, statistics, normalization, skipped };
        const ended = await sink.end(set);
        if (!ended.ok) return ended;
        isWhole = true;
        return ok(set);
      }
      if (type !== 'CHNK') throw new Broken('has two descriptions');
      const chunk = chunkOf(payload, header, chunkCount);
      chunk.labels.forEach((label, i) => {
        const part = chunk.parts[i] as number;
        const partCounts = countByPart[part] as number[];
        partCounts[label] = (partCounts[label] ?? 0) + 1;
        if (PARTS[part] === 'train') counts.add(chunk.pixels.subarray(i * size, (i + 1) * size));
      });
      imageCount += chunk.labels.length;
      const written = await sink.write(chunk);
      if (!written.ok) return written;
      yield read;
    }
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return fail(
      'broken-set',
      shortSentence(`${fileName} is a set of images that ${error.message}; export it again.`),
      fileName,
    );
  } finally {
    await reader.close();
    if (isBegun && !isWhole) await sink.abort();
  }
}
