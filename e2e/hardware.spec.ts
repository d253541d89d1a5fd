import { expect, test } from '@playwright/test';
import { App } from './app.ts';

test('an arch.json is decoded, its difference to the target named, and a broken one told', async ({
  page,
}) => {
  const app = new App(page);
  await app.openFew();
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
  await app.openFew();
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
  await app.openFew();
  await app.room('Network');
  await page.getByRole('button', { name: 'conv1', exact: true }).click();
  await app.panel('conv1').getByLabel('Kernel').fill('17');
  await app.hardware('DPU');
  await expect(app.panel('Inspector')).toContainText(/conv1 runs on the CPU: its kernel is 17x17.*make/);
  await expect(app.panel('Inspector')).toContainText('softmax1 runs on the CPU');
});

test('boards say whether a FINN design fits, and which resource decides', async ({ page }) => {
  const app = new App(page);
  await app.openFew();
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
  await app.openFew();
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

test('the fastest folding is searched under all budgets, proven, and becomes the design with one click', async ({
  page,
}) => {
  const app = new App(page);
  await app.openFew();
  await app.room('Network');
  await page.getByRole('button', { name: /^CNV/ }).click();
  await app.hardware('FINN folding');
  const tuner = app.panel('Fold automatically');
  await tuner.getByRole('radio', { name: 'whole chip' }).check();
  await tuner.getByRole('button', { name: 'Search' }).click();
  await expect(tuner).toContainText('proven to be the fastest');
  await expect(tuner).toContainText('5.21 kfps');
  await tuner.getByRole('button', { name: 'Use this folding' }).click();
  await expect(app.score('Throughput')).toHaveText('5.21 kfps'); // CNV W2A2 on a Pynq-Z1: docs/validation.md
  await expect(app.panel('FINN boards').getByRole('row', { name: /^Pynq-Z1/ })).toContainText('fits');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(app.score('Throughput')).not.toHaveText('5.21 kfps');
});

test('a folding_config.json is opened, its faults are told and the rest holds; a broken one changes nothing', async ({
  page,
}) => {
  const app = new App(page);
  await app.openFew();
  await app.room('Network');
  await page.getByRole('button', { name: /^CNV/ }).click();
  await app.hardware('FINN folding');
  await page.getByRole('button', { name: 'Published' }).click();
  await expect(app.score('Throughput')).toHaveText('3.05 kfps');
  const open = app.panel('FINN files').getByLabel('Open a folding_config.json');
  const file = (text: string) => ({
    name: 'folding_config.json',
    mimeType: 'application/json',
    buffer: Buffer.from(text),
  });
  await open.setInputFiles(file('{"Defaults": '));
  await expect(page.getByText(/folding_config.json is not JSON/)).toBeVisible();
  await expect(app.score('Throughput')).toHaveText('3.05 kfps');
  await open.setInputFiles(
    file('{"Defaults": {}, "MVAU_hls_6": {"PE": 4, "SIMD": 8}, "MVAU_hls_0": {"PE": 7}, "ghost_0": {}}'),
  );
  await expect(page.getByText(/PE 7 of MVAU_hls_0 does not divide 64; choose 4 or 8/)).toBeVisible();
  await expect(page.getByText(/A node is not in this network and ignored: "ghost_0"/)).toBeVisible();
  await expect(page.getByLabel('PE of fc1', { exact: true })).toHaveValue('4');
});

test("a device of one's own, its roofline and its energy travel in the link", async ({ page, context }) => {
  const app = new App(page);
  await app.openFew();
  await app.room('Hardware');
  await page.getByLabel('Leading target').selectOption({ label: 'A device of your own' });
  await page.getByLabel('Peak').fill('250');
  await page.getByLabel('Peak').press('Enter');
  await app.hardware('Rooflines');
  await expect(app.panel('Roofline')).toContainText('Left of the ridge, at 25 operations a byte');
  await expect(app.panel('Rate over one frame')).toBeVisible();
  await app.hardware('Layers');
  await expect(app.panel('Totals')).toContainText('Energy a frame, at most');
  const before = await app.scores();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy link' }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const other = new App(await context.newPage());
  await other.open(link.slice(link.indexOf('#')));
  expect((await other.scores()).Throughput).toBe(before.Throughput);
});

test('the Liu engine shows the pipeline of a pass, and its parallelism moves the numbers', async ({
  page,
}) => {
  const app = new App(page);
  await app.openFew();
  await app.room('Network');
  await page.getByLabel('More networks').selectOption({ label: 'MobileNetV2, to estimate' });
  await app.room('Hardware');
  await page.getByLabel('Leading target').selectOption({ label: 'Liu engine' });
  await expect(app.score('Throughput')).toHaveText('311 fps');
  await app.hardware('Liu engine');
  await expect(app.panel('Metrics')).toContainText('241,472 bytes'); // eq. 1 of source 004
  await page.getByLabel('Pass', { exact: true }).selectOption({ label: 'dw2 (depthwise)' });
  await expect(app.panel('Pipeline of one pass')).toContainText('dw2');
  await page.getByLabel('PF, filters').fill('8');
  await page.getByLabel('PF, filters').press('Enter');
  await expect(app.score('Throughput')).not.toHaveText('311 fps');
});
