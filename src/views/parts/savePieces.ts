import { runJob } from '../../state/jobStore.ts';
import { saveBlob } from './saveBlob.ts';

/** Well below a frame and a half, for a piece may take some milliseconds more. */
const SLICE_MS = 12;

/** Lets the browser do what waits: input, drawing. */
const turn = () => new Promise<void>((resolve) => setTimeout(resolve));

/** Lets the browser save a file that is made piece by piece, without keeping the page waiting. */
export async function savePieces(name: string, type: string, pieces: Iterable<string>): Promise<void> {
  await runJob(`Writing ${name}`, async ({ signal }) => {
    // A blob of each: to join them costs nothing, and texts would all be turned into bytes at once in the end.
    const parts: Blob[] = [];
    let since = performance.now();
    for (const piece of pieces) {
      parts.push(new Blob([piece]));
      if (performance.now() - since < SLICE_MS) continue;
      await turn();
      signal.throwIfAborted();
      since = performance.now();
    }
    saveBlob(name, new Blob(parts, { type }));
  });
}
