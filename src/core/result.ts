/**
 * What can go wrong with somebody's input: a stable code for programs, one clear sentence for people
 * (what is wrong, where, what to do).
 */
export interface Fault {
  readonly code: string;
  readonly message: string;
  /** The layer, byte offset, field or file the sentence is about. */
  readonly where?: string;
}

export type Result<T, E = Fault> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): Result<T, never> => ({ ok: true, value });

export const fail = (code: string, message: string, where?: string): Result<never> => ({
  ok: false,
  error: where === undefined ? { code, message } : { code, message, where },
});

/** The code of a fault after which the worker that had it can't be trusted: a new one takes the next call. */
export const WORKER_SPENT = 'worker-spent';

/** The browser took the graphics processor away. */
export const GRAPHICS_LOST = 'graphics-lost';

/** The worker was ended, or died. */
export const WORKER_LOST = 'worker-lost';

/**
 * Faults after which a worker is replaced: libraries in WebAssembly that met a damaged file may have written anywhere in
 * their own memory, and read the next file wrong; what lay on a lost graphics processor is gone.
 */
export const SPENDING_CODES: ReadonlySet<string> = new Set([WORKER_SPENT, GRAPHICS_LOST, 'broken-hdf5']);

/** A fault thrown across a boundary that only knows exceptions (workers, the command line). */
export class FaultError extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.message);
    this.name = 'FaultError';
    this.fault = fault;
  }
}

/** The value of a result; throws a {@link FaultError} where it holds a fault. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new FaultError(result.error);
}

/** Marks a place that the type checker knows to be unreachable: an exhaustive `switch` ends with it. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
