import { AsyncLocalStorage } from 'node:async_hooks';
import { vi } from 'vitest';

interface Holder {
  readonly name: string;
  readonly mode: string;
  readonly page: object;
}

/** Locks as browsers have them: shared by all pages, and let go of when their page is gone. */
class Locks {
  #held: Holder[] = [];
  #waiting: { readonly wanted: Holder; readonly grant: () => void }[] = [];

  async query() {
    return { held: this.#held.map(({ name, mode }) => ({ name, mode })) };
  }

  async request(name: string, ...rest: unknown[]): Promise<unknown> {
    await null;
    const use = rest.at(-1) as (lock: object | null) => unknown;
    const { mode = 'exclusive', signal, ifAvailable } = (rest.length > 1 ? rest[0] : {}) as LockOptions;
    const wanted: Holder = { name, mode, page: here().locks };
    if (ifAvailable && !this.#isFree(wanted)) return use(null);
    await new Promise<void>((grant, reject) => {
      this.#waiting.push({ wanted, grant });
      signal?.addEventListener('abort', () => {
        this.#waiting = this.#waiting.filter((other) => other.wanted !== wanted);
        reject(signal.reason);
      });
      this.#grant();
    });
    const result = await use({ name, mode });
    this.#letGo((holder) => holder === wanted);
    return result;
  }

  leave(page: object): void {
    this.#letGo((holder) => holder.page === page);
  }

  #isFree({ name, mode }: Holder): boolean {
    return !this.#held.some(
      (other) => other.name === name && (mode === 'exclusive' || other.mode === 'exclusive'),
    );
  }

  #letGo(isGone: (holder: Holder) => boolean): void {
    this.#held = this.#held.filter((holder) => !isGone(holder));
    this.#grant();
  }

  #grant(): void {
    for (const next of [...this.#waiting]) {
      if (!this.#isFree(next.wanted)) continue;
      this.#waiting = this.#waiting.filter((other) => other !== next);
      this.#held.push(next.wanted);
      next.grant();
    }
  }
}

/** What a tab notes: it outlives its pages, and a duplicate of the tab begins with a copy. */
type Notes = Map<string, string>;

interface Globals {
  readonly locks: object;
  readonly notes: Notes;
}

const pages = new AsyncLocalStorage<Globals>();

function here(): Globals {
  const globals = pages.getStore();
  if (!globals) throw new Error('no page is acting: use page.act');
  return globals;
}

const shared = new Locks();

/** A little longer than changes wait until they are saved. */
const SAVED_AFTER_MS = 320;

/** Replaces what pages share and what each tab has of its own. Undone by `vi.unstubAllGlobals`. */
export function stubBrowser(): void {
  vi.stubGlobal('navigator', { locks: shared });
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => here().notes.get(key) ?? null,
    setItem: (key: string, value: string) => void here().notes.set(key, value),
  });
}

async function modules() {
  vi.resetModules();
  return {
    ...(await import('../designStore.ts')),
    ...(await import('../epochCheckpoints.ts')),
    ...(await import('../evaluationStore.ts')),
    ...(await import('../modelStore.ts')),
    ...(await import('../noticeStore.ts')),
    ...(await import('../pageLocks.ts')),
    ...(await import('../persistence.ts')),
    ...(await import('../restoreSession.ts')),
    ...(await import('../tabs.ts')),
    ...(await import('../trainingStore.ts')),
  };
}

/** A page of a tab, with modules of its own. */
export class Page {
  readonly #globals: Globals;
  readonly state: Awaited<ReturnType<typeof modules>>;

  private constructor(globals: Globals, state: Page['state']) {
    this.#globals = globals;
    this.state = state;
  }

  /** A page whose scripts are there and do not run yet. */
  static async load(notes: Notes = new Map()): Promise<Page> {
    return new Page({ locks: {}, notes }, await modules());
  }

  static async open(notes?: Notes): Promise<Page> {
    const page = await Page.load(notes);
    await page.start();
    return page;
  }

  /** Does something as this page. */
  act<T>(action: (state: Page['state']) => T): T {
    return pages.run(this.#globals, () => action(this.state));
  }

  async start(): Promise<void> {
    await this.act((state) => state.restoreSession());
    this.act((state) => state.keepSaving());
  }

  /** Waits until what it saves is on the disk. */
  async settle(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, SAVED_AFTER_MS));
    await this.act((state) => state.keptBytes());
  }

  /** Closes the tab, or crashes it. */
  leave(): Notes {
    shared.leave(this.#globals.locks);
    return this.#globals.notes;
  }

  async close(): Promise<Notes> {
    await this.settle();
    return this.leave();
  }

  async reload(): Promise<Page> {
    return Page.open(await this.close());
  }

  /** What the browser's "Duplicate tab" makes. */
  duplicate(): Promise<Page> {
    return Page.open(new Map(this.#globals.notes));
  }
}
