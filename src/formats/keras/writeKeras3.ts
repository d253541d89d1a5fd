import { zipSync } from 'fflate';
import type { Network, Weights } from '../../core/network/network.ts';
import type { Result } from '../../core/result.ts';
import { type ImageNormalization, NORMALIZATION, recordFor } from '../model/normalizationRecord.ts';
import { attempt } from './attempt.ts';
import { keyMaker } from './definition.ts';
import { exportModel } from './exportGraph.ts';
import { keras3Config } from './exportKeras3.ts';
import { type Hdf5Group, writeHdf5 } from './hdf5.ts';
import { kerasLayerOrder } from './layerOrder.ts';
import { TITLE } from './readKeras.ts';
import { checkWeights } from './writeKeras.ts';

/** The first version that has every layer that is written. */
const KERAS_VERSION = '3.0.0';

/** A time that says nothing: the same network gives the same bytes. */
const MODIFIED = '1980-01-01T00:00:00';

/**
 * A network with its weights as the bytes of a .keras file, as Keras 3's `saving_lib.save_model` lays it out: a zip
 * of metadata.json, config.json and model.weights.h5, which holds `layers/<key>/vars/<n>`. A key counts the layers
 * of a class in the order of `model.layers`; a variable's number is its place in the layer. Fails for what Keras has no
 * layer for, and for weights that are not the network's.
 */
export function writeKeras3(
  network: Network,
  weights: Weights,
  images: ImageNormalization | null = null,
): Promise<Result<Uint8Array>> {
  return attempt(network.name, async () => {
    checkWeights(network, weights);
    const model = exportModel(network, images);
    const keyOf = keyMaker();
    const groups: Record<string, Hdf5Group> = {};
    for (const { name, className, weights: own } of kerasLayerOrder(model.layers, model.outputs)) {
      const datasets = Object.fromEntries(
        own.flatMap(({ key }, i) => {
          const tensor = weights[key];
          return tensor ? [[`${i}`, tensor] as const] : [];
        }),
      );
      groups[keyOf(className)] = { groups: { vars: { attributes: { name }, datasets } } };
    }
    const stored = await writeHdf5({
      groups: { layers: { groups }, vars: { attributes: { name: model.name } } },
    });
    const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
    return zipSync(
      {
        'metadata.json': json({
          keras_version: KERAS_VERSION,
          [TITLE]: network.name,
          ...(images ? { [NORMALIZATION]: recordFor(images) } : {}),
        }),
        'config.json': json(keras3Config(model)),
        'model.weights.h5': stored,
      },
      // Keras stores its members as they are, too: floats hardly get smaller
      { level: 0, mtime: MODIFIED },
    );
  });
}
