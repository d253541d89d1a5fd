import type { IDBPDatabase } from 'idb';
import { keptSessions } from './keptSessions.ts';
import { newId } from './modelStore.ts';
import { canLock, holdTab, isUntoldPageThere, RELOAD_MS } from './pageLocks.ts';
import { FIRST, type Stored, sessionKey } from './sessionDatabase.ts';

/** Where a tab notes which one it is. It survives a reload, and the browser copies it into a duplicate of the tab. */
const NOTE = 'sweetspot-tab';

/** What a page begins with. */
export interface Claim {
  /** The tab whose record is brought back; null where there is none. */
  readonly from: string | null;
  /**
   * `own`: the record is this tab's from now on. `copy`: it stays another's, who lives. `shared`: this browser can't tell
   * tabs apart, and all of them have one record.
   */
  readonly kind: 'own' | 'copy' | 'shared';
}

let own = FIRST;

/** The tab that this page is, by whose name its session and its checkpoint are kept. */
export const ownTab = (): string => own;

function storage(): Storage | null {
  try {
    return globalThis.sessionStorage ?? null;
  } catch {
    return null;
  }
}

function become(tab: string): void {
  own = tab;
  try {
    storage()?.setItem(NOTE, tab);
  } catch {
    // A reload is then a new tab, which takes up what this one leaves.
  }
}

/** Takes the record of a tab that is gone; false where it lives. */
async function takeUp(tab: string): Promise<boolean> {
  // Pages of the version before tabs are all the first one, and hold no lock that says so.
  if (tab === FIRST && (await isUntoldPageThere())) return false;
  return (await holdTab(tab)) !== null;
}

async function newTab(db: IDBPDatabase<Stored>): Promise<string> {
  const isFree = (await db.getKey('session', sessionKey(FIRST))) === undefined;
  if (isFree && (await takeUp(FIRST))) return FIRST;
  const tab = newId();
  await holdTab(tab);
  return tab;
}

/**
 * Finds out which tab this page is, and what it begins with: a reloaded tab with its own record; a duplicate of a tab that
 * lives with a copy of that one's; a new one takes up what a tab that is gone has left in the middle of a training, else
 * the record that was changed last, or a copy of it where its tab lives.
 */
export async function claimSession(db: IDBPDatabase<Stored>): Promise<Claim> {
  const notes = storage();
  if (!notes || !(await canLock())) return { from: FIRST, kind: 'shared' };
  const noted = notes.getItem(NOTE);
  if (noted !== null && (await db.getKey('session', sessionKey(noted))) !== undefined) {
    if (await holdTab(noted, RELOAD_MS)) return claimed(noted);
    become(await newTab(db));
    return { from: noted, kind: 'copy' };
  }
  const kept = await keptSessions(db);
  for (const { tab, isUnfinished } of kept) if (isUnfinished && (await takeUp(tab))) return claimed(tab);
  const [last] = kept;
  if (last && (await takeUp(last.tab))) return claimed(last.tab);
  become(await newTab(db));
  return { from: last?.tab ?? null, kind: 'copy' };
}

function claimed(tab: string): Claim {
  become(tab);
  return { from: tab, kind: 'own' };
}
