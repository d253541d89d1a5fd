import type { IDBPDatabase } from 'idb';
import type { Design } from '../core/exploration/design.ts';
import type { Network } from '../core/network/network.ts';
import { parseDesign } from '../formats/design/parse.ts';
import { openEntry } from './designStore.ts';
import { dropGoneTeachers, setTeachers } from './distillationStore.ts';
import { forgetEpochsBut } from './epochCheckpoints.ts';
import { evaluationStore } from './evaluationStore.ts';
import { copyOf, type FoundSession, leftBy } from './foundSession.ts';
import { leftPhases } from './interruption.ts';
import { forgetOldSessions, keptSessions, usedBy } from './keptSessions.ts';
import { modelStore, reunite } from './modelStore.ts';
import { notify } from './noticeStore.ts';
import { joinPages } from './pageLocks.ts';
import { noteBegun } from './persistence.ts';
import { runsStore } from './runsStore.ts';
import {
  checkpointKey,
  modelsOf,
  openSession,
  type Stored,
  sessionKey,
  tellOnce,
} from './sessionDatabase.ts';
import { forgetModels } from './storedModels.ts';
import { restoreRuns } from './storedRuns.ts';
import { claimSession, ownTab } from './tabs.ts';
import { type QueuedTraining, trainingStore } from './trainingStore.ts';

/**
 * What waited when the page was closed waits again, until somebody starts it; designs that no longer open are dropped.
 * Where its network is that of the present design it is the same object again: the weights it makes are the design's.
 */
const restoredQueue = (queue: readonly QueuedTraining[], present: Design): readonly QueuedTraining[] =>
  queue.flatMap((waiting) => {
    const design = parseDesign(waiting.entry.design);
    if (!design.ok) return [];
    const { network, baseline } = design.value;
    const same = (one: Network): Network =>
      [present.network, present.baseline].find((other) => isSame(one, other)) ?? one;
    const own = same(network);
    const shared = {
      ...design.value,
      network: own,
      baseline: isSame(network, baseline) ? own : same(baseline),
    };
    return [{ ...waiting, entry: { ...waiting.entry, design: shared } }];
  });

const isSame = (one: Network, other: Network): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Forgets what nobody needs any more. Not where other tabs are open: they need what only they know. */
async function tidy(
  db: IDBPDatabase<Stored>,
  { session: own, checkpoint: last }: FoundSession,
  ofRuns: ReadonlySet<string>,
): Promise<void> {
  await forgetOldSessions(db, ownTab());
  const used = new Set([...usedBy(own, last), ...ofRuns]);
  if (last) used.add(checkpointKey(ownTab()));
  for (const { tab, session, checkpoint } of await keptSessions(db)) {
    if (tab === ownTab()) continue;
    for (const id of usedBy(session, checkpoint)) used.add(id);
    if (checkpoint) used.add(checkpointKey(tab));
  }
  await forgetModels(modelsOf(db), used);
  void forgetEpochsBut(new Set(runsStore.getState().runs.map(({ id }) => id)));
}

/** Shows what was found; false, and a sentence, where this version does not understand its design. */
function show({ session, models, checkpoint }: FoundSession): boolean {
  const design = parseDesign(session.design);
  if (!design.ok) {
    notify(
      'error',
      `The design of the last visit can't be opened, so this one begins anew. ${design.error.message}`,
    );
    return false;
  }
  modelStore.setState({ models });
  setTeachers(session.teacherIds ?? []);
  dropGoneTeachers();
  evaluationStore.setState({ evaluations: session.evaluations });
  const entry = reunite(design.value, session.modelId, session.baselineModelId);
  trainingStore.setState({ checkpoint, queue: restoredQueue(session.queue ?? [], entry.design) });
  const { startModelId = null } = session;
  openEntry({ ...entry, startModelId: startModelId !== null && models[startModelId] ? startModelId : null });
  trainingStore.setState({ interrupted: leftPhases(session, checkpoint) });
  return true;
}

/**
 * Brings back the session of this tab; a new tab has that of one that is gone, or a copy of another one's. With a design
 * of its own (a link), only the evaluated points. True where it did.
 */
export async function restoreSession(): Promise<boolean> {
  try {
    const restoring = restoreRuns();
    const db = await openSession();
    const { from, kind } = await claimSession(db);
    const isAlone = await joinPages();
    const runs = await restoring;
    const session = from === null ? undefined : await db.get('session', sessionKey(from));
    if (from === null || !session) {
      if (kind !== 'shared') noteBegun(0, false);
      return false;
    }
    const found =
      kind === 'copy' ? await copyOf(db, from, session) : await leftBy(db, from, session, runs.elsewhere);
    if (runs.modelIds && isAlone) await tidy(db, found, runs.modelIds);
    const isShown = show(found);
    if (kind !== 'shared') noteBegun(kind === 'own' ? (session.savedAt ?? 0) : 0, kind === 'own');
    if (!isShown) return false;
    const isTheirs = kind === 'shared' && runs.elsewhere.size > 0;
    if (found.sentence !== null && !isTheirs) notify('info', found.sentence, 'interruption');
    return true;
  } catch (error) {
    tellOnce(error);
    return false;
  }
}
