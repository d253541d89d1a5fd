import { formatInteger } from '../../quantity.ts';

/** How a set differs from the one of another fingerprint that a design was made with, for a sentence. */
export const howOther = (imageCount: number, wantedCount: number): string =>
  imageCount === wantedCount
    ? `as many (${formatInteger(imageCount)}), with other pixels, labels or parts`
    : `${formatInteger(imageCount)} instead of ${formatInteger(wantedCount)}`;
