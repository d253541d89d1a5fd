import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { App } from './app.ts';

const shared = join(import.meta.dirname, '..', '..', 'shared');
const model = join(shared, 'models', 'mlperf_tiny_resnet8_cifar10.h5');
const images = join(shared, 'data', 'cifar10_test_1000.bin');

test("somebody's trained ResNet-8 opens with its weights, classifies 881 of 1000, and is pruned and fine-tuned", async ({
  page,
}) => {
  test.skip(!existsSync(model) || !existsSync(images), 'the public ResNet-8 and its images are not here');
  test.setTimeout(300_000);
  const app = new App(page);
  await app.openFew();
  await app.room('Network');
  await page.getByLabel('Open a model').setInputFiles(model);
  await app.idle();
  await expect(page.getByText(/Keras 2.*with its weights. It reads 32x32x3 images/).first()).toBeVisible();

  await test.step('measured on all images, as they are', async () => {
    await app.room('Data');
    await page.getByLabel('Image files').setInputFiles(images);
    await app.idle();
    await page.getByLabel('Pixels reach the network as').selectOption({ label: '0 to 255, as they are' });
    await page.getByLabel('Held back for validation').fill('100');
    await page.getByLabel('Held back for validation').press('Enter');
    await app.room('Train');
    await page.getByRole('button', { name: 'Measure accuracy and APoZ' }).click();
    await app.idle();
    expect(Math.abs((await app.accuracy()) - 88.1)).toBeLessThanOrEqual(0.1);
  });

  await test.step('pruned and fine-tuned on a part of them', async () => {
    await app.room('Data');
    await page.getByLabel('Held back for validation').fill('30');
    await page.getByLabel('Held back for validation').press('Enter');
    await app.room('Train');
    await page.getByRole('button', { name: 'Measure accuracy and APoZ' }).click();
    await app.idle();
    await app.room('Prune');
    for (const slider of await page.locator('input[type="range"][aria-label^="Threshold of"]').all())
      await slider.fill('0.65');
    await page.getByRole('button', { name: /^Prune \d+ channels/ }).click();
    await app.idle();
    await expect(app.railState('Prune')).toContainText('% channels');
    const pruned = await app.accuracy();
    await page.getByRole('button', { name: /^Fine-tune \d+ epochs/ }).click();
    await app.idle();
    expect(await app.accuracy()).toBeGreaterThan(pruned);
    await expect(app.score('Throughput')).not.toHaveText('–');
  });

  await test.step('saved as ONNX, and opened again', async () => {
    await app.room('Network');
    const parameters = await app.score('Parameters').innerText();
    await page.getByLabel('Save as').selectOption({ label: 'ONNX' });
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save with weights' }).click();
    const path = await (await download).path();
    await page.getByLabel('Open a model').setInputFiles(path);
    await app.idle();
    await expect(page.getByText(/ONNX.*with its weights/).first()).toBeVisible();
    await expect(app.score('Parameters')).toHaveText(parameters);
  });
});

test('a file that is no model changes nothing and says why', async ({ page }) => {
  const app = new App(page);
  await app.openFew();
  await app.room('Network');
  const before = await app.scores();
  const open = page.getByLabel('Open a model');
  for (const [name, bytes, sentence] of [
    [
      'broken.h5',
      Buffer.from('\x89HDF\r\n\x1a\n nothing more', 'latin1'),
      /HDF5 file that can't be read whole/,
    ],
    ['broken.onnx', Buffer.from([8, 7, 255, 255, 1, 2, 3]), /is not an ONNX file/],
    ['broken.json', Buffer.from('{"class_name": "Functional", "config": 7}'), /no list of layers/],
    ['empty.onnx', Buffer.alloc(0), /is empty; choose another file/],
  ] as const) {
    await open.setInputFiles({ name, mimeType: 'application/octet-stream', buffer: bytes });
    await app.idle();
    await expect(page.getByRole('alert').filter({ hasText: sentence })).toBeVisible();
    expect(await app.scores()).toEqual(before);
  }
});
