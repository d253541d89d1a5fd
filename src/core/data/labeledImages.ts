import type { FeatureMap } from '../network/network.ts';

/** A class index an image: two bytes each where there are more than 256 classes. */
export type Labels = Uint8Array | Uint16Array;

/** Images as bytes, NHWC, with a class index each. */
export interface LabeledImages {
  readonly name: string;
  /** True for generated images: the screen says so. */
  readonly synthetic: boolean;
  readonly image: FeatureMap;
  readonly classNames: readonly string[];
  /** imageCount * height * width * channels, 0..255 */
  readonly pixels: Uint8Array;
  readonly labels: Labels;
  /** Each image's index in PARTS, where its source has parts. */
  readonly parts?: Uint8Array;
}

export interface NamedFile {
  readonly name: string;
  readonly bytes: ArrayBuffer;
}
