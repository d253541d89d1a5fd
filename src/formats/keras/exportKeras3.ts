import type { ExportedLayer, ExportedModel } from './exportGraph.ts';
import type { Config } from './fields.ts';

/** Layers that take a list of tensors as their one argument. */
const JOINING: ReadonlySet<string> = new Set(['Add', 'Multiply', 'Concatenate']);

/** Settings that Keras 3 gave other names. */
const RENAMED: Readonly<Record<string, string>> = {
  batch_input_shape: 'batch_shape',
  alpha: 'negative_slope',
};

const renamed = (config: Config): Config =>
  Object.fromEntries(Object.entries(config).map(([name, value]) => [RENAMED[name] ?? name, value]));

/** Keras leaves the number of images open. */
const batched = (layer: ExportedLayer | undefined) => [null, ...(layer?.shape ?? [])];

function callOf(layer: ExportedLayer, byName: ReadonlyMap<string, ExportedLayer>): Config {
  const tensors = layer.inputs.map((name) => ({
    class_name: '__keras_tensor__',
    config: { shape: batched(byName.get(name)), dtype: 'float32', keras_history: [name, 0, 0] },
  }));
  return { args: JOINING.has(layer.className) ? [tensors] : tensors, kwargs: {} };
}

/**
 * The same model in the words of Keras 3, as `serialize_keras_object` puts a functional model: `config.json` of a .keras
 * file, and its `to_json()`.
 */
export function keras3Config({ layers, config }: ExportedModel): Config {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const entries = layers.map((layer) => {
    const inputs = layer.inputs.map((name) => batched(byName.get(name)));
    const [only] = inputs;
    return {
      module: 'keras.layers',
      class_name: layer.className,
      config: renamed(layer.config),
      registered_name: null,
      ...(inputs.length > 0
        ? { build_config: { input_shape: JOINING.has(layer.className) ? inputs : only } }
        : {}),
      name: layer.name,
      inbound_nodes: inputs.length > 0 ? [callOf(layer, byName)] : [],
    };
  });
  return {
    module: 'keras.src.models.functional',
    class_name: 'Functional',
    config: { ...config.config, layers: entries },
    registered_name: 'Functional',
    build_config: { input_shape: null },
  };
}
