import { isRecord } from '../keras/fields.ts';
import { parseManifest } from './manifest.ts';

/** The files beside a model.json that it asks for. Empty where it is none, or holds no weights. */
export function shardNames(json: unknown): readonly string[] {
  return isRecord(json) ? parseManifest(json.weightsManifest).flatMap(({ paths }) => paths) : [];
}
