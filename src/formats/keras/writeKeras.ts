import type { Network, Weights } from '../../core/network/network.ts';
import type { Result } from '../../core/result.ts';
import { type ImageNormalization, NORMALIZATION, recordFor } from '../model/normalizationRecord.ts';
import { attempt } from './attempt.ts';
import { expectedShapes } from './conversion.ts';
import { type ExportedModel, exportModel } from './exportGraph.ts';
import { keras3Config } from './exportKeras3.ts';
import { refuse } from './fields.ts';
import { type Hdf5Group, writeHdf5 } from './hdf5.ts';
import { kerasLayerOrder } from './layerOrder.ts';
import { TITLE } from './readKeras.ts';

/**
 * The last version of Keras 2, whose files Keras 3 opens too. Keras 2's hard_sigmoid is another function and it
 * has no hard_silu: only Keras 3 computes networks with them as they are.
 */
const versionFor = ({ needsKeras3 }: ExportedModel) => ({
  keras_version: needsKeras3 ? '3.0.0' : '2.15.0',
  backend: 'tensorflow',
});

/** Refuses weights of another network before anything is written. */
export function checkWeights(network: Network, weights: Weights): void {
  for (const [key, shape] of expectedShapes(network).shapes) {
    const found = weights[key]?.shape.join('x');
    if (found !== shape.join('x')) {
      refuse(
        'weights-mismatch',
        `The weights do not fit the network: ${key} should be ${shape.join('x')} and is ${found ?? 'missing'}; initialize or train the weights again.`,
        key,
      );
    }
  }
}

/**
 * A network with its weights as the bytes of an .h5 file, laid out as Keras 2's `save_model_to_hdf5` does:
 * model_config, and model_weights with a group a layer. Fails for what Keras has no layer for, and for
 * weights that are not the network's. What is given of the images is written as an attribute that Keras leaves alone.
 */
export function writeKeras(
  network: Network,
  weights: Weights,
  images: ImageNormalization | null = null,
): Promise<Result<Uint8Array>> {
  return attempt(network.name, () => {
    checkWeights(network, weights);
    const model = exportModel(network, images);
    const { layers, config } = model;
    const version = versionFor(model);
    const order = kerasLayerOrder(layers, model.outputs);
    const groups: Record<string, Hdf5Group> = {};
    for (const { name, weights: own } of layers) {
      const names = own.map((weight) => `${name}/${weight.name}:0`);
      const datasets = Object.fromEntries(
        own.flatMap((weight) => {
          const tensor = weights[weight.key];
          return tensor ? [[`${weight.name}:0`, tensor] as const] : [];
        }),
      );
      groups[name] = {
        attributes: { weight_names: names },
        ...(own.length > 0 ? { groups: { [name]: { datasets } } } : {}),
      };
    }
    return writeHdf5({
      attributes: {
        ...version,
        [TITLE]: network.name,
        ...(images ? { [NORMALIZATION]: JSON.stringify(recordFor(images)) } : {}),
        model_config: JSON.stringify(config),
      },
      groups: {
        model_weights: { attributes: { ...version, layer_names: order.map(({ name }) => name) }, groups },
      },
    });
  });
}

/**
 * A network without weights as Keras' JSON, `model.to_json()`. Keras 2 and Keras 3 read only their own
 * (`model_from_json` of 3.15.1 knows no class Functional without a module). Version 3 is written whatever is asked for
 * where Keras 2 has no such layer. Fails for what neither has.
 */
export function writeKerasJson(
  network: Network,
  version: 2 | 3 = 2,
  images: ImageNormalization | null = null,
): Promise<Result<Uint8Array>> {
  return attempt(network.name, () => {
    const model = exportModel(network, images);
    const isKeras3 = version === 3 || model.needsKeras3 !== null;
    const about = {
      keras_version: isKeras3 ? '3.0.0' : '2.15.0',
      backend: 'tensorflow',
      [TITLE]: network.name,
      ...(images ? { [NORMALIZATION]: recordFor(images) } : {}),
    };
    const config = isKeras3 ? keras3Config(model) : model.config;
    return new TextEncoder().encode(JSON.stringify({ ...config, ...about }));
  });
}
