import { WorkerClient } from '../workers/client.ts';
import type { DataCalls, FileCalls, HardwareCalls, TrainCalls } from '../workers/protocol.ts';

/** Workers fetch their own files (wasm) relative to the page, wherever it is hosted. */
const name = () => new URL('.', document.baseURI).href;

export const dataWorker = new WorkerClient<DataCalls>(
  () => new Worker(new URL('../workers/data.worker.ts', import.meta.url), { type: 'module', name: name() }),
);

export const hardwareWorker = new WorkerClient<HardwareCalls>(
  () =>
    new Worker(new URL('../workers/hardware.worker.ts', import.meta.url), { type: 'module', name: name() }),
);

export const trainWorker = new WorkerClient<TrainCalls>(
  () => new Worker(new URL('../workers/train.worker.ts', import.meta.url), { type: 'module', name: name() }),
);

/** Readers of files hear nothing while they read: one that is canceled is given a moment to end, and then ended. */
const FILE_PATIENCE = 1000;

export const fileWorker = new WorkerClient<FileCalls>(
  () => new Worker(new URL('../workers/file.worker.ts', import.meta.url), { type: 'module', name: name() }),
  FILE_PATIENCE,
);
