import { expect, type Page, test } from '@playwright/test';
import { App } from './app.ts';

/** What the Train room says about the last epoch: losses and accuracies. */
const lastEpoch = (page: Page) =>
  page
    .getByRole('region', { name: 'This run' })
    .locator('div')
    .filter({ hasText: /^(Training|Validation)/ });

test('a training interrupted by a reload ends as if it had never stopped, whatever the recipe (SX-30)', async ({
  page,
}) => {
  const app = new App(page);
  await app.open();
  await app.room('Train');
  await page.getByLabel('Runs on').selectOption('wasm');
  await app.idle();
  await page.getByLabel('Optimizer').selectOption('adamw');
  await page.getByLabel('Schedule', { exact: true }).selectOption('one-cycle');
  await page.getByLabel('Epochs', { exact: true }).fill('5');
  await page.getByLabel('Epochs', { exact: true }).press('Enter');
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect(app.railState('Train')).toContainText('Epoch 3 of 5', { timeout: 120_000 });
  await expect(page.getByRole('region', { name: 'This run' })).toContainText('Learning rate');
  await page.waitForFunction(
    () =>
      new Promise<boolean>((resolve) => {
        const opened = indexedDB.open('sweetspot');
        opened.onsuccess = () => {
          const asked = opened.result.transaction('models').objectStore('models').get('checkpoint');
          asked.onsuccess = () => {
            opened.result.close();
            resolve((asked.result?.state?.epoch ?? 0) >= 2);
          };
        };
      }),
  );
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Sweetspot' })).toBeVisible();
  await expect(app.notice().first()).toHaveText(/interrupted after epoch \d of 5/);
  await app.idle();
  await app.room('Train');
  await page.getByRole('button', { name: /^Continue at epoch [345] of 5$/ }).click();
  await app.idle();
  await expect(page.getByRole('button', { name: /^Continue/ })).toHaveCount(0);
  const resumed = await lastEpoch(page).allInnerTexts();
  expect(resumed).toHaveLength(2);

  await page.getByRole('button', { name: 'Reset weights' }).click();
  await page.getByRole('button', { name: 'Start training' }).click();
  await app.idle();
  expect(await lastEpoch(page).allInnerTexts()).toEqual(resumed);
});
