interface Waiting {
  readonly pixels: number;
  readonly enter: () => void;
}

/**
 * Lets work in as long as all of it together holds at most so many pixels; one piece alone always. First come, first
 * served: a large one is not passed by the small ones behind it.
 */
export class PixelGate {
  readonly #most: number;
  readonly #waiting: Waiting[] = [];
  #held = 0;

  constructor(most: number) {
    this.#most = most;
  }

  async through<Value>(pixels: number, work: () => Promise<Value>): Promise<Value> {
    await new Promise<void>((enter) => {
      this.#waiting.push({ pixels, enter });
      this.#admit();
    });
    try {
      return await work();
    } finally {
      this.#held -= pixels;
      this.#admit();
    }
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      if (this.#held > 0 && this.#held + next.pixels > this.#most) return;
      this.#waiting.shift();
      this.#held += next.pixels;
      next.enter();
    }
  }
}
