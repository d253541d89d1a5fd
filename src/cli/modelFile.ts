import { basename, dirname, join } from 'node:path';
import { unwrap } from '../core/result.ts';
import { isZip } from '../formats/keras/archive.ts';
import { isHdf5 } from '../formats/keras/hdf5.ts';
import type { ImportedModel } from '../formats/model/imported.ts';
import { readModel } from '../formats/model/readModel.ts';
import { readTfjs } from '../formats/tfjs/readTfjs.ts';
import { shardNames } from '../formats/tfjs/shardNames.ts';
import { readBytes } from './files.ts';

/** A protobuf message that begins with its first field, a number: ONNX begins with its ir_version. */
const isOnnx = (bytes: Uint8Array): boolean => bytes[0] === 0x08;

/** The JSON of a file that holds an object, else null. */
function jsonObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | null {
  // a byte-order mark and white space are no part of it; anything else need not be decoded
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
  const json = jsonObject(bytes);
  if (json && 'modelTopology' in json) {
    // names in the file lead to its own folder only
    const names = shardNames(json).map((shard) => basename(shard));
    const shards = new Map(names.map((shard) => [shard, readBytes(join(dirname(path), shard))]));
    return unwrap(await readTfjs(new TextDecoder().decode(bytes), shards, name));
  }
  const isModel = isHdf5(bytes) || isZip(bytes) || isOnnx(bytes) || (json && 'class_name' in json);
  return isModel ? unwrap(await readModel({ name, bytes })) : null;
}
