import type { NormalizationChoice } from '../../core/data/normalizationChoice.ts';
import { FaultError } from '../../core/result.ts';
import { judgeNormalization } from '../../core/training/normalizationFit.ts';
import { dataStore, loadedData } from '../dataStore.ts';
import { changeData, designStore, present } from '../designStore.ts';
import { runJob } from '../jobStore.ts';
import { modelToCheck, normalizationKeyOf, normalizationStore } from '../normalizationStore.ts';
import { trainWorker } from '../services.ts';
import { trainingStore } from '../trainingStore.ts';
import { handImagesToTrainer } from './data.ts';

let running: AbortController | null = null;

/** Asks the train worker how weights from a file take the design's images. */
async function check(): Promise<void> {
  const { design } = present();
  const model = modelToCheck(present());
  if (!model) return;
  const { network, weights } = model;
  const { normalization, standardization } = design.data;
  const dataKey = normalizationKeyOf(design.data);
  const current = new AbortController();
  running?.abort();
  running = current;
  normalizationStore.setState({ answer: { weights, dataKey, verdict: null } });
  await runJob('Checking the normalization', async (job) => {
    const signal = AbortSignal.any([job.signal, current.signal]);
    try {
      await handImagesToTrainer(signal);
      const chosen = { normalization, standardization };
      const found = await trainWorker.call('checkActivations', { network, weights, chosen }, { signal });
      if (running === current)
        normalizationStore.setState({ answer: { weights, dataKey, verdict: judgeNormalization(found) } });
    } catch (error) {
      // Nobody asked for it: what keeps the network from being run is told when it is to be trained or measured.
      if (!(error instanceof FaultError)) throw error;
    }
  });
}

/** Whether weights from a file and the images of the design are there, and nothing is being trained. */
function isReady(): boolean {
  const entry = present();
  const { live } = trainingStore.getState();
  const loaded = loadedData();
  return (
    live === null &&
    modelToCheck(entry) !== null &&
    loaded !== null &&
    JSON.stringify(loaded.source) === JSON.stringify(entry.design.data.source)
  );
}

/**
 * Checks the normalization whenever weights from a file meet images: after a model was opened, and after images or their
 * normalization were changed.
 */
export function followNormalization(): void {
  const refresh = () => {
    if (!isReady()) return;
    const { answer } = normalizationStore.getState();
    const entry = present();
    const isKnown =
      answer?.weights === modelToCheck(entry)?.weights &&
      answer?.dataKey === normalizationKeyOf(entry.design.data);
    if (!isKnown) void check();
  };
  designStore.subscribe(refresh);
  dataStore.subscribe(refresh);
  trainingStore.subscribe(refresh);
  refresh();
}

/** Another normalization for the images: a step of undo; weights from a file stay. */
export function chooseNormalization(choice: NormalizationChoice): void {
  changeData({ ...present().design.data, ...choice });
}
