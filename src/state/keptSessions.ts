import type { IDBPDatabase } from 'idb';
import { holdTab } from './pageLocks.ts';
import { checkpointKey, modelsOf, type Session, type Stored, sessionKey, tabOf } from './sessionDatabase.ts';
import { forgetCheckpoint } from './storedCheckpoint.ts';
import type { Checkpoint, QueuedTraining } from './trainingStore.ts';

/** Sessions of tabs that are gone: more are not kept, for each keeps its weights. */
const MOST_KEPT = 8;

/** What of a checkpoint says which models it needs. */
export type CheckpointNeeds = Pick<Checkpoint, 'modelId' | 'teacherIds'>;

/** The session of a tab as it is kept. */
export interface KeptSession {
  readonly tab: string;
  readonly session: Session;
  readonly checkpoint: CheckpointNeeds | null;
  /** Whether a training was interrupted, or waits. */
  readonly isUnfinished: boolean;
}

/** What the checkpoint of a tab needs, without reading its numbers; null where the tab has none. */
export async function checkpointOf(db: IDBPDatabase<Stored>, tab: string): Promise<CheckpointNeeds | null> {
  const found = await modelsOf(db).get('models', checkpointKey(tab));
  return found && 'run' in found ? found.run : null;
}

/** The sessions of all tabs, the one that was changed last first. */
export async function keptSessions(db: IDBPDatabase<Stored>): Promise<readonly KeptSession[]> {
  const kept: KeptSession[] = [];
  for (const key of await db.getAllKeys('session')) {
    const session = await db.get('session', key);
    if (!session) continue;
    const tab = tabOf(key);
    const checkpoint = await checkpointOf(db, tab);
    const { running, sequence = null, interrupted = null, queue = [] } = session;
    const left = [checkpoint, running, sequence, interrupted];
    const isUnfinished = left.some((part) => part !== null) || queue.length > 0;
    kept.push({ tab, session, checkpoint, isUnfinished });
  }
  return kept.sort((a, b) => (b.session.savedAt ?? 0) - (a.session.savedAt ?? 0));
}

/** The models without which a training that waits would be another one. */
export const neededByWaiting = ({ entry, teacherIds }: QueuedTraining): readonly (string | null)[] => [
  entry.modelId,
  entry.baselineModelId,
  entry.startModelId ?? null,
  ...teacherIds,
];

/** The models that must be there before anything of a session is shown. */
export function usedBy(session: Session, checkpoint: CheckpointNeeds | null): ReadonlySet<string> {
  const { modelId, baselineModelId, startModelId = null, teacherIds = [], queue = [] } = session;
  const ids = [
    modelId,
    baselineModelId,
    startModelId,
    checkpoint?.modelId ?? null,
    ...(checkpoint?.teacherIds ?? []),
    ...teacherIds,
    ...queue.flatMap(neededByWaiting),
    ...session.evaluations.flatMap((e) => [e.modelId, e.baselineModelId]),
  ];
  return new Set(ids.filter((id) => id !== null));
}

/** Whether a session of another tab, there or gone, needs a model. */
export async function isNeededElsewhere(
  db: IDBPDatabase<Stored>,
  ownTab: string,
  modelId: string,
): Promise<boolean> {
  const others = (await keptSessions(db)).filter(({ tab }) => tab !== ownTab);
  return others.some(({ session, checkpoint }) => usedBy(session, checkpoint).has(modelId));
}

/**
 * Forgets the sessions of tabs long gone: of those that nobody took up the ones changed last stay, an interrupted training
 * before any other. A tab that lives, or is just coming back, keeps its own.
 */
export async function forgetOldSessions(db: IDBPDatabase<Stored>, ownTab: string): Promise<void> {
  const others = (await keptSessions(db)).filter(({ tab }) => tab !== ownTab);
  const wanted = [
    ...others.filter((kept) => kept.isUnfinished),
    ...others.filter((kept) => !kept.isUnfinished),
  ];
  for (const { tab } of wanted.slice(MOST_KEPT)) {
    const release = await holdTab(tab);
    if (!release) continue;
    try {
      await db.delete('session', sessionKey(tab));
      await forgetCheckpoint(modelsOf(db), checkpointKey(tab));
    } finally {
      release();
    }
  }
}
