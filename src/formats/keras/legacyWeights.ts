import type { WeightSource } from './conversion.ts';
import type { KerasLayer } from './graph.ts';
import type { Hdf5Reader, StoredTensor } from './hdf5.ts';

const KERAS_NAMES =
  /^(depthwise_kernel|pointwise_kernel|kernel|bias|gamma|beta|moving_mean|moving_variance)(?:_\d+)?(?::\d+)?$/;

/** Long lists are cut in numbered pieces (Keras' `save_attributes_to_hdf5_group`, limit 64512 bytes). */
function weightNames(file: Hdf5Reader, group: string): readonly string[] {
  const whole = file.texts(group, 'weight_names');
  if (whole) return whole;
  const names: string[] = [];
  for (let i = 0; ; i++) {
    const piece = file.texts(group, `weight_names${i}`);
    if (!piece) return names;
    names.push(...piece);
  }
}

/** The tensor of each wanted name by the names themselves, else in their order where the count is right. */
function choose(
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

/**
 * Weights as Keras writes them to .h5: a group a layer of the outermost model, whose `weight_names` lead to
 * the datasets (Keras 2, `save_weights_to_hdf5_group`). A nested model's layers share its group.
 */
export function legacyWeights(file: Hdf5Reader, root: string): WeightSource {
  const base = root === '/' ? '' : root;
  return {
    find(layer: KerasLayer, wanted) {
      const [outermost] = layer.path;
      const group = `${base}/${outermost ?? layer.name}`;
      const names = weightNames(file, group);
      const own =
        outermost === undefined ? names : names.filter((name) => name.split('/').at(-2) === layer.name);
      return choose(own, wanted, (name) => file.tensor(`${group}/${name}`));
    },
  };
}
