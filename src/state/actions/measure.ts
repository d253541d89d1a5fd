import { modelOf } from '../derived.ts';
import { present } from '../designStore.ts';
import { runJob } from '../jobStore.ts';
import { modelById, patchModel } from '../modelStore.ts';
import { trainWorker } from '../services.ts';
import { prepareTrainer } from './backend.ts';
import { addEvaluation } from './explore.ts';

/** Accuracy of the present weights on the validation images; the design becomes a point of the chart. */
export async function measureAccuracy(): Promise<void> {
  const model = modelOf(present());
  if (!model) return;
  await runJob('Measuring accuracy', async (job) => {
    await prepareTrainer(job);
    const { network, weights } = model;
    const validation = await trainWorker.call(
      'evaluate',
      { network, weights },
      { signal: job.signal, onProgress: ({ done, total }) => job.report(done / total) },
    );
    patchModel(model.id, { validation });
    if (present().modelId === model.id) addEvaluation(present());
  });
}

/** Counts the zeros behind every ReLU over the validation images (APoZ). */
export async function measureApoz(): Promise<void> {
  const model = modelOf(present());
  if (!model) return;
  await runJob('Measuring APoZ', async (job) => {
    await prepareTrainer(job);
    const { network, weights } = model;
    const apoz = await trainWorker.call(
      'measureApoz',
      { network, weights },
      { signal: job.signal, onProgress: ({ done, total }) => job.report(done / total) },
    );
    if (modelById(model.id)) patchModel(model.id, { apoz });
  });
}
