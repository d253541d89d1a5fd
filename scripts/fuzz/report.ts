/** A process ends with this where another one takes the next file. */
export const GO_ON = 17;

/** Lines of a process that opens damaged files. */
export type FromFuzzWorker =
  | { readonly kind: 'start'; readonly index: number }
  | { readonly kind: 'wrong'; readonly index: number; readonly why: string; readonly saved: string }
  | {
      readonly kind: 'end';
      readonly index: number;
      readonly milliseconds: number;
      /** Megabytes by which the process grew beyond anything before. */
      readonly grown: number;
      readonly peak: number;
      /** A fault's code, `accepted` or `wrong`. */
      readonly code: string;
    };

export interface Failure {
  readonly index: number;
  readonly why: string;
}

/** What came of one format's files. */
export class FuzzReport {
  readonly failures: Failure[] = [];
  readonly #codes = new Map<string, number>();
  #count = 0;
  #slowest = 0;
  #slowestIndex = 0;
  #peak = 0;
  readonly #format: string;

  constructor(format: string) {
    this.#format = format;
  }

  fail(index: number, why: string): void {
    this.failures.push({ index, why });
  }

  /** Takes a line; returns the case that begins with it. */
  take(message: FromFuzzWorker): number | null {
    if (message.kind === 'start') return message.index;
    if (message.kind === 'wrong') this.fail(message.index, `${message.why} (${message.saved})`);
    else {
      const { index, milliseconds, grown, peak, code } = message;
      this.#count++;
      this.#codes.set(code, (this.#codes.get(code) ?? 0) + 1);
      if (milliseconds > this.#slowest) [this.#slowest, this.#slowestIndex] = [milliseconds, index];
      this.#peak = Math.max(this.#peak, peak);
      if (milliseconds > 5000) this.fail(index, `took ${Math.round(milliseconds)} ms`);
      if (grown > 1024) this.fail(index, `took ${Math.round(grown)} MB of memory`);
    }
    return null;
  }

  toString(): string {
    const accepted = this.#codes.get('accepted') ?? 0;
    const refused = [...this.#codes].filter(([code]) => code !== 'accepted' && code !== 'wrong');
    const top = refused.toSorted((a, b) => b[1] - a[1]).slice(0, 10);
    const codes = top.map(([code, count]) => `${code} ${count}`).join(', ');
    const sum = refused.reduce((total, [, count]) => total + count, 0);
    return `${this.#format}: ${this.#count} files, ${accepted} accepted, ${sum} refused (${codes}); slowest ${Math.round(this.#slowest)} ms (number ${this.#slowestIndex}), peak ${Math.round(this.#peak)} MB; ${this.failures.length} failures`;
  }
}
