import type { LabeledImages } from '../../core/data/labeledImages.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { FileContent } from './cifar10.ts';
import { partsByFile } from './fileParts.ts';
import { guessIdxFamily, type IdxFamily } from './idxFamilies.ts';

/** The first four bytes: two zeros, element type 8 (unsigned byte), number of dimensions (LeCun, MNIST page). */
export const IDX_LABELS_MAGIC = 0x00000801;
export const IDX_IMAGES_MAGIC = 0x00000803;

/** The largest image that is still taken for one. */
const LARGEST_EXTENT = 1024;

type IdxFile =
  | {
      readonly kind: 'images';
      readonly name: string;
      readonly count: number;
      readonly height: number;
      readonly width: number;
      readonly body: Uint8Array;
    }
  | { readonly kind: 'labels'; readonly name: string; readonly count: number; readonly body: Uint8Array };

type IdxImages = Extract<IdxFile, { kind: 'images' }>;
type IdxLabels = Extract<IdxFile, { kind: 'labels' }>;

const hex = (value: number) => `0x${value.toString(16).padStart(8, '0')}`;

/** The four-byte numbers an IDX header consists of, or null where the file is too short for its header. */
function header(bytes: Uint8Array): { magic: number; extents: readonly number[]; length: number } | null {
  if (bytes.length < 8) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const magic = view.getUint32(0);
  const dimensions = magic === IDX_IMAGES_MAGIC ? 3 : 1;
  const length = 4 + 4 * dimensions;
  if (bytes.length < length) return null;
  return { magic, extents: Array.from({ length: dimensions }, (_, d) => view.getUint32(4 + 4 * d)), length };
}

/** True where the header is an IDX header of labels or images and the file is exactly as long as it says. */
export function fitsIdx(bytes: Uint8Array): boolean {
  const head = header(bytes);
  if (!head || (head.magic !== IDX_LABELS_MAGIC && head.magic !== IDX_IMAGES_MAGIC)) return false;
  return head.length + head.extents.reduce((product, extent) => product * extent, 1) === bytes.length;
}

function readIdx({ name, bytes }: FileContent): Result<IdxFile> {
  const truncated = (expected: string) =>
    fail(
      'idx-truncated',
      `${name} is cut off: its header calls for ${expected}, the file has ${bytes.length}; download it again.`,
      name,
    );
  const head = header(bytes);
  if (!head) return truncated('at least 8 bytes (labels) or 16 bytes (images)');
  const { magic, extents, length } = head;
  if (magic !== IDX_LABELS_MAGIC && magic !== IDX_IMAGES_MAGIC) {
    return fail(
      'idx-magic',
      `${name} begins with ${hex(magic)}, but IDX images begin with ${hex(IDX_IMAGES_MAGIC)} and IDX labels with ${hex(IDX_LABELS_MAGIC)}; choose MNIST's own files.`,
      name,
    );
  }
  const [count = 0, height = 1, width = 1] = extents;
  if (magic === IDX_IMAGES_MAGIC && !(between(height) && between(width))) {
    return fail(
      'idx-extent',
      `${name} says its images are ${height}x${width} pixels; from 1x1 to ${LARGEST_EXTENT}x${LARGEST_EXTENT} can be read.`,
      name,
    );
  }
  if (count === 0) return fail('no-images', `${name} holds no entries; choose another file.`, name);
  const expected = length + count * height * width;
  if (bytes.length < expected) return truncated(`${expected} bytes`);
  if (bytes.length > expected) {
    return fail(
      'idx-length',
      `${name} is ${bytes.length} bytes long, but its header calls for ${expected}; download it again.`,
      name,
    );
  }
  const body = bytes.subarray(length);
  return ok(
    magic === IDX_LABELS_MAGIC
      ? { kind: 'labels', name, count, body }
      : { kind: 'images', name, count, height, width, body },
  );
}

const between = (extent: number) => extent >= 1 && extent <= LARGEST_EXTENT;

/** What the images file and the labels file of one pair have in common. */
const stem = (name: string): string =>
  name
    .toLowerCase()
    .replace(/\.gz$/, '')
    .replace(/images?|labels?|idx\d/g, '');

/** Finds each images file its labels: by name, else the only ones left with as many entries. */
function pair(
  images: readonly IdxImages[],
  labels: readonly IdxLabels[],
): Result<readonly (readonly [IdxImages, IdxLabels])[]> {
  const left = new Set(labels);
  const found = new Map<IdxImages, IdxLabels>();
  const take = (file: IdxImages, choice: IdxLabels | undefined) => {
    if (!choice || found.has(file)) return;
    found.set(file, choice);
    left.delete(choice);
  };
  for (const file of images) {
    take(
      file,
      [...left].find((candidate) => stem(candidate.name) === stem(file.name)),
    );
  }
  for (const file of images) {
    const fitting = [...left].filter((candidate) => candidate.count === file.count);
    take(file, fitting.length === 1 ? fitting[0] : undefined);
  }
  if (images.length - found.size === 1 && left.size === 1) {
    for (const file of images) take(file, [...left][0]);
  }
  const pairs: (readonly [IdxImages, IdxLabels])[] = [];
  for (const file of images) {
    const match = found.get(file);
    if (!match) {
      return fail(
        'labels-missing',
        `${file.name} has images but no labels; add its labels file (named like ${file.name.replace(/images?/i, 'labels').replace(/idx3/i, 'idx1')}).`,
        file.name,
      );
    }
    if (match.count !== file.count) {
      return fail(
        'count-mismatch',
        `${file.name} has ${file.count} images, but ${match.name} has ${match.count} labels; choose the two files of the same set.`,
        match.name,
      );
    }
    pairs.push([file, match]);
  }
  const [lonely] = left;
  if (lonely) {
    return fail(
      'images-missing',
      `${lonely.name} has labels but no images; add its images file (named like ${lonely.name.replace(/labels?/i, 'images').replace(/idx1/i, 'idx3')}).`,
      lonely.name,
    );
  }
  return ok(pairs);
}

/** Writes one square image with its rows and columns exchanged. */
function transpose({ body, width }: IdxImages, index: number, pixels: Uint8Array, to: number): void {
  const from = index * width * width;
  for (let y = 0; y < width; y++)
    for (let x = 0; x < width; x++) pixels[to + y * width + x] = body[from + x * width + y] as number;
}

/**
 * Reads one or more pairs of IDX files into one set. What the labels mean is the family's: Fashion-MNIST's files are
 * named like MNIST's, so it may have to be told.
 */
export function readIdxFiles(
  files: readonly FileContent[],
  family: IdxFamily = guessIdxFamily(files.map(({ name }) => name)),
): Result<LabeledImages> {
  const images: IdxImages[] = [];
  const labels: IdxLabels[] = [];
  for (const file of files) {
    const read = readIdx(file);
    if (!read.ok) return read;
    if (read.value.kind === 'images') images.push(read.value);
    else labels.push(read.value);
  }
  const pairs = pair(images, labels);
  if (!pairs.ok) return pairs;
  const first = images[0];
  if (!first) return fail('no-images', 'None of the files holds images; add an IDX images file.');
  const { height, width } = first;
  if (family.isTransposed && height !== width) {
    return fail(
      'idx-extent',
      `${first.name} has images of ${height}x${width} pixels, but ${family.name} has square ones; choose its own files.`,
      first.name,
    );
  }
  const odd = images.find((file) => file.height !== height || file.width !== width);
  if (odd) {
    return fail(
      'extent-mismatch',
      `${odd.name} has images of ${odd.height}x${odd.width} pixels, but ${first.name} of ${height}x${width}; choose files of the same set.`,
      odd.name,
    );
  }
  const total = images.reduce((sum, { count }) => sum + count, 0);
  const pixels = new Uint8Array(total * height * width);
  const allLabels = new Uint8Array(total);
  const { classNames, firstLabel } = family;
  let n = 0;
  for (const [file, match] of pairs.value) {
    const last = firstLabel + classNames.length - 1;
    const wrong = match.body.findIndex((label) => label < firstLabel || label > last);
    if (wrong >= 0) {
      return fail(
        'label-range',
        `${match.name} has label ${match.body[wrong]} in entry ${wrong + 1}, but ${family.name} labels go from ${firstLabel} to ${last}; choose a set of these classes.`,
        match.name,
      );
    }
    if (family.isTransposed) {
      for (let i = 0; i < file.count; i++) transpose(file, i, pixels, (n + i) * height * width);
    } else pixels.set(file.body, n * height * width);
    for (const label of match.body) allLabels[n++] = label - firstLabel;
  }
  return ok({
    name: family.name,
    synthetic: false,
    image: { height, width, channels: 1 },
    classNames,
    pixels,
    labels: allLabels,
    ...partsByFile(pairs.value.map(([file]) => file)),
  });
}
