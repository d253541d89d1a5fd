import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { App } from './app.ts';

/** The page of the Network room that this is about. */
async function openPage(page: Page, app: App, name: 'Weights' | 'Kinds of convolution'): Promise<void> {
  await app.room('Network');
  await page.getByRole('tab', { name, exact: true }).click();
}

async function scan(page: Page, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const told = serious.map((v) => `${v.id}: ${v.nodes.map((node) => node.target.join(' ')).join(', ')}`);
  expect(told, what).toEqual([]);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`trained weights are a table, a histogram and pictures, ${colorScheme}`, async ({ browser }) => {
    const context = await browser.newContext({ colorScheme, viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    const app = new App(page);
    await app.openFew();
    await openPage(page, app, 'Weights');
    await expect(page.getByText('No weights yet. Train the network')).toBeVisible();

    await app.room('Train');
    await page.getByLabel('Epochs', { exact: true }).fill('1');
    await page.getByLabel('Epochs', { exact: true }).press('Enter');
    await page.getByRole('button', { name: 'Start training' }).click();
    await app.idle();
    await openPage(page, app, 'Weights');

    const table = page.getByRole('region', { name: 'Weights by layer' });
    const row = table.getByRole('row', { name: /conv3 kernel/ });
    await expect(row).toContainText('18,432'); // 3x3x32x64
    await expect(row).not.toContainText('…');
    await expect(table.locator('tbody tr')).toHaveCount(4);

    await table.getByRole('button', { name: 'Count' }).click();
    await expect(table.locator('tbody tr').first()).toContainText('conv3');
    await table.getByRole('button', { name: 'Count' }).click();
    await expect(table.locator('tbody tr').first()).toContainText('conv1');
    await page.getByRole('button', { name: 'Kernels only' }).click();
    await expect(table.getByRole('row', { name: /bn1 moving variance/ })).toBeVisible();

    await table.getByRole('button', { name: 'conv2 kernel' }).click();
    const histogram = app.panel('Histogram of conv2 kernel');
    const cursor = histogram.getByRole('slider', { name: 'Weights of conv2 kernel' });
    await cursor.focus();
    await page.keyboard.press('Home');
    await expect(cursor).toHaveAttribute('aria-valuetext', /weights?, \d+\.\d %/);
    await histogram.getByRole('button', { name: 'Table' }).click();
    await expect(histogram.locator('tbody tr')).toHaveCount(63);
    const counts = await histogram.locator('tbody tr td:nth-child(3)').allInnerTexts();
    expect(counts.reduce((sum, text) => sum + Number(text.replaceAll(',', '')), 0)).toBe(4608);
    await histogram.getByRole('button', { name: 'Chart' }).click();

    const filters = page.getByRole('list', { name: 'Filters of conv1' }).getByRole('img');
    await expect(filters).toHaveCount(16);
    const shades = await filters.first().evaluate((canvas: HTMLCanvasElement) => {
      const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
      return { size: [canvas.width, canvas.height], different: new Set(data).size };
    });
    expect(shades.size).toEqual([3, 3]);
    expect(shades.different).toBeGreaterThan(5); // drawn, and not all of one gray
    await scan(page, `weights, ${colorScheme}`);
    await context.close();
  });
}

test('a layer is shown as every kind of convolution, with its costs and times', async ({ page }) => {
  const app = new App(page);
  await app.openFew();
  await openPage(page, app, 'Kinds of convolution');
  const panel = app.panel('Kinds of convolution');
  await panel.getByLabel('Layer').selectOption('conv3');
  await expect(
    panel.getByRole('img', { name: /^Standard, as it is built\. 64 kernels of 3x3x32/ }),
  ).toBeVisible();
  await expect(panel.getByRole('img', { name: /^Depthwise\. 32 kernels of 3x3x1/ })).toBeVisible();
  await expect(panel.getByRole('img', { name: /^Pointwise\. 64 kernels of 1x1x32/ })).toBeVisible();
  const costs = panel.getByRole('region', { name: 'Costs by kind of convolution' });
  await expect(costs.getByRole('row', { name: /^Standard/ })).toContainText('1,179,648');
  // 8 x 8 x (9 x 32 + 32 x 64)
  await expect(costs.getByRole('row', { name: /^Depthwise separable/ })).toContainText('149,504');
  await expect(costs.getByRole('row', { name: /^Depthwise separable/ })).toContainText(/cycles|µs|ms/);
  const slider = panel.getByRole('slider', { name: 'Filters N' });
  await slider.focus();
  await page.keyboard.press('End');
  await expect(slider).toHaveAttribute('aria-valuetext', '4,096 filters: 8.98 times fewer MACs');
  await scan(page, 'kinds of convolution');
});
