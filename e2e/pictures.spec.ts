import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { zipSync } from 'fflate';
import { App } from './app.ts';
import { fruit, png } from './pngs.ts';

test('a zip of pictures by class becomes a data set; a damaged picture is named and left out', async ({
  page,
}, info) => {
  const app = new App(page);
  await app.openFew();
  const path = info.outputPath('fruit.zip');
  mkdirSync(info.outputPath(), { recursive: true });
  writeFileSync(path, zipSync({ ...fruit(), 'fruit/Lime/torn.png': png(1, 2, 3).slice(0, 60) }));
  await app.room('Data');
  await page.getByLabel('Image files').setInputFiles(path);
  await app.idle();
  await expect(app.notice()).toContainText('1 picture could not be read and was left out');
  await expect(app.notice()).toContainText('torn.png');
  await expect(page.getByRole('main')).toContainText(/30 images, 64x64x3/);
  for (const name of ['Apple', 'Lime', 'Plum'])
    await expect(page.getByText(name, { exact: true })).toBeVisible();
});

test('a folder of pictures by class trains a network', async ({ page }, info) => {
  const app = new App(page);
  await app.openFew();
  const folder = info.outputPath('fruit');
  for (const [name, bytes] of Object.entries(fruit())) {
    const path = join(info.outputPath(), name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, bytes);
  }
  await app.room('Data');
  await page.getByLabel('Folder of images').setInputFiles(folder);
  await app.idle();
  await expect(app.railState('Data')).toContainText('fruit');
  await app.room('Network');
  await page.getByRole('button', { name: 'Give it 3 outputs' }).click();
  await app.room('Train');
  await page.getByLabel('Epochs', { exact: true }).fill('12');
  await page.getByLabel('Epochs', { exact: true }).press('Enter');
  await page.getByLabel('Batch size').fill('8');
  await page.getByLabel('Batch size').press('Enter');
  await page.getByRole('button', { name: 'Start training' }).click();
  await app.idle();
  expect(await app.accuracy()).toBeGreaterThan(60);
  // the set is no longer the design's, but the run needs it
  await app.room('Data');
  await page.getByRole('button', { name: /^Land cover, synthetic/ }).click();
  await app.idle();
  await page.getByRole('tab', { name: 'Kept sets' }).click();
  await app.idle();
  await page.getByRole('button', { name: 'Delete: fruit' }).click();
  await expect(page.getByRole('alert')).toContainText('1 run was trained with it');
  await page.getByRole('button', { name: 'Keep it' }).click();
  await expect(page.getByRole('button', { name: 'Use: fruit' })).toBeVisible();
});
