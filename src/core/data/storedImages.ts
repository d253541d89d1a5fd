import type { FeatureMap } from '../network/network.ts';

/** A compiled set whose pixels are read when they are needed: it may be larger than memory. */
export interface StoredImages {
  readonly name: string;
  readonly synthetic: boolean;
  readonly image: FeatureMap;
  readonly classNames: readonly string[];
  readonly labels: Uint16Array;
  /** Each image's index in PARTS, as its source has it; all 0 where the source has no parts. */
  readonly parts: Uint8Array;
  /** Images of every chunk but the last. */
  readonly chunkImages: number;
  /** The pixels of a chunk: its images * height * width * channels bytes, NHWC. A fault is thrown where it is gone. */
  chunk(index: number): Promise<Uint8Array>;
}
