import type { WeightSource } from './conversion.ts';
import type { Hdf5Reader } from './hdf5.ts';

/** Where a model keeps its layers: Keras 3, and the .keras files of Keras 2.12 to 2.15. */
const CONTAINERS = ['layers', '_layer_checkpoint_dependencies'];

/**
 * Weights of a .keras file: `layers/<key>/vars/<n>`, where the key counts layers of a class (conv2d,
 * conv2d_1) and variables have numbers in the order in which the layer made them (Keras 3,
 * `saving_lib._save_state`). Newer files name the layer in an attribute, which is asked first.
 */
export function keras3Weights(file: Hdf5Reader): WeightSource {
  const named = new Map<string, ReadonlyMap<string, string>>();
  const namesIn = (container: string): ReadonlyMap<string, string> => {
    let names = named.get(container);
    if (!names) {
      const members = file.members(container) ?? [];
      names = new Map(
        members.map((key) => [file.text(`${container}/${key}/vars`, 'name') ?? '', key] as const),
      );
      named.set(container, names);
    }
    return names;
  };
  const groupOf = (names: readonly string[], keys: readonly string[]): string | null => {
    let group = '';
    for (const [i, name] of names.entries()) {
      const container = CONTAINERS.map((one) => `${group}/${one}`).find((one) => file.members(one));
      if (container === undefined) return null;
      group = `${container}/${namesIn(container).get(name) ?? keys[i]}`;
    }
    return group;
  };
  return {
    find(layer, wanted) {
      const group = groupOf([...layer.path, layer.name], layer.keys);
      return wanted.map((_, i) => (group === null ? null : file.tensor(`${group}/vars/${i}`)));
    },
  };
}
