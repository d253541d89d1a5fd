import { type Fault, FaultError } from '../../core/result.ts';
import type { AnyCalls, FromWorker } from '../protocol.ts';

interface Heard {
  readonly message: FromWorker;
  readonly transfer: readonly unknown[];
}

/** A port that stands for a worker's global scope: put it in as `self`, import the worker, and call it. */
export class WorkerPort<Calls extends { [K in keyof Calls]: AnyCalls[string] }> {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  readonly heard: Heard[] = [];
  #wake: (() => void)[] = [];
  #next = 1;

  postMessage(message: FromWorker, options?: { transfer?: unknown[] }): void {
    this.heard.push({ message, transfer: options?.transfer ?? [] });
    for (const wake of this.#wake.splice(0)) wake();
  }

  say(data: unknown): void {
    this.onmessage?.({ data });
  }

  /** Starts a call; gives its id. */
  start<Method extends keyof Calls & string>(method: Method, request: Calls[Method]['request']): number {
    const id = this.#next++;
    this.say({ id, method, request });
    return id;
  }

  /** The first message of one of these kinds that a call answers, or has answered. */
  async next(id: number, ...kinds: FromWorker['kind'][]): Promise<Heard> {
    for (;;) {
      const found = this.heard.find(({ message }) => message.id === id && kinds.includes(message.kind));
      if (found) return found;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  /** A call's reply; its fault is thrown. */
  async call<Method extends keyof Calls & string>(
    method: Method,
    request: Calls[Method]['request'],
  ): Promise<Calls[Method]['reply']> {
    const { message } = await this.next(this.start(method, request), 'done', 'failed', 'canceled');
    if (message.kind === 'done') return message.reply as Calls[Method]['reply'];
    if (message.kind === 'failed') throw new FaultError(message.fault);
    throw new Error('canceled');
  }

  /** The fault of a call that must fail. */
  async fault<Method extends keyof Calls & string>(
    method: Method,
    request: Calls[Method]['request'],
  ): Promise<Fault> {
    const { message } = await this.next(this.start(method, request), 'done', 'failed', 'canceled');
    if (message.kind !== 'failed') throw new Error(`${method} was expected to fail`);
    return message.fault;
  }
}
