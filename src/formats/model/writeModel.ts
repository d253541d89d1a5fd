import type { HardwareChoice } from '../../core/exploration/design.ts';
import type { Network, Weights } from '../../core/network/network.ts';
import { ok, type Result } from '../../core/result.ts';

/** Formats that a network with its weights is saved in. */
export const MODEL_FORMATS = ['keras-h5', 'tfjs', 'onnx', 'onnx-deployed', 'qonnx'] as const;
export type ModelFormat = (typeof MODEL_FORMATS)[number];

export const MODEL_FORMAT_NAMES: Readonly<Record<ModelFormat, string>> = {
  'keras-h5': 'Keras 2, .h5',
  tfjs: 'TensorFlow.js, model.json and shards in a .zip',
  onnx: 'ONNX',
  'onnx-deployed': 'ONNX, deployed: no dropout, batch norm folded',
  qonnx: 'QONNX with the bits of the design, for FINN',
};

const ENDINGS: Readonly<Record<ModelFormat, string>> = {
  'keras-h5': 'h5',
  tfjs: 'zip',
  onnx: 'onnx',
  'onnx-deployed': 'onnx',
  qonnx: 'onnx',
};

export const endingOf = (format: ModelFormat): string => ENDINGS[format];

/** What a quantized file needs to know beside the network. */
export type QuantizationChoice = Pick<HardwareChoice, 'weightBits' | 'activationBits' | 'layerBits'>;

/** The bytes of a model file. Writers are loaded when they are needed. */
export async function writeModel(
  format: ModelFormat,
  network: Network,
  weights: Weights,
  bits: QuantizationChoice,
): Promise<Result<Uint8Array>> {
  if (format === 'keras-h5') {
    const { writeKeras } = await import('../keras/writeKeras.ts');
    return writeKeras(network, weights);
  }
  if (format === 'tfjs') {
    const [{ writeTfjs }, { zipSync }] = await Promise.all([
      import('../tfjs/writeTfjs.ts'),
      import('fflate'),
    ]);
    const files = await writeTfjs(network, weights);
    return files.ok
      ? ok(zipSync(Object.fromEntries(files.value.map(({ name, bytes }) => [name, bytes]))))
      : files;
  }
  if (format === 'qonnx') {
    const { writeQonnx } = await import('../onnx/writeQonnx.ts');
    return writeQonnx(network, weights, bits);
  }
  const { writeOnnx } = await import('../onnx/writeOnnx.ts');
  return writeOnnx(network, weights, { deployed: format === 'onnx-deployed' });
}
