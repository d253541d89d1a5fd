import { modelOf } from '../../derived.ts';
import { present } from '../../designStore.ts';
import { patchModel } from '../../modelStore.ts';
import { trainWorker } from '../../services.ts';

/** Asks the fake trainer for the statistics of the present weights, without a job that waits. */
export async function measureApoz(): Promise<void> {
  const model = modelOf(present());
  if (model) patchModel(model.id, { apoz: (await trainWorker.call('measureApoz', {} as never)) as never });
}
