import { FaultError, SPENDING_CODES, WORKER_LOST } from '../core/result.ts';
import type { Control, FromWorker } from './protocol.ts';

type Shape<Calls> = { [K in keyof Calls]: { request: unknown; progress: unknown; reply: unknown } };

interface Pending {
  resolve(reply: unknown): void;
  reject(error: unknown): void;
  onProgress: ((progress: unknown) => void) | undefined;
}

export interface CallOptions<Progress> {
  readonly onProgress?: (progress: Progress) => void;
  /** Aborting rejects the call with an AbortError at once and tells the worker to stop. */
  readonly signal?: AbortSignal;
  readonly transfer?: Transferable[];
}

export interface RunningCall<Reply> {
  readonly reply: Promise<Reply>;
  readonly control: (control: Control) => void;
}

/** An abort is somebody's wish, not an error: catch it and say nothing. */
export const isAbort = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'AbortError';

/**
 * Calls a worker by method name. The worker starts with the first call; one that dies fails its calls with a
 * `worker-lost` fault and the next call starts a new one.
 */
export class WorkerClient<Calls extends Shape<Calls>> {
  readonly #spawn: () => Worker;
  readonly #patience: number | null;
  readonly #pending = new Map<number, Pending>();
  /** Canceled calls that the worker has not answered yet, each with what ends the worker. */
  readonly #stopping = new Map<number, ReturnType<typeof setTimeout>>();
  #worker: Worker | null = null;
  #nextId = 1;
  /** Changes when a worker is gone, and with it the state that somebody gave it. */
  generation = 1;

  /** `patience`: milliseconds in which a canceled call must have stopped, or the worker is ended. Endless without. */
  constructor(spawn: () => Worker, patience: number | null = null) {
    this.#spawn = spawn;
    this.#patience = patience;
  }

  #running(): Worker {
    if (this.#worker) return this.#worker;
    const worker = this.#spawn();
    worker.onmessage = (event: MessageEvent<FromWorker>) => {
      if (event.data.kind === 'alive') this.#watch(worker, event.data.lock);
      else this.#receive(event.data);
    };
    // What a worker says after another has taken its place is not about that one.
    const lose = (reason: string) => {
      if (this.#worker === worker) this.restart(reason);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      lose(
        `A background worker stopped unexpectedly (${event.message || 'no reason given'}); start the job again.`,
      );
    };
    // An answer that does not fit into the page's memory: who waits for it would wait for ever.
    worker.onmessageerror = () =>
      lose(
        'An answer of a background worker could not be read, probably for want of memory; close other tabs and start the job again.',
      );
    this.#worker = worker;
    return worker;
  }

  /** The lock is free when the worker is gone: ended by us, or else lost. */
  #watch(worker: Worker, lock: string): void {
    void navigator.locks.request(lock, () => {
      if (this.#worker === worker)
        this.restart('A background worker was ended by the browser; start the job again.');
    });
  }

  #receive(message: Exclude<FromWorker, { kind: 'alive' }>): void {
    if (message.kind !== 'progress') this.#stopped(message.id);
    const pending = this.#pending.get(message.id);
    if (!pending) return;
    if (message.kind === 'progress') {
      pending.onProgress?.(message.progress);
      return;
    }
    this.#pending.delete(message.id);
    if (message.kind === 'done') pending.resolve(message.reply);
    else if (message.kind === 'failed') {
      pending.reject(new FaultError(message.fault));
      if (SPENDING_CODES.has(message.fault.code)) this.restart(message.fault.message);
    } else pending.reject(new DOMException('Canceled', 'AbortError'));
  }

  #stopped(id: number): void {
    clearTimeout(this.#stopping.get(id));
    this.#stopping.delete(id);
  }

  /** A worker that is deaf, in a loop over a damaged file, would keep the next call waiting for ever. */
  #endUnlessStopped(id: number): void {
    if (this.#patience === null) return;
    const end = () =>
      this.restart(
        'What ran before did not end when it was canceled, so its worker was stopped; start the job again.',
      );
    this.#stopping.set(id, setTimeout(end, this.#patience));
  }

  /** Ends the worker; what was running fails with the given sentence. */
  restart(reason: string): void {
    this.#worker?.terminate();
    if (this.#worker) this.generation++;
    this.#worker = null;
    for (const id of [...this.#stopping.keys()]) this.#stopped(id);
    const lost = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of lost) reject(new FaultError({ code: WORKER_LOST, message: reason }));
  }

  start<Method extends keyof Calls & string>(
    method: Method,
    request: Calls[Method]['request'],
    options: CallOptions<Calls[Method]['progress']> = {},
  ): RunningCall<Calls[Method]['reply']> {
    const { signal } = options;
    const id = this.#nextId++;
    const control = (message: Control) => this.#worker?.postMessage({ id, control: message });
    const reply = new Promise<Calls[Method]['reply']>((resolve, reject) => {
      if (signal?.aborted) {
        reject(new DOMException('Canceled', 'AbortError'));
        return;
      }
      const onAbort = () => {
        if (!this.#pending.delete(id)) return;
        control('cancel');
        this.#endUnlessStopped(id);
        reject(new DOMException('Canceled', 'AbortError'));
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      const forget = () => signal?.removeEventListener('abort', onAbort);
      this.#pending.set(id, {
        resolve: (value) => {
          forget();
          resolve(value as Calls[Method]['reply']);
        },
        reject: (error) => {
          forget();
          reject(error);
        },
        onProgress: options.onProgress as ((progress: unknown) => void) | undefined,
      });
      try {
        this.#running().postMessage({ id, method, request }, options.transfer ?? []);
      } catch (error) {
        // what can't be sent has no answer
        this.#pending.delete(id);
        forget();
        reject(error);
      }
    });
    return { reply, control };
  }

  call<Method extends keyof Calls & string>(
    method: Method,
    request: Calls[Method]['request'],
    options: CallOptions<Calls[Method]['progress']> = {},
  ): Promise<Calls[Method]['reply']> {
    return this.start(method, request, options).reply;
  }
}
