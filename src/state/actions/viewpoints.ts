import {
  normalizationName,
  normalizationOf,
  sameNormalization,
} from '../../core/data/normalizationChoice.ts';
import type { DataChoice } from '../../core/exploration/design.ts';
import type { Network } from '../../core/network/network.ts';
import { FaultError, unwrap } from '../../core/result.ts';
import { classOrder, type Viewpoint } from '../../core/training/classOrder.ts';
import { judgeNormalization } from '../../core/training/normalizationFit.ts';
import { loadedData } from '../dataStore.ts';
import { cachedGeometry } from '../derived.ts';
import { present } from '../designStore.ts';
import type { JobContext } from '../jobStore.ts';
import { type Model, modelById, patchModel } from '../modelStore.ts';
import { notify } from '../noticeStore.ts';
import { trainWorker } from '../services.ts';

function channelsOf(network: Network): number {
  const input = network.layers.find(({ kind }) => kind === 'input');
  return (input && cachedGeometry(network).get(input.id)?.ofm.channels) ?? 1;
}

/**
 * How a model that was trained elsewhere takes the images of a choice of data: with its own normalization, its outputs in
 * the order of these classes. Throws a fault where it was trained on other classes.
 */
export function viewpointOf({ network, reads, classNames }: Model, data: DataChoice): Viewpoint {
  const wanted = loadedData()?.classNames;
  const order = classNames && wanted ? classOrder(classNames, wanted) : null;
  if (order && !order.ok)
    throw new FaultError({
      ...order.error,
      message: `${network.name} can't teach here: ${order.error.message}`,
    });
  const own = reads && !sameNormalization(reads, data, channelsOf(network)) ? normalizationOf(reads) : null;
  return { normalization: own, classOrder: order ? unwrap(order) : null };
}

/** Finds out how pixels should reach a model of which nobody has said it, by what some of them do to its first batch norms. */
async function withNormalization(model: Model, data: DataChoice, { signal }: JobContext): Promise<Model> {
  if (model.reads) return model;
  const { network, weights } = model;
  const chosen = normalizationOf(data);
  const verdict = judgeNormalization(
    await trainWorker.call('checkActivations', { network, weights, chosen }, { signal }),
  );
  if (!verdict) return model;
  if (!verdict.better)
    throw new FaultError({
      code: 'teacher-normalization',
      message: `${network.name} can't teach here. ${verdict.sentence} Choose its normalization in Data, or another teacher.`,
    });
  notify(
    'info',
    `${network.name} as a teacher: ${verdict.sentence} It is shown pixels of ${normalizationName(verdict.better)}, its student as chosen in Data.`,
  );
  patchModel(model.id, { reads: verdict.better });
  return modelById(model.id) ?? model;
}

/** Models that are to look at the present images, with what is known of how they read them. The trainer must be ready. */
export async function readyToLook(models: readonly Model[], job: JobContext): Promise<readonly Model[]> {
  const { data } = present().design;
  const ready: Model[] = [];
  for (const model of models) {
    viewpointOf(model, data); // told before anything is computed
    ready.push(await withNormalization(model, data, job));
  }
  return ready;
}
