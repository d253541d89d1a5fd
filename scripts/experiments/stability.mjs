/**
 * Issue 5, "done means" 5: trains for a long time in a browser and prints, once a minute, the tensors on the backend, the
 * memory of the page's process (page and workers together) as the system sees it, and by area what Chromium's own memory
 * report says is in use there after a collection of garbage.
 *
 *   npx vite build && node scripts/serve-dist.mjs 4187 /sub/folder/ &
 *   node scripts/experiments/stability.mjs http://127.0.0.1:4187/sub/folder/ [minutes] [backend] [file for all areas]
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { chromium } from '@playwright/test';

const [address = 'http://127.0.0.1:4187/sub/folder/', minutes = '30', backend = 'wasm', details] =
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
await page
  .getByRole('spinbutton', { name: 'Epochs' })
  .or(page.getByLabel('Epochs', { exact: true }))
  .first()
  .fill('500');
await page.getByLabel('Epochs', { exact: true }).press('Enter');
await page.getByRole('button', { name: 'Start training' }).click();

/** The largest renderer is that of the page. */
async function largestRenderer() {
  const { processInfo } = await control.send('SystemInfo.getProcessInfo');
  const sizes = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => ({
      id,
      megabytes: Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0) / 1024,
    }));
  return sizes.reduce((a, b) => (b.megabytes > a.megabytes ? b : a));
}

/** Megabytes in use in a process, by allocator, after garbage was collected in all its threads. */
async function areasOf(processId) {
  const events = [];
  const collect = ({ value }) => events.push(...value);
  control.on('Tracing.dataCollected', collect);
  const ended = new Promise((resolve) => control.once('Tracing.tracingComplete', resolve));
  await control.send('Tracing.start', {
    traceConfig: {
      includedCategories: ['disabled-by-default-memory-infra'],
      memoryDumpConfig: { triggers: [] },
    },
  });
  await control.send('Tracing.requestMemoryDump', { deterministic: true, levelOfDetail: 'detailed' });
  await control.send('Tracing.end');
  await ended;
  control.off('Tracing.dataCollected', collect);
  const areas = {};
  for (const { pid, args } of events) {
    if (pid !== processId || !args?.dumps?.allocators) continue;
    for (const [name, { attrs }] of Object.entries(args.dumps.allocators)) {
      const bytes = Number.parseInt((attrs?.allocated_objects_size ?? attrs?.size)?.value ?? '', 16);
      if (Number.isFinite(bytes)) areas[name] = bytes / 2 ** 20;
      const count = Number.parseInt(attrs?.object_count?.value ?? '', 16);
      if (Number.isFinite(count)) areas[`${name} (count)`] = count;
    }
  }
  return areas;
}

const started = Date.now();
for (;;) {
  await page.waitForTimeout(60_000);
  const run = await page.getByRole('region', { name: 'This run' }).innerText();
  const { id, megabytes } = await largestRenderer();
  const areas = await areasOf(id);
  const told = Object.entries(areas)
    .filter(([name, size]) => !name.slice(1).includes('/') && !name.includes('(') && size >= 0.5)
    .map(([name, size]) => `${name} ${size.toFixed(1)}`);
  if (details) appendFileSync(details, `${JSON.stringify(areas)}\n`);
  const said = (name) => new RegExp(`${name}\\n(.*)`).exec(run)?.[1] ?? '-';
  console.log(
    `${((Date.now() - started) / 60_000).toFixed(1)} min: ${said('State')}; ${said('Tensors')} tensors, ${said('Speed')}; process ${megabytes.toFixed(0)} MB before the collection, ${(await largestRenderer()).megabytes.toFixed(0)} MB after it; in use, MB: ${told.join(', ')}`,
  );
  if (Date.now() - started > Number(minutes) * 60_000) break;
}
await browser.close();
