// `npm run bench`: speed and size of the built site, in a real browser. Prints a table and writes bench/latest.json.
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from '@playwright/test';
import { defaultDesign } from '../src/core/exploration/defaultDesign.ts';
import type { Design } from '../src/core/exploration/design.ts';
import { NetworkBuilder } from '../src/core/network/builder.ts';
import type { Network } from '../src/core/network/network.ts';
import { encodeLink } from '../src/formats/design/link.ts';
import { measureFiles } from './files.ts';
import { measureFolding } from './folding.ts';
import { measureSimulator } from './simulator.ts';
import { measureTrainers } from './training.ts';

const root = join(import.meta.dirname, '..');
const PORT = 4199;
const ADDRESS = `http://127.0.0.1:${PORT}/`;

/** The net of the aims: 16-32-32, 3x3, batch norm, ReLU, pooling. */
function smallNet(extent: number): Network {
  const b = new NetworkBuilder(`16-32-32 at ${extent}x${extent}`, {
    height: extent,
    width: extent,
    channels: 3,
  });
  for (const filters of [16, 32, 32]) {
    b.convBlock(filters, 3);
    b.maxPool(2);
  }
  b.globalAveragePool();
  b.dense(10);
  b.softmax();
  return b.build();
}

function design(network: Network, epochs: number): Design {
  const base = defaultDesign();
  return {
    ...base,
    network,
    baseline: network,
    data: { ...base.data, source: { kind: 'land-cover', imageCount: 1000, seed: 1 } },
    recipe: { ...base.recipe, batchSize: 32, epochs },
  };
}

async function open(browser: Browser, fragment = ''): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await page.addInitScript(() => {
    const tasks: number[] = [];
    Object.assign(globalThis, { longTasks: tasks });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) tasks.push(entry.duration);
    }).observe({ entryTypes: ['longtask'] });
  });
  await page.goto(ADDRESS + fragment);
  await idle(page);
  return page;
}

const idle = (page: Page) =>
  page.waitForSelector('.jobs[data-idle="true"]', { state: 'attached', timeout: 600_000 });

const room = (page: Page, name: string) =>
  page
    .getByRole('navigation', { name: 'Rooms' })
    .getByRole('button', { name: new RegExp(`^${name}`) })
    .click();

/** Images a second as the run itself counts them, read at its end, and the longest main-thread task meanwhile. */
async function measureTraining(browser: Browser, backend: string, extent: number, epochs: number) {
  const page = await open(browser, encodeLink(design(smallNet(extent), epochs)));
  await room(page, 'Train');
  await page.getByLabel('Runs on').selectOption(backend);
  await idle(page);
  await page.evaluate(() => {
    (globalThis as unknown as { longTasks: number[] }).longTasks.length = 0;
  });
  const speeds: number[] = [];
  await page.getByRole('button', { name: 'Start training' }).click();
  await page.getByRole('button', { name: 'Stop' }).waitFor();
  const deadline = Date.now() + 90_000;
  while (Date.now() < deadline) {
    const shown = page.getByText(/[\d,]+ images\/s/);
    const text = await page
      .locator('.job-detail')
      .first()
      .innerText({ timeout: 500 })
      .catch(() => '');
    const speed = Number(text.match(/([\d,.]+) images\/s/)?.[1]?.replaceAll(',', ''));
    if (Number.isFinite(speed) && speed > 0) speeds.push(speed);
    if ((await page.locator('.jobs[data-idle="true"]').count()) > 0) break;
    if (!(await shown.count())) await page.waitForTimeout(50);
    await page.waitForTimeout(150);
  }
  if ((await page.getByRole('button', { name: 'Stop' }).count()) > 0)
    await page.getByRole('button', { name: 'Stop' }).click();
  const longest = await page.evaluate(() =>
    Math.max(0, ...(globalThis as unknown as { longTasks: number[] }).longTasks),
  );
  await page.context().close();
  return { imagesPerSecond: Math.max(0, ...speeds), longestTaskMs: longest };
}

/** Time from a key press on a threshold to the frame in which all charts are redrawn. */
async function measureThresholds(browser: Browser) {
  const page = await open(browser);
  await room(page, 'Train');
  await page.getByLabel('Epochs', { exact: true }).fill('1');
  await page.getByLabel('Epochs', { exact: true }).press('Enter');
  await page.getByRole('button', { name: 'Start training' }).click();
  await idle(page);
  await room(page, 'Prune');
  await page
    .getByRole('slider', { name: /^Threshold of/ })
    .first()
    .focus();
  const times = await page.evaluate(async () => {
    const slider = document.querySelector<HTMLInputElement>('.threshold input[type="range"]');
    const bars = document.querySelector('.side-chart');
    if (!slider || !bars) return [];
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
    const taken: number[] = [];
    for (let i = 0; i < 120; i++) {
      const started = performance.now();
      const redrawn = new Promise<number>((resolve) => {
        const observer = new MutationObserver(() => {
          observer.disconnect();
          requestAnimationFrame(() => resolve(performance.now()));
        });
        observer.observe(bars, { subtree: true, childList: true, attributes: true, characterData: true });
        setTimeout(() => resolve(Number.NaN), 400); // a move that changes no bar is not counted
      });
      set?.call(slider, String(0.95 - (0.9 * ((i * 37) % 120)) / 120));
      slider.dispatchEvent(new Event('input', { bubbles: true }));
      const ended = await redrawn;
      if (Number.isFinite(ended)) taken.push(ended - started);
    }
    return taken;
  });
  await page.context().close();
  times.sort((a, b) => a - b);
  const at = (q: number) => times[Math.min(times.length - 1, Math.floor(q * times.length))] ?? Number.NaN;
  return { moves: times.length, medianMs: at(0.5), p95Ms: at(0.95) };
}

/** Gzipped kB of what the page itself loads, and of each script that only a worker loads (tfjs among them). */
function bundleSizes() {
  const assets = join(root, 'dist', 'assets');
  const size = (file: string) => Math.round(gzipSync(readFileSync(join(assets, file))).length / 100) / 10;
  const html = readFileSync(join(root, 'dist', 'index.html'), 'utf8');
  const files = readdirSync(assets);
  const ofPage = files.filter((file) => html.includes(file));
  const workers = files.filter((file) => !ofPage.includes(file));
  const named = (list: string[]) => Object.fromEntries(list.map((file) => [file, size(file)]));
  return {
    pageKb: ofPage.reduce((total, file) => total + size(file), 0),
    page: named(ofPage),
    workers: named(workers),
  };
}

const build = spawnSync('npx', ['vite', 'build', '--logLevel', 'warn'], { cwd: root, stdio: 'inherit' });
if (build.status !== 0) process.exit(1);
const server = spawn('node', ['scripts/serve-dist.mjs', String(PORT), '/'], { cwd: root, stdio: 'inherit' });
const args = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
if (process.getuid?.() === 0) args.push('--no-sandbox');
const browser = await chromium.launch({
  ...(process.env.CHROMIUM_PATH ? { executablePath: process.env.CHROMIUM_PATH } : {}),
  args,
});
try {
  const machine = `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB; Chromium ${browser.version()}; Node ${process.version}`;
  console.log(`Machine: ${machine}`);
  const results: Record<string, unknown> = {
    machine,
    bundle: bundleSizes(),
    simulator: measureSimulator(),
    folding: measureFolding(),
    files: await measureFiles(),
    trainers: await measureTrainers(),
  };
  console.log('Bundle, kB gzipped:', results.bundle);
  console.log('Simulator, designs a second on one thread:', results.simulator);
  console.log('FINN folding on one thread:', results.folding);
  console.log('Models of 100 MB, read:', results.files);
  console.log('Training side by side, images a second:', results.trainers);
  results.threshold = await measureThresholds(browser);
  console.log('Threshold move to redrawn charts, ms:', results.threshold);
  for (const [backend, extent, epochs] of [
    ['wasm', 32, 6],
    ['wasm', 64, 3],
    ['webgl', 32, 1],
    ['cpu', 32, 1],
  ] as const) {
    const speed = await measureTraining(browser, backend, extent, epochs);
    results[`training ${backend} ${extent}x${extent}`] = speed;
    console.log(`Training, ${backend}, ${extent}x${extent}, 16-32-32, batch 32:`, speed);
  }
  writeFileSync(join(root, 'bench', 'latest.json'), `${JSON.stringify(results, null, 2)}\n`);
} finally {
  await browser.close();
  server.kill();
}
