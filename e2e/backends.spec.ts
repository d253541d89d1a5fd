import { expect, type Page, test } from '@playwright/test';
import type { BackendName } from '../src/workers/protocol.ts';
import { App } from './app.ts';
import { loseGraphics } from './graphics.ts';
import { firstLosses, startTrainWorker } from './trainWorker.ts';

const asRoot = process.getuid?.() === 0;

test.use({
  launchOptions: {
    ...(process.env.CHROMIUM_PATH ? { executablePath: process.env.CHROMIUM_PATH } : {}),
    args: [
      ...(asRoot ? ['--no-sandbox'] : []),
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // without a GPU: WebGPU in software
      '--enable-unsafe-webgpu',
      '--use-webgpu-adapter=swiftshader',
    ],
  },
});

const STEPS = 20;

const hasWebgpu = (page: Page) =>
  page.evaluate(async () => {
    const { gpu } = navigator as unknown as { gpu?: { requestAdapter(): Promise<unknown> } };
    return Boolean(await gpu?.requestAdapter());
  });

/** When the backends were measured, as the browser remembers it: one time a wish. */
const measuredAt = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<number[]>((resolve) => {
        const opened = indexedDB.open('sweetspot-backends');
        opened.onsuccess = () => {
          const asked = opened.result.transaction('choices').objectStore('choices').getAll();
          asked.onsuccess = () => {
            opened.result.close();
            resolve(asked.result.map((choice: { measuredAt: number }) => choice.measuredAt).sort());
          };
        };
      }),
  );

test('the first 20 losses are the same to the bit on one backend and agree within 1 % on all', async ({
  page,
}) => {
  test.setTimeout(600_000);
  const app = new App(page);
  await app.open();
  const backends: BackendName[] = ['wasm', 'cpu', 'webgl'];
  if (await hasWebgpu(page)) backends.push('webgpu');
  const losses = new Map<BackendName, number[]>();
  for (const backend of backends) {
    await startTrainWorker(page, backend);
    const first = await firstLosses(page, STEPS);
    expect(first, backend).toHaveLength(STEPS);
    losses.set(backend, first);
    expect(await firstLosses(page, STEPS), `${backend}, a second time`).toEqual(first);
  }
  const reference = losses.get('wasm') ?? [];
  expect(reference[STEPS - 1]).toBeLessThan(reference[0] ?? 0);
  for (const [backend, values] of losses) {
    const differences = values.map((loss, i) => Math.abs(loss / (reference[i] ?? Number.NaN) - 1));
    const largest = Math.max(...differences);
    console.log(`${backend}: at most ${(100 * largest).toPrecision(2)} % from wasm in ${STEPS} steps`);
    expect(largest, backend).toBeLessThan(0.01);
  }
});

test('a lost WebGL context ends a step with a fault instead of a hang', async ({ page }) => {
  const app = new App(page);
  await app.open();
  await startTrainWorker(page, 'webgl');
  expect(await firstLosses(page, 1)).toHaveLength(1);
  await loseGraphics(page);
  await expect(firstLosses(page, 2)).rejects.toThrow(/graphics-lost.*webglcontextlost/);
});

test('the panel says what was measured, checked and left out, and measures again only when asked', async ({
  page,
}) => {
  const app = new App(page);
  await app.open();
  await app.room('Train');
  const panel = app.panel('Backend');
  await expect(panel).toContainText('Measured before the first training');
  const started = Date.now();
  await panel.getByLabel('Runs on').selectOption('webgl');
  await app.idle();
  console.log(`webgl in software: checked and measured in ${Date.now() - started} ms`);
  await expect(panel).toContainText(/webgl, as you chose: [\d,]+ images\/s/);
  const difference = Number(/within ([\de.-]+) of cpu/.exec(await panel.innerText())?.[1]);
  expect(difference).toBeGreaterThan(0);
  expect(difference).toBeLessThan(1e-3);

  await panel.getByLabel('Runs on').selectOption('auto');
  await app.idle();
  await expect(panel).toContainText(/wasm trains fastest here: [\d,]+ images\/s/);
  await expect(panel).toContainText(/no GPU: SwiftShader/i);
  const first = await measuredAt(page);
  expect(first).toHaveLength(2);

  await page.reload();
  await app.idle();
  await app.room('Train');
  for (const choice of ['webgl', 'auto']) {
    await panel.getByLabel('Runs on').selectOption(choice);
    await app.idle();
  }
  await expect(panel).toContainText('wasm trains fastest here');
  expect(await measuredAt(page)).toEqual(first);

  await panel.getByRole('button', { name: 'Measure again' }).click();
  await app.idle();
  const [webgl, auto] = await measuredAt(page);
  expect(webgl).toBe(first[0]);
  expect(auto).toBeGreaterThan(first[1] ?? Number.POSITIVE_INFINITY);
});
