import { expect, type Page, test } from '@playwright/test';
import { App } from './app.ts';

/** What the Train room says about the last epoch: losses and accuracies. */
const lastEpoch = (page: Page) =>
  page
    .getByRole('region', { name: 'This run' })
    .locator('div')
    .filter({ hasText: /^(Training|Validation)/ });

/** Epochs in the checkpoints of all tabs that a tab which is closed now leaves. */
const keptCheckpoints = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<number[]>((resolve) => {
        const opened = indexedDB.open('sweetspot');
        opened.onsuccess = () => {
          const range = IDBKeyRange.bound('checkpoint', 'checkpoint@\uffff');
          const asked = opened.result.transaction('models').objectStore('models').getAll(range);
          asked.onsuccess = () => {
            opened.result.close();
            resolve(asked.result.flatMap((found) => found.state?.epoch ?? []));
          };
        };
      }),
  );

async function openTab(page: Page): Promise<App> {
  const app = new App(page);
  await app.open();
  await app.room('Train');
  return app;
}

const fill = async (page: Page, label: string, value: number) => {
  const field = page.getByRole('textbox', { name: label, exact: true });
  await field.fill(String(value));
  await field.press('Enter');
};

const LONG = { timeout: 120_000 };

const batchSize = (page: Page) => page.getByLabel('Batch size');
const interrupted = (app: App) => app.notice().filter({ hasText: /interrupted/ });
const goOn = (page: Page) => page.getByRole('button', { name: /^Continue at epoch/ });

/** Few images: epochs end soon also where two tabs train. */
async function beginTraining(page: Page, app: App, epochs: number): Promise<void> {
  await app.room('Data');
  await fill(page, 'Images', 300);
  await app.idle();
  await app.room('Train');
  await page.getByLabel('Runs on').selectOption('wasm');
  await app.idle();
  await fill(page, 'Epochs', epochs);
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect(app.railState('Train')).toContainText(/Epoch ([3-9]|\d\d) of/, LONG);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(app.railState('Train')).toContainText('paused');
}

test('two tabs keep two designs over reloads, and the training of a closed one is gone on with in a new one (SX-30)', async ({
  context,
}) => {
  const first = await context.newPage();
  const app = await openTab(first);
  await beginTraining(first, app, 16);
  const paused = await app.railState('Train').innerText();

  // another tab begins with a copy of the design, and not with the training
  const second = await context.newPage();
  const other = await openTab(second);
  await expect(second.getByLabel('Epochs', { exact: true })).toHaveValue('16');
  await expect(goOn(second)).toHaveCount(0);
  await fill(second, 'Epochs', 1);
  await fill(second, 'Batch size', 16);
  await second.getByLabel('Runs on').selectOption('wasm');
  await other.idle();
  await second.getByRole('button', { name: /^Train 1 more epoch$/ }).click();
  await other.idle();
  await expect(batchSize(first)).toHaveValue('32');
  await second.reload();
  await other.idle();
  await other.room('Train');
  await expect(batchSize(second)).toHaveValue('16');
  await expect(interrupted(other)).toHaveCount(0);
  await expect(goOn(second)).toHaveCount(0);

  // the first one has heard nothing of it
  await expect(app.railState('Train')).toHaveText(paused);
  await first.getByRole('button', { name: 'Resume' }).click();
  const epoch = Number(/\d+/.exec(paused));
  await expect
    .poll(async () => Math.max(...(await keptCheckpoints(second))), LONG)
    .toBeGreaterThanOrEqual(epoch);
  await first.getByRole('button', { name: 'Pause' }).click();
  await first.close();

  const third = await context.newPage();
  const next = await openTab(third);
  await expect(interrupted(next)).toHaveText(/after epoch \d+ of 16; in Train it can be continued/);
  await expect(batchSize(third)).toHaveValue('32');
  await goOn(third).click();
  await next.idle();
  await expect(goOn(third)).toHaveCount(0);
  const resumed = await lastEpoch(third).allInnerTexts();
  expect(resumed).toHaveLength(2);
  await third.getByRole('button', { name: 'Reset weights' }).click();
  await third.getByRole('button', { name: 'Start training' }).click();
  await next.idle();
  expect(await lastEpoch(third).allInnerTexts()).toEqual(resumed);

  await second.reload();
  await other.idle();
  await other.room('Train');
  await expect(batchSize(second)).toHaveValue('16');
});

test('a duplicated tab goes its own way, and so do both after their reloads', async ({ context }) => {
  const first = await context.newPage();
  await openTab(first);
  await fill(first, 'Batch size', 24);
  const opening = context.waitForEvent('page');
  // the browser gives the new tab a copy of what this one has noted, as "Duplicate" does
  await first.evaluate(() => void window.open(location.href));
  const twin = await opening;
  const app = new App(twin);
  await app.idle();
  await app.room('Train');
  await expect(batchSize(twin)).toHaveValue('24');
  await fill(twin, 'Batch size', 48);
  await expect(batchSize(twin)).toHaveValue('48');
  await expect(batchSize(first)).toHaveValue('24');
  for (const [page, value] of [
    [first, '24'],
    [twin, '48'],
  ] as const) {
    await page.reload();
    await new App(page).idle();
    await new App(page).room('Train');
    await expect(batchSize(page)).toHaveValue(value);
  }
});

test('what the version before kept, under the names of the only records that there were, is there for all tabs', async ({
  context,
}) => {
  const first = await context.newPage();
  const app = await openTab(first);
  await fill(first, 'Batch size', 40);
  await beginTraining(first, app, 30);
  await expect.poll(async () => (await keptCheckpoints(first)).length).toBe(1);
  await first.close();
  const blank = await context.newPage();
  // a page of the same site that runs nothing of the app
  await blank.goto('./design.schema.json');
  await blank.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const opened = indexedDB.open('sweetspot');
        opened.onsuccess = () => {
          const store = opened.result.transaction('session', 'readwrite').objectStore('session');
          store.get('session').onsuccess = ({ target }) => {
            const { savedAt: _, ...old } = (target as IDBRequest).result;
            store.put(old, 'session').onsuccess = () => {
              opened.result.close();
              resolve();
            };
          };
        };
      }),
  );
  await blank.close();
  const next = await context.newPage();
  const nextApp = await openTab(next);
  await expect(interrupted(nextApp)).toHaveText(/after epoch \d+ of 30/);
  await expect(batchSize(next)).toHaveValue('40');
  await expect(goOn(next)).toBeVisible();
  const copy = await context.newPage();
  await openTab(copy);
  await expect(batchSize(copy)).toHaveValue('40');
  await expect(goOn(copy)).toHaveCount(0);
});
