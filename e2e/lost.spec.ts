import { expect, type Page, test } from '@playwright/test';
import { App } from './app.ts';
import { loseGraphics } from './graphics.ts';

const lastEpoch = (page: Page) =>
  page
    .getByRole('region', { name: 'This run' })
    .locator('div')
    .filter({ hasText: /^(Training|Validation)/ });

/** Ends the training worker from within, as the browser does where memory is short: the page hears nothing of it. */
async function killTrainer(page: Page): Promise<void> {
  const trainer = page.workers().find((worker) => /train\.worker/.test(worker.url()));
  if (!trainer) throw new Error('no training worker');
  await trainer.evaluate(() => self.close());
}

async function setUp(page: Page, epochs: number, { backend = 'wasm', images = 2000 } = {}): Promise<App> {
  const app = new App(page);
  await app.open();
  if (images !== 2000) {
    await app.room('Data');
    await page.getByRole('textbox', { name: 'Images', exact: true }).fill(String(images));
    await page.getByRole('textbox', { name: 'Images', exact: true }).press('Enter');
    await app.idle();
  }
  await app.room('Train');
  await page.getByLabel('Runs on').selectOption(backend);
  await app.idle();
  await page.getByLabel('Epochs', { exact: true }).fill(String(epochs));
  await page.getByLabel('Epochs', { exact: true }).press('Enter');
  return app;
}

test('a training whose worker is killed goes on from its last epoch and ends as if nothing had happened (SX-30)', async ({
  page,
}) => {
  const app = await setUp(page, 5);
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect(app.railState('Train')).toContainText('Epoch 3 of 5', { timeout: 120_000 });
  await killTrainer(page);
  await expect(
    app.notice().filter({ hasText: /ended the training worker; the training goes on/ }),
  ).toBeVisible();
  await app.idle();
  const survived = await lastEpoch(page).allInnerTexts();
  expect(survived).toHaveLength(2);

  await page.getByRole('button', { name: 'Reset weights' }).click();
  await page.getByRole('button', { name: 'Start training' }).click();
  await app.idle();
  expect(await lastEpoch(page).allInnerTexts()).toEqual(survived);
});

test('a training whose graphics processor is taken away goes on from its last epoch, to the same end (SX-30)', async ({
  page,
}) => {
  const app = await setUp(page, 6, { backend: 'webgl', images: 120 });
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect(app.railState('Train')).toContainText('Epoch 3 of 6', { timeout: 120_000 });
  await loseGraphics(page);
  await expect(
    app.notice().filter({ hasText: /graphics processor away; the training goes on from epoch [2-5]/ }),
  ).toBeVisible({ timeout: 60_000 });
  await app.idle();
  await expect(page.getByRole('region', { name: 'This run' })).toContainText('6 epochs on webgl');
  const survived = await lastEpoch(page).allInnerTexts();
  await page.getByRole('button', { name: 'Reset weights' }).click();
  await page.getByRole('button', { name: 'Start training' }).click();
  await app.idle();
  expect(await lastEpoch(page).allInnerTexts()).toEqual(survived);

  // every epoch was kept: the third one trains on to the same end again
  await page.getByLabel('Go back to').selectOption('3');
  await page.getByRole('button', { name: 'Train on from it' }).click();
  await expect(app.railState('Train')).toContainText(/Epoch [456] of 6/);
  await app.idle();
  expect(await lastEpoch(page).allInnerTexts()).toEqual(survived);
});

test('trainings wait in a queue while the hardware is explored, and phases prune on their own (SX-47)', async ({
  page,
}) => {
  const app = await setUp(page, 2);
  await page.getByRole('button', { name: 'Start training' }).click();
  await page.getByText(/^Queue: /).click();
  await page.getByLabel('Seeds to try').fill('2');
  await page.getByLabel('Seeds to try').press('Enter');
  await page.getByRole('button', { name: 'Queue from the start' }).click();
  await expect(page.getByRole('list', { name: 'Waiting trainings' }).getByRole('listitem')).toHaveCount(2);
  await app.room('Hardware');
  await expect(page.getByRole('region', { name: /Scoreboard/ })).toBeVisible();
  await expect(app.railState('Train')).toContainText(/Epoch|%/);
  await app.idle();
  await expect(app.railState('Explore')).toContainText('3');

  await app.room('Train');
  await page.getByLabel('Pruning rounds').fill('2');
  await page.getByLabel('Pruning rounds').press('Enter');
  await page.getByLabel('Epochs of the final phase').fill('1');
  await page.getByLabel('Epochs of the final phase').press('Enter');
  const before = Number((await app.score('Parameters').innerText()).replace(/[^\d.]/g, ''));
  await page.getByRole('button', { name: 'Run the phases from pruning on' }).click();
  await expect(app.panel('Phases').getByRole('row', { name: /Prune and fine-tune/ })).toContainText(
    'runs, round 1 of 2',
  );
  await app.idle();
  const after = Number((await app.score('Parameters').innerText()).replace(/[^\d.]/g, ''));
  expect(after).toBeLessThan(0.9 * before);
});
