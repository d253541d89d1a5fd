import { expect, type Locator, type Page, test } from '@playwright/test';
import { App } from './app.ts';

/** A layer of the drawing, by its id. */
const node = (page: Page, id: string): Locator => page.locator(`.graph-panel [data-id="${id}"]`);

async function openEditor(page: Page, preset: RegExp): Promise<App> {
  const app = new App(page);
  await app.openFew();
  await app.room('Network');
  await page.getByRole('button', { name: preset }).click();
  await app.idle();
  return app;
}

test('attributes take effect while they are typed, and one undo takes back one field', async ({ page }) => {
  const app = await openEditor(page, /^Tiny CNN/);
  const before = await app.scores();
  await page.getByRole('button', { name: 'conv2', exact: true }).click();
  const layer = app.panel('conv2');
  await layer.getByLabel('Filters').fill('');
  await layer.getByLabel('Filters').pressSequentially('48');
  await expect(layer.getByText('16x16x48')).toBeVisible();
  await expect(page.locator('.effect-line')).toContainText(/parameters .* → /);
  expect((await app.scores()).Parameters).not.toBe(before.Parameters);
  await page.getByRole('button', { name: 'Undo' }).click();
  expect((await app.scores()).Parameters).toBe(before.Parameters);
});

test('a block is inserted on a connection, with what it brings said before (SX-10)', async ({ page }) => {
  const app = await openEditor(page, /^Tiny CNN/);
  await page.getByRole('button', { name: 'relu1', exact: true }).click();
  const insert = app.panel('Insert');
  await insert.getByLabel('What').selectOption({ label: 'Inverted residual block' });
  await expect(insert.getByRole('status')).toContainText(/9 layers making 32x32x16: \+\d/);
  await insert.getByLabel('Stride').fill('2');
  await expect(insert.getByRole('status')).toContainText('8 layers making 16x16x16');
  await insert.getByLabel('Stride').fill('9');
  await expect(insert.getByRole('status')).toContainText('Stride is 9; it needs a whole number from 1 to 4');
  await expect(insert.getByRole('button', { name: 'Insert inverted residual' })).toBeDisabled();
  await insert.getByLabel('Stride').fill('1');
  await insert.getByRole('button', { name: 'Insert inverted residual' }).click();
  await expect(node(page, 'add1')).toBeVisible();
  await expect(app.panel(/^Layers/).getByRole('row', { name: /^add1/ })).toContainText('bn');
  await page.getByRole('button', { name: 'Drop the edits' }).click();
  await expect(node(page, 'add1')).toHaveCount(0);
});

test('the keyboard alone chooses, duplicates, moves, removes and takes back', async ({ page }) => {
  await openEditor(page, /^Tiny CNN/);
  await node(page, 'input').focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
  await expect(node(page, 'relu1')).toBeFocused();
  await page.keyboard.press('b');
  const bar = page.getByRole('toolbar', { name: 'Edit the chosen layers' });
  await expect(page.getByText(/^Chosen: conv1, bn1, relu1, pool1/)).toBeVisible();
  await page.keyboard.press('Control+d');
  await expect(node(page, 'conv4')).toBeVisible();
  await expect(page.getByText(/^Chosen: conv4, bn4, relu4, pool3/)).toBeVisible();
  await page.keyboard.press('Delete');
  await expect(node(page, 'conv4')).toHaveCount(0);
  await page.keyboard.press('Control+z');
  await expect(node(page, 'conv4')).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(node(page, 'conv4')).toHaveCount(0);
  await expect(bar.getByRole('button', { name: 'Duplicate' })).toBeEnabled();
  await node(page, 'conv2').focus();
  await page.keyboard.press('i');
  await expect(page.getByLabel('Where')).toHaveValue('["conv2","bn2"]');
});

test('a residual branch is removed with its addition, and an impossible edit says why', async ({ page }) => {
  const app = await openEditor(page, /^Tiny ResNet/);
  await page.getByRole('button', { name: 'conv2', exact: true }).click();
  await page.getByRole('button', { name: 'bn3', exact: true }).click({ modifiers: ['Shift'] });
  await page.getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText(/^add1 was removed too/)).toBeVisible();
  await expect(node(page, 'add1')).toHaveCount(0);
  const before = await app.scores();
  await page.getByRole('button', { name: 'gap1', exact: true }).click();
  await page.getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText(/Dense layer fc1 reads .* put a flatten or a global pooling/)).toBeVisible();
  expect(await app.scores()).toEqual(before);
});

test('the table of layers is ordered by any column', async ({ page }) => {
  const app = await openEditor(page, /^Tiny ResNet/);
  const table = app.panel(/^Layers/);
  await table.getByRole('button', { name: 'Parameters' }).click();
  await expect(table.getByRole('columnheader', { name: /Parameters/ })).toHaveAttribute(
    'aria-sort',
    'descending',
  );
  await expect(table.getByRole('row').nth(1)).toContainText('conv8');
  await table.getByRole('button', { name: 'Layer', exact: true }).click();
  await expect(table.getByRole('row').nth(1)).toContainText('input');
});

test('the graph is saved as SVG, PNG and CSV', async ({ page }) => {
  const app = await openEditor(page, /^Tiny ResNet/);
  const panel = app.panel('Tiny ResNet');
  const saved = async (format: string) => {
    await panel.getByLabel('Export: Tiny ResNet').click();
    const download = page.waitForEvent('download');
    await panel.getByRole('button', { name: format, exact: true }).click();
    const stream = await (await download).createReadStream();
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part as Buffer);
    return Buffer.concat(parts);
  };
  const svg = (await saved('SVG')).toString('utf8');
  expect(svg).toMatch(/^<svg[^>]+xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  for (const id of ['conv1', 'conv9', 'fc1']) expect(svg).toContain(`>${id}<`);
  const png = await saved('PNG');
  expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
  expect(png.readUInt32BE(16)).toBeGreaterThan(1000);
  const csv = (await saved('CSV')).toString('utf8').trim().split('\n');
  expect(csv).toHaveLength(33);
});
