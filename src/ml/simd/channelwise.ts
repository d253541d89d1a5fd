import { TURN } from './flat.ts';
import type { Heap } from './heap.ts';

const FLOAT = 4;

/** Floats that are summed in single precision before they are added up in double. */
const CHUNK = 8192;

/** A map that a flat kernel goes over, and what its last, incomplete period is filled up with: zeros, or a fixed operand. */
export interface Moving {
  readonly pointer: number;
  readonly filler?: number;
  readonly isOutput?: boolean;
}

const leastCommonMultiple = (a: number, b: number): number => {
  let [greater, smaller] = [a, b];
  while (smaller > 0) [greater, smaller] = [smaller, greater % smaller];
  return (a / greater) * b;
};

/**
 * Flat kernels over maps of one size. A period is the shortest stretch that both the channels and the kernels' turns
 * divide; a last incomplete one is computed in a copy that is filled up.
 */
export class Channelwise {
  readonly period: number;
  readonly #heap: Heap;
  readonly #channels: number;
  readonly #whole: number;
  readonly #rest: number;

  constructor(heap: Heap, size: number, channels: number) {
    this.#heap = heap;
    this.#channels = channels;
    this.period = leastCommonMultiple(channels, TURN / FLOAT);
    this.#whole = Math.floor(size / this.period);
    this.#rest = size % this.period;
  }

  /** Writes one value a channel as often as they fill a period. */
  fill(pointer: number, values: ArrayLike<number>): number {
    const start = pointer / FLOAT;
    const { floats } = this.#heap;
    floats.set(values, start);
    for (let at = this.#channels; at < this.period; at += this.#channels)
      floats.copyWithin(start + at, start, start + this.#channels);
    return pointer;
  }

  /** Floats of scratch that {@link run} needs for `count` moving operands. */
  scratchFor(count: number): number {
    return this.#rest > 0 ? count * this.period : 0;
  }

  /** Runs a kernel over everything. */
  run(kernel: string, moving: readonly Moving[], fixed: readonly number[], scratch: number): void {
    this.#part(kernel, moving, fixed, 0, this.#whole);
    this.#last(kernel, moving, fixed, scratch);
  }

  /** Sums of each channel, in doubles: one list a pointer of `sums`, which are the kernel's last operands. */
  reduce(
    kernel: string,
    moving: readonly Moving[],
    fixed: readonly number[],
    sums: readonly number[],
    scratch: number,
  ): Float64Array[] {
    const totals = sums.map(() => new Float64Array(this.#channels));
    const operands = [...fixed, ...sums];
    const parts = () => sums.map((pointer) => this.#floatsAt(pointer));
    const collect = (run: () => void) => {
      for (const part of parts()) part.fill(0);
      run();
      parts().forEach((part, s) => {
        const total = totals[s] as Float64Array;
        for (let k = 0, channel = 0; k < part.length; k++) {
          total[channel] = (total[channel] as number) + (part[k] as number);
          channel = channel + 1 === total.length ? 0 : channel + 1;
        }
      });
    };
    const chunk = Math.max(64, Math.ceil(CHUNK / this.period));
    for (let at = 0; at < this.#whole; at += chunk)
      collect(() => this.#part(kernel, moving, operands, at, Math.min(chunk, this.#whole - at)));
    if (this.#rest > 0) collect(() => this.#last(kernel, moving, operands, scratch));
    return totals;
  }

  #floatsAt(pointer: number): Float32Array {
    return this.#heap.floats.subarray(pointer / FLOAT, pointer / FLOAT + this.period);
  }

  #part(kernel: string, moving: readonly Moving[], fixed: readonly number[], from: number, periods: number) {
    const bytes = this.period * FLOAT;
    const pointers = moving.map(({ pointer }) => pointer + from * bytes);
    this.#heap.call(kernel, ...pointers, ...fixed, periods, bytes);
  }

  #last(kernel: string, moving: readonly Moving[], fixed: readonly number[], scratch: number): void {
    if (this.#rest === 0) return;
    const bytes = this.period * FLOAT;
    const { floats } = this.#heap;
    const pointers = moving.map((_, i) => scratch + i * bytes);
    const startOf = ({ pointer }: Moving) => (pointer + this.#whole * bytes) / FLOAT;
    moving.forEach((operand, i) => {
      if (operand.isOutput) return;
      const copy = this.#floatsAt(pointers[i] as number);
      if (operand.filler === undefined) copy.fill(0);
      else copy.set(this.#floatsAt(operand.filler));
      copy.set(floats.subarray(startOf(operand), startOf(operand) + this.#rest));
    });
    this.#heap.call(kernel, ...pointers, ...fixed, 1, bytes);
    moving.forEach((operand, i) => {
      if (!operand.isOutput) return;
      floats.set(this.#floatsAt(pointers[i] as number).subarray(0, this.#rest), startOf(operand));
    });
  }
}
