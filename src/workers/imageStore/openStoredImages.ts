import type { StoredImages } from '../../core/data/storedImages.ts';
import { FaultError, fail, ok, type Result } from '../../core/result.ts';
import { type ImagesDatabase, openDatabase } from './database.ts';
import { goneFault } from './storeFault.ts';

const refused = (error: unknown): Result<never> =>
  fail(
    'store',
    `The browser does not open its kept sets (${error instanceof Error ? error.message : String(error)}); reload the page, or open the files again in Data.`,
  );

/** Opens a kept set for reading: labels and parts at once, pixels chunk by chunk as they are asked for. */
export async function openStoredImages(setId: string): Promise<Result<StoredImages>> {
  let db: ImagesDatabase;
  try {
    db = await openDatabase();
    const read = db.transaction(['sets', 'details']);
    const [record, details] = await Promise.all([
      read.objectStore('sets').get(setId),
      read.objectStore('details').get(setId),
      read.done,
    ]);
    if (!record || !details) {
      return fail(
        'set-gone',
        'The kept set that this design was made with is gone; choose another one in Data, or compile it again.',
        setId,
      );
    }
    const { name, synthetic, image, classNames, chunkImages } = record.header;
    const chunk = async (index: number): Promise<Uint8Array> => {
      let pixels: Uint8Array | undefined;
      try {
        pixels = await (await openDatabase()).get('pixels', [setId, index]);
      } catch (error) {
        const failed = refused(error);
        throw failed.ok ? error : new FaultError(failed.error);
      }
      if (!pixels) throw goneFault(name);
      return pixels;
    };
    const { labels, parts } = details;
    return ok({ name, synthetic, image, classNames, labels, parts, chunkImages, chunk });
  } catch (error) {
    return refused(error);
  }
}
