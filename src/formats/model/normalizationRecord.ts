import {
  isStandardization,
  type NormalizationChoice,
  PLAIN_NORMALIZATIONS,
  plainChoice,
} from '../../core/data/normalizationChoice.ts';

// What our files say beside the network: how bytes become what it reads. Nobody else's tools mind it.

/** The name under which Keras and TensorFlow.js files keep it; ONNX has names with dots. */
export const NORMALIZATION = 'sweetspot_normalization';
export const ONNX_NORMALIZATION = 'sweetspot.normalization';

export interface NormalizationRecord {
  readonly kind: NormalizationChoice['normalization'];
  readonly mean?: readonly number[];
  readonly deviation?: readonly number[];
}

export const recordOf = ({ normalization, standardization }: NormalizationChoice): NormalizationRecord => ({
  kind: normalization,
  ...standardization,
});

/** The record of a file, as JSON text or parsed; null where it has none, or none that makes sense. */
export function normalizationIn(value: unknown): NormalizationChoice | null {
  let record = value;
  if (typeof value === 'string') {
    try {
      record = JSON.parse(value);
    } catch {
      return null;
    }
  }
  if (typeof record !== 'object' || record === null) return null;
  const { kind, mean, deviation } = record as Readonly<Record<string, unknown>>;
  const plain = PLAIN_NORMALIZATIONS.find((one) => one === kind);
  if (plain) return plainChoice(plain);
  if (kind !== 'standardized' || !Array.isArray(mean) || !Array.isArray(deviation)) return null;
  return isStandardization(mean, deviation)
    ? { normalization: kind, standardization: { mean: [...mean], deviation: [...deviation] } }
    : null;
}

/** What a file to be written says of the images that it reads. */
export interface ImageNormalization {
  readonly choice: NormalizationChoice;
  /** The file normalizes bytes itself, in a layer before the network. */
  readonly inside: boolean;
}

/** The record for a file: one that normalizes by itself reads bytes as they are. */
export const recordFor = (images: ImageNormalization): NormalizationRecord =>
  recordOf(images.inside ? plainChoice('none') : images.choice);
