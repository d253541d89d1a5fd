import type { StepResult } from './session.ts';

/** Means of the epoch so far, and the speed of the last steps. */
export class Meter {
  #loss = 0;
  #accuracy = 0;
  #steps = 0;
  #timed = 0;
  rate = 0;

  add({ loss, accuracy }: StepResult, imageCount: number, milliseconds: number): void {
    this.#loss += loss;
    this.#accuracy += accuracy;
    this.#steps++;
    const rate = (1000 * imageCount) / Math.max(milliseconds, 0.01);
    // the first step compiles and allocates: the second replaces it
    this.rate = this.#timed++ < 2 ? rate : this.rate + 0.2 * (rate - this.rate);
  }

  /** The epoch's means; the next epoch starts at nothing. */
  close(): { trainLoss: number; trainAccuracy: number } {
    const steps = Math.max(1, this.#steps);
    const means = { trainLoss: this.#loss / steps, trainAccuracy: this.#accuracy / steps };
    this.#loss = this.#accuracy = this.#steps = 0;
    return means;
  }
}
