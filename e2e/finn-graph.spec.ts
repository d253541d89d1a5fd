import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { finnGraphBytes } from '../src/formats/onnx/testing/finnGraph.ts';
import { App } from './app.ts';

const types = { inputDataType: 'INT2', weightDataType: 'INT2', outputDataType: 'INT2' };
const unit = { ...types, SIMD: 4, ram_style: 'auto', resType: 'lut', mem_mode: 'internal_decoupled' };

/** Thresholds, a window, its unit, an operation without an estimate, and labels: as FINN v0.10 names them. */
const GRAPH = [
  {
    name: 'Thresholding_rtl_0',
    op_type: 'Thresholding_rtl',
    attributes: { ...types, PE: 1, NumChannels: 4, numInputVectors: [1, 18, 18] },
    predecessors: [],
  },
  {
    name: 'ConvolutionInputGenerator_rtl_0',
    op_type: 'ConvolutionInputGenerator_rtl',
    attributes: {
      inputDataType: 'INT2',
      ConvKernelDim: [3, 3],
      IFMChannels: 4,
      IFMDim: [18, 18],
      OFMDim: [16, 16],
      Stride: [1, 1],
      Dilation: [1, 1],
      SIMD: 4,
      parallel_window: 0,
    },
    predecessors: ['Thresholding_rtl_0'],
  },
  {
    name: 'MVAU_hls_0',
    op_type: 'MVAU_hls',
    attributes: { ...unit, MW: 36, MH: 32, PE: 4, numInputVectors: [1, 16, 16] },
    predecessors: ['ConvolutionInputGenerator_rtl_0'],
  },
  {
    name: 'HWSoftmax_hls_0',
    op_type: 'HWSoftmax_hls',
    attributes: { SIMD: 1 },
    predecessors: ['MVAU_hls_0'],
  },
  {
    name: 'LabelSelect_hls_0',
    op_type: 'LabelSelect_hls',
    attributes: { inputDataType: 'INT2', Labels: 10, PE: 1 },
    predecessors: ['HWSoftmax_hls_0'],
  },
];

async function openGraph(page: Page): Promise<App> {
  const app = new App(page);
  await app.openFew();
  await app.room('Network');
  const buffer = Buffer.from(await finnGraphBytes(GRAPH));
  const file = { name: 'step_specialize_layers.onnx', mimeType: 'application/octet-stream', buffer };
  await page.getByLabel('Open a model').setInputFiles(file);
  await app.idle();
  await expect(page.getByRole('tab', { name: 'FINN graph' })).toHaveAttribute('aria-selected', 'true');
  return app;
}

const cells = (page: Page, node: string) =>
  page.getByRole('row', { name: new RegExp(`^${node}`) }).getByRole('cell');

test("a FINN graph shows FINN's estimate of every node, is folded, and saves its configuration", async ({
  page,
}) => {
  const app = await openGraph(page);
  const table = app.panel(/^FINN graph$/);

  await test.step('beside the design, which stays', async () => {
    await expect(app.notice().last()).toContainText('is hardware that FINN made, 5 nodes');
    await expect(app.railState('Network')).toContainText('Tiny CNN');
  });

  await test.step('every node, with what has no estimate named', async () => {
    await expect(table.getByRole('row')).toHaveCount(6);
    // 36 / 4 inputs times 32 / 4 outputs for 256 pixels
    await expect(cells(page, 'MVAU_hls_0')).toContainText(['', '', '18,432']);
    await expect(cells(page, 'HWSoftmax_hls_0').nth(2)).toContainText('no estimate for HWSoftmax_hls');
    await expect(table).toContainText(
      '4 of 5 nodes have an estimate. MVAU_hls_0 is the slowest with 18,432 cycles',
    );
  });

  await test.step('another PE, chosen by keyboard, changes cycles', async () => {
    await page.getByLabel('PE of MVAU_hls_0').focus();
    await page.keyboard.press('ArrowDown');
    await expect(page.getByLabel('PE of MVAU_hls_0')).toHaveValue('8');
    await expect(cells(page, 'MVAU_hls_0').nth(2)).toContainText('9,216');
    await expect(app.panel('The graph in all')).toContainText('10.9 kfps');
  });

  await test.step('a frame rate is met by SetFolding', async () => {
    await page.getByLabel('Target frame rate').fill('20000');
    await page.getByLabel('Target frame rate').press('Enter');
    await page.getByRole('button', { name: 'Fold with SetFolding' }).click();
    await app.idle();
    await expect(page.getByText(/SetFolding meets 5,000 cycles/)).toBeVisible();
  });

  await test.step("saved under the file's own names", async () => {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save folding_config.json' }).click();
    const config = JSON.parse(readFileSync(await (await download).path(), 'utf8'));
    expect(config.Defaults).toEqual({});
    const { PE, SIMD } = config.MVAU_hls_0;
    expect((36 / SIMD) * (32 / PE) * 256).toBeLessThan(5000);
    expect(config.HWSoftmax_hls_0).toEqual({ SIMD: 1 });
  });

  await test.step('closed, its page goes', async () => {
    await page.getByRole('button', { name: 'Close graph' }).click();
    await expect(page.getByRole('tab', { name: 'FINN graph' })).toHaveCount(0);
    await expect(page.getByRole('tab', { name: 'Layers' })).toHaveAttribute('aria-selected', 'true');
  });
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing serious on the page of a FINN graph, ${colorScheme}`, async ({ browser }) => {
    const context = await browser.newContext({ colorScheme, viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await openGraph(page);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(
      serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`),
    ).toEqual([]);
    await context.close();
  });
}
