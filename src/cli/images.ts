import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { ORDER_SEED, planSet } from '../core/data/compile/combine.ts';
import { compileImages } from '../core/data/compile/compileImages.ts';
import type { ImageSource } from '../core/data/compile/entries.ts';
import { Gathering } from '../core/data/compile/gather.ts';
import { howOther } from '../core/data/compile/otherImages.ts';
import { keptChunkImages, RechunkingSink } from '../core/data/compile/rechunk.ts';
import {
  type ChunkSink,
  type CompiledChunk,
  type CompiledSet,
  labeledImages,
  MemorySink,
  type SetHeader,
} from '../core/data/compile/sink.ts';
import type { LabeledImages } from '../core/data/labeledImages.ts';
import type { CompileChoice, DataSource } from '../core/exploration/design.ts';
import { FaultError, fail, type Result, unwrap } from '../core/result.ts';
import { type ByteSource, bytesSource, pieces } from '../formats/datasets/byteSource.ts';
import { openImageSet } from '../formats/datasets/openImageSet.ts';
import { openSource, sortFiles } from '../formats/datasets/openSources.ts';
import { readSetFile } from '../formats/datasets/setFile.ts';
import { readBytes } from './files.ts';

/** Images, and what is to be said of them on standard error. */
export interface GivenImages {
  readonly images: LabeledImages;
  readonly note: string | null;
}

/** A design's images where they came from files. */
export type FileSource = Extract<DataSource, { readonly kind: 'file' }>;

const SHA_256 = async (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());
const GOES_ON = { aborted: false };

/** Keeps a set in memory and finds its fingerprint, as the page does for sets that it keeps. */
class FingerprintingSink implements ChunkSink {
  readonly memory = new MemorySink();
  #gathering: Gathering | null = null;
  fingerprint = '';

  begin(header: SetHeader): Promise<Result<void>> {
    this.#gathering = new Gathering(header, SHA_256);
    return this.memory.begin();
  }

  async write(chunk: CompiledChunk): Promise<Result<void>> {
    await this.#gathering?.add(chunk);
    return this.memory.write(chunk);
  }

  async end(set: CompiledSet): Promise<Result<void>> {
    this.fingerprint = (await this.#gathering?.end())?.fingerprint ?? '';
    return this.memory.end(set);
  }

  abort(): Promise<void> {
    return this.memory.abort();
  }
}

async function finish<Step>(steps: AsyncGenerator<Step, Result<CompiledSet>>): Promise<void> {
  for (;;) {
    const step = await steps.next();
    if (!step.done) continue;
    unwrap(step.value);
    return;
  }
}

const refuse = (code: string, message: string, where: string): never => {
  throw new FaultError({ code, message, where });
};

const picturesFault = (name: string): never =>
  refuse(
    'pictures',
    `${name} holds pictures, and only a browser decodes those here; open them in the Data room and give --data the set that "Export with images" saves (.sweetset).`,
    name,
  );

/** A set that the page exported with its images, or files compiled as a design says. */
async function compiledSet(
  files: readonly ByteSource[],
  choice: CompileChoice | null,
): Promise<FingerprintingSink | null> {
  const sorted = await sortFiles(files);
  const sink = new FingerprintingSink();
  const [container] = sorted.containers;
  const [list] = sorted.references;
  if (list)
    refuse(
      'paths-only',
      `${list.name} lists the paths of a set's images and holds none; export the set with its images.`,
      list.name,
    );
  if (container) {
    if (files.length > 1)
      refuse('mixed-formats', `${container.name} is a whole set; give it alone with --data.`, container.name);
    await finish(readSetFile(pieces(container), container.name, new RechunkingSink(sink), GOES_ON));
    return sink;
  }
  if (!choice) return null;
  const sources: ImageSource[] = [];
  for (const group of sorted.groups) {
    const { kind, source } = unwrap(await openSource(group));
    if (kind === 'pictures') picturesFault(source.name);
    sources.push(source);
  }
  const { height, width, channels, fit, classes } = choice;
  const image = { height, width, channels };
  const plan = planSet(sources, {
    name: sources.map(({ name }) => name).join(' + '),
    classes: new Map(Object.entries(classes)),
    shares: { validation: 0, test: 0 },
    seed: ORDER_SEED,
    keepsParts: true,
  });
  const options = { image, fit, chunkImages: keptChunkImages(image) };
  const decoder = async (_: Uint8Array, name: string) => fail('pictures', `${name} is a picture.`, name);
  await finish(compileImages(unwrap(plan), decoder, options, sink, GOES_ON));
  return sink;
}

/**
 * The images of files: a set as the page exports it, or what `openImageSet` reads as pixels. Where a design was made
 * with files, these become what they are in the page: the same classes, sizes and order, and with them the same split.
 */
export async function readGivenImages(
  paths: readonly string[],
  made: FileSource | null,
): Promise<GivenImages> {
  const files = paths.map((path) => bytesSource(basename(path), readBytes(path)));
  const sink = await compiledSet(files, made?.compile ?? null);
  if (sink) {
    const { set, chunks } = sink.memory;
    const images = unwrap(set ? labeledImages(set, chunks) : fail('no-images', 'The files hold no images.'));
    const isOther = made?.fingerprint && made.fingerprint !== sink.fingerprint;
    const note = isOther
      ? `${images.name}: other images than this was made with, ${howOther(images.labels.length, made.imageCount)}, so other numbers come out.`
      : null;
    return { images, note };
  }
  const opened = unwrap(await openImageSet(files));
  return opened.kind === 'images' ? { images: opened.images, note: null } : picturesFault(opened.source.name);
}
