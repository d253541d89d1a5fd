import type { FeatureMap } from '../../network/network.ts';
import type { Result } from '../../result.ts';

/** What an item of a set is for. */
export const PARTS = ['train', 'validation', 'test'] as const;
export type Part = (typeof PARTS)[number];

/** One image of a source. Its bytes are read when they are needed and not kept. */
export interface ImageEntry {
  /** Where it lies in its source, as a user knows it. */
  readonly path: string;
  /** Index into its source's classNames. */
  readonly label: number;
  /** The part that its source has put it in, where the source has parts. */
  readonly part?: Part;
  readonly load: () => Promise<Result<Uint8Array>>;
  /** Where the loaded bytes are pixels (NHWC, one image) and no file: what they measure. */
  readonly raw?: FeatureMap;
}

/** A folder, an archive or a set that was read: where images come from. */
export interface ImageSource {
  readonly name: string;
  /** True for generated images: a set with any of them is synthetic, and the screen says so. */
  readonly synthetic?: boolean;
  readonly classNames: readonly string[];
  readonly entries: readonly ImageEntry[];
}

/** Letters of a set's name and of its classes' and sources' names: what a container with longer ones says is not read. */
export const LONGEST_NAME = 500;

/** Labels are kept in two bytes each. */
export const MOST_CLASSES = 65_536;

/** What a decoder makes of a picture: four bytes a pixel, rows from top to bottom. */
export interface RgbaImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** Turns the bytes of a PNG, JPEG or WebP file into pixels: the browser's worker has one, the tests have theirs. */
export type ImageDecoder = (bytes: Uint8Array, name: string) => Promise<Result<RgbaImage>>;

/** The part of the DOM's AbortSignal that core knows. */
export interface CancelSignal {
  readonly aborted: boolean;
}
