/** Takes bytes out of pieces of any size, and keeps at most one piece. */
export class PieceReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #left: Uint8Array = new Uint8Array(0);

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** Hands `length` bytes on in parts; returns how many there were. */
  async take(length: number, use: (part: Uint8Array) => void): Promise<number> {
    let taken = 0;
    while (taken < length) {
      if (this.#left.length === 0) {
        const next = await this.#pieces.next();
        if (next.done) return taken;
        this.#left = next.value;
      }
      const part = this.#left.subarray(0, length - taken);
      this.#left = this.#left.subarray(part.length);
      taken += part.length;
      use(part);
    }
    return taken;
  }

  /**
   * The next bytes, `length` or what is left of the file. They are gathered as they arrive, so that a header that
   * promises a gigabyte costs no more than the file has.
   */
  async bytes(length: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    const taken = await this.take(length, (part) => parts.push(part.slice()));
    const [only] = parts;
    if (only && parts.length === 1) return only;
    const whole = new Uint8Array(taken);
    let at = 0;
    for (const part of parts.splice(0)) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  async close(): Promise<void> {
    await this.#pieces.return?.();
  }
}
