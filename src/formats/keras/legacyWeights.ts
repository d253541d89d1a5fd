import type { WeightSource } from './conversion.ts';
import { refuse } from './fields.ts';
import type { KerasLayer } from './graph.ts';
import type { Hdf5Reader } from './hdf5.ts';
import { chooseByName, ownNames } from './parameterNames.ts';

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
      const own = outermost === undefined ? names : ownNames(names, layer.path, layer.name);
      if (own.some((name) => name.includes('lora_')))
        refuse(
          'lora',
          `Layer ${layer.name} has LoRA weights beside its kernel; save the model as .keras, which holds them added up.`,
          layer.name,
        );
      return chooseByName(own, wanted, (name) => file.tensor(`${group}/${name}`));
    },
  };
}
