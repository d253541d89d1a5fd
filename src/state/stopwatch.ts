import type { Control } from '../workers/protocol.ts';

/** Seconds of a training without those in which it was paused, also over reloads. */
export class Stopwatch {
  #seconds: number;
  #since: number | null = performance.now();

  /** `before`: seconds of earlier pages. */
  constructor(before = 0) {
    this.#seconds = before;
  }

  get seconds(): number {
    return this.#seconds + (this.#since === null ? 0 : (performance.now() - this.#since) / 1000);
  }

  pause(): void {
    this.#seconds = this.seconds;
    this.#since = null;
  }

  resume(): void {
    this.#since ??= performance.now();
  }

  /** What a training is told; after a single step it is paused. */
  hear(control: Control): void {
    if (control === 'resume') this.resume();
    else if (control === 'pause' || control === 'step') this.pause();
  }
}
