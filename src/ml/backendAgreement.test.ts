import { beforeAll, expect, test } from 'vitest';
import { PAINTERS } from '../core/data/paintSet.ts';
import { createRandom } from '../core/random.ts';
import type { BackendName } from '../workers/protocol.ts';
import { activate } from './activate.ts';
import { benchmarkNetwork } from './benchmark.ts';
import type { Batch } from './images.ts';
import { initializeWeights } from './initialize.ts';
import { useWasmInNode } from './nodeWasm.ts';
import { adam } from './optimizers.ts';
import { Session } from './session.ts';

const SIZE = 16;
const BATCH = 8;
const STEPS = 20;

beforeAll(useWasmInNode);

/** Every fourth pixel of generated land cover, a batch a step. */
function batches(): Batch[] {
  const painting = PAINTERS['land-cover'](STEPS * BATCH, 1);
  let painted = painting.next();
  while (!painted.done) painted = painting.next();
  const { image, pixels, labels } = painted.value;
  const every = image.width / SIZE;
  return Array.from({ length: STEPS }, (_, step) => ({
    shape: [BATCH, SIZE, SIZE, 3],
    labels: labels.slice(step * BATCH, (step + 1) * BATCH),
    pixels: Float32Array.from({ length: BATCH * SIZE * SIZE * 3 }, (_, i) => {
      const channel = i % 3;
      const column = Math.floor(i / 3) % SIZE;
      const row = Math.floor(i / 3 / SIZE) % SIZE;
      const index = step * BATCH + Math.floor(i / 3 / SIZE / SIZE);
      const pixel = (index * image.height + row * every) * image.width + column * every;
      return (pixels[3 * pixel + channel] ?? 0) / 127.5 - 1;
    }),
  }));
}

const images = batches();

async function losses(backend: BackendName): Promise<number[]> {
  await activate(backend);
  const network = benchmarkNetwork(SIZE, [8, 16]);
  const session = new Session(network, initializeWeights(network, 1));
  const optimizer = adam(1e-3);
  const random = createRandom(1);
  const found: number[] = [];
  for (const batch of images) found.push((await session.step(batch, optimizer, random)).loss);
  optimizer.dispose();
  session.dispose();
  return found;
}

test('the first 20 losses on wasm and cpu agree within 1 %, and two runs on wasm to the last bit', async () => {
  const wasm = await losses('wasm');
  const cpu = await losses('cpu');
  expect(new Set(wasm).size).toBe(STEPS);
  expect(await losses('wasm')).toEqual(wasm);
  const largest = Math.max(...wasm.map((loss, i) => Math.abs(loss / (cpu[i] ?? Number.NaN) - 1)));
  console.log(`wasm and cpu differ by ${(100 * largest).toPrecision(2)} % at most in ${STEPS} steps`);
  expect(largest).toBeLessThan(0.01);
});
