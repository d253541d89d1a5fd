/**
 * What an image of each class counts, so that all classes count the same together: n / (classes * images of the
 * class), scikit-learn's `balanced`. Their mean over the images is 1. A class without images counts 1 and is not among
 * the classes divided by.
 */
export function balancedClassWeights(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count > 0 ? total / (present * count) : 1));
}
