/** What tabs with this page tell each other, without a word: the browser lets go of a lock when its tab is gone. */
const PAGE = 'sweetspot-page';
const lockOf = (runId: string) => `sweetspot-run/${runId}`;

/** A page that is reloaded may take a moment to let go of what it held before. */
const PATIENCE_MS = 1000;

const locks = (): LockManager | undefined => globalThis.navigator?.locks;

const forEver = () => new Promise<void>(() => {});

/** Notes that this page is there, and tells whether it is the only one. */
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
    await manager.request(name, { signal: AbortSignal.timeout(PATIENCE_MS) }, () => {});
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
