import { readFile } from 'node:fs/promises';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { App } from './app.ts';

async function trainAndMeasure(page: Page, app: App, imageCount = 400): Promise<void> {
  await app.openFew(imageCount);
  await app.room('Train');
  await page.getByLabel('Epochs', { exact: true }).fill('1');
  await page.getByLabel('Epochs', { exact: true }).press('Enter');
  await page.getByRole('tab', { name: 'Metrics' }).click();
  await expect(page.getByText('No weights yet. Train the network')).toBeVisible();
  await page.getByRole('tab', { name: 'Training' }).click();
  await page.getByRole('button', { name: 'Start training' }).click();
  await app.idle();
  await page.getByRole('tab', { name: 'Metrics' }).click();
  await app.idle();
}

/** What a file of numbers says of all images. */
async function savedNumbers(page: Page, app: App): Promise<{ name: string; csv: string }> {
  const download = page.waitForEvent('download');
  await app.panel('Numbers').getByRole('button', { name: 'Numbers as CSV' }).click();
  const file = await download;
  return { name: file.suggestedFilename(), csv: await readFile(await file.path(), 'utf8') };
}

async function scan(page: Page, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const told = serious.map((v) => `${v.id}: ${v.nodes.map((node) => node.target.join(' ')).join(', ')}`);
  expect(told, what).toEqual([]);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`a short training is measured image by image, ${colorScheme} (VT-06)`, async ({ browser }) => {
    const context = await browser.newContext({ colorScheme, viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    const app = new App(page);
    await trainAndMeasure(page, app, 2000);

    const numbers = app.panel('Numbers');
    const accuracy = numbers.getByRole('row', { name: /^Accuracy C\/N/ });
    const value = Number(await accuracy.locator('td').first().innerText());
    expect(Math.abs(100 * value - (await app.accuracy()))).toBeLessThan(0.06);
    const [, right = '', total = ''] =
      /([\d,]+) of ([\d,]+) images; 95 %/.exec(await accuracy.innerText()) ?? [];
    const count = (text: string) => Number(text.replaceAll(',', ''));
    expect((count(right) / count(total)).toFixed(4)).toBe(value.toFixed(4));

    const matrix = app.panel('Confusion matrix');
    await matrix.getByRole('button', { name: 'Table' }).click();
    await expect(matrix.locator('tbody tr')).toHaveCount(10);
    const images = await matrix.locator('tbody tr td:last-child').allInnerTexts();
    expect(images.map(count).reduce((a, b) => a + b)).toBe(count(total));
    await matrix.getByRole('button', { name: 'Chart' }).click();

    const classes = page.getByRole('region', { name: 'Metrics by class' });
    await expect(classes.locator('tbody tr')).toHaveCount(10);
    await classes.getByRole('button', { name: 'Recall' }).click();
    const recalls = (await classes.locator('tbody tr td:nth-child(5)').allInnerTexts()).map(Number);
    expect(recalls).toEqual(recalls.toSorted((a, b) => a - b));

    const mistakes = app.panel('Mistakes');
    const wrong = count(total) - count(right);
    await expect(mistakes).toContainText(new RegExp(`^Mistakes${wrong} image`));
    const first = mistakes.getByRole('img', { name: /^An image of/ }).first();
    await expect(first).toBeVisible();
    const different = await first.evaluate((canvas: HTMLCanvasElement) => {
      const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
      return new Set(data).size;
    });
    expect(different).toBeGreaterThan(5);

    const pair = matrix.locator('.pairs button').first();
    const [, pairCount = ''] = /: ([\d,]+) \(/.exec(await pair.innerText()) ?? [];
    await pair.click();
    await expect(mistakes).toContainText(new RegExp(`^Mistakes${pairCount} image`));
    await mistakes.getByRole('button', { name: 'Show all' }).click();

    const cells = matrix.getByRole('slider', { name: 'Cells of the confusion matrix' });
    await cells.focus();
    await page.keyboard.press('ArrowRight');
    await expect(cells).toHaveAttribute('aria-valuetext', /taken for|no image/);
    await page.keyboard.press('Enter');
    await expect(mistakes.getByRole('button', { name: 'Show all' })).toBeVisible();

    const reading = app.panel('Calibration').getByRole('slider', { name: 'Ranges of confidence' });
    await expect(reading).toHaveAttribute('aria-valuetext', /to 100 % sure/);

    const { csv } = await savedNumbers(page, app);
    expect(csv).toContain(`all,,,correct,${count(right)}\r\n`);
    await scan(page, `metrics, ${colorScheme}`);
    await context.close();
  });
}

test('loss and accuracy are two panels with a curve for training and one for validation (VT-37)', async ({
  page,
}) => {
  const app = new App(page);
  await trainAndMeasure(page, app);
  await page.getByRole('tab', { name: 'Training' }).click();
  const curves = app.panel('Learning curves');
  const panels = curves.locator('svg g.panel');
  await expect(panels).toHaveCount(2);
  for (const panel of await panels.all()) {
    for (const name of ['train', 'validation']) {
      await expect(panel.locator(`path.${name}`)).toHaveAttribute('d', /^M\d/);
      await expect(panel.locator(`circle.dot-${name}`)).toHaveCount(1); // one epoch
    }
    await expect(panel).toContainText('epochs');
    await expect(panel).toContainText('training');
    await expect(panel).toContainText('validation');
  }
});

test('a pruned network is compared with its baseline image by image', async ({ page }) => {
  const app = new App(page);
  await trainAndMeasure(page, app, 2000);
  await app.room('Prune');
  for (const slider of await app.panel('Thresholds').getByRole('slider').all()) {
    await slider.focus();
    for (let i = 0; i < 5; i++) await page.keyboard.press('PageDown');
  }
  await page.getByRole('button', { name: /^Prune \d+ channels/ }).click();
  await app.idle();
  await app.room('Train');
  await page.getByRole('tab', { name: 'Metrics' }).click();
  await app.idle();
  const comparison = app.panel('Against the baseline');
  await expect(comparison).toContainText(/McNemar's exact test|Both are right and wrong on the same/);
  const cells = await comparison.locator('tbody td').allInnerTexts();
  const numbers = app.panel('Numbers').getByRole('row', { name: /^Accuracy C\/N/ });
  const [, total = ''] = /of ([\d,]+) images/.exec(await numbers.innerText()) ?? [];
  const count = (text: string) => Number(text.replaceAll(',', ''));
  expect(cells.map(count).reduce((a, b) => a + b)).toBe(count(total));
  await scan(page, 'the comparison');
});

test('test images are looked at when they are asked for, and never by the way', async ({ page }) => {
  const app = new App(page);
  await app.open();
  await app.room('Data');
  await page.getByLabel('Held back for testing').fill('10');
  await page.getByLabel('Held back for testing').press('Enter');
  await app.idle();
  await app.room('Train');
  await page.getByLabel('Epochs', { exact: true }).fill('1');
  await page.getByLabel('Epochs', { exact: true }).press('Enter');
  await page.getByRole('button', { name: 'Start training' }).click();
  await app.idle();
  await page.getByRole('tab', { name: 'Metrics' }).click();
  await app.idle();
  const [validation, tested] = ['Validation', 'Test'].map((name) =>
    page.getByRole('radio', { name, exact: true }),
  ) as [Locator, Locator];
  const accuracy = app.panel('Numbers').getByRole('row', { name: /^Accuracy C\/N/ });
  await expect(validation).toBeChecked();
  await expect(page.getByText(/^200 test images, for the last measurement/)).toBeVisible();
  await expect(accuracy).toContainText('of 400 images');

  await validation.focus();
  await page.keyboard.press('ArrowRight');
  await expect(tested).toBeChecked();
  await app.idle();
  await expect(accuracy).toContainText('of 200 images');
  const matrix = app.panel('Confusion matrix');
  await matrix.getByRole('button', { name: 'Table' }).click();
  const images = await matrix.locator('tbody tr td:last-child').allInnerTexts();
  expect(images.map(Number)).toEqual(new Array(10).fill(20));
  const [, right = ''] = /(\d+) of 200 images/.exec(await accuracy.innerText()) ?? [];
  await expect(app.panel('Mistakes')).toContainText(new RegExp(`^Mistakes${200 - Number(right)} image`));
  const { name, csv } = await savedNumbers(page, app);
  expect(name).toBe('sweetspot-test-metrics.csv');
  expect(csv).toContain('all,,,part,test\r\n');
  expect(csv).toContain(`all,,,correct,${right}\r\n`);
  await scan(page, 'metrics of test images');

  await page.getByRole('tab', { name: 'Training' }).click();
  await page.getByRole('tab', { name: 'Metrics' }).click();
  await expect(validation).toBeChecked();
  await expect(accuracy).toContainText('of 400 images');
  await tested.check({ force: true });
  await expect(accuracy).toContainText('of 200 images');
  await page.getByRole('button', { name: 'Train 1 more epoch' }).click();
  await app.idle();
  await expect(validation).toBeChecked();
  await expect(accuracy).toContainText('of 400 images');

  await app.room('Data');
  await page.getByLabel('Held back for testing').fill('0');
  await page.getByLabel('Held back for testing').press('Enter');
  await app.idle();
  await app.room('Train');
  await page.getByRole('button', { name: 'Start training' }).click();
  await app.idle();
  await expect(tested).toBeDisabled();
  await expect(page.getByText(/^No test images are held back; .* in Data/)).toBeVisible();
});
