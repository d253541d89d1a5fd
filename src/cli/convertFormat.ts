import { MODEL_FORMATS, type ModelFormat } from '../formats/model/writeModel.ts';
import { NETWORK_FORMATS, type NetworkFormat } from '../formats/model/writeNetwork.ts';
import { UsageError } from './command.ts';

/** What a file is converted to: a model with weights, a network alone, or a design. */
export type ConvertFormat = ModelFormat | NetworkFormat | 'design';

const FORMATS: readonly ConvertFormat[] = [...MODEL_FORMATS, ...NETWORK_FORMATS, 'design'];

/** By the ending of a file's name, the first that fits. */
const BY_ENDING: readonly (readonly [ending: string, format: ConvertFormat])[] = [
  ['.h5', 'keras-h5'],
  ['.hdf5', 'keras-h5'],
  ['.keras', 'keras'],
  ['.qonnx.onnx', 'qonnx'],
  ['.onnx', 'onnx'],
  ['model.json', 'tfjs'],
  ['.json', 'design'],
  ['.csv', 'layers'],
];

const TOLD = `.h5, .keras, .onnx, .qonnx.onnx, model.json (TensorFlow.js), .json (a design) or .csv (a table of layers)`;

export const FORMATS_TOLD = `by the output's ending: ${TOLD}; or by --format: ${FORMATS.join(', ')}`;

/** The format of an output. Throws a UsageError where neither the option nor the name's ending is known. */
export function formatOf(name: string, asked: string | undefined): ConvertFormat {
  const format =
    asked === undefined
      ? BY_ENDING.find(([ending]) => name.endsWith(ending))?.[1]
      : FORMATS.find((one) => one === asked);
  if (format) return format;
  throw new UsageError(
    asked === undefined
      ? `${name} has an ending that is not known; choose ${TOLD}`
      : `there is no format ${asked}; choose one of ${FORMATS.join(', ')}`,
  );
}

export const isModelFormat = (format: ConvertFormat): format is ModelFormat =>
  MODEL_FORMATS.some((one) => one === format);
