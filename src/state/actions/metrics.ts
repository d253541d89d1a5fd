import type { HeldPart, Prediction } from '../../workers/protocol.ts';
import { present } from '../designStore.ts';
import { runJob } from '../jobStore.ts';
import { answerFor, answerKey, dataKeyOf, type MetricsAnswer, metricsStore } from '../metricsStore.ts';
import type { Model } from '../modelStore.ts';
import { trainWorker } from '../services.ts';
import { prepareTrainer } from './backend.ts';

/** What was asked for last; whatever comes late for something else is dropped. */
let wanted: readonly Model[] = [];
let wantedKey = '';
let wantedPart: HeldPart = 'validation';
let running: AbortController | null = null;

const isWanted = (model: Model, dataKey: string): boolean =>
  dataKey === wantedKey && wanted.some(({ id, weights }) => id === model.id && weights === model.weights);

const PARTS: readonly HeldPart[] = ['validation', 'test'];

function put(model: Model, about: Pick<MetricsAnswer, 'dataKey' | 'part' | 'status'>): void {
  const { id: modelId, weights } = model;
  metricsStore.setState(({ answers }) => ({
    answers: { ...answers, [answerKey(modelId, about.part)]: { modelId, weights, ...about } },
  }));
}

async function measure(
  model: Model,
  dataKey: string,
  part: HeldPart,
  canceled: AbortSignal,
): Promise<Prediction | null> {
  return runJob('Measuring metrics', async (job) => {
    const signal = AbortSignal.any([job.signal, canceled]);
    await prepareTrainer({ signal, report: job.report });
    if (dataKeyOf(present().design.data) !== dataKey) throw new DOMException('Replaced', 'AbortError');
    const { network, weights } = model;
    return trainWorker.call(
      'predict',
      { network, weights, part },
      { signal, onProgress: ({ done, total }) => job.report(done / total) },
    );
  });
}

/**
 * Measures these models on a part of the present design's images, one after the other, unless that is known or under
 * way. What is known of them on the other part stays; answers about other models and other images are forgotten.
 */
export async function requestMetrics(models: readonly Model[], part: HeldPart = 'validation'): Promise<void> {
  const dataKey = dataKeyOf(present().design.data);
  const same =
    part === wantedPart &&
    dataKey === wantedKey &&
    models.length === wanted.length &&
    models.every((m) => isWanted(m, dataKey));
  if (same && running) return;
  running?.abort();
  wanted = models;
  wantedKey = dataKey;
  wantedPart = part;
  const run = new AbortController();
  running = run;
  const { answers } = metricsStore.getState();
  const kept = models.flatMap((model) =>
    PARTS.flatMap((known) => {
      const answer = answerFor(answers, model, dataKey, known);
      return answer && typeof answer.status === 'object'
        ? [[answerKey(model.id, known), answer] as const]
        : [];
    }),
  );
  metricsStore.setState({ answers: Object.fromEntries(kept) });
  const missing = models.filter(({ id }) => !kept.some(([known]) => known === answerKey(id, part)));
  for (const model of missing) put(model, { dataKey, part, status: 'computing' });
  for (const model of missing) {
    const done = await measure(model, dataKey, part, run.signal);
    if (running !== run) return;
    put(model, { dataKey, part, status: done ? { done } : 'failed' });
  }
  running = null;
}

/** Ends what is being measured for a page that nobody looks at any more; what is known stays. */
export function dropMetricsRequest(): void {
  running?.abort();
  running = null;
  wanted = [];
  metricsStore.setState(({ answers }) => ({
    answers: Object.fromEntries(
      Object.entries(answers).filter(([, { status }]) => typeof status === 'object'),
    ),
  }));
}

/** Fetches the pixels of these images for the screen; those that are there are not fetched again. */
export async function requestPictures(indices: readonly number[]): Promise<void> {
  const dataKey = dataKeyOf(present().design.data);
  const known = () => {
    const { pictures } = metricsStore.getState();
    return pictures?.dataKey === dataKey ? pictures.byIndex : new Map<number, Uint8Array>();
  };
  const missing = indices.filter((index) => !known().has(index));
  if (missing.length === 0) return;
  await runJob('Fetching images', async (job) => {
    await prepareTrainer(job);
    const { image, pixels } = await trainWorker.call(
      'imagesAt',
      { indices: Uint32Array.from(missing) },
      { signal: job.signal },
    );
    if (dataKeyOf(present().design.data) !== dataKey) return;
    const size = image.height * image.width * image.channels;
    const fetched = missing.map((index, i) => [index, pixels.subarray(i * size, (i + 1) * size)] as const);
    metricsStore.setState({ pictures: { dataKey, image, byIndex: new Map([...known(), ...fetched]) } });
  });
}
