import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import { zipSync } from 'fflate';
import { crc32 } from '../src/formats/crc32.ts';
import { App } from './app.ts';

const SIDE = 24;

function chunk(kind: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body) >>> 0);
  return Buffer.concat([length, body, sum]);
}

/** A PNG of one color with a brighter corner. */
function png(red: number, green: number, blue: number): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIDE, 0);
  header.writeUInt32BE(SIDE, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc(SIDE * (1 + 3 * SIDE));
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++) {
      const bright = x + y < 10 ? 60 : 0;
      rows.set([red + bright, green + bright, blue + bright], y * (1 + 3 * SIDE) + 1 + 3 * x);
    }
  const start = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    start,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', new Uint8Array()),
  ]);
}

/** Ten pictures a class, by path. */
function pictures(): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  for (let i = 0; i < 10; i++) {
    files[`fruit/Apple/${i}.png`] = png(150 + 3 * i, 20, 20);
    files[`fruit/Lime/${i}.png`] = png(30, 140 + 3 * i, 40);
    files[`fruit/Plum/${i}.png`] = png(80, 20, 120 + 3 * i);
  }
  return files;
}

test('a zip of pictures by class becomes a data set; a damaged picture is named and left out', async ({
  page,
}, info) => {
  const app = new App(page);
  await app.open();
  const path = info.outputPath('fruit.zip');
  mkdirSync(info.outputPath(), { recursive: true });
  writeFileSync(path, zipSync({ ...pictures(), 'fruit/Lime/torn.png': png(1, 2, 3).slice(0, 60) }));
  await app.room('Data');
  await page.getByLabel('Image files').setInputFiles(path);
  await app.idle();
  await expect(app.notice()).toContainText('1 picture could not be read and was left out');
  await expect(app.notice()).toContainText('torn.png');
  await expect(page.getByRole('main')).toContainText(/30 images, 64x64x3/);
  for (const name of ['Apple', 'Lime', 'Plum'])
    await expect(page.getByText(name, { exact: true })).toBeVisible();
});

test('a folder of pictures by class trains a network', async ({ page }, info) => {
  const app = new App(page);
  await app.open();
  const folder = info.outputPath('fruit');
  for (const [name, bytes] of Object.entries(pictures())) {
    const path = join(info.outputPath(), name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, bytes);
  }
  await app.room('Data');
  await page.getByLabel('Folder of images').setInputFiles(folder);
  await app.idle();
  await expect(app.railState('Data')).toContainText('fruit');
  await app.room('Network');
  await page.getByRole('button', { name: 'Give it 3 outputs' }).click();
  await app.room('Train');
  await page.getByLabel('Epochs').fill('12');
  await page.getByLabel('Epochs').press('Enter');
  await page.getByLabel('Batch size').fill('8');
  await page.getByLabel('Batch size').press('Enter');
  await page.getByRole('button', { name: 'Start training' }).click();
  await app.idle();
  expect(await app.accuracy()).toBeGreaterThan(60);
});
