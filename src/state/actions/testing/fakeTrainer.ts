import type { Recipe } from '../../../core/exploration/design.ts';
import type { Network, Weights } from '../../../core/network/network.ts';
import { randomWeights } from '../../../core/pruning/testing/referenceInterpreter.ts';
import { FaultError } from '../../../core/result.ts';
import type { RunState } from '../../../core/training/checkpoint.ts';
import type { TrainEpoch, TrainResult } from '../../../workers/protocol.ts';
import { present } from '../../designStore.ts';

interface TrainRequest {
  readonly weights: Weights;
  readonly recipe: Recipe;
  readonly from: RunState | null;
}

/** Trains by adding 1 to the one weight in each epoch, and is lost where the test says so. */
export const trainer = {
  /** By call of `train`: the epoch in which it fails, and the code of the fault. */
  losses: [] as { readonly in: number; readonly code: string }[],
  seeds: [] as number[],
  stops: [] as (() => void)[],
  /** Every control that a training heard. */
  heard: [] as string[],
  /** Epochs wait until somebody stops the training, or calls what is in `stops`. */
  waits: false,
  /** From which epoch on it waits. */
  waitsAfter: 0,
  /** Lets a training that waits go on. */
  proceed: () => {},
  /** What happens while the backend is chosen and the images are handed over. */
  preparing: null as (() => Promise<void>) | null,
};

export function resetTrainer(): void {
  Object.assign(trainer, {
    losses: [],
    seeds: [],
    stops: [],
    heard: [],
    waits: false,
    waitsAfter: 0,
    preparing: null,
  });
}

export const numberIn = (weights: Weights) => weights['only/kernel']?.values[0] ?? 0;
const withNumber = (value: number, others: Weights): Weights => ({
  ...others,
  'only/kernel': { shape: [1], values: Float32Array.of(value) },
});

async function train({ weights, recipe, from }: TrainRequest, tell: (event: TrainEpoch) => void) {
  await null; // as a worker, it tells nothing before start has returned
  trainer.seeds.push(recipe.seed);
  const loss = trainer.losses.shift();
  let isStopped = false;
  let value = numberIn(weights);
  let epoch = from?.epoch ?? 0;
  while (epoch < recipe.epochs && !isStopped) {
    if (trainer.waits && epoch >= trainer.waitsAfter) {
      await new Promise<void>((resolve) => {
        trainer.proceed = resolve;
        trainer.stops.push(() => {
          isStopped = true;
          resolve();
        });
      });
      if (isStopped) break;
    }
    if (loss?.in === epoch + 1) throw new FaultError({ code: loss.code, message: 'Lost.' });
    epoch++;
    value++;
    const checkpoint = { epoch, bestWeights: null, callbacks: { best: null } } as unknown as RunState;
    tell({
      kind: 'epoch',
      epoch,
      weights: withNumber(value, weights),
      saves: true,
      checkpoint,
    } as unknown as TrainEpoch);
  }
  const result: TrainResult = {
    weights: withNumber(value, weights),
    epochs: epoch,
    steps: epoch,
    validation: { correct: 8, total: 10, loss: 0.5 },
    seconds: 1,
    backend: 'wasm',
    stopped: isStopped ? 'by the user' : null,
    restoredEpoch: null,
  };
  return result;
}

const silent = (id: string, width: number) => [id, Float64Array.from({ length: width }, (_, i) => i / width)];

/** In place of that of `backend.ts`. */
export async function prepareTrainer({ signal }: { readonly signal: AbortSignal }): Promise<'wasm'> {
  await trainer.preparing?.();
  signal.throwIfAborted();
  return 'wasm';
}

/** In place of that of `services.ts`. */
export const trainWorker = {
  generation: 0,
  call: async (method: string, request: { readonly network: Network }) => {
    if (method === 'initialize')
      return withNumber(
        0,
        randomWeights(request.network, () => 0.5),
      );
    if (method === 'checkActivations') return { fits: [], imageCount: 0 };
    return {
      byActivation: Object.fromEntries(
        present()
          .design.network.layers.filter(({ kind }) => kind === 'relu')
          .map(({ id }, i) => silent(id, 16 << i)),
      ),
    };
  },
  start: (_: string, request: TrainRequest, { onProgress }: { onProgress: (event: TrainEpoch) => void }) => ({
    reply: train(request, onProgress),
    control: (control: string) => {
      trainer.heard.push(control);
      if (control === 'stop') for (const stop of trainer.stops.splice(0)) stop();
    },
  }),
};
