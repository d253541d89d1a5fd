import type { HardwareChoice } from '../../core/exploration/design.ts';
import { deployNetwork } from '../../core/network/deploy.ts';
import type { Network, Weights } from '../../core/network/network.ts';
import { ok, type Result } from '../../core/result.ts';
import type { ImageNormalization } from './normalizationRecord.ts';

/** Formats that a network with its weights is saved in. */
export const MODEL_FORMATS = ['keras-h5', 'keras', 'tfjs', 'onnx', 'qonnx'] as const;
export type ModelFormat = (typeof MODEL_FORMATS)[number];

export const MODEL_FORMAT_NAMES: Readonly<Record<ModelFormat, string>> = {
  'keras-h5': 'Keras 2, .h5',
  keras: 'Keras 3, .keras',
  tfjs: 'TensorFlow.js, model.json and shards in a .zip',
  onnx: 'ONNX',
  qonnx: 'QONNX with the bits of the design, for FINN',
};

const ENDINGS: Readonly<Record<ModelFormat, string>> = {
  'keras-h5': 'h5',
  keras: 'keras',
  tfjs: 'zip',
  onnx: 'onnx',
  qonnx: 'onnx',
};

export const endingOf = (format: ModelFormat): string => ENDINGS[format];

/** What a quantized file needs to know beside the network. */
export type QuantizationChoice = Pick<HardwareChoice, 'weightBits' | 'activationBits' | 'layerBits'>;

export interface WriteOptions {
  readonly bits: QuantizationChoice;
  /** For running only: without dropout, batch norms folded into the products before them. */
  readonly deployed: boolean;
  /** How images reach the network; where it is not given, the file says nothing about it. */
  readonly images?: ImageNormalization;
}

interface OutputFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ModelFiles {
  /** The model itself first. Of TensorFlow.js its shards follow, whose names it holds; others are one file. */
  readonly files: readonly [OutputFile, ...OutputFile[]];
  /** What was left out, had to stay or can't be built from it: one sentence each. */
  readonly notes: readonly string[];
}

/** A model as the files that its format has. Writers are loaded when they are needed. */
export async function writeModelFiles(
  format: ModelFormat,
  network: Network,
  weights: Weights,
  { bits, deployed, images }: WriteOptions,
): Promise<Result<ModelFiles>> {
  const form = deployed ? deployNetwork(network, weights) : { network, weights, notes: [] };
  const alone = (written: Result<Uint8Array>, more: readonly string[] = []): Result<ModelFiles> =>
    written.ok
      ? ok({
          files: [{ name: `model.${endingOf(format)}`, bytes: written.value }],
          notes: [...form.notes, ...more],
        })
      : written;
  switch (format) {
    case 'keras-h5': {
      const { writeKeras } = await import('../keras/writeKeras.ts');
      return alone(await writeKeras(form.network, form.weights, images));
    }
    case 'keras': {
      const { writeKeras3 } = await import('../keras/writeKeras3.ts');
      return alone(await writeKeras3(form.network, form.weights, images));
    }
    case 'tfjs': {
      const { writeTfjs } = await import('../tfjs/writeTfjs.ts');
      const files = await writeTfjs(form.network, form.weights, undefined, images);
      return files.ok ? ok({ files: files.value, notes: form.notes }) : files;
    }
    case 'onnx': {
      const { writeOnnx } = await import('../onnx/writeOnnx.ts');
      return alone(await writeOnnx(form.network, form.weights, images ? { images } : {}));
    }
    case 'qonnx': {
      const [{ writeQonnx }, { finnNotes }] = await Promise.all([
        import('../onnx/writeQonnx.ts'),
        import('../onnx/finnNotes.ts'),
      ]);
      // it folds by itself: the batch norms as they were trained tell how far activations reach
      const written = await writeQonnx(network, weights, {
        ...bits,
        deployed,
        ...(images ? { images } : {}),
      });
      return alone(written, finnNotes(form.network));
    }
  }
}

/** A model as the bytes of one file; several are zipped. */
export async function writeModel(
  format: ModelFormat,
  network: Network,
  weights: Weights,
  options: WriteOptions,
): Promise<Result<{ readonly bytes: Uint8Array; readonly notes: readonly string[] }>> {
  const written = await writeModelFiles(format, network, weights, options);
  if (!written.ok) return written;
  const { files, notes } = written.value;
  if (format !== 'tfjs') return ok({ bytes: files[0].bytes, notes });
  const { zipSync } = await import('fflate');
  return ok({ bytes: zipSync(Object.fromEntries(files.map(({ name, bytes }) => [name, bytes]))), notes });
}
