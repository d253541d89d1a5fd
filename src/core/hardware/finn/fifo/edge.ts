/** No time yet: the word has not been written, or the place not been freed, in the simulation so far. */
export const UNKNOWN = -1;

function greatestCommonDivisor(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}

/** Times of the last words, by index modulo a power of two. */
class Times {
  readonly #cycles: Float64Array;
  readonly #mask: number;

  constructor(size: number) {
    const length = 2 ** Math.ceil(Math.log2(Math.max(4, size)));
    this.#cycles = new Float64Array(length);
    this.#mask = length - 1;
  }

  at(index: number): number {
    return this.#cycles[index & this.#mask] ?? 0;
  }

  set(index: number, cycle: number): void {
    this.#cycles[index & this.#mask] = cycle;
  }
}

export interface EdgeOptions {
  readonly key: string;
  /** Indices of the two nodes. */
  readonly from: number;
  readonly to: number;
  /** Words the FIFO holds, in the producer's width. */
  readonly depth: number;
  /** Words a frame in the producer's and in the consumer's width. */
  readonly written: number;
  readonly read: number;
}

/**
 * An AXI stream with its FIFO and, where the two widths differ, a width converter behind it. A word written in
 * cycle t can be read from t + 1 on, a place freed in cycle t be written from t + 1 on; so a depth of 1 halves
 * the rate, and 2 (FINN's default) sustains a word a cycle. The converter holds one common multiple of the two
 * words (finn.md section 6.3) and costs no cycles.
 */
export class Edge {
  readonly key: string;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  /** Words so far, in the producer's and in the consumer's width. */
  written = 0;
  read = 0;
  /** Most words in the FIFO at a time, in the producer's width. */
  maxOccupancy = 0;
  /** Sizes of the producer's and the consumer's word in their largest common unit. */
  readonly #writeUnits: number;
  readonly #readUnits: number;
  readonly #converterUnits: number;
  readonly #capacity: number;
  readonly #plain: boolean;
  readonly #writeTimes: Times;
  readonly #readTimes: Times;
  /** Words whose order in time has been settled. */
  #countedWrites = 0;
  #countedReads = 0;

  constructor({ key, from, to, depth, written, read }: EdgeOptions) {
    this.key = key;
    this.from = from;
    this.to = to;
    this.depth = depth;
    // Both sides move the same frame, so the words' sizes are as the reciprocals of their counts.
    const divisor = greatestCommonDivisor(written, read) || 1;
    this.#writeUnits = Math.max(1, read / divisor);
    this.#readUnits = Math.max(1, written / divisor);
    this.#plain = this.#writeUnits === this.#readUnits;
    this.#converterUnits = this.#plain ? 0 : this.#writeUnits * this.#readUnits;
    this.#capacity = depth * this.#writeUnits + this.#converterUnits;
    this.#writeTimes = new Times(this.#capacity / this.#writeUnits + 3);
    this.#readTimes = new Times(this.#capacity / this.#readUnits + 3);
  }

  /** Cycle from which the consumer's next word can be read. */
  availableAt(): number {
    const last = this.#lastWordOf(this.read);
    return last < this.written ? this.#writeTimes.at(last) + 1 : UNKNOWN;
  }

  /** Cycle from which the producer's next word can be written. */
  freeAt(): number {
    const reads = this.#plain
      ? this.written + 1 - this.depth
      : Math.ceil(((this.written + 1) * this.#writeUnits - this.#capacity) / this.#readUnits);
    if (reads <= 0) return 0;
    return reads <= this.read ? this.#readTimes.at(reads - 1) + 1 : UNKNOWN;
  }

  write(cycle: number): void {
    this.#writeTimes.set(this.written++, cycle);
    this.#count();
  }

  take(cycle: number): void {
    this.#readTimes.set(this.read++, cycle);
    this.#count();
  }

  /** Index of the producer's word that completes a word of the consumer. */
  #lastWordOf(read: number): number {
    return this.#plain ? read : Math.ceil(((read + 1) * this.#readUnits) / this.#writeUnits) - 1;
  }

  /**
   * Puts reads and writes in order of time, as far as it is known, and keeps the peak. A place is taken during
   * the cycle in which its word is read, so the peak as depth leaves every time as it was.
   */
  #count(): void {
    while (this.#countedWrites < this.written) {
      const pending = this.#countedReads < this.read;
      if (!pending && this.#lastWordOf(this.#countedReads) < this.#countedWrites) return;
      if (pending && this.#readTimes.at(this.#countedReads) < this.#writeTimes.at(this.#countedWrites)) {
        this.#countedReads++;
        continue;
      }
      this.#countedWrites++;
      const units = this.#countedWrites * this.#writeUnits - this.#countedReads * this.#readUnits;
      const occupancy = Math.ceil((units - this.#converterUnits) / this.#writeUnits);
      if (occupancy > this.maxOccupancy) this.maxOccupancy = occupancy;
    }
  }

  /** Counts what is still open once nothing moves any more. */
  finish(): void {
    const units = this.written * this.#writeUnits - this.#countedReads * this.#readUnits;
    if (this.#countedWrites < this.written) {
      const occupancy = Math.ceil((units - this.#converterUnits) / this.#writeUnits);
      this.maxOccupancy = Math.max(this.maxOccupancy, occupancy);
      this.#countedWrites = this.written;
    }
  }
}
