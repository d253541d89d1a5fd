import type { FeatureMap } from '../network/network.ts';

/** Images as bytes, NHWC, with a class index each. */
export interface LabeledImages {
  readonly name: string;
  /** True for generated images: the screen says so. */
  readonly synthetic: boolean;
  readonly image: FeatureMap;
  readonly classNames: readonly string[];
  /** imageCount * height * width * channels, 0..255 */
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

export interface NamedFile {
  readonly name: string;
  readonly bytes: ArrayBuffer;
}
