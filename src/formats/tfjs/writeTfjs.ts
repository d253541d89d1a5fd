import type { Layer, Network, Weights } from '../../core/network/network.ts';
import type { Result } from '../../core/result.ts';
import { attempt } from '../keras/attempt.ts';
import { exportModel } from '../keras/exportGraph.ts';
import { refuse } from '../keras/fields.ts';
import { TITLE } from '../keras/readKeras.ts';
import { checkWeights } from '../keras/writeKeras.ts';
import { type ImageNormalization, NORMALIZATION, recordFor } from '../model/normalizationRecord.ts';

export interface TfjsFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What tensorflowjs_converter cuts at: browsers cache files of this size. */
const SHARD_BYTES = 4 * 2 ** 20;

/** What tfjs-layers 4.22 lacks: groups, Keras 3's hard functions, and TensorFlow 2's pixel centers. */
function unsupported(layer: Layer): string | null {
  if (layer.kind === 'conv2d' && layer.groups > 1) return 'a convolution in groups';
  if (layer.kind === 'hardSigmoid' || layer.kind === 'hardSwish') return `a ${layer.kind}`;
  return layer.kind === 'upsample' && layer.interpolation === 'bilinear' ? 'a bilinear upsampling' : null;
}

function checkLayers({ layers }: Network): void {
  for (const layer of layers) {
    const what = unsupported(layer);
    if (!what) continue;
    refuse(
      'unsupported-layer',
      `Layer ${layer.id} is ${what}, which TensorFlow.js has no layer for; write an .h5 file instead.`,
      layer.id,
    );
  }
}

/**
 * A network with its weights as a TensorFlow.js layers model: model.json first, then its weight files
 * (group1-shard1of2.bin ...), for `tf.loadLayersModel`. Fails for what its layers can't compute, and for weights
 * that are not the network's.
 */
export function writeTfjs(
  network: Network,
  weights: Weights,
  shardBytes = SHARD_BYTES,
  images: ImageNormalization | null = null,
): Promise<Result<readonly [TfjsFile, ...TfjsFile[]]>> {
  return attempt(network.name, () => {
    checkWeights(network, weights);
    checkLayers(network);
    const { layers, config } = exportModel(network, images);
    const stored = layers.flatMap(({ name, weights: own }) =>
      own.flatMap((weight) => {
        const tensor = weights[weight.key];
        return tensor ? [{ name: `${name}/${weight.name}`, tensor }] : [];
      }),
    );
    const length = stored.reduce((sum, { tensor }) => sum + tensor.values.byteLength, 0);
    const bytes = new Uint8Array(length);
    let offset = 0;
    for (const { tensor } of stored) {
      const { buffer, byteOffset, byteLength } = tensor.values;
      bytes.set(new Uint8Array(buffer, byteOffset, byteLength), offset);
      offset += byteLength;
    }
    const count = Math.ceil(length / shardBytes);
    const shards = Array.from({ length: count }, (_, i) => ({
      name: `group1-shard${i + 1}of${count}.bin`,
      bytes: bytes.subarray(i * shardBytes, (i + 1) * shardBytes),
    }));
    const model = {
      format: 'layers-model',
      generatedBy: 'Sweetspot',
      convertedBy: null,
      userDefinedMetadata: {
        [TITLE]: network.name,
        ...(images ? { [NORMALIZATION]: recordFor(images) } : {}),
      },
      modelTopology: { keras_version: '2.15.0', backend: 'tensorflow', model_config: config },
      weightsManifest: [
        {
          paths: shards.map(({ name }) => name),
          weights: stored.map(({ name, tensor }) => ({ name, shape: tensor.shape, dtype: 'float32' })),
        },
      ],
    };
    const json = { name: 'model.json', bytes: new TextEncoder().encode(JSON.stringify(model)) };
    return [json, ...shards];
  });
}
