/** What tabs with this page tell each other, without a word: the browser lets go of a lock when its tab is gone. */
const PAGE = 'sweetspot-page';
const TAB = 'sweetspot-tab/';
const lockOf = (runId: string) => `sweetspot-run/${runId}`;

/** A page that is reloaded may take a moment to let go of what it held before. */
export const RELOAD_MS = 1000;

const ASKED_AGAIN_AFTER_MS = 50;

const locks = (): LockManager | undefined => globalThis.navigator?.locks;

const forEver = () => new Promise<void>(() => {});

/** Whether tabs can tell each other anything here. */
export async function canLock(): Promise<boolean> {
  try {
    return (await locks()?.query()) !== undefined;
  } catch {
    return false;
  }
}

/** Notes that this page is there, and tells whether it is the only one. After {@link holdTab}, where both are called. */
export async function joinPages(): Promise<boolean> {
  const manager = locks();
  if (!manager) return true;
  try {
    const { held = [] } = await manager.query();
    manager.request(PAGE, { mode: 'shared' }, forEver).catch(() => {});
    return !held.some(({ name }) => name === PAGE);
  } catch {
    return true;
  }
}

/**
 * Makes this page a tab, while it lives or until the returned function is called; null where another page is it, and
 * stays it for `patienceMs`.
 */
export function holdTab(tab: string, patienceMs = 0): Promise<(() => void) | null> {
  const options = patienceMs > 0 ? { signal: AbortSignal.timeout(patienceMs) } : { ifAvailable: true };
  const manager = locks();
  if (!manager) return Promise.resolve(null);
  return new Promise((resolve) => {
    const hold = (lock: Lock | null) =>
      lock ? new Promise<void>((release) => resolve(() => release())) : resolve(null);
    manager.request(`${TAB}${tab}`, options, hold).catch(() => resolve(null));
  });
}

/** Whether a page is there that is no tab by {@link holdTab}: one of an older version, or without a place to note it. */
export async function isUntoldPageThere(): Promise<boolean> {
  for (let waited = 0; ; waited += ASKED_AGAIN_AFTER_MS) {
    const { held = [] } = (await locks()?.query()) ?? {};
    const pages = held.filter(({ name }) => name === PAGE).length;
    if (pages <= held.filter(({ name }) => name?.startsWith(TAB)).length) return false;
    if (waited >= RELOAD_MS) return true;
    await new Promise((resolve) => setTimeout(resolve, ASKED_AGAIN_AFTER_MS));
  }
}

/** Tells other tabs that a run is trained here, until the returned function is called. */
export function holdRun(runId: string): () => void {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  locks()
    ?.request(lockOf(runId), () => held)
    .catch(() => {});
  return release;
}

async function isHeld(manager: LockManager, name: string): Promise<boolean> {
  try {
    await manager.request(name, { signal: AbortSignal.timeout(RELOAD_MS) }, () => {});
    return false;
  } catch (error) {
    // other errors say that there are no locks here
    return error instanceof DOMException && error.name === 'TimeoutError';
  }
}

/** Those of the runs that another tab trains. */
export async function runsElsewhere(runIds: readonly string[]): Promise<ReadonlySet<string>> {
  const manager = locks();
  if (!manager) return new Set();
  const held = await Promise.all(runIds.map((id) => isHeld(manager, lockOf(id))));
  return new Set(runIds.filter((_, i) => held[i]));
}
