import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { App } from './app.ts';

/** Drags the threshold of the selected group from where it is to `value`, as a hand would. */
async function dragThreshold(page: Page, value: number): Promise<void> {
  const handle = page.getByRole('region', { name: 'APoZ distribution' }).getByRole('slider');
  const from = await handle.boundingBox();
  const plot = await page.getByRole('region', { name: 'APoZ distribution' }).locator('svg').boundingBox();
  if (!from || !plot) throw new Error('The chart is not drawn');
  const x = from.x + from.width / 2;
  await page.mouse.move(x, from.y + from.height / 2);
  await page.mouse.down();
  for (let y = from.y; y < plot.y + plot.height; y += 4) {
    await page.mouse.move(x, y);
    if (Number(await handle.getAttribute('aria-valuenow')) <= value) break;
  }
  await page.mouse.up();
}

/** Chooses each prunable group in turn and drags its threshold down until about half of it falls. */
async function pruneByDragging(page: Page, app: App): Promise<void> {
  const sliders = app.panel('Thresholds').getByRole('slider');
  const count = await sliders.count();
  expect(count).toBeGreaterThan(1);
  for (let i = 0; i < count; i++) {
    await sliders.nth(i).focus();
    const median = await medianApoz(page);
    await dragThreshold(page, median);
  }
  await app.idle();
}

/** The middle of the selected group's curve, read from the chart's own table. */
async function medianApoz(page: Page): Promise<number> {
  const panel = page.getByRole('region', { name: 'APoZ distribution' });
  const selected = (await panel.getByRole('slider').getAttribute('aria-label')) ?? '';
  await panel.getByRole('button', { name: 'Table' }).click();
  const columns = await panel.getByRole('columnheader').allInnerTexts();
  const rows = await panel.locator('tbody tr').all();
  const cells = await Promise.all(rows.map((row) => row.locator('td').allInnerTexts()));
  await panel.getByRole('button', { name: 'Chart' }).click();
  const row = cells.find(([group]) => group !== undefined && selected.endsWith(group));
  return Number(row?.[columns.indexOf('median APoZ')]);
}

const share = (text: string): number => Number.parseFloat(text.replace(/[^0-9.]/g, ''));

test('the whole loop: train, measure, drag, prune, fine-tune, compare, explore, share', async ({
  page,
  browser,
  context,
  baseURL,
}) => {
  const app = new App(page);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await app.open();

  await test.step('train to at least 75 % validation accuracy', async () => {
    await app.room('Train');
    await page.getByRole('button', { name: 'Start training' }).click();
    await app.idle();
    expect(await app.accuracy()).toBeGreaterThanOrEqual(75);
  });

  await test.step('drag thresholds until at least 25 % of the channels fall, and prune', async () => {
    await app.room('Prune');
    await pruneByDragging(page, app);
    const button = page.getByRole('button', { name: /^Prune \d+ channels/ });
    expect(share((await button.innerText()).split('(')[1] ?? '')).toBeGreaterThanOrEqual(25);
    const parametersBefore = await app.score('Parameters').innerText();
    await button.click();
    await app.idle();
    await expect(app.score('Parameters')).toHaveText(parametersBefore);
    await expect(app.railState('Prune')).toContainText('% channels');
  });

  await test.step('fine-tune', async () => {
    const pruned = await app.accuracy();
    await page.getByRole('button', { name: /^Fine-tune \d+ epochs/ }).click();
    await app.idle();
    expect(await app.accuracy()).toBeGreaterThan(pruned);
  });

  await test.step('the bars show before and after, faster', async () => {
    await app.room('Hardware');
    const panel = app.panel('Cycles per layer');
    await panel.getByRole('button', { name: 'Table' }).click();
    await expect(panel.getByRole('columnheader', { name: /before/i })).toBeVisible();
    await expect(panel.getByRole('columnheader', { name: /after/i })).toBeVisible();
    const faster = page.getByRole('region', { name: /Scoreboard/ }).getByText(/^\+\d/);
    await expect(faster.first()).toBeVisible();
  });

  await test.step('two points on the front; a click restores the first design', async () => {
    await app.room('Explore');
    const table = app.panel('Evaluated designs');
    expect(await table.locator('tbody tr').count()).toBeGreaterThanOrEqual(3);
    const text = await page.getByText(/on the front: no other/).innerText();
    expect(Number(text.match(/(\d+) on the front/)?.[1])).toBeGreaterThanOrEqual(2);
    const parameters = await app.score('Parameters').innerText();
    await table
      .getByRole('button', { name: /^Restore/ })
      .first()
      .click();
    await expect(app.score('Parameters')).not.toHaveText(parameters);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(app.score('Parameters')).toHaveText(parameters);
  });

  await test.step('the copied link gives the same hardware numbers in a clean browser', async () => {
    await page.getByRole('button', { name: 'Copy link' }).click();
    await expect(app.notice().last()).toContainText(/Link copied: [\d,]+ characters/);
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link.startsWith(baseURL ?? '')).toBe(true);
    const here = await app.scores();
    const elsewhere = await browser.newContext();
    const other = await elsewhere.newPage();
    await other.goto(link);
    const otherApp = new App(other);
    await otherApp.idle();
    const there = await otherApp.scores();
    for (const name of Object.keys(here).filter((n) => n !== 'Accuracy'))
      expect(there[name], name).toBe(here[name]);
    await elsewhere.close();
  });
});

const cifar = join(import.meta.dirname, '..', '..', 'shared', 'data', 'cifar10_train_3000.bin');

test('the first half with real CIFAR-10 images: open, train, measure, prune', async ({ page }) => {
  test.skip(!existsSync(cifar), 'the CIFAR-10 file is not here');
  const app = new App(page);
  await app.open();
  await app.room('Data');
  await page.getByLabel('Image files').setInputFiles(cifar);
  await app.idle();
  await expect(app.railState('Data')).toContainText('3,000');
  await app.room('Train');
  await page.getByLabel('Epochs', { exact: true }).fill('4');
  await page.getByLabel('Epochs', { exact: true }).press('Enter');
  await page.getByRole('button', { name: 'Start training' }).click();
  await app.idle();
  expect(await app.accuracy()).toBeGreaterThan(25); // ten classes, four epochs: well above guessing
  await app.room('Prune');
  await pruneByDragging(page, app);
  await page.getByRole('button', { name: /^Prune \d+ channels/ }).click();
  await app.idle();
  await expect(app.railState('Prune')).toContainText('% channels');
});
