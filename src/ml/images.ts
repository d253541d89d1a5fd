import type { LabeledImages } from '../core/data/labeledImages.ts';
import type { Normalization } from '../core/exploration/design.ts';
import type { FeatureMap } from '../core/network/network.ts';
import { describeMap } from '../core/network/shapes.ts';
import { createRandom, permutation } from '../core/random.ts';
import { FaultError } from '../core/result.ts';
import { adapterFor, canAdapt } from './resize.ts';

/** Images ready for the backend. */
export interface Batch {
  /** NHWC, bytes normalized. */
  readonly pixels: Float32Array;
  readonly shape: [number, number, number, number];
  readonly labels: Uint8Array;
}

const table = (value: (byte: number) => number): Float32Array =>
  Float32Array.from({ length: 256 }, (_, byte) => value(byte));

/** A byte as the network sees it; `signed` is -1 for black and 1 for white. */
export const NORMALIZED: Readonly<Record<Exclude<Normalization, 'standardized'>, Float32Array>> = {
  none: table((byte) => byte),
  unit: table((byte) => byte / 255),
  signed: table((byte) => (byte / 255 - 0.5) * 2),
};

/** Resized sets are kept up to this many bytes together; a larger one is resized batch by batch. */
const KEPT_BYTES = 256 * 2 ** 20;

export interface Split {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
}

/**
 * A seeded split with the same share of every class: of each class the rounded share is held back, at least
 * one image where it has two. A share of 1 holds all back.
 */
export function stratifiedSplit(labels: Uint8Array, validationShare: number, seed: number): Split {
  const random = createRandom(seed);
  const byClass = new Map<number, number[]>();
  labels.forEach((label, index) => {
    const members = byClass.get(label);
    if (members) members.push(index);
    else byClass.set(label, [index]);
  });
  const train: number[] = [];
  const validation: number[] = [];
  for (const label of [...byClass.keys()].sort((a, b) => a - b)) {
    const members = byClass.get(label) ?? [];
    const order = permutation(members.length, random);
    const wanted = Math.round(members.length * validationShare);
    const most = validationShare >= 1 ? members.length : Math.max(0, members.length - 1);
    const held = validationShare > 0 ? Math.min(most, Math.max(1, wanted)) : 0;
    order.forEach((position, rank) => {
      (rank < held ? validation : train).push(members[position] as number);
    });
  }
  return { train: Uint32Array.from(train).sort(), validation: Uint32Array.from(validation).sort() };
}

/** Labeled images with their split, in whatever size a network asks for. */
export class ImageSet {
  readonly images: LabeledImages;
  readonly split: Split;
  /** Resized sets by size: a student's and a teacher's are asked for in turn. */
  readonly #kept = new Map<string, Uint8Array>();
  readonly #normalization: Normalization;
  readonly #values: Float32Array;

  constructor(
    images: LabeledImages,
    splitSeed: number,
    validationShare: number,
    normalization: Normalization = 'signed',
  ) {
    this.#normalization = normalization;
    this.#values = NORMALIZED[normalization === 'standardized' ? 'signed' : normalization];
    const { height, width, channels } = images.image;
    if (images.pixels.length !== images.labels.length * height * width * channels) {
      throw new FaultError({
        code: 'image-bytes',
        message: `${images.name} has ${images.pixels.length} bytes for ${images.labels.length} images of ${describeMap(images.image)}; read it again.`,
      });
    }
    this.images = images;
    this.split = stratifiedSplit(images.labels, validationShare, splitSeed);
    const onlyValidation = validationShare >= 1;
    if ((this.split.train.length === 0 && !onlyValidation) || this.split.validation.length === 0) {
      throw new FaultError({
        code: 'empty-split',
        message: `${images.labels.length} images leave ${this.split.train.length} to train and ${this.split.validation.length} to validate with; use more images or another validation share.`,
      });
    }
  }

  /** The same images and validation, of which only these are trained with: a transfer set. */
  trainingWith(train: Uint32Array): ImageSet {
    const smaller = new ImageSet(this.images, 0, 1, this.#normalization);
    return Object.assign(smaller, { split: { ...this.split, train } });
  }

  /** Throws where the images can't be what the network reads, or have more classes than it tells apart. */
  check(input: FeatureMap, classCount: number): void {
    const { image, classNames, name } = this.images;
    if (!canAdapt(image.channels, input.channels)) {
      throw new FaultError({
        code: 'image-channels',
        message: `The network reads ${input.channels} channels and the images of ${name} have ${image.channels}; set the network's input to ${image.channels}.`,
      });
    }
    if (classNames.length > classCount) {
      throw new FaultError({
        code: 'class-count',
        message: `The network tells ${classCount} classes apart and ${name} has ${classNames.length}; give its last layer ${classNames.length} units.`,
      });
    }
  }

  /** All images as bytes in the wanted size, which is kept as long as there is room. */
  #resized(input: FeatureMap): Uint8Array | null {
    const { image, pixels, labels } = this.images;
    const key = describeMap(input);
    if (key === describeMap(image)) return pixels;
    const kept = this.#kept.get(key);
    if (kept) return kept;
    const size = input.height * input.width * input.channels;
    const bytes = [...this.#kept.values()].reduce((sum, { length }) => sum + length, size * labels.length);
    if (bytes > KEPT_BYTES) return null;
    const adapt = adapterFor(image, input);
    const imageSize = image.height * image.width * image.channels;
    const resized = new Uint8Array(size * labels.length);
    for (let i = 0; i < labels.length; i++) adapt(pixels, i * imageSize, resized, i * size);
    this.#kept.set(key, resized);
    return resized;
  }

  /** The chosen images, resized to the network's input and normalized. */
  batch(
    indices: Uint32Array,
    input: FeatureMap,
    augment: (pixels: Uint8Array) => Uint8Array = (pixels) => pixels,
  ): Batch {
    const { image, pixels, labels } = this.images;
    const size = input.height * input.width * input.channels;
    const imageSize = image.height * image.width * image.channels;
    const ready = this.#resized(input);
    const adapt = ready ? null : adapterFor(image, input);
    const chosen = new Uint8Array(indices.length * size);
    indices.forEach((index, position) => {
      if (ready) chosen.set(ready.subarray(index * size, (index + 1) * size), position * size);
      else adapt?.(pixels, index * imageSize, chosen, position * size);
    });
    const bytes = augment(chosen);
    const values = new Float32Array(bytes.length);
    for (let i = 0; i < bytes.length; i++) values[i] = this.#values[bytes[i] as number] as number;
    return {
      pixels: values,
      shape: [indices.length, input.height, input.width, input.channels],
      labels: Uint8Array.from(indices, (index) => labels[index] as number),
    };
  }
}
