/** The page of the bench: one worker, which the bench asks through `bench(method, ...args)`. */
const worker = new Worker(new URL('./bench.worker.ts', import.meta.url), { type: 'module' });
const waiting = new Map<number, (answer: { readonly value?: unknown; readonly error?: string }) => void>();
let next = 1;

worker.onmessage = ({ data }) => waiting.get(data.id)?.(data);

Object.assign(globalThis, {
  bench: (method: string, ...args: unknown[]) =>
    new Promise((resolve, reject) => {
      const id = next++;
      waiting.set(id, ({ value, error }) =>
        error === undefined ? resolve(value) : reject(new Error(error)),
      );
      worker.postMessage({ id, method, args });
    }),
});
