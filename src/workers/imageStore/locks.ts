/** Tells other tabs that a set is being written. The browser lets go of it when the tab is closed. */
const lockName = (id: string) => `sweetspot-images/${id}`;

/** Without locks: a mark that is older belongs to nobody. A chunk takes seconds, a sleeping computer hours. */
const ABANDONED_AFTER_MS = 24 * 3600 * 1000;

const locks = (): LockManager | undefined => globalThis.navigator?.locks;

/** Holds a set's lock until the returned function is called. */
export function hold(id: string): Promise<() => void> {
  const manager = locks();
  if (!manager) return Promise.resolve(() => {});
  return new Promise((resolve, reject) => {
    manager
      .request(lockName(id), () => new Promise<void>((release) => resolve(() => release())))
      .catch(reject);
  });
}

/** Runs `use` where nobody writes the set whose last chunk was written at `touchedAt`. */
export async function whereAbandoned(id: string, touchedAt: number, use: () => Promise<void>): Promise<void> {
  const manager = locks();
  if (manager)
    await manager.request(lockName(id), { ifAvailable: true }, (lock) => (lock ? use() : undefined));
  else if (Date.now() - touchedAt > ABANDONED_AFTER_MS) await use();
}
