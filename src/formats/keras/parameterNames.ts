import type { StoredTensor } from './hdf5.ts';

/** The last part of a stored name, without what TensorFlow adds: `kernel_1:0` is a kernel. */
const KERAS_NAMES =
  /^(depthwise_kernel|pointwise_kernel|kernel|bias|gamma|beta|moving_mean|moving_variance|mean|variance)(?:_\d+)?(?::\d+)?$/;

/**
 * Names of one layer among those of many (`block/conv/kernel:0`). Files of TensorFlow name only the layer, others the
 * models around it too, and layers have slashes in their names themselves: the longest scope that fits is it.
 */
export function ownNames(
  names: readonly string[],
  path: readonly string[],
  layer: string,
): readonly string[] {
  const scopes = names.map((name) => ({ name, scope: name.slice(0, Math.max(0, name.lastIndexOf('/'))) }));
  for (let from = 0; from <= path.length; from++) {
    const tail = [...path.slice(from), layer].join('/');
    const exact = scopes.filter(({ scope }) => scope === tail);
    const found = exact.length > 0 ? exact : scopes.filter(({ scope }) => scope.endsWith(`/${tail}`));
    if (found.length > 0) return found.map(({ name }) => name);
  }
  return [];
}

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
