import type { BackendName } from '../../workers/protocol.ts';
import { type JobContext, runJob } from '../jobStore.ts';
import { trainWorker } from '../services.ts';
import { trainingStore } from '../trainingStore.ts';
import { handImagesToTrainer } from './data.ts';

let chosenFor = '';

/** Asks the worker: it takes what it remembers from an earlier visit, unless it is to measure `again`. */
async function askWorker(
  { signal, report }: JobContext,
  override: BackendName | null,
  again: boolean,
): Promise<BackendName> {
  const choice = await trainWorker.call(
    'chooseBackend',
    { override, again },
    { signal, onProgress: ({ message }) => report(null, message) },
  );
  chosenFor = keyOf(override);
  trainingStore.setState({ backend: choice });
  return choice.active;
}

const keyOf = (override: BackendName | null | '') => `${trainWorker.generation}:${override}`;

/**
 * Measures the backends once a worker and override, and remembers the choice. While a training runs its backend stays:
 * another one would take its place under the training's feet.
 */
export async function chooseBackend(
  job: JobContext,
  override: BackendName | null = trainingStore.getState().backendOverride,
): Promise<BackendName> {
  const { backend, live } = trainingStore.getState();
  if (backend && chosenFor === keyOf(override)) return backend.active;
  if (backend && live && chosenFor.startsWith(keyOf(''))) return backend.active;
  job.report(null, 'measuring the backends');
  return askWorker(job, override, false);
}

/** Measures anew where the browser remembers an earlier visit. Not while something trains. */
export async function measureBackendsAgain(): Promise<void> {
  const { backendOverride, busy } = trainingStore.getState();
  if (!busy) await runJob('Measuring the backends', (job) => askWorker(job, backendOverride, true));
}

export function overrideBackend(backend: BackendName | null): void {
  trainingStore.setState({ backendOverride: backend });
  void runJob('Choosing a backend', (job) => chooseBackend(job));
}

/** Brings the train worker to the point where it can work: backend chosen, images there. */
export async function prepareTrainer(job: JobContext, override?: BackendName): Promise<BackendName> {
  const backend = await chooseBackend(job, override);
  job.report(null, 'handing over the images');
  await handImagesToTrainer(job.signal);
  return backend;
}
