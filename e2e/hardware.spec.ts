import { expect, test } from '@playwright/test';
import { App } from './app.ts';

test('an arch.json is decoded, its difference to the target named, and a broken one told', async ({
  page,
}) => {
  const app = new App(page);
  await app.open();
  await app.hardware('DPU');
  const panel = app.panel('arch.json');
  const box = panel.getByLabel('Paste it, or open the file');
  await box.fill('{"fingerprint":"0x101000056010407"}');
  await expect(panel).toContainText(/argmax/i);
  await expect(panel).toContainText(/bit 30/);
  await box.fill('{"fingerprint":');
  await expect(panel).toContainText('This arch.json is not JSON');
  await expect(app.score('Throughput')).not.toHaveText('–');
});

test('FINN folding by hand moves the bars, and undo takes it back', async ({ page }) => {
  const app = new App(page);
  await app.open();
  await app.room('Network');
  await page.getByRole('button', { name: /^CNV/ }).click();
  await app.hardware('FINN folding');
  await page.getByRole('button', { name: 'Published' }).click();
  await expect(app.score('Throughput')).toHaveText('3.05 kfps'); // 100 MHz / 32,768 cycles
  await page.getByLabel('PE of fc1', { exact: true }).selectOption('4');
  await page.getByLabel('PE of fc2', { exact: true }).selectOption('4');
  await expect(app.score('Throughput')).not.toHaveText('3.05 kfps');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(app.score('Throughput')).toHaveText('3.05 kfps');
});

test('the inspector says which layers run on the processor, and what would change that', async ({ page }) => {
  const app = new App(page);
  await app.open();
  await app.room('Network');
  await page.getByRole('button', { name: 'conv1', exact: true }).click();
  await page.getByLabel('Kernel').fill('17');
  await page.getByLabel('Kernel').press('Enter');
  await app.hardware('DPU');
  await expect(app.panel('Inspector')).toContainText(/conv1 runs on the CPU: its kernel is 17x17.*make/);
  await expect(app.panel('Inspector')).toContainText('softmax1 runs on the CPU');
});

test('boards say whether a FINN design fits, and which resource decides', async ({ page }) => {
  const app = new App(page);
  await app.open();
  await expect(app.railState('Hardware')).toContainText('FINN');
  await app.hardware('FINN folding');
  const boards = app.panel('FINN boards');
  await expect(boards.getByRole('row', { name: /^Pynq-Z1/ })).toContainText('fits');
  await app.room('Network');
  await page.getByRole('button', { name: /^CNV/ }).click();
  await app.room('Hardware');
  await page.getByLabel('Automatic folding aims at').fill('2000');
  await page.getByLabel('Automatic folding aims at').press('Enter');
  await expect(boards.getByRole('row', { name: /^Pynq-Z1/ })).toContainText(
    /(LUT|BRAM18) [\d,]+ of [\d,]+ on Pynq-Z1, most of it in/,
  );
});

test('the FIFO simulation names the shortcut that deadlocks, and finds the depth that lets it run', async ({
  page,
}) => {
  const app = new App(page);
  await app.open();
  await app.room('Network');
  await page.getByRole('button', { name: /^Tiny ResNet/ }).click();
  await app.hardware('FINN FIFOs');
  const panel = app.panel('FIFO simulation');
  await panel.getByLabel('Words in every FIFO').fill('16');
  await panel.getByRole('button', { name: 'Simulate' }).click();
  await app.idle();
  await expect(panel).toContainText(
    /The shortcut FIFO from relu1 fork to add1 holds 16 words and needs [\d,]+/,
  );
  await panel.getByLabel('Words in every FIFO').fill('4096');
  await panel.getByRole('button', { name: 'Simulate' }).click();
  await app.idle();
  await expect(panel).not.toContainText('Deadlock');
  await expect(panel).toContainText(/100(\.0)? % of what the nodes allow/);
  await expect(app.panel('Throughput over FIFO depth')).toBeVisible();
});
