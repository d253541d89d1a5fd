import { normalizationOf } from '../../core/data/normalizationChoice.ts';
import { changeEntry, present } from '../designStore.ts';
import { fetchEpoch } from '../epochCheckpoints.ts';
import { type Model, modelById, newId, putModel, trainedAs } from '../modelStore.ts';
import { notify } from '../noticeStore.ts';
import type { TrainingRun } from '../runsStore.ts';
import { type Checkpoint, trainingStore } from '../trainingStore.ts';
import { measureAccuracy, measureApoz } from './measure.ts';
import { continueInPhases } from './phases.ts';
import { isTraining } from './train.ts';

/** The model that a run had after an epoch, as a new one. */
function modelAt(checkpoint: Checkpoint, ofRun: string): Model {
  const { kind, earlierEpochs, backend, curves, weights, state, data } = checkpoint;
  return {
    id: newId(),
    network: present().design.network,
    weights,
    origin: kind === 'train' ? 'trained' : 'fine-tuned',
    epochs: earlierEpochs + state.epoch,
    backend,
    ofRun,
    ...trainedAs({ ...modelById(checkpoint.modelId), reads: normalizationOf(data) }),
    curves,
    validation: null,
    apoz: null,
  };
}

/** Gives the design the weights of an epoch of the run that made its present ones; undo returns. */
async function goBack({ id, modelId }: TrainingRun, epoch: number): Promise<Checkpoint | null> {
  if (isTraining()) {
    notify('info', 'A training is running; go back when it has ended.');
    return null;
  }
  const checkpoint = await fetchEpoch(id, epoch);
  if (isTraining()) return null;
  if (!checkpoint) {
    notify('error', `The weights of epoch ${epoch} are no longer kept; the last ones stay.`);
    return null;
  }
  const { curves: whole } = modelById(modelId) ?? {};
  const stepLosses = (whole?.stepLosses ?? []).slice(0, epoch * checkpoint.curves.stepsPerEpoch);
  const found = { ...checkpoint, curves: { ...checkpoint.curves, stepLosses } };
  const model = modelAt(found, id);
  putModel(model);
  changeEntry((entry) => ({
    ...entry,
    modelId: model.id,
    baselineModelId: entry.design.baseline === entry.design.network ? model.id : entry.baselineModelId,
  }));
  return { ...found, modelId: model.id };
}

/** Takes the weights of an earlier epoch, and measures them. */
export async function takeEpoch(run: TrainingRun, epoch: number): Promise<void> {
  if (!(await goBack(run, epoch))) return;
  await measureAccuracy();
  await measureApoz();
}

/** Trains on from an earlier epoch as the run did, as a run of its own: to the bit the same on the same backend. */
export async function goOnFromEpoch(run: TrainingRun, epoch: number): Promise<void> {
  const checkpoint = await goBack(run, epoch);
  if (!checkpoint) return;
  const { runId: _, ...fresh } = checkpoint;
  trainingStore.setState({
    checkpoint: { ...fresh, phase: null, epochSeconds: run.epochSeconds.slice(0, epoch) },
  });
  await continueInPhases();
}
