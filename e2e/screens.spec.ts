import { expect, test } from '@playwright/test';
import { App } from './app.ts';

test('the first visit shows numbers in every room, and nothing leaves the machine', async ({
  page,
  baseURL,
}) => {
  const foreign: string[] = [];
  const errors: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(new URL(baseURL ?? '').origin) && !/^(blob|data):/.test(request.url()))
      foreign.push(request.url());
  });
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  const app = new App(page);
  await app.open();
  for (const [room, text] of [
    ['Data', 'Residential'],
    ['Network', 'conv3'],
    ['Train', 'Start training'],
    ['Prune', 'needs a trained network'],
    ['Hardware', 'Cycles between frames'],
    ['Explore', 'No design has a measured accuracy yet'],
  ] as const) {
    await app.room(room);
    await expect(page.getByRole('main')).toContainText(text);
  }
  expect(foreign).toEqual([]);
  expect(errors).toEqual([]);
});

test('an impossible edit names the layer and the reason and changes nothing', async ({ page }) => {
  const app = new App(page);
  await app.open();
  await app.room('Network');
  await page.getByRole('button', { name: 'CNV' }).click();
  await page.getByRole('button', { name: 'conv6', exact: true }).click();
  const before = await app.score('MACs').innerText();
  const layer = app.panel('conv6');
  await layer.getByLabel('Kernel').fill('7');
  await layer.getByLabel('Kernel').press('Enter');
  await expect(page.getByRole('alert')).toContainText(/conv6.*7x7.*too small|conv6/);
  await expect(layer.getByLabel('Kernel')).toHaveValue('3');
  await expect(app.score('MACs')).toHaveText(before);
  await layer.getByLabel('Filters').fill('128');
  await layer.getByLabel('Filters').press('Enter');
  await expect(app.score('MACs')).not.toHaveText(before);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(app.score('MACs')).toHaveText(before);
});

test('every preset has hardware numbers on both targets', async ({ page }) => {
  const app = new App(page);
  await app.open();
  for (const name of [
    'LeNet-5',
    'custom_rs_classifier',
    'CNV',
    'Tiny ResNet',
    'Tiny MobileNetV2',
    'Tiny CNN',
  ]) {
    await app.room('Network');
    await page.getByRole('button', { name: new RegExp(`^${name}`) }).click();
    await app.room('Hardware');
    await app.idle();
    await expect(app.panel('Totals').locator('dt', { hasText: 'Throughput' })).toHaveCount(2);
  }
});

test('at 390x844 no room scrolls sideways', async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  const app = new App(page);
  await app.open();
  for (const room of ['Data', 'Network', 'Train', 'Prune', 'Hardware', 'Explore'] as const) {
    await app.room(room);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow, room).toBeLessThanOrEqual(0);
  }
  await context.close();
});
