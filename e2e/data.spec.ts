import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { zipSync } from 'fflate';
import { App } from './app.ts';
import { fruit, moreFruit, png } from './pngs.ts';

test('the Data room offers three generated sets and says that they are synthetic', async ({ page }) => {
  const app = new App(page);
  await app.open();
  await app.room('Data');
  const images = app.panel('Images by class');
  for (const [button, said, classes] of [
    [/^Flowers, synthetic/, 'Synthetic flowers: 2,000 images, 64x64x3, synthetic', 14],
    [/^Logos, synthetic/, 'Synthetic logos, cut out: 2,000 images, 32x32x3, synthetic', 2],
    [/^Land cover, synthetic/, 'Synthetic land cover: 2,000 images, 64x64x3, synthetic', 10],
  ] as const) {
    const choice = page.getByRole('button', { name: button });
    await choice.click();
    await expect(choice).toHaveAttribute('aria-pressed', 'true');
    await app.idle();
    await expect(images).toContainText(said);
    await expect(images.getByRole('img', { name: /^12 sample images of / })).toHaveCount(classes);
  }
});

test('the card says what is published of EuroSAT and Flower beside what is here (VT-31)', async ({
  page,
}) => {
  const app = new App(page);
  await app.open();
  await app.room('Data');
  const card = (name: string) => app.panel(`In the manner of ${name}`);
  for (const text of ['27,000', '2,000', '64x64x3', '34']) await expect(card('EuroSAT')).toContainText(text);
  await page.getByRole('button', { name: /^Flowers, synthetic/ }).click();
  await app.idle();
  for (const text of ['13,700', '14']) await expect(card('Flower')).toContainText(text);
});

/** A zip among the test's own files. */
function zip(name: string, files: Record<string, Uint8Array>, folder: string): string {
  mkdirSync(folder, { recursive: true });
  const path = `${folder}/${name}`;
  writeFileSync(path, zipSync(files));
  return path;
}

async function openFruit(app: App, page: Page, folder: string): Promise<void> {
  await app.openFew();
  await app.room('Data');
  await page.getByLabel('Image files').setInputFiles(zip('fruit.zip', fruit(), folder));
  await app.idle();
}

/** What a reload would bring back: the page saves a moment after each change. */
const keptTestShare = (page: Page) =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        const opening = indexedDB.open('sweetspot');
        opening.onsuccess = () => {
          const asked = opening.result.transaction('session').objectStore('session').get('session');
          asked.onsuccess = () => {
            opening.result.close();
            resolve(asked.result?.design.data.testShare);
          };
        };
      }),
  );

const tab = (page: Page, name: string) => page.getByRole('tab', { name }).click();

test('two zips are combined, a class is merged into another and one left out, and a reload finds the set (SX-26)', async ({
  page,
}, info) => {
  const app = new App(page);
  await openFruit(app, page, info.outputPath());
  await tab(page, 'Sources and classes');
  await page.getByLabel('More files').setInputFiles(zip('more.zip', moreFruit(), info.outputPath()));
  await app.idle();
  await page.getByLabel('New name of red apples').fill('Apple');
  await page.getByLabel('Use Plum').uncheck();
  await page.getByLabel('Colors').selectOption('Gray');
  const compile = app.panel('Images become');
  await expect(compile.getByRole('row', { name: /^Images/ })).toHaveText(/30.*32/);
  await expect(compile.getByRole('row', { name: /^Classes/ })).toHaveText(/3.*2/);
  await page.getByRole('button', { name: 'Compile again' }).click();
  await app.idle();
  await expect(page.getByRole('button', { name: 'Compile again' })).toBeDisabled();
  await tab(page, 'Images');
  await expect(app.panel('Images by class')).toContainText('fruit.zip + more.zip: 32 images, 64x64x1');
  await expect(page.getByRole('img', { name: '12 sample images of Apple' })).toBeVisible();
  await tab(page, 'Split and balance');
  // 15 apples and 17 limes, a fifth of each held back
  await expect(app.panel('Parts')).toContainText('26');
  await page.getByLabel('Images of an epoch').selectOption('As few as of the rarest');
  await expect(app.panel('Balance')).toContainText('24');
  await page.getByLabel('Held back for testing').fill('25');
  await page.getByLabel('Held back for testing').press('Enter');
  await expect(app.panel('Parts').locator('dt', { hasText: 'For test' }).locator('..')).toContainText(
    '8, 25 %',
  );
  await expect(app.railState('Data')).toHaveText('fruit.zip + more.zip, 32');
  await expect.poll(() => keptTestShare(page)).toBe(0.25);
  await page.reload();
  await app.idle();
  await app.room('Data');
  await expect(app.panel('Images by class')).toContainText('fruit.zip + more.zip: 32 images, 64x64x1');
  await expect(app.notice()).toHaveCount(0);
});

test('a kept set is exported, deleted, and opened again with its images or by its paths (SX-27)', async ({
  page,
}, info) => {
  const app = new App(page);
  await openFruit(app, page, info.outputPath());
  await expect(app.panel('The set')).toContainText('fruit.zip');
  const fingerprint = await app.panel('The set').locator('dd').nth(4).innerText();
  await tab(page, 'Kept sets');
  await app.idle();
  const saved: Record<string, string> = {};
  for (const button of ['Export with images: fruit.zip', 'Export paths only: fruit.zip']) {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: button }).click();
    const file = await download;
    const path = info.outputPath(file.suggestedFilename());
    await file.saveAs(path);
    saved[button.split(':')[0] ?? ''] = path;
    await app.idle();
  }
  const [whole, paths] = Object.values(saved) as [string, string];
  expect(readFileSync(whole).length).toBeGreaterThan(30 * 64 * 64 * 3);
  expect(readFileSync(paths).length).toBeLessThan(20_000);

  await page.getByRole('button', { name: 'Delete: fruit.zip' }).click();
  await expect(page.getByRole('alert')).toContainText('the data of the present design');
  await page.getByRole('button', { name: 'Delete it' }).click();
  await app.idle();
  await expect(app.panel('Kept sets').first()).toContainText('No set is kept yet');
  await tab(page, 'Images');
  await expect(app.panel('Images by class')).toContainText('This design was made with fruit.zip');

  await page.getByLabel('Image files').setInputFiles(whole);
  await app.idle();
  await expect(app.notice()).toContainText('the very images that this design was made with');
  await expect(app.panel('The set')).toContainText(fingerprint);

  await page.getByLabel('Image files').setInputFiles([paths, `${info.outputPath()}/fruit.zip`]);
  await app.idle();
  await expect(app.panel('Images by class')).toContainText('30 images, 64x64x3');
});

test('a canceled compilation leaves the data as it was and nothing behind', async ({ page }, info) => {
  const app = new App(page);
  await openFruit(app, page, info.outputPath());
  const many: Record<string, Uint8Array> = {};
  for (let i = 0; i < 1500; i++)
    many[`many/${i % 2 ? 'Fig' : 'Kiwi'}/${i}.png`] = png(i % 200, (i * 7) % 200, 90);
  await tab(page, 'Sources and classes');
  await page.getByLabel('More files').setInputFiles(zip('many.zip', many, info.outputPath()));
  await app.idle();
  await page.getByLabel('Height').fill('512');
  await page.getByLabel('Height').press('Enter');
  await page.getByLabel('Width').fill('512');
  await page.getByLabel('Width').press('Enter');
  await page.getByRole('button', { name: 'Compile again' }).click();
  await expect(page.getByText(/^[\d,]+ of 1,530/)).toBeVisible();
  await page.getByRole('button', { name: 'Cancel: Compiling images' }).click();
  await app.idle();
  await expect(app.railState('Data')).toHaveText('fruit.zip, 30');
  await expect(page.getByRole('button', { name: 'Compile again' })).toBeEnabled();
  await tab(page, 'Kept sets');
  await app.idle();
  await expect(app.panel('Kept sets').first().getByRole('button', { name: /^Use:/ })).toHaveCount(1);
});

test('a link from another machine says what it needs, and compiles it its own way', async ({
  page,
  browser,
}, info) => {
  const app = new App(page);
  await openFruit(app, page, info.outputPath());
  await tab(page, 'Sources and classes');
  await page.getByLabel('New name of Lime').fill('Citrus');
  await page.getByLabel('Other proportions').selectOption('Stretch');
  await page.getByLabel('Height').fill('32');
  await page.getByLabel('Height').press('Enter');
  await page.getByRole('button', { name: 'Compile again' }).click();
  await app.idle();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy link' }).click();
  await expect(app.notice()).toContainText('Link copied');
  const link = await page.evaluate(() => navigator.clipboard.readText());

  const elsewhere = await browser.newContext();
  const other = await elsewhere.newPage();
  const there = new App(other);
  await there.open(new URL(link).hash);
  await there.room('Data');
  await expect(there.panel('Images by class')).toContainText('This design was made with fruit.zip');
  await other.getByLabel('Image files').setInputFiles(`${info.outputPath()}/fruit.zip`);
  await there.idle();
  await expect(there.notice()).toContainText('the very images that this design was made with');
  await expect(there.panel('Images by class')).toContainText('30 images, 32x64x3');
  await expect(other.getByText('Citrus', { exact: true })).toBeVisible();
  await elsewhere.close();
});

test('a thousand classes stay usable: found, left out, page by page', async ({ page }, info) => {
  const app = new App(page);
  const files: Record<string, Uint8Array> = {};
  for (let i = 0; i < 1000; i++) files[`many/class ${i}/a.png`] = png(i % 190, (i * 3) % 190, 60);
  await app.open();
  await app.room('Data');
  await page.getByLabel('Image files').setInputFiles(zip('thousand.zip', files, info.outputPath()));
  await app.idle();
  await expect(page.getByText('1 to 50 of 1,000 classes')).toBeVisible();
  await tab(page, 'Sources and classes');
  await page.getByLabel('Find a class').fill('class 99');
  await expect(page.getByLabel(/^New name of/)).toHaveCount(11);
  await page.getByRole('button', { name: 'Leave these 11 out' }).click();
  await expect(app.panel(/^Classes$/)).toContainText('1,000 in the sources, 989 in the set');
  await page.getByLabel('Find a class').fill('');
  await page.getByRole('button', { name: 'Later classes' }).click();
  await expect(page.getByText('51 to 100 of 1,000 classes')).toBeVisible();
  await expect(page.getByLabel(/^New name of/)).toHaveCount(50);
});

test('standardized by the real mean and deviation of the training images', async ({ page }) => {
  const app = new App(page);
  await app.open();
  await app.room('Data');
  await page.getByLabel('Pixels reach the network as').selectOption({ label: 'By mean and deviation' });
  await app.idle();
  const mean = page.getByLabel('Mean of each channel');
  await expect(mean).toHaveValue(/^\d+(\.\d+)?, \d+(\.\d+)?, \d+(\.\d+)?$/);
  await expect(page.getByText('Those of the 1,600 images to train with.')).toBeVisible();
  const before = await mean.inputValue();
  await mean.fill('100');
  await mean.press('Enter');
  await expect(page.getByText('Of the 1,600 images to train with: mean')).toBeVisible();
  await page.getByRole('button', { name: 'Take those of the images to train with' }).click();
  await app.idle();
  await expect(mean).toHaveValue(before);
  const seed = page.getByLabel('Split seed');
  await seed.fill('7');
  await seed.press('Enter');
  await app.idle();
  await expect(mean).not.toHaveValue(before);
  await expect(page.getByText('Those of the 1,600 images to train with.')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await app.idle();
  await expect(mean).toHaveValue(before);
  await mean.fill('light gray');
  await mean.press('Enter');
  await expect(page.getByRole('alert')).toContainText('Give one number');
});

const CIFAR = ['cifar10_train_3000.bin', 'cifar10_test_1000.bin'].map((name) => `../shared/data/${name}`);

test('CIFAR-10 is known by its card, and its parts stay what they came as (BO-79)', async ({ page }) => {
  test.skip(!CIFAR.every((path) => existsSync(path)), 'needs ../shared/data');
  const app = new App(page);
  await app.open();
  await app.room('Data');
  await page.getByLabel('Image files').setInputFiles(CIFAR);
  await app.idle();
  await expect(app.panel('Images by class')).toContainText('CIFAR-10: 4,000 images, 32x32x3');
  await expect(page.getByRole('img', { name: /^12 sample images of / })).toHaveCount(10);
  const card = app.panel('Known set: CIFAR-10');
  await expect(card.getByRole('row', { name: /^Images 60,000 4,000/ })).toBeVisible();
  await expect(card.getByRole('row', { name: /^Classes 10 10/ })).toBeVisible();
  await expect(card.getByRole('row', { name: /^Bits of a channel 8/ })).toBeVisible();
  await expect(card.getByRole('link')).toHaveAttribute('rel', 'noreferrer');
  await page.getByRole('tab', { name: 'Sources and classes' }).click();
  await expect(page.getByRole('row', { name: /arrays, 32x32x3/ })).toContainText(/3,000 train, 1,000 test/);
  await page.getByRole('tab', { name: 'Split and balance' }).click();
  const part = (name: string) => app.panel('Parts').locator('dt', { hasText: name }).locator('..');
  await expect(part('For test')).toContainText('1,000');
  await page.getByLabel('Keep the parts of the files').uncheck();
  await expect(part('For test')).toContainText('0, 0 %');
});

test('a folder that is dropped on the page opens with all that is in it', async ({ page }, info) => {
  const folder = info.outputPath('dropped');
  for (const [path, bytes] of Object.entries(fruit())) {
    mkdirSync(`${folder}/${path}`.replace(/\/[^/]+$/, ''), { recursive: true });
    writeFileSync(`${folder}/${path}`, bytes);
  }
  const app = new App(page);
  await app.open();
  const session = await page.context().newCDPSession(page);
  const drop = { items: [], files: [`${folder}/fruit`], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 700, y: 500, data: drop });
  await expect(app.railState('Data')).toHaveText('fruit, 30');
  await app.idle();
  await expect(app.panel('Images by class')).toContainText('fruit: 30 images, 64x64x3');
});

for (const colorScheme of ['light', 'dark'] as const)
  test(`axe finds no serious violation on any page of the Data room, ${colorScheme}`, async ({
    browser,
  }, info) => {
    const context = await browser.newContext({ colorScheme, viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    const app = new App(page);
    await openFruit(app, page, info.outputPath());
    for (const name of ['Images', 'Sources and classes', 'Split and balance', 'Kept sets']) {
      await tab(page, name);
      await app.idle();
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      const told = serious.map((v) => `${v.id}: ${v.nodes.map((node) => node.target.join(' ')).join(', ')}`);
      expect(told, name).toEqual([]);
    }
    await context.close();
  });
