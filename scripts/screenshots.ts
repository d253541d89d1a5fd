// `npm run screenshots`: the pictures of the README, from the built site.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';

const root = join(import.meta.dirname, '..');
const PORT = 4198;
const room = (page: Page, name: string) =>
  page
    .getByRole('navigation', { name: 'Rooms' })
    .getByRole('button', { name: new RegExp(`^${name}`) })
    .click();
const idle = (page: Page) =>
  page.waitForSelector('.jobs[data-idle="true"]', { state: 'attached', timeout: 300_000 });

if (spawnSync('npx', ['vite', 'build', '--logLevel', 'warn'], { cwd: root, stdio: 'inherit' }).status !== 0)
  process.exit(1);
const server = spawn('node', ['scripts/serve-dist.mjs', String(PORT), '/'], { cwd: root, stdio: 'inherit' });
const browser = await chromium.launch({
  ...(process.env.CHROMIUM_PATH ? { executablePath: process.env.CHROMIUM_PATH } : {}),
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
try {
  mkdirSync(join(root, 'docs'), { recursive: true });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`http://127.0.0.1:${PORT}/`);
  await idle(page);
  await room(page, 'Train');
  await page.getByRole('button', { name: 'Start training' }).click();
  await idle(page);
  await room(page, 'Prune');
  const sliders = page.locator('fieldset.threshold input[type=range]');
  for (const [i, value] of [0.54, 0.5, 0.55].entries()) await sliders.nth(i).fill(String(value));
  await sliders.nth(2).focus();
  await idle(page);
  await page.waitForTimeout(1500);
  await page.screenshot({ path: join(root, 'docs', 'prune.png') });
} finally {
  await browser.close();
  server.kill();
}
