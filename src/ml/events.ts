/**
 * Lets waiting messages in. wasm never yields: awaiting a read resolves without a turn of the event loop,
 * so a cancel would wait for the end. A message channel turns the loop without a timer's 4 ms clamp.
 */
export class EventTurns {
  readonly #channel = new MessageChannel();
  #resume: (() => void) | null = null;

  constructor() {
    this.#channel.port1.onmessage = () => this.#resume?.();
  }

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#resume = resolve;
      this.#channel.port2.postMessage(null);
    });
  }

  close(): void {
    this.#channel.port1.close();
    this.#channel.port2.close();
  }
}
