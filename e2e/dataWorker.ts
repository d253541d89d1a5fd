import type { Page } from '@playwright/test';
import type { StoredSet } from '../src/workers/protocol.ts';
import { App } from './app.ts';

interface Reply {
  readonly kind: 'done' | 'failed' | 'canceled';
  readonly reply?: never;
  readonly fault?: { readonly code: string; readonly message: string };
}

/**
 * The data worker of the built page, spoken to as the page speaks to it. `estimate` is what the browser is to
 * tell of its room; without a quota in it only a write can find out. Chromium tells 10 GB more than is used, whatever the
 * quota.
 */
export class DataWorker {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens the page, finds the worker that it has started, and starts another one. */
  async start(estimate?: { readonly usage?: number; readonly quota?: number }): Promise<void> {
    await new App(this.page).open();
    // tsx and Playwright name the functions that they hand to the page
    await this.page.evaluate('globalThis.__name = (value) => value');
    await this.page.evaluate((told) => {
      const found = performance
        .getEntriesByType('resource')
        .find(({ name }) => /data\.worker-.*\.js$/.test(name));
      const stub = told ? `navigator.storage.estimate = async () => (${JSON.stringify(told)});` : '';
      const text = `import ${JSON.stringify(found?.name)};${stub}`;
      const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
      const worker = new Worker(url, { type: 'module' });
      let next = 1;
      const input = document.createElement('input');
      input.type = 'file';
      input.webkitdirectory = true;
      input.ariaLabel = 'Folder for the worker';
      document.body.append(input);
      Object.assign(globalThis, {
        filesOf: () => [...(input.files ?? [])].map((file) => ({ path: file.webkitRelativePath, file })),
        callWorker: (method: string, request: unknown, cancelAfter: number | null) =>
          new Promise((resolve) => {
            const id = next++;
            let heard = 0;
            worker.addEventListener('message', ({ data }) => {
              if (data.id !== id) return;
              if (data.kind !== 'progress') resolve(data);
              else if (++heard === cancelAfter) worker.postMessage({ id, control: 'cancel' });
            });
            worker.postMessage({ id, method, request });
          }),
      });
    }, estimate);
  }

  async call(method: string, request: unknown, cancelAfter: number | null = null): Promise<Reply> {
    return this.page.evaluate(
      ([name, asked, after]) =>
        (globalThis as unknown as { callWorker(...parameters: unknown[]): Promise<Reply> }).callWorker(
          name,
          asked,
          after,
        ),
      [method, request, cancelAfter] as const,
    );
  }

  /** Opens a folder as one source; gives its id. */
  async open(folder: string): Promise<string> {
    await this.page.getByLabel('Folder for the worker').setInputFiles(folder);
    return this.page.evaluate(async () => {
      const scope = globalThis as unknown as {
        filesOf(): unknown[];
        callWorker(...parameters: unknown[]): Promise<{ reply: { sources: { id: string }[] } }>;
      };
      const { reply } = await scope.callWorker('openSources', { files: scope.filesOf() }, null);
      return reply.sources[0]?.id ?? '';
    });
  }

  compile(id: string, extent: number, cancelAfter: number | null = null): Promise<Reply> {
    const choice = { height: extent, width: extent, channels: 3, fit: 'crop', classes: {} };
    return this.call('compile', { sourceIds: [id], name: 'Mine', choice, seed: 1 }, cancelAfter);
  }

  async sets(): Promise<readonly StoredSet[]> {
    const { reply } = await this.call('storedSets', null);
    return (reply as unknown as { sets: readonly StoredSet[] }).sets;
  }

  /** Records in the database of images: of whole sets, and of what is half-written. */
  async records(): Promise<number> {
    return this.page.evaluate(
      () =>
        new Promise<number>((resolve, reject) => {
          const opening = indexedDB.open('sweetspot-images');
          opening.onerror = () => reject(opening.error);
          opening.onsuccess = () => {
            const names = [...opening.result.objectStoreNames];
            const read = opening.result.transaction(names);
            let count = 0;
            for (const name of names) {
              const counting = read.objectStore(name).count();
              counting.onsuccess = () => {
                count += counting.result;
              };
            }
            read.oncomplete = () => {
              opening.result.close();
              resolve(count);
            };
          };
        }),
    );
  }
}
