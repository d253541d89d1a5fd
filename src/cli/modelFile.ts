import { basename } from 'node:path';
import { unwrap } from '../core/result.ts';
import { isHdf5 } from '../formats/keras/hdf5.ts';
import { readKeras } from '../formats/keras/readKeras.ts';
import type { ImportedModel } from '../formats/model/imported.ts';

const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;

/** The JSON of a file that holds an object, else null. */
function jsonObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | null {
  // a design begins with a brace too; anything else need not be decoded
  if (!/^\s*\{/.test(new TextDecoder().decode(bytes.subarray(0, 64)))) return null;
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

/** The model in a file, told by its content; null where it is none. Throws the reader's fault. */
export async function modelFromFile(path: string, bytes: Uint8Array): Promise<ImportedModel | null> {
  const name = basename(path);
  if (isHdf5(bytes) || isZip(bytes)) return unwrap(await readKeras(bytes, name));
  const json = jsonObject(bytes);
  if (json && 'class_name' in json) return unwrap(await readKeras(bytes, name));
  return null;
}
