import { type Result, unwrap } from '../core/result.ts';

/** How long a worker works before it looks for a cancel and tells how far it is. */
export const SLICE_MILLISECONDS = 30;

const channel = new MessageChannel();
const breathing: (() => void)[] = [];
channel.port1.onmessage = () => breathing.shift()?.();

/** Lets messages in. A posted message comes at once; a timer would wait at least four milliseconds. */
export const breathe = () =>
  new Promise<void>((resolve) => {
    breathing.push(resolve);
    channel.port2.postMessage(null);
  });

/** Runs steps to their end; reports some of them, and lets messages in before. */
export async function driven<Step, Value>(
  steps: AsyncGenerator<Step, Result<Value>> | Generator<Step, Result<Value>>,
  report: (step: Step) => void,
  signal: AbortSignal,
): Promise<Value> {
  let pause = performance.now();
  for (;;) {
    const step = await steps.next();
    if (step.done) {
      signal.throwIfAborted();
      return unwrap(step.value);
    }
    if (performance.now() < pause) continue;
    report(step.value);
    await breathe();
    pause = performance.now() + SLICE_MILLISECONDS;
  }
}
