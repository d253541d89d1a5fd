import { isRecord, refuse } from '../keras/fields.ts';
import { decodingOf } from './encodings.ts';

/** Where one tensor lies in the joined files of its group, in bytes, and what these mean. */
export interface StoredWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
  /** Null for tensors that hold no parameters: text, complex numbers. */
  readonly decode: ((bytes: Uint8Array) => Float32Array) | null;
}

/** Weights that lie one after the other in files that follow each other. */
export interface WeightGroup {
  readonly paths: readonly string[];
  readonly weights: readonly StoredWeight[];
}

const AGAIN = 'convert or save the model again';

function sizeOf(name: string, shape: readonly unknown[]): number {
  const size = shape.reduce<number>(
    (product, extent) =>
      Number.isInteger(extent) && Number(extent) >= 0 ? product * Number(extent) : Number.NaN,
    1,
  );
  if (Number.isSafeInteger(4 * size)) return size;
  return refuse(
    'broken-manifest',
    `The weights ${name} have the shape ${JSON.stringify(shape).slice(0, 60).replaceAll(',', ', ')}; ${AGAIN}.`,
    name,
  );
}

function weightOf(value: unknown, start: number): StoredWeight {
  if (!isRecord(value) || typeof value.name !== 'string' || !Array.isArray(value.shape)) {
    return refuse('broken-manifest', `An entry of the weightsManifest has no name or no shape; ${AGAIN}.`);
  }
  const { name, shape } = value;
  const { bytes, decode } = decodingOf(name, value);
  return { name, shape, start, end: start + bytes * sizeOf(name, shape), decode };
}

/** The weightsManifest of a layers model (tfjs-core, `io/types.ts`). Throws a FaultError. */
export function parseManifest(manifest: unknown): readonly WeightGroup[] {
  if (!Array.isArray(manifest)) return [];
  return manifest.map((group) => {
    const { paths, weights } = isRecord(group) ? group : {};
    if (
      !Array.isArray(paths) ||
      !Array.isArray(weights) ||
      !paths.every((path) => typeof path === 'string')
    ) {
      return refuse(
        'broken-manifest',
        `A group of the weightsManifest lacks its paths or weights; ${AGAIN}.`,
      );
    }
    let end = 0;
    const stored = weights.map((value) => {
      const weight = weightOf(value, end);
      end = weight.end;
      return weight;
    });
    return { paths, weights: stored };
  });
}
