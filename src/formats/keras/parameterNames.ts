import type { StoredTensor } from './hdf5.ts';

/** The last part of a stored name, without what TensorFlow adds: `kernel_1:0` is a kernel. */
const KERAS_NAMES =
  /^(depthwise_kernel|pointwise_kernel|kernel|bias|gamma|beta|moving_mean|moving_variance|mean|variance)(?:_\d+)?(?::\d+)?$/;

/**
 * The tensor of each wanted parameter (`kernel`) among a layer's stored names (`conv2d/kernel:0`), else in their
 * order where the count is right; null where there is none.
 */
export function chooseByName(
  stored: readonly string[],
  wanted: readonly string[],
  tensorOf: (name: string) => StoredTensor | null,
): readonly (StoredTensor | null)[] {
  const byName = new Map<string, string>();
  for (const path of stored) {
    const known = KERAS_NAMES.exec(path.slice(path.lastIndexOf('/') + 1))?.[1];
    if (known && !byName.has(known)) byName.set(known, path);
  }
  // Keras 3 calls a depthwise kernel a kernel
  const find = (name: string) =>
    byName.get(name) ?? (name === 'depthwise_kernel' ? byName.get('kernel') : undefined);
  const inOrder = stored.length === wanted.length && !wanted.every(find);
  return wanted.map((name, i) => {
    const path = inOrder ? stored[i] : find(name);
    return path === undefined ? null : tensorOf(path);
  });
}
