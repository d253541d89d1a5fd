import { setsStore } from '../setsStore.ts';

const ASKED_KEY = 'sweetspot-asked-to-persist';

const storage = (): StorageManager | undefined => globalThis.navigator?.storage;

/** Finds out whether the browser may clear what it keeps for this page; it stays unknown where the browser tells nothing. */
export async function lookUpPersistence(): Promise<void> {
  try {
    const isPersistent = (await storage()?.persisted?.()) ?? null;
    setsStore.setState({ isPersistent });
  } catch {
    setsStore.setState({ isPersistent: null });
  }
}

/** Asks the browser not to clear what it keeps for this page; it may ask the user, and may refuse. */
export async function askToPersist(): Promise<void> {
  try {
    globalThis.localStorage?.setItem(ASKED_KEY, 'yes');
    await storage()?.persist?.();
  } catch {
    // a refusal leaves everything as it is, which is told
  }
  await lookUpPersistence();
}

/** Asks on its own accord only once on a machine, when the first set is kept: a question too many is an annoyance. */
export async function askToPersistOnce(): Promise<void> {
  let wasAsked = true;
  try {
    wasAsked = globalThis.localStorage?.getItem(ASKED_KEY) === 'yes';
  } catch {
    // where nothing can be noted, nothing is asked
  }
  await (wasAsked ? lookUpPersistence() : askToPersist());
}
