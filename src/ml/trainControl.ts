import type { Control } from '../workers/protocol.ts';

/** Where a running training hears its user: pause, go on, one batch, stop. */
export class TrainControl {
  #paused: boolean;
  #singleSteps = 0;
  #stopped = false;
  #wake: (() => void) | null = null;
  readonly #signal: AbortSignal | null;

  constructor(startPaused = false, signal: AbortSignal | null = null) {
    this.#paused = startPaused;
    this.#signal = signal;
    signal?.addEventListener('abort', () => this.#wake?.(), { once: true });
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  get paused(): boolean {
    return this.#paused;
  }

  hear(control: Exclude<Control, 'cancel'>): void {
    if (control === 'stop') this.#stopped = true;
    else if (control === 'step') {
      this.#paused = true;
      this.#singleSteps++;
    } else {
      this.#paused = control === 'pause';
      this.#singleSteps = 0;
    }
    this.#wake?.();
  }

  /** Returns when the next batch may run, or when it is `stopped`. Throws when the call is canceled. */
  async ready(): Promise<void> {
    for (;;) {
      this.#signal?.throwIfAborted();
      if (this.#stopped || !this.#paused) return;
      if (this.#singleSteps > 0) {
        this.#singleSteps--;
        return;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
  }
}
