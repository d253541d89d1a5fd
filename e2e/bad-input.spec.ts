import { expect, type Page, test } from '@playwright/test';
import { App } from './app.ts';

const file = (name: string, bytes: Uint8Array) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(bytes),
});

/** Gives the page files and expects one sentence; the images that were there stay. */
async function refuses(page: Page, files: ReturnType<typeof file>[], sentence: RegExp): Promise<void> {
  const app = new App(page);
  const before = await app.railState('Data').innerText();
  await page.getByLabel('Image files').setInputFiles(files);
  await app.idle();
  await expect(app.notice().last()).toHaveText(sentence);
  await expect(app.railState('Data')).toHaveText(before);
}

test('image files that are none are refused with a sentence each, and nothing is lost', async ({ page }) => {
  const app = new App(page);
  await app.open();
  await app.room('Data');
  await expect(app.railState('Data')).toContainText('2,000');
  await test.step('an empty file', () =>
    refuses(page, [file('data_batch_1.bin', new Uint8Array())], /data_batch_1\.bin.*empty/));
  await test.step('a truncated CIFAR-10 batch', () =>
    refuses(page, [file('data_batch_1.bin', new Uint8Array(3073 * 2 + 100))], /3073/));
  await test.step('IDX images cut short', () => {
    const cut = new Uint8Array(16 + 100);
    new DataView(cut.buffer).setUint32(0, 0x803);
    new DataView(cut.buffer).setUint32(4, 10);
    new DataView(cut.buffer).setUint32(8, 28);
    new DataView(cut.buffer).setUint32(12, 28);
    return refuses(page, [file('train-images-idx3-ubyte', cut)], /train-images-idx3-ubyte/);
  });
});

async function linkOf(page: Page): Promise<string> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy link' }).click();
  await expect(new App(page).notice().last()).toContainText('Link copied');
  return new URL(await page.evaluate(() => navigator.clipboard.readText())).hash;
}

test('a cut, foreign or future link opens the default design with one sentence', async ({ page }) => {
  const app = new App(page);
  await app.open();
  const hash = await linkOf(page);
  for (const [broken, sentence] of [
    [hash.slice(0, Math.floor(hash.length / 2)), /link/i],
    ['#d=1.not-a-link', /link/i],
    [hash.replace('#d=1.', '#d=9.'), /newer/i],
  ] as const) {
    await page.goto('about:blank');
    await app.open(broken);
    await expect(app.notice()).toHaveCount(1);
    await expect(app.notice()).toHaveText(sentence);
    await expect(app.railState('Network')).toContainText('Tiny CNN');
    await expect(app.score('Throughput')).not.toHaveText('–');
  }
});

test('a loss that is no longer a number stops the training, says why and keeps the last good weights', async ({
  page,
}) => {
  const app = new App(page);
  await app.open();
  await app.room('Train');
  const set = async (label: string, value: string) => {
    await page.getByLabel(label, { exact: true }).fill(value);
    await page.getByLabel(label, { exact: true }).press('Enter');
  };
  await page.getByLabel('Optimizer').selectOption('sgd');
  await set('Learning rate', '10');
  await set('Momentum', '0.99');
  await set('Batch size', '8');
  await page.getByRole('button', { name: 'Start training' }).click();
  await app.idle();
  await expect(app.notice().last()).toHaveText(/loss.*learning rate/i);
  await expect(page.getByRole('button', { name: /Start training|Train \d+ more epochs/ })).toBeEnabled();
});

test('a reload while training goes on from the last finished epoch', async ({ page }) => {
  const app = new App(page);
  await app.openFew();
  await app.room('Train');
  await page.getByLabel('Epochs', { exact: true }).fill('40');
  await page.getByLabel('Epochs', { exact: true }).press('Enter');
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect(app.railState('Train')).toContainText('Epoch 3 of 40', { timeout: 120_000 });
  await page.waitForFunction(() =>
    indexedDB.databases().then((all) => all.some(({ name }) => name === 'sweetspot')),
  );
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Sweetspot' })).toBeVisible();
  await expect(app.notice().first()).toHaveText(/interrupted after epoch \d+ of 40/);
  await app.idle();
  await app.room('Train');
  await expect(page.getByRole('button', { name: 'Train 40 more epochs' })).toBeEnabled();
});
