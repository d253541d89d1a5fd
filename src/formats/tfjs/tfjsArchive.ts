import type { Result } from '../../core/result.ts';
import { unzipMembers } from '../keras/archive.ts';
import { attempt } from '../keras/attempt.ts';
import { shardNames } from './shardNames.ts';

const MODEL = 'model.json';

/**
 * The model.json of a zip archive and the shards that it names, as files: what `writeModel` saves. Null where the
 * archive has none, and is a Keras file or something else.
 */
export function tfjsArchive(
  bytes: Uint8Array,
  fileName: string,
): Promise<Result<readonly { readonly name: string; readonly bytes: Uint8Array }[] | null>> {
  return attempt(fileName, () => {
    const { [MODEL]: model } = unzipMembers(bytes, fileName, [MODEL]);
    if (!model) return null;
    let json: unknown;
    try {
      json = JSON.parse(new TextDecoder().decode(model));
    } catch {
      // What is wrong with it is told by its reader.
      return [{ name: MODEL, bytes: model }];
    }
    const shards = unzipMembers(bytes, fileName, shardNames(json));
    return [
      { name: MODEL, bytes: model },
      ...Object.entries(shards).map(([name, shard]) => ({ name, bytes: shard })),
    ];
  });
}
