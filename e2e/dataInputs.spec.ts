import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { strToU8, zipSync } from 'fflate';
import { mnist } from '../src/workers/testing/imageFiles.ts';
import { App } from './app.ts';
import { fruit, moreFruit, png } from './pngs.ts';

/** Files as a user chooses them: of the test, not of the disk. */
const file = (name: string, bytes: Uint8Array) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(bytes),
});
const zip = (name: string, files: Record<string, Uint8Array>) => file(name, zipSync(files));

const tab = (page: Page, name: string) => page.getByRole('tab', { name }).click();

async function drop(app: App, page: Page, ...files: ReturnType<typeof file>[]): Promise<void> {
  await page.getByLabel('Image files').setInputFiles(files);
  await app.idle();
}

test('a damaged picture is left out and named, and pictures of different sizes become one size', async ({
  page,
}) => {
  const app = new App(page);
  await app.openFew();
  await app.room('Data');
  const torn = png(90, 90, 90).slice(0, 60);
  const files = { ...fruit(), 'fruit/Lime/torn.png': torn, 'fruit/Plum/large.png': png(80, 20, 120, 90) };
  await drop(app, page, zip('fruit.zip', files));
  await expect(app.notice()).toContainText('1 picture could not be read and was left out: ');
  await expect(app.notice()).toContainText('torn.png');
  await expect(app.panel('Images by class')).toContainText('fruit.zip: 31 images, 64x64x3');
});

test('what is no set is refused in one sentence, and the data stay', async ({ page }) => {
  const app = new App(page);
  await app.openFew();
  await app.room('Data');
  const label = new Uint8Array(3073).fill(11, 0, 1);
  for (const [bad, said] of [
    [zip('lone.zip', { 'lone/Apple/1.png': png(1, 2, 3), 'lone/Apple/2.png': png(3, 2, 1) }), /one class/],
    [zip('outer.zip', { 'inner.zip': zipSync(fruit()) }), /outer\.zip/],
    [zip('nothing.zip', { 'readme.txt': strToU8('no images') }), /nothing\.zip/],
    [file('data_batch_1.bin', label), /label 11/],
  ] as const) {
    await drop(app, page, bad);
    await expect(app.notice().last()).toContainText(said);
    await expect(app.railState('Data')).toContainText('Synthetic land cover');
  }
});

test('digits become the classes of Fashion-MNIST in one step, and undo takes them back', async ({ page }) => {
  const app = new App(page);
  await app.openFew();
  await app.room('Data');
  await drop(app, page, ...Object.entries(mnist(40)).map(([name, bytes]) => file(name, bytes)));
  await tab(page, 'Sources and classes');
  const names = page.getByLabel('Class names');
  await expect(names).toHaveValue('in the files');
  await names.selectOption('Fashion-MNIST');
  await expect(page.getByLabel('New name of 9')).toHaveValue('Ankle boot');
  await page.getByLabel('New name of 9').fill('Boot');
  await expect(names).toHaveValue('own');
  await names.selectOption('Fashion-MNIST');
  await page.getByRole('button', { name: 'Compile again' }).click();
  await app.idle();
  await tab(page, 'Images');
  await expect(page.getByRole('img', { name: '4 sample images of Ankle boot' })).toBeVisible();
  await page.keyboard.press('Control+z');
  await app.idle();
  await expect(page.getByRole('img', { name: '4 sample images of 9' })).toBeVisible();
});

test('a list of paths finds its files one after the other, and the browser says what it keeps (SX-27)', async ({
  page,
}, info) => {
  const app = new App(page);
  await app.openFew();
  await app.room('Data');
  await drop(app, page, zip('fruit.zip', fruit()), zip('more.zip', moreFruit()));
  await tab(page, 'Kept sets');
  await app.idle();
  await expect(app.panel('Kept sets').first()).toContainText(
    /The browser (may clear|keeps) the data of this page/,
  );
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: /^Export paths only/ }).click();
  const path = info.outputPath('list.sweetset.json');
  await (await download).saveAs(path);
  await app.idle();
  await page.getByRole('button', { name: /^Delete: / }).click();
  await page.getByRole('button', { name: 'Delete it' }).click();
  await app.idle();
  // a new page has no files open
  await page.goto('about:blank');
  await app.open();
  await app.room('Data');
  // the design waits for the files too; another one does not
  await page.getByRole('button', { name: /^Land cover, synthetic/ }).click();
  await app.idle();
  await drop(app, page, file('list.sweetset.json', readFileSync(path)));
  await expect(app.notice()).toContainText('42 of 42 images');
  await drop(app, page, zip('more.zip', moreFruit()));
  await expect(app.notice().last()).toContainText('30 of 42 images');
  await drop(app, page, zip('fruit.zip', fruit()));
  await expect(app.panel('Images by class')).toContainText('42 images, 64x64x3');
  await tab(page, 'Sources and classes');
  await expect(app.panel('Sources').getByRole('button', { name: /^Remove / })).toHaveCount(2);
});
