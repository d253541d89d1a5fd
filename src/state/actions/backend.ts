import type { BackendName } from '../../workers/protocol.ts';
import { type JobContext, runJob } from '../jobStore.ts';
import { trainWorker } from '../services.ts';
import { trainingStore } from '../trainingStore.ts';
import { handImagesToTrainer } from './data.ts';

let chosenFor = '';

/** Measures the backends once a worker and override, and remembers the choice. */
export async function chooseBackend(
  job: JobContext,
  override: BackendName | null = trainingStore.getState().backendOverride,
): Promise<BackendName> {
  const { backend } = trainingStore.getState();
  const key = () => `${trainWorker.generation}:${override}`;
  if (backend && chosenFor === key()) return backend.active;
  job.report(null, 'measuring the backends');
  const choice = await trainWorker.call(
    'chooseBackend',
    { override },
    { signal: job.signal, onProgress: ({ message }) => job.report(null, message) },
  );
  chosenFor = key();
  trainingStore.setState({ backend: choice });
  return choice.active;
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
