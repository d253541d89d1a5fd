import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { StoredSet } from '../src/workers/protocol.ts';
import { DataWorker } from './dataWorker.ts';
import { png } from './png.ts';

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

const SMALL_QUOTA = 6_000_000;

for (const foresees of [true, false])
  test(`a full quota is told ${foresees ? 'before anything is written' : 'when a write meets it'}, and nothing half-written remains`, async ({
    page,
    baseURL,
  }, info) => {
    const folder = folderOf(info.outputPath('fruit'), 60);
    const cdp = await page.context().newCDPSession(page);
    const origin = new URL(baseURL as string).origin;
    // before the page opens its database: Chromium remembers for half a minute how much room there was
    await cdp.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: SMALL_QUOTA });
    const worker = new DataWorker(page);
    await worker.start(foresees ? { usage: 0, quota: SMALL_QUOTA } : {});
    const id = await worker.open(folder);
    const refused = await worker.compile(id, 256);
    expect(refused.fault?.code).toBe('quota');
    expect(refused.fault?.message).toMatch(/Mine needs about 23.6 MB.*Delete kept sets/);
    expect([await worker.sets(), await worker.records()]).toEqual([[], 0]);
    await cdp.send('Storage.overrideQuotaForOrigin', { origin });
    // with room again it works
    expect((await worker.compile(id, SIDE)).fault).toBeUndefined();
  });

test('JPEG and WebP pictures have the colors they were written with', async ({ page }) => {
  const worker = new DataWorker(page);
  await worker.start();
  const means = await page.evaluate(async () => {
    const scope = globalThis as unknown as {
      callWorker(...parameters: unknown[]): Promise<{ reply: never }>;
    };
    const files: { path: string; file: Blob }[] = [];
    for (const [kind, color] of [
      ['jpeg', 'rgb(200 40 90)'],
      ['webp', 'rgb(20 180 60)'],
    ] as const) {
      const canvas = new OffscreenCanvas(40, 30);
      const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
      context.fillStyle = color;
      context.fillRect(0, 0, 40, 30);
      const file = await canvas.convertToBlob({ type: `image/${kind}`, quality: 0.95 });
      files.push({ path: `mixed/${kind}/1.${kind}`, file });
    }
    const opened: { sources: { id: string }[] } = (await scope.callWorker('openSources', { files }, null))
      .reply;
    const choice = { height: 16, width: 16, channels: 3, fit: 'crop', classes: {} };
    const request = { sourceIds: opened.sources.map(({ id }) => id), name: '', choice, seed: 1 };
    const set: { id: string } = (await scope.callWorker('compile', request, null)).reply;
    const images: { pixels: Uint8Array; labels: Uint8Array; classNames: string[] } = (
      await scope.callWorker('takeSet', { id: set.id }, null)
    ).reply;
    await scope.callWorker('deleteSet', { id: set.id }, null);
    const size = 16 * 16 * 3;
    return Object.fromEntries(
      [...images.labels].map((label, i) => [
        images.classNames[label],
        [0, 1, 2].map((c) => {
          const own = [...images.pixels.subarray(i * size, (i + 1) * size)].filter((_, n) => n % 3 === c);
          return own.reduce((a, b) => a + b) / own.length;
        }),
      ]),
    );
  });
  for (const [kind, color] of [
    ['jpeg', [200, 40, 90]],
    ['webp', [20, 180, 60]],
  ] as const)
    for (const c of [0, 1, 2])
      expect(Math.abs((means[kind]?.[c] ?? 0) - (color[c] as number)), `${kind}, color ${c}`).toBeLessThan(4);
});
