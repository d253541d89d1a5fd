import type { Result } from '../../core/result.ts';
import type { ImportedModel } from '../model/imported.ts';
import { NORMALIZATION } from '../model/normalizationRecord.ts';
import { isZip, unzipMembers } from './archive.ts';
import { attempt } from './attempt.ts';
import { isRecord, refuse } from './fields.ts';
import { type Hdf5Reader, isHdf5, withHdf5 } from './hdf5.ts';
import { importModel } from './importModel.ts';
import { keras3Weights } from './keras3Weights.ts';
import { legacyWeights } from './legacyWeights.ts';

/** Python writes NaN and Infinity into JSON, which JSON does not know. */
const withoutPythonNumbers = (text: string): string =>
  text.replace(/([:,[]\s*)-?(?:NaN|Infinity)(?=\s*[,}\]])/g, '$1null');

export function parseKerasJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    try {
      return JSON.parse(withoutPythonNumbers(text));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return refuse('not-json', `${where} is not JSON (${reason}); save the model again.`, where);
    }
  }
}

/** Our own attribute: TensorFlow takes no spaces in a model's name. */
export const TITLE = 'sweetspot_name';

function readLegacy(file: Hdf5Reader, fileName: string): ImportedModel {
  const config = file.text('/', 'model_config');
  const members = file.members('/') ?? [];
  if (config === null) {
    const weightsOnly =
      file.texts('/', 'layer_names') || file.texts('/', 'layer_names0') || members.includes('layers');
    return refuse(
      weightsOnly ? 'weights-only' : 'not-keras',
      weightsOnly
        ? `${fileName} holds weights only, not the network that they belong to; save the whole model with model.save() instead of save_weights().`
        : `${fileName} is an HDF5 file without a Keras model; choose a file that model.save() wrote.`,
      fileName,
    );
  }
  const json = parseKerasJson(config, `The model_config of ${fileName}`);
  // Theano convolves where others correlate, so Keras turned these kernels when another backend loaded them
  const backend = file.text('/', 'backend') ?? file.text('/model_weights', 'backend');
  if (backend === 'theano')
    refuse(
      'theano',
      `${fileName} was saved with Theano, whose kernels are stored turned around; load and save it with Keras on TensorFlow, and it can be read.`,
      fileName,
    );
  const root = members.includes('model_weights') ? '/model_weights' : null;
  const version = file.text('/', 'keras_version') ?? file.text('/model_weights', 'keras_version');
  const weights = root ? legacyWeights(file, root) : null;
  const own = { title: file.text('/', TITLE), normalization: file.text('/', NORMALIZATION) };
  return importModel(json, weights, { version, form: 'HDF5', ...own });
}

/** A .keras archive: config.json, metadata.json and model.weights.h5 (Keras 3, `saving_lib.py`). */
async function readArchive(bytes: Uint8Array, fileName: string): Promise<ImportedModel> {
  const names = { config: 'config.json', metadata: 'metadata.json', weights: 'model.weights.h5' };
  const members = unzipMembers(bytes, fileName, Object.values(names));
  const config = members[names.config];
  const text = (member: Uint8Array) => new TextDecoder().decode(member);
  if (!config) {
    return refuse(
      'not-keras',
      `${fileName} is a zip archive without a config.json; choose a .keras file that model.save() wrote.`,
      fileName,
    );
  }
  const json = parseKerasJson(text(config), `The config.json of ${fileName}`);
  const metadata = members[names.metadata];
  const about = metadata ? parseKerasJson(text(metadata), `The metadata.json of ${fileName}`) : null;
  const told = isRecord(about) ? about : { keras_version: '3' };
  const source = {
    version: told.keras_version,
    form: '.keras',
    title: told[TITLE],
    normalization: told[NORMALIZATION],
  };
  const weights = members[names.weights];
  if (!weights) return importModel(json, null, source);
  return withHdf5(weights, `The model.weights.h5 of ${fileName}`, (file) =>
    importModel(json, keras3Weights(file), source),
  );
}

/**
 * Reads a model that Keras saved: .h5 (Keras 2, and Keras 3 on request), .keras, or JSON without weights. By content; `fileName` is for
 * sentences only. Every fault is one sentence and names the layer where there is one.
 */
export function readKeras(bytes: Uint8Array, fileName: string): Promise<Result<ImportedModel>> {
  return attempt(fileName, async () => {
    if (isHdf5(bytes)) return withHdf5(bytes, fileName, (file) => readLegacy(file, fileName));
    if (isZip(bytes)) return readArchive(bytes, fileName);
    const json = parseKerasJson(new TextDecoder().decode(bytes), fileName);
    const told = isRecord(json) ? json : {};
    const own = { title: told[TITLE], normalization: told[NORMALIZATION] };
    return importModel(json, null, { version: told.keras_version, form: 'JSON', ...own });
  });
}
