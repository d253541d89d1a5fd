import * as tf from '@tensorflow/tfjs-core';
import { formatInteger } from '../core/quantity.ts';
import { FaultError } from '../core/result.ts';
import type { BackendChoice, BackendMeasurement, BackendName } from '../workers/protocol.ts';
import {
  CHECK_SIZE,
  checkNetwork,
  largestDifference,
  TOLERANCE,
  type Trace,
  traceSteps,
} from './backendCheck.ts';
import { findGraphics, type Graphics, start } from './backendStart.ts';
import { benchmarkNetwork, timeSteps } from './benchmark.ts';

/** What a training here usually is: small networks make a GPU wait for its commands, and wasm would win wrongly. */
const USUAL = {
  network: () => benchmarkNetwork(32),
  size: 32,
  batchSize: 32,
  words: 'a network of 16, 32 and 32 filters on batches of 32 images of 32x32',
};

/** For what would need half a minute for that: cpu, and graphics drawn by software. */
const SMALL = {
  network: checkNetwork,
  size: CHECK_SIZE,
  batchSize: 8,
  words: `a small network on batches of 8 images of ${CHECK_SIZE}x${CHECK_SIZE}`,
};

const STEPS = 12;
const LONGEST_MILLISECONDS = 1000;

/** Where measurements outlive the page. */
export interface BackendMemory {
  recall(key: string): Promise<BackendChoice | null>;
  keep(key: string, choice: BackendChoice): Promise<void>;
}

export interface ChooseOptions {
  readonly progress?: (progress: { readonly message: string }) => void;
  /** Measures even where the memory has an answer. */
  readonly again?: boolean;
  readonly memory?: BackendMemory | null;
}

const NAMES = { webgl: 'WebGL', webgpu: 'WebGPU' } as const;
type GraphicsBackend = keyof typeof NAMES;

const isGraphics = (backend: BackendName): backend is GraphicsBackend => backend in NAMES;

const percent = (share: number): string =>
  share <= 1 ? `${Number((100 * share).toPrecision(2))} %` : 'more than 100 %';

/** Measures backends one by one, and remembers what cpu says they should compute. */
class Measuring {
  readonly #graphics: Readonly<Record<GraphicsBackend, Graphics | null>>;
  readonly #wished: boolean;
  readonly #progress: (progress: { readonly message: string }) => void;
  #reference: Trace | null = null;

  constructor(
    graphics: Readonly<Record<GraphicsBackend, Graphics | null>>,
    wished: boolean,
    progress: (progress: { readonly message: string }) => void,
  ) {
    this.#graphics = graphics;
    this.#wished = wished;
    this.#progress = progress;
  }

  /** Why graphics should not be used, before anything of them is loaded; null where they may. */
  #objection(backend: GraphicsBackend): string | null {
    const graphics = this.#graphics[backend];
    if (!graphics)
      return typeof OffscreenCanvas === 'undefined' && backend === 'webgl'
        ? 'there is no graphics context in a worker here'
        : `the browser offers no ${backend === 'webgl' ? 'WebGL 2' : 'WebGPU'}`;
    if (graphics.software && !this.#wished) return `no GPU: ${graphics.software} draws on the processor`;
    return null;
  }

  /** What speeds of a backend are measured with. */
  trial(backend: BackendName) {
    const isSlow = backend === 'cpu' || (isGraphics(backend) && this.#graphics[backend]?.software);
    return isSlow ? SMALL : USUAL;
  }

  async #difference(backend: GraphicsBackend) {
    if (!this.#reference) {
      await start('cpu');
      this.#reference = await traceSteps();
    }
    await start(backend);
    return largestDifference(this.#reference, await traceSteps());
  }

  async measure(backend: BackendName): Promise<BackendMeasurement> {
    const refused = (reason: string, difference: number | null = null) => ({
      backend,
      imagesPerSecond: null,
      reason,
      difference,
    });
    try {
      let difference: number | null = null;
      if (isGraphics(backend)) {
        const objection = this.#objection(backend);
        if (objection) return refused(objection);
        this.#progress({ message: `${NAMES[backend]} compiles its programs, which takes seconds …` });
        await start(backend);
        // half floats make Adam diverge and sums wrong
        if (backend === 'webgl' && !tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED'))
          return refused('it does not compute in 32-bit floats here');
        const worst = await this.#difference(backend);
        difference = worst.difference;
        if (!(difference <= TOLERANCE))
          return refused(`its ${worst.of} differs by ${percent(difference)} from cpu's`, difference);
      }
      this.#progress({ message: `Measuring ${backend} …` });
      await start(backend);
      const { network, size, batchSize } = this.trial(backend);
      const limits = { steps: STEPS, milliseconds: LONGEST_MILLISECONDS, batchSize };
      const { imagesPerSecond } = await timeSteps(network(), size, limits);
      return { backend, imagesPerSecond, difference };
    } catch (error) {
      return refused(error instanceof Error ? error.message : String(error));
    }
  }
}

const perSecond = (images: number) => `${formatInteger(images)} images/s`;

function explain(active: BackendMeasurement, measurements: readonly BackendMeasurement[], wished: boolean) {
  const speed = perSecond(active.imagesPerSecond ?? 0);
  if (wished) return `${active.backend}, as you chose: ${speed} in a short training run.`;
  const others = measurements
    .filter((m) => m.backend !== active.backend)
    .map(({ backend, imagesPerSecond, reason }) =>
      imagesPerSecond === null
        ? `${backend} is left out (${reason})`
        : `${backend} ${perSecond(imagesPerSecond)}`,
    );
  return `${active.backend} trains fastest here: ${speed} in a short run; ${others.join(', ')}.`;
}

/**
 * Chooses the backend by a short training run, warm-up excluded, and makes it the active one. Graphics are first compared
 * with cpu, and left out where losses or gradients differ. The slow `cpu` is measured only where nothing else runs. A
 * wish is followed where it can be, and refused with the reason where it can't. What was measured with the same graphics
 * and the same TensorFlow.js is taken from `memory`.
 */
export async function chooseBackend(
  override: BackendName | null,
  { progress = () => {}, again = false, memory = null }: ChooseOptions = {},
): Promise<BackendChoice> {
  const graphics = await findGraphics();
  const key = JSON.stringify([
    override ?? 'auto',
    tf.version_core,
    USUAL.words,
    graphics.webgl?.name ?? null,
    graphics.webgpu?.name ?? null,
  ]);
  const remembered = again ? null : await memory?.recall(key);
  if (remembered) {
    try {
      await start(remembered.active);
      return remembered;
    } catch {
      // it ran the last time: measure what does now
    }
  }
  const before = tf.getBackend() as BackendName | undefined;
  const measuring = new Measuring(graphics, override !== null, progress);
  const measurements: BackendMeasurement[] = [];
  const candidates: readonly BackendName[] = override ? [override] : ['webgpu', 'webgl', 'wasm', 'cpu'];
  for (const backend of candidates) {
    if (backend === 'cpu' && !override && measurements.some((m) => m.imagesPerSecond !== null)) {
      const reason = 'always slower than the others, not measured';
      measurements.push({ backend, imagesPerSecond: null, reason });
      continue;
    }
    measurements.push(await measuring.measure(backend));
  }
  const active = measurements.reduce((best, m) =>
    (m.imagesPerSecond ?? -1) > (best.imagesPerSecond ?? -1) ? m : best,
  );
  if (active.imagesPerSecond === null) {
    if (before) await start(before);
    throw new FaultError({
      code: 'backend',
      message: override
        ? `The ${override} backend does not run here: ${active.reason}; choose another one.`
        : `No backend can train here: ${measurements.map((m) => `${m.backend}: ${m.reason}`).join('; ')}.`,
      where: active.backend,
    });
  }
  await start(active.backend);
  const choice: BackendChoice = {
    active: active.backend,
    measurements,
    explanation: explain(active, measurements, override !== null),
    measuredWith: measuring.trial(active.backend).words,
    measuredAt: Date.now(),
  };
  await memory?.keep(key, choice);
  return choice;
}
