import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { App } from './app.ts';

const shared = join(import.meta.dirname, '..', '..', 'shared');
const model = join(shared, 'models', 'mlperf_tiny_resnet8_cifar10.h5');
const images = join(shared, 'data', 'cifar10_test_1000.bin');

const warning = (page: Page) => page.getByText(/^This network was probably trained with pixels of/);
const pixels = (page: Page) => page.getByLabel('Pixels reach the network as');

async function trainShortly(page: Page, app: App): Promise<void> {
  await app.open();
  await app.room('Train');
  await page.getByLabel('Epochs', { exact: true }).fill('2');
  await page.getByLabel('Epochs', { exact: true }).press('Enter');
  await page.getByRole('button', { name: 'Start training' }).click();
  await app.idle();
}

/** Saves the network with its weights and opens that file. */
async function saveAndOpen(page: Page, app: App, format: string, inside: boolean): Promise<void> {
  await app.room('Network');
  await page.getByLabel('Save as').selectOption({ label: format });
  await page.getByLabel('Normalize inside the file, which then reads bytes').setChecked(inside);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save with weights' }).click();
  const path = await (await download).path();
  await page.getByLabel('Open a model').setInputFiles(path);
  await app.idle();
}

test('a saved network brings its normalization back, and another one is noticed, mended and undone', async ({
  page,
}) => {
  const app = new App(page);
  await trainShortly(page, app);

  await test.step('what the file says becomes the choice of the design', async () => {
    for (const [format, inside] of [
      ['Keras 2, .h5', false],
      ['ONNX', true],
    ] as const) {
      await saveAndOpen(page, app, format, inside);
      await expect(page.getByText(/pixels reach it as −1 to 1/i).first()).toBeVisible();
      await expect(warning(page)).toHaveCount(0);
    }
    await app.room('Data');
    await expect(pixels(page)).toHaveValue('signed');
  });

  await test.step('another one is noticed in both rooms', async () => {
    await pixels(page).selectOption('none');
    await app.idle();
    await expect(warning(page)).toHaveText(
      /pixels of −1 to 1, not 0 to 255: its first batch norms are off by/,
    );
    await app.room('Network');
    await expect(warning(page)).toHaveCount(1);
  });

  await test.step('the button mends it, and undo brings it back', async () => {
    await page.getByRole('button', { name: 'Use −1 to 1' }).click();
    await app.idle();
    await expect(warning(page)).toHaveCount(0);
    await page.keyboard.press('Control+z');
    await app.idle();
    await expect(warning(page)).toHaveCount(1);
    await app.room('Data');
    await expect(pixels(page)).toHaveValue('none');
  });
});

test("somebody's ResNet-8 that says nothing of its images is found to read bytes", async ({ page }) => {
  test.skip(!existsSync(model) || !existsSync(images), 'the public ResNet-8 and its images are not here');
  const app = new App(page);
  await app.open();
  await app.room('Data');
  await page.getByLabel('Image files').setInputFiles(images);
  await app.idle();
  await app.room('Network');
  await page.getByLabel('Open a model').setInputFiles(model);
  await app.idle();
  await expect(warning(page)).toHaveText(/pixels of 0 to 255, not −1 to 1/);
  await page.getByRole('button', { name: 'Use 0 to 255' }).click();
  await app.idle();
  await expect(warning(page)).toHaveCount(0);
  await app.room('Data');
  await expect(pixels(page)).toHaveValue('none');
});
