/**
 * Issue 5, "done means" 5: trains for a long time in a browser and prints, once a minute, the tensors on the backend, the
 * JavaScript heap of the page, and the memory of its process (page and workers together).
 *
 *   npx vite build && node scripts/serve-dist.mjs 4187 /sub/folder/ &
 *   node scripts/experiments/stability.mjs http://127.0.0.1:4187/sub/folder/ [minutes] [backend]
 */
import { readFileSync } from 'node:fs';
import { chromium } from '@playwright/test';

const [address = 'http://127.0.0.1:4187/sub/folder/', minutes = '30', backend = 'wasm'] =
  process.argv.slice(2);
const executablePath = process.env.CHROMIUM_PATH;
const browser = await chromium.launch({
  ...(executablePath ? { executablePath } : {}),
  args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--js-flags=--expose-gc'],
});
const page = await browser.newPage();
const control = await browser.newBrowserCDPSession();
await page.goto(address);
await page
  .getByRole('button', { name: /^Train/ })
  .first()
  .click();
await page.getByLabel('Runs on').selectOption(backend);
await page.waitForTimeout(8000);
await page.getByRole('spinbutton', { name: 'Epochs' }).or(page.getByLabel('Epochs')).first().fill('500');
await page.getByLabel('Epochs').press('Enter');
await page.getByRole('button', { name: 'Start training' }).click();

/** The largest renderer is that of the page. */
async function residentMegabytes() {
  const { processInfo } = await control.send('SystemInfo.getProcessInfo');
  const sizes = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(
      ({ id }) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0) / 1024,
    );
  return Math.max(...sizes);
}

const started = Date.now();
for (;;) {
  await page.waitForTimeout(60_000);
  const run = await page.getByRole('region', { name: 'This run' }).innerText();
  // what is only waiting to be collected is no leak
  for (const worker of page.workers()) await worker.evaluate(() => globalThis.gc?.());
  const heap = await page.evaluate(() => {
    globalThis.gc?.();
    return performance.memory.usedJSHeapSize / 2 ** 20;
  });
  const said = (name) => new RegExp(`${name}\\n(.*)`).exec(run)?.[1] ?? '-';
  console.log(
    `${((Date.now() - started) / 60_000).toFixed(1)} min: ${said('State')}; ${said('Tensors')} tensors, ${said('Speed')}; heap of the page ${heap.toFixed(1)} MB, process ${(await residentMegabytes()).toFixed(0)} MB`,
  );
  if (Date.now() - started > Number(minutes) * 60_000) break;
}
await browser.close();
