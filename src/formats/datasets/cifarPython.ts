import type { LabeledImages } from '../../core/data/labeledImages.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { CIFAR10_CLASS_NAMES, type FileContent } from './cifar10.ts';
import { type Cifar100Labels, cifar100Names } from './cifar100Names.ts';
import { CIFAR_EXTENT, CIFAR_IMAGE, interleave } from './cifarPlanes.ts';
import { partsByFile } from './fileParts.ts';
import { PickleArray, type PickleValue, pickleText } from './pickleValues.ts';
import { unpickle } from './unpickle.ts';

/** Whether bytes begin as a pickle of protocol 2 to 5 does. */
export const isPickle = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x80 && (bytes[1] ?? 0) >= 2 && (bytes[1] ?? 0) <= 5;

interface Batch {
  readonly name: string;
  readonly kind: 'cifar10' | 'cifar100';
  readonly planes: Uint8Array;
  readonly labels: readonly PickleValue[];
}

/** The meta file's names, or null where a pickle is no meta file. */
function namesIn(value: Map<string, PickleValue>, choice: Cifar100Labels): readonly string[] | null {
  const list = value.get('label_names') ?? value.get(`${choice}_label_names`);
  if (!Array.isArray(list) || list.length > 256) return null;
  const names = list.map(pickleText);
  return names.every((name) => name !== null) ? names.map((name) => name.replaceAll('_', ' ')) : null;
}

function batchOf(name: string, value: Map<string, PickleValue>, choice: Cifar100Labels): Result<Batch> {
  const wrong = (what: string) =>
    fail(
      'cifar-batch',
      `${name} is a Python pickle ${what}; choose data_batch_1 to 5 and test_batch (CIFAR-10) or train and test (CIFAR-100).`,
      name,
    );
  const data = value.get('data');
  if (!(data instanceof PickleArray)) return wrong('without an array "data"');
  const [count = 0, width] = data.shape;
  if (data.type !== 'u1' || data.shape.length !== 2 || width !== CIFAR_IMAGE) {
    return wrong(
      `whose data are ${data.shape.slice(0, 6).join(' x ')} numbers of type ${data.type.slice(0, 20)}, not bytes of images in rows of ${CIFAR_IMAGE}`,
    );
  }
  if (data.bytes.length !== count * CIFAR_IMAGE) {
    return wrong(`with ${data.bytes.length} bytes for ${count} images of ${CIFAR_IMAGE}`);
  }
  const kind = value.has('fine_labels') || value.has('coarse_labels') ? 'cifar100' : 'cifar10';
  const key = kind === 'cifar10' ? 'labels' : `${choice}_labels`;
  const labels = value.get(key);
  if (!Array.isArray(labels)) return wrong(`without a list "${key}"`);
  if (labels.length !== count) return wrong(`with ${count} images and ${labels.length} labels`);
  return ok({ name, kind, planes: data.bytes, labels });
}

/**
 * Reads the batches of CIFAR-10's or CIFAR-100's Python version, and its meta file where it is among the files, into
 * one set with interleaved colors (NHWC). Nothing of a pickle is executed.
 */
export function readCifarPython(
  files: readonly FileContent[],
  choice: Cifar100Labels = 'fine',
): Result<LabeledImages> {
  const batches: Batch[] = [];
  let told: readonly string[] | null = null;
  for (const { name, bytes } of files) {
    const value = unpickle(bytes, name);
    if (!value.ok) return value;
    const dictionary = value.value instanceof Map ? value.value : new Map<string, PickleValue>();
    const names = namesIn(dictionary, choice);
    if (names) {
      told = names;
      continue;
    }
    const batch = batchOf(name, dictionary, choice);
    if (!batch.ok) return batch;
    batches.push(batch.value);
  }
  const [first] = batches;
  const count = batches.reduce((sum, { labels }) => sum + labels.length, 0);
  if (!first || count === 0) {
    return fail(
      'no-images',
      'The Python files hold no images; add data_batch_1 to 5 (CIFAR-10) or train (CIFAR-100).',
    );
  }
  const odd = batches.find(({ kind }) => kind !== first.kind);
  if (odd) {
    return fail(
      'mixed-formats',
      `${odd.name} and ${first.name} are of CIFAR-10 and CIFAR-100; choose the files of one of them.`,
      odd.name,
    );
  }
  const known = first.kind === 'cifar10' ? CIFAR10_CLASS_NAMES : cifar100Names(choice);
  const classNames = told?.length === known.length ? told : known;
  const pixels = new Uint8Array(count * CIFAR_IMAGE);
  const labels = new Uint8Array(count);
  let n = 0;
  for (const batch of batches) {
    for (const [i, label] of batch.labels.entries()) {
      if (typeof label !== 'number' || !(label >= 0 && label < classNames.length)) {
        return fail(
          'label-range',
          `${batch.name} has ${typeof label === 'number' ? `label ${label}` : 'no number as label'} in entry ${i + 1}, but labels go from 0 to ${classNames.length - 1}; download it again.`,
          batch.name,
        );
      }
      labels[n] = label;
      interleave(batch.planes, i * CIFAR_IMAGE, pixels, n * CIFAR_IMAGE);
      n++;
    }
  }
  return ok({
    name:
      first.kind === 'cifar10' ? 'CIFAR-10' : choice === 'fine' ? 'CIFAR-100' : 'CIFAR-100 (20 superclasses)',
    synthetic: false,
    image: { height: CIFAR_EXTENT, width: CIFAR_EXTENT, channels: 3 },
    classNames,
    pixels,
    labels,
    ...partsByFile(batches.map(({ name, labels: own }) => ({ name, count: own.length }))),
  });
}
