import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import type { StoredSet } from '../src/workers/protocol.ts';
import { App } from './app.ts';
import { png } from './png.ts';

interface Reply {
  readonly kind: 'done' | 'failed' | 'canceled';
  readonly reply?: never;
  readonly fault?: { readonly code: string; readonly message: string };
}

/**
 * The data worker of the built page, spoken to as the page speaks to it. `estimates` is false where the browser is not
 * to tell how much room it has, so that only a write can find out.
 */
class DataWorker {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens the page, finds the worker that it has started, and starts another one. */
  async start(estimates = true): Promise<void> {
    await new App(this.page).open();
    // tsx and Playwright name the functions that they hand to the page
    await this.page.evaluate('globalThis.__name = (value) => value');
    await this.page.evaluate((tells) => {
      const found = performance
        .getEntriesByType('resource')
        .find(({ name }) => /data\.worker-.*\.js$/.test(name));
      const silent = 'navigator.storage.estimate = async () => ({});';
      const text = `import ${JSON.stringify(found?.name)};${tells ? '' : silent}`;
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
    }, estimates);
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

const SIDE = 24;
const color = (label: number, n: number) => (x: number, y: number) => [
  (x * 9 + n) % 256,
  (y * 9 + 3 * n) % 256,
  100 * label + (x % 2),
];

/** A folder of two classes with so many pictures each, each another one. */
function folderOf(path: string, each: number, side = SIDE): string {
  for (const [label, name] of ['Apple', 'Lime'].entries()) {
    mkdirSync(join(path, name), { recursive: true });
    for (let n = 0; n < each; n++)
      writeFileSync(join(path, name, `${n}.png`), png(side, side, color(label, n)));
  }
  return path;
}

test('pictures are compiled to the byte, damaged ones are named, and the set outlives a reload', async ({
  page,
}, info) => {
  const folder = folderOf(info.outputPath('fruit'), 60);
  writeFileSync(join(folder, 'Lime', 'torn.png'), png(9, 9, () => [1, 2, 3]).subarray(0, 70));
  writeFileSync(join(folder, 'Lime', 'text.png'), 'no picture');
  writeFileSync(
    join(folder, 'Lime', 'wide.png'),
    png(300, 7, () => [9, 99, 199]),
  );
  writeFileSync(
    join(folder, 'Apple', 'clear.png'),
    png(SIDE, SIDE, () => [200, 100, 50, 51]),
  );
  const worker = new DataWorker(page);
  await worker.start();
  const done = await worker.compile(await worker.open(folder), SIDE);
  expect(done.fault).toBeUndefined();
  const set = done.reply as unknown as StoredSet;
  expect(set).toMatchObject({ imageCount: 122, isKept: true, skipped: { count: 2 } });
  expect(set.skipped.named.map(({ path }) => path.replace(/^.*\//, '')).sort()).toEqual([
    'text.png',
    'torn.png',
  ]);
  const taken = await page.evaluate(async (id) => {
    const scope = globalThis as unknown as {
      callWorker(...parameters: unknown[]): Promise<{ reply: { pixels: Uint8Array; labels: Uint8Array } }>;
    };
    const { pixels, labels } = (await scope.callWorker('takeSet', { id }, null)).reply;
    return { pixels: [...pixels], labels: [...labels] };
  }, set.id);
  const size = SIDE * SIDE * 3;
  const found = taken.labels.map((_, i) => taken.pixels.slice(i * size, (i + 1) * size).join());
  const bytes = (at: (x: number, y: number) => readonly number[]) =>
    Array.from({ length: SIDE * SIDE }, (_, i) => at(i % SIDE, Math.floor(i / SIDE)))
      .flat()
      .join();
  for (const label of [0, 1])
    for (let n = 0; n < 60; n++) {
      const place = found.indexOf(bytes(color(label, n)));
      expect(taken.labels[place], `picture ${n} of class ${label}`).toBe(label);
    }
  expect(found).toContain(bytes(() => [9, 99, 199])); // cut to the center and made larger
  expect(found).toContain(bytes(() => [40, 20, 10])); // a fifth of its color on black
  await page.reload();
  await worker.start();
  expect(await worker.sets()).toEqual([set]);
  await worker.call('deleteSet', { id: set.id });
  expect([await worker.sets(), await worker.records()]).toEqual([[], 0]);
});

test('a compilation that is canceled, or whose tab is closed, leaves nothing; another tab does not end it', async ({
  page,
  context,
}, info) => {
  const folder = folderOf(info.outputPath('fruit'), 400);
  const worker = new DataWorker(page);
  await worker.start();
  const id = await worker.open(folder);
  expect((await worker.compile(id, 128, 3)).kind).toBe('canceled');
  expect(await worker.records()).toBe(0);
  const other = new DataWorker(await context.newPage());
  await other.start();
  const otherId = await other.open(folder);
  const running = other.compile(otherId, 256);
  await expect.poll(() => worker.records(), { timeout: 60_000 }).toBeGreaterThan(4);
  expect(await worker.sets()).toEqual([]);
  expect(await worker.records()).toBeGreaterThan(4); // it is being written
  const ended = running.catch(() => 'closed');
  await other.page.close();
  expect(await ended).toBe('closed');
  await expect
    .poll(async () => {
      await worker.sets();
      return worker.records();
    })
    .toBe(0);
});

test('a full quota is told, foreseen or not, and nothing half-written remains', async ({ page }, info) => {
  const folder = folderOf(info.outputPath('fruit'), 60);
  for (const foresees of [true, false]) {
    const worker = new DataWorker(page);
    await worker.start(foresees);
    const cdp = await page.context().newCDPSession(page);
    const origin = new URL(page.url()).origin;
    const id = await worker.open(folder);
    await worker.sets();
    await cdp.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 6_000_000 });
    const refused = await worker.compile(id, 256);
    await cdp.send('Storage.overrideQuotaForOrigin', { origin });
    expect(refused.fault?.code).toBe('quota');
    expect(refused.fault?.message).toMatch(/Mine needs about 23.6 MB.*Delete kept sets/);
    expect([await worker.sets(), await worker.records()]).toEqual([[], 0]);
    // with room again it works
    expect((await worker.compile(id, SIDE)).fault).toBeUndefined();
    for (const set of await worker.sets()) await worker.call('deleteSet', { id: set.id });
  }
});
