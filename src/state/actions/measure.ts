import { modelOf } from '../derived.ts';
import { present } from '../designStore.ts';
import { type JobContext, runJob } from '../jobStore.ts';
import { modelById, patchModel } from '../modelStore.ts';
import { imagesOf } from '../runsStore.ts';
import { trainWorker } from '../services.ts';
import { prepareTrainer } from './backend.ts';
import { addEvaluation } from './explore.ts';

/**
 * Brings the worker to the point where it can measure weights with the images they were asked to be measured with:
 * numbers of others would be told of these.
 */
async function prepareFor(images: string, job: JobContext): Promise<void> {
  await prepareTrainer(job);
  if (imagesOf(present().design.data) !== images) throw new DOMException('Other images', 'AbortError');
}

/** Accuracy of the present weights on the validation images; the design becomes a point of the chart. */
export async function measureAccuracy(): Promise<void> {
  const model = modelOf(present());
  if (!model) return;
  const images = imagesOf(present().design.data);
  await runJob('Measuring accuracy', async (job) => {
    await prepareFor(images, job);
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
  const images = imagesOf(present().design.data);
  await runJob('Measuring APoZ', async (job) => {
    await prepareFor(images, job);
    const { network, weights } = model;
    const apoz = await trainWorker.call(
      'measureApoz',
      { network, weights },
      { signal: job.signal, onProgress: ({ done, total }) => job.report(done / total) },
    );
    if (modelById(model.id)) patchModel(model.id, { apoz });
  });
}
