import type { IDBPDatabase } from 'idb';
import { parseDesign } from '../formats/design/parse.ts';
import { openEntry } from './designStore.ts';
import { dropGoneTeachers, setTeachers } from './distillationStore.ts';
import { forgetEpochsBut } from './epochCheckpoints.ts';
import { evaluationStore } from './evaluationStore.ts';
import { interruption } from './interruption.ts';
import { type Model, modelStore, reunite } from './modelStore.ts';
import { notify } from './noticeStore.ts';
import { joinPages } from './pageLocks.ts';
import { forgetSizes, noteSaved } from './persistence.ts';
import { runsStore } from './runsStore.ts';
import { modelsOf, openSession, SESSION, type Session, type Stored, tellOnce } from './sessionDatabase.ts';
import { CHECKPOINT, keptCheckpoint } from './storedCheckpoint.ts';
import { forgetModels, keptModel } from './storedModels.ts';
import { restoreRuns } from './storedRuns.ts';
import { type Checkpoint, type QueuedTraining, trainingStore } from './trainingStore.ts';

/** The checkpoint, where its model is there; the model has its weights then, for it was kept first. */
function restoreCheckpoint(checkpoint: Checkpoint | null, found: Record<string, Model>): Checkpoint | null {
  const model = checkpoint && found[checkpoint.modelId];
  if (!model) return null;
  const { curves, earlierEpochs, recipe, state } = checkpoint;
  const best = recipe.checkpoint === 'best-only' ? state.callbacks.best : null;
  const isBest = best !== null && best.epoch < state.epoch && state.bestWeights !== null;
  const weights = isBest ? state.bestWeights : checkpoint.weights;
  const epochs = earlierEpochs + (isBest ? best.epoch : state.epoch);
  if (model.epochs !== epochs)
    found[model.id] = { ...model, weights, curves, epochs, validation: null, apoz: null };
  return checkpoint;
}

/** What waited when the page was closed waits again, until somebody starts it; designs that no longer open are dropped. */
const restoredQueue = (queue: readonly QueuedTraining[]): readonly QueuedTraining[] =>
  queue.flatMap((waiting) => {
    const design = parseDesign(waiting.entry.design);
    return design.ok ? [{ ...waiting, entry: { ...waiting.entry, design: design.value } }] : [];
  });

/** The models that must be there before anything is shown. */
function usedBy(session: Session, checkpoint: Checkpoint | null): ReadonlySet<string> {
  const { modelId, baselineModelId, startModelId = null, teacherIds = [], queue = [] } = session;
  const ids = [
    modelId,
    baselineModelId,
    startModelId,
    checkpoint?.modelId ?? null,
    ...(checkpoint?.teacherIds ?? []),
    ...teacherIds,
    ...queue.flatMap((waiting) => [waiting.entry.modelId, ...waiting.teacherIds]),
    ...session.evaluations.flatMap((e) => [e.modelId, e.baselineModelId]),
  ];
  return new Set(ids.filter((id) => id !== null));
}

/** Forgets what nobody needs any more. Not where other tabs are open: they need what only they know. */
async function tidy(db: IDBPDatabase<Stored>, used: ReadonlySet<string>): Promise<void> {
  await forgetModels(modelsOf(db), used);
  forgetSizes();
  void forgetEpochsBut(new Set(runsStore.getState().runs.map(({ id }) => id)));
}

/** Brings back the last session; with a design of its own (a link), only the evaluated points. True where it did. */
export async function restoreSession(): Promise<boolean> {
  try {
    const isAlone = await joinPages();
    const runs = await restoreRuns();
    const db = await openSession();
    const session = await db.get('session', SESSION);
    if (!session) return false;
    const last = await keptCheckpoint(modelsOf(db));
    const interrupted = runs.elsewhere.has(last?.runId ?? '') ? null : last;
    const used = usedBy(session, interrupted);
    const found: Record<string, Model> = {};
    for (const id of used) {
      const model = await keptModel(modelsOf(db), id);
      if (model) found[id] = model;
    }
    const kept = Object.values(found);
    const checkpoint = restoreCheckpoint(interrupted, found);
    noteSaved(kept, checkpoint);
    if (runs.modelIds && isAlone)
      await tidy(db, new Set([...used, ...runs.modelIds, ...(checkpoint ? [CHECKPOINT] : [])]));
    const design = parseDesign(session.design);
    if (!design.ok) return false;
    modelStore.setState({ models: found });
    setTeachers(session.teacherIds ?? []);
    dropGoneTeachers();
    evaluationStore.setState({ evaluations: session.evaluations });
    trainingStore.setState({ checkpoint, queue: restoredQueue(session.queue ?? []) });
    openEntry({
      ...reunite(design.value, session.modelId, session.baselineModelId),
      startModelId: session.startModelId ?? null,
    });
    const sentence = runs.elsewhere.size > 0 ? null : interruption(session, checkpoint);
    if (sentence !== null) notify('info', sentence, 'interruption');
    return true;
  } catch (error) {
    tellOnce(error);
    return false;
  }
}
