import type { Result } from '../../core/result.ts';
import { attempt } from '../keras/attempt.ts';
import type { WeightSource } from '../keras/conversion.ts';
import { isRecord, refuse } from '../keras/fields.ts';
import type { StoredTensor } from '../keras/hdf5.ts';
import { importModel } from '../keras/importModel.ts';
import { chooseByName, ownNames } from '../keras/parameterNames.ts';
import { parseKerasJson, TITLE } from '../keras/readKeras.ts';
import type { ImportedModel } from '../model/imported.ts';
import { NORMALIZATION } from '../model/normalizationRecord.ts';
import { parseManifest, type WeightGroup } from './manifest.ts';

/** Bytes of the files of a model by name, as the model's JSON names them. */
export type Shards = ReadonlyMap<string, Uint8Array>;

function joined({ paths, weights }: WeightGroup, shards: Shards): Uint8Array {
  const parts = paths.map((path) => {
    const part = shards.get(path) ?? shards.get(path.slice(path.lastIndexOf('/') + 1));
    return (
      part ??
      refuse('missing-shard', `The model asks for ${path}; choose it together with the model's JSON.`, path)
    );
  });
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const wanted = weights.at(-1)?.end ?? 0;
  if (length !== wanted) {
    refuse(
      'shard-length',
      `${paths.join(', ')} hold ${length.toLocaleString('en-US')} bytes and should hold ${wanted.toLocaleString('en-US')}; the files belong to another model or are cut off.`,
      paths[0],
    );
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

function weightSource(groups: readonly WeightGroup[], shards: Shards): WeightSource {
  const byName = new Map<string, StoredTensor>();
  for (const group of groups) {
    const bytes = joined(group, shards);
    for (const { name, shape, start, end, decode } of group.weights) {
      if (!decode) continue;
      byName.set(name, { shape, read: () => decode(bytes.slice(start, end)) });
    }
  }
  const names = [...byName.keys()];
  return {
    find: ({ path, name }, wanted) =>
      chooseByName(ownNames(names, path, name), wanted, (one) => byName.get(one) ?? null),
  };
}

/**
 * Reads a TensorFlow.js layers model: model.json and its weight files, as `model.save()` of tfjs or
 * tensorflowjs_converter wrote them. Without a weightsManifest only the network. Every fault is one sentence.
 */
export function readTfjs(text: string, shards: Shards, fileName: string): Promise<Result<ImportedModel>> {
  return attempt(fileName, () => {
    const json = parseKerasJson(text, fileName);
    const topology = isRecord(json) ? json.modelTopology : null;
    if (!isRecord(json) || !isRecord(topology) || json.format === 'graph-model') {
      return refuse(
        'not-layers-model',
        json !== null && isRecord(json) && json.format === 'graph-model'
          ? `${fileName} is a graph model, whose layers are gone; convert the Keras model to a layers model (--output_format tfjs_layers_model).`
          : `${fileName} is no TensorFlow.js layers model: it has no modelTopology; save it with model.save().`,
        fileName,
      );
    }
    const groups = parseManifest(json.weightsManifest);
    const weights = groups.length > 0 ? weightSource(groups, shards) : null;
    const model = isRecord(topology.model_config) ? topology.model_config : topology;
    const own = isRecord(json.userDefinedMetadata) ? json.userDefinedMetadata : {};
    return importModel(model, weights, {
      version: topology.keras_version,
      form: 'TensorFlow.js',
      title: own[TITLE],
      normalization: own[NORMALIZATION],
    });
  });
}
