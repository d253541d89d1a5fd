import { openDB } from 'idb';
import type { BackendMemory } from '../ml/backend.ts';
import type { BackendChoice } from './protocol.ts';

const STORE = 'choices';

const database = () =>
  openDB('sweetspot-backends', 1, { upgrade: (created) => void created.createObjectStore(STORE) });

/**
 * Keeps in this browser how fast its backends are. Where it keeps nothing, as in some private windows, they are measured
 * at every visit.
 */
export const backendMemory: BackendMemory = {
  async recall(key) {
    try {
      const db = await database();
      const found: BackendChoice | undefined = await db.get(STORE, key);
      db.close();
      return found ?? null;
    } catch {
      return null;
    }
  },

  async keep(key, choice) {
    try {
      const db = await database();
      await db.put(STORE, choice, key);
      db.close();
    } catch {
      // measured again at the next visit
    }
  },
};
