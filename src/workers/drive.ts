/** Lets the worker's other messages in: a cancel is heard before the next slice. */
const nextTask = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

/** Longest stretch of work between two looks at the mail, in milliseconds. */
const SLICE = 30;

/** Runs a search of core to its end in slices; throws the signal's reason once it is aborted. */
export async function drive<T>(search: Generator<void, T>, signal: AbortSignal): Promise<T> {
  let last = performance.now();
  for (;;) {
    const step = search.next();
    if (step.done) return step.value;
    if (performance.now() - last < SLICE) continue;
    await nextTask();
    signal.throwIfAborted();
    last = performance.now();
  }
}
