import { runJob } from '../jobStore.ts';
import { trainWorker } from '../services.ts';
import { trainingStore } from '../trainingStore.ts';

/** Measures the backends anew where the browser remembers them from an earlier visit. Not while something trains. */
export async function measureBackendsAgain(): Promise<void> {
  const { backendOverride, live } = trainingStore.getState();
  if (live) return;
  await runJob('Measuring the backends', async (job) => {
    const backend = await trainWorker.call(
      'chooseBackend',
      { override: backendOverride, again: true },
      { signal: job.signal, onProgress: ({ message }) => job.report(null, message) },
    );
    trainingStore.setState({ backend });
  });
}
