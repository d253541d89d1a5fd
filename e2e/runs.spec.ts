import { readFile } from 'node:fs/promises';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { App } from './app.ts';

/** The row of a run by a part of its name, which is written in a field. */
const rowOf = (page: Page, name: string): Locator =>
  page
    .getByRole('region', { name: 'Runs', exact: true })
    .getByRole('row')
    .filter({ has: page.getByRole('checkbox', { name }) });

async function train(page: Page, app: App, seed: number): Promise<void> {
  await page.getByLabel('Seed', { exact: true }).fill(String(seed));
  await page.getByLabel('Seed', { exact: true }).press('Enter');
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect(app.railState('Train')).toContainText('%', { timeout: 120_000 });
  await app.idle();
}

async function openRuns(page: Page, app: App): Promise<void> {
  await app.room('Train');
  await page.getByRole('tab', { name: 'Runs' }).click();
}

/** What a row says of accuracy and loss: behind choice, recipe, seed, epochs and best. */
const numbersOf = async (row: Locator): Promise<string[]> =>
  (await row.getByRole('cell').allInnerTexts()).slice(5, 7);

/** Names of the runs that a reload would bring back. */
const keptNames = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        const opened = indexedDB.open('sweetspot-runs');
        opened.onsuccess = () => {
          const asked = opened.result.transaction('runs').objectStore('runs').getAll();
          asked.onsuccess = () => {
            opened.result.close();
            resolve(asked.result.map(({ name }) => name));
          };
        };
      }),
  );

test('runs are kept, compared, named, used, sent, opened, trained again to the last digit, and deleted (SX-28) (VT-37)', async ({
  page,
}) => {
  const app = new App(page);
  await app.openFew();
  await app.room('Train');
  await page.getByLabel('Runs on').selectOption('wasm');
  await app.idle();
  await page.getByLabel('Epochs', { exact: true }).fill('1');
  await page.getByLabel('Epochs', { exact: true }).press('Enter');
  await page.getByText('Advanced: nothing set').click();
  await train(page, app, 1);
  await page.getByRole('button', { name: 'Reset weights' }).click();
  await train(page, app, 2);

  await openRuns(page, app);
  await page.getByRole('checkbox', { name: /^Compare .*seed 1$/ }).check();
  await page.getByRole('checkbox', { name: /^Compare .*seed 2$/ }).check();
  const differences = page.getByRole('region', { name: 'Differences' });
  await expect(differences.getByRole('row')).toHaveText([/^Choice/, /^seed.*1.*2$/]);
  await expect(differences).toContainText(/95 % interval .* to /);
  const chart = page.getByRole('region', { name: 'Learning curves of runs' });
  await expect(chart.locator('desc')).toHaveText(/A .*seed 1: best .*B .*seed 2: best/);
  await chart.getByRole('radio', { name: 'step' }).check();
  await chart.getByLabel('Curve', { exact: true }).selectOption('trainLoss');
  await chart.getByLabel('Smoothing factor').fill('0.8');
  await expect(chart.locator('desc')).toHaveText(/^Training loss by step. Smoothed .*factor 0.8/);
  await expect(chart.locator('path.raw')).toHaveCount(2);
  await differences.getByRole('button', { name: /image by image/ }).click();
  await app.idle();
  await expect(differences).toContainText(/McNemar|the same of the/);

  const name = rowOf(page, 'seed 1').getByLabel('Name of this run');
  await name.fill('the first one');
  await name.press('Enter');
  const first = rowOf(page, 'the first one');
  const numbers = await numbersOf(first);
  expect(numbers).toEqual([expect.stringMatching(/^[\d.]+ % ±/), expect.stringMatching(/^[\d.]+$/)]);
  await expect(page.getByText(/weights of runs take [\d.]+ MB/)).toBeVisible();
  await expect.poll(() => keptNames(page)).toContain('the first one');

  await page.reload();
  await app.idle();
  await openRuns(page, app);
  await expect(first).toBeVisible();
  await first.getByRole('button', { name: 'Use the first one' }).click();
  await expect(app.score('Accuracy')).toHaveText(numbers[0]?.split(' ±')[0] ?? '');
  await expect(first.getByRole('button', { name: 'Use the first one' })).toBeDisabled();

  await first.getByRole('button', { name: /^More about/ }).click();
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export as session (JSON)' }).click();
  const session = await readFile(await (await downloading).path());
  expect(JSON.parse(session.toString())).toMatchObject({
    format: 'sweetspot-session',
    design: { recipe: { seed: 1, epochs: 1 } },
    run: { name: 'the first one' },
  });

  await page.getByRole('button', { name: 'Train again with this recipe' }).click();
  await app.idle();
  await openRuns(page, app);
  expect(await numbersOf(rowOf(page, 'seed 1'))).toEqual(numbers);

  await first.getByRole('button', { name: /^More about/ }).click();
  await page.getByRole('button', { name: 'Delete the run' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Keep' }).click();
  await expect(page.getByRole('button', { name: 'Delete the run' })).toBeFocused();
  await expect(first).toBeVisible();
  await page.getByRole('button', { name: 'Delete the run' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(first).toHaveCount(0);

  await page.getByLabel('Open a session').setInputFiles({
    name: 'first.json',
    mimeType: 'application/json',
    buffer: session,
  });
  await expect(app.notice().last()).toHaveText(/^first\.json: a session with all its choices, and its run/);
  await expect(first).toBeVisible();
  expect(await numbersOf(first)).toEqual(numbers);
  await expect(page.getByLabel('Epochs', { exact: true })).toHaveValue('1');
  await page.getByLabel('Open a session').setInputFiles({
    name: 'broken.json',
    mimeType: 'application/json',
    buffer: Buffer.from(session.toString().replace('"version": 1', '"version": 7')),
  });
  await expect(app.notice().last()).toHaveText(/^broken\.json: This session was made by a newer Sweetspot/);
});
