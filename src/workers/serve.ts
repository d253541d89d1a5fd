import { type Fault, FaultError } from '../core/result.ts';
import type { Control, FromWorker } from './protocol.ts';

type CallMap<Calls> = { [K in keyof Calls]: { request: unknown; progress: unknown; reply: unknown } };

/** What a handler gets beside its request. */
export interface CallContext<Progress> {
  /** Reports progress; says nothing once the call is canceled. */
  readonly progress: (progress: Progress, transfer?: Transferable[]) => void;
  /** Aborted by `cancel`. A handler that runs long asks it (or hands it on) and may throw its reason. */
  readonly signal: AbortSignal;
  /** Hears every control but `cancel`, those included that came before it asked. */
  readonly onControl: (listener: (control: Exclude<Control, 'cancel'>) => void) => void;
}

/** A reply whose buffers move to the page instead of being copied. */
export interface TransferredReply<Reply> {
  readonly reply: Reply;
  readonly transfer: Transferable[];
}

type Answer<Reply> = Reply | TransferredReply<Reply>;

/** One handler a method. */
export type Handlers<Calls extends CallMap<Calls>> = {
  readonly [Method in keyof Calls]: (
    request: Calls[Method]['request'],
    context: CallContext<Calls[Method]['progress']>,
  ) => Answer<Calls[Method]['reply']> | Promise<Answer<Calls[Method]['reply']>>;
};

/** The part of a worker's global scope that is needed; a MessagePort has it too. */
export interface ServerPort {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown, options?: { transfer?: Transferable[] }): void;
}

type Incoming = { readonly id: number } & (
  | { readonly method: string; readonly request: unknown }
  | { readonly control: Control }
);

interface Running {
  readonly abort: AbortController;
  readonly heard: Exclude<Control, 'cancel'>[];
  listener: ((control: Exclude<Control, 'cancel'>) => void) | null;
}

function hasTransfer(answer: unknown): answer is TransferredReply<unknown> {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    'reply' in answer &&
    'transfer' in answer &&
    Array.isArray(answer.transfer)
  );
}

function faultOf(error: unknown, method: string): Fault {
  if (error instanceof FaultError) return error.fault;
  const reason = error instanceof Error ? error.message : String(error);
  return {
    code: 'internal',
    message: `The program itself failed in ${method} (${reason}); reload the page, and report it if it comes back.`,
    where: method,
  };
}

/**
 * A worker that the browser ends (out of memory, or ended by itself) says nothing, and who waits for it would wait for
 * ever. But it lets go of its locks: the page waits for this one.
 */
function showLife(port: ServerPort): void {
  // in tests the port is a double, and over plain http there are no locks
  const locks = (port as unknown) === globalThis ? navigator.locks : undefined;
  if (!locks) return;
  const lock = `sweetspot-worker-${crypto.randomUUID()}`;
  void locks.request(lock, () => {
    port.postMessage({ id: 0, kind: 'alive', lock } satisfies FromWorker);
    return new Promise<void>(() => {});
  });
}

/**
 * Answers the calls of a worker: one line in a worker's entry file. A handler returns its reply, or
 * `{ reply, transfer }`; a thrown FaultError arrives as its fault, any other error as code `internal`, and
 * whatever a canceled call still returns or throws is dropped.
 */
export function serve<Calls extends CallMap<Calls>>(
  handlers: Handlers<Calls>,
  port: ServerPort = self as unknown as ServerPort,
): void {
  const running = new Map<number, Running>();
  showLife(port);
  const send = (message: FromWorker, transfer: Transferable[] = []) =>
    port.postMessage(message, { transfer });

  const answer = async (id: number, method: string, request: unknown): Promise<void> => {
    const call: Running = { abort: new AbortController(), heard: [], listener: null };
    const { signal } = call.abort;
    running.set(id, call);
    const context: CallContext<unknown> = {
      signal,
      progress: (progress, transfer) => {
        if (!signal.aborted) send({ id, kind: 'progress', progress }, transfer);
      },
      onControl: (listener) => {
        call.listener = listener;
        for (const control of call.heard.splice(0)) listener(control);
      },
    };
    try {
      if (!Object.hasOwn(handlers, method)) throw new Error('no such method');
      const handler = handlers[method as keyof Calls];
      const answered: unknown = await handler(request, context as Parameters<typeof handler>[1]);
      if (signal.aborted) send({ id, kind: 'canceled' });
      else if (hasTransfer(answered)) send({ id, kind: 'done', reply: answered.reply }, answered.transfer);
      else send({ id, kind: 'done', reply: answered });
    } catch (error) {
      if (signal.aborted) send({ id, kind: 'canceled' });
      else send({ id, kind: 'failed', fault: faultOf(error, method) });
    } finally {
      running.delete(id);
    }
  };

  port.onmessage = ({ data }: MessageEvent<Incoming>) => {
    if ('method' in data) {
      void answer(data.id, data.method, data.request);
      return;
    }
    const call = running.get(data.id);
    if (!call) return; // it has ended meanwhile
    if (data.control === 'cancel') call.abort.abort();
    else if (call.listener) call.listener(data.control);
    else call.heard.push(data.control);
  };
}
