/** How long a page may be busy without being felt. */
const SLICE_MILLISECONDS = 8;

/** Lets the page live. Timers of a page that is not looked at come once a second; messages do not wait. */
const breathe = () =>
  new Promise<void>((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

/**
 * Makes the browser look up all files, some at a time; gives their bytes together. Files that are sent to a worker
 * before that are looked up while they are sent, each in some tenths of a millisecond: 27,000 of them would freeze the
 * page for many seconds.
 */
export async function filesAtHand(files: readonly Blob[], signal: AbortSignal): Promise<number> {
  let pause = performance.now() + SLICE_MILLISECONDS;
  let bytes = 0;
  for (const { size } of files) {
    bytes += size;
    if (performance.now() < pause) continue;
    await breathe();
    signal.throwIfAborted();
    pause = performance.now() + SLICE_MILLISECONDS;
  }
  return bytes;
}
