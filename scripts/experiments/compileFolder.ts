/**
 * Issue 5, "done means" 4: a folder of pictures (64x64 PNG, ten classes, all different, drawn here) compiled by the data
 * worker in Chromium. Prints seconds, and megabytes of the page: what its process had resident, at most.
 *
 *   node scripts/with-chromium.mjs tsx scripts/experiments/compileFolder.ts [pictures]
 */
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { build } from 'vite';
import { png } from '../../e2e/png.ts';
import { createRandom, type Random } from '../../src/core/random.ts';

const count = Number(process.argv[2] ?? 27_000);
const SIDE = 64;
const CLASSES = 10;
const MEGABYTE = 1e6;
const workers = join(import.meta.dirname, '..', '..', 'src', 'workers');

/** Waves of color with noise, as hard to pack as a photograph. */
function picture(label: number, random: Random): Buffer {
  const [phase, across, down] = [random.next() * 7, random.next() / 5, (label + 1) / 20];
  return png(SIDE, SIDE, (x, y) => {
    const wave = 128 + 80 * Math.sin(phase + across * x + down * y);
    return [0, 10, 20].map((color) => wave + color + random.integer(24));
  });
}

/** Bytes that a process has resident now. */
const residentBytes = (pid: number): number => {
  const status = existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, 'utf8') : '';
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
};

const folder = mkdtempSync(join(tmpdir(), 'sweetspot-compile-'));
try {
  const random = createRandom(1);
  for (let i = 0; i < count; i++) {
    const label = i % CLASSES;
    const place = join(folder, 'pictures', `class ${label}`);
    if (i < CLASSES) mkdirSync(place, { recursive: true });
    writeFileSync(join(place, `${i}.png`), picture(label, random));
  }
  const site = join(folder, 'site');
  await build({
    logLevel: 'warn',
    configFile: false,
    build: {
      outDir: site,
      emptyOutDir: true,
      rolldownOptions: {
        input: {
          worker: join(workers, 'data.worker.ts'),
          filesAtHand: join(workers, 'imageStore', 'filesAtHand.ts'),
        },
        output: { entryFileNames: '[name].js' },
        preserveEntrySignatures: 'strict',
      },
    },
  });
  const server = createServer((request, response) => {
    const isWorker = request.url?.endsWith('.js') ?? false;
    response.setHeader('content-type', isWorker ? 'text/javascript' : 'text/html');
    if (isWorker) createReadStream(join(site, request.url ?? '')).pipe(response);
    else response.end('<title>compile</title><input type="file" webkitdirectory>');
  }).listen(0, '127.0.0.1');
  const executablePath = process.env.CHROMIUM_PATH;
  const browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  const page = await browser.newPage();
  // tsx names the functions that it hands to the page
  await page.addInitScript('globalThis.__name = (value) => value;');
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  // the browser is handed all paths at once, which takes half a minute on a busy machine
  await page.locator('input').setInputFiles(join(folder, 'pictures'), { timeout: 300_000 });
  const cdp = await browser.newBrowserCDPSession();
  const { processInfo } = await cdp.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  const resident = () => Math.max(...renderers.map(residentBytes));
  const before = resident();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, resident());
  }, 50);
  const done = await page.evaluate(async () => {
    const worker = new Worker('/worker.js', { type: 'module' });
    let next = 1;
    const call = <Reply>(method: string, request: unknown) =>
      new Promise<Reply>((resolve, reject) => {
        const id = next++;
        worker.addEventListener('message', ({ data }) => {
          if (data.id !== id) return;
          if (data.kind === 'done') resolve(data.reply);
          if (data.kind === 'failed') reject(new Error(data.fault.message));
        });
        worker.postMessage({ id, method, request });
      });
    const files = [...(document.querySelector('input')?.files ?? [])];
    let longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
    }).observe({ entryTypes: ['longtask'] });
    const started = performance.now();
    const path = '/filesAtHand.js';
    const { filesAtHand } = await import(path);
    await filesAtHand(files, new AbortController().signal);
    const opening = call<{ sources: { id: string }[] }>('openSources', {
      files: files.map((file) => ({ path: file.webkitRelativePath, file })),
    });
    const { sources } = await opening;
    const opened = performance.now();
    type Kept = { id: string; imageCount: number; chunkCount: number; bytes: number; fingerprint: string };
    const set = await call<Kept>('compile', {
      sourceIds: sources.map(({ id }) => id),
      name: 'pictures',
      choice: { height: 64, width: 64, channels: 3, fit: 'crop', classes: {} },
      seed: 1,
    });
    const compiled = performance.now();
    const file = await call<Blob>('exportSet', { id: set.id, content: 'data' });
    const exported = performance.now();
    await call('deleteSet', { id: set.id });
    const { sets } = await call<{ sets: Kept[] }>('openSources', { files: [{ path: 'set', file }] });
    const read = performance.now();
    const { imageCount, chunkCount, bytes, fingerprint } = set;
    return {
      imageCount,
      chunkCount,
      bytes,
      fingerprint,
      longestMilliseconds: longest,
      openSeconds: (opened - started) / 1000,
      seconds: (compiled - opened) / 1000,
      exportSeconds: (exported - compiled) / 1000,
      readSeconds: (read - exported) / 1000,
      isSame: sets[0]?.fingerprint === fingerprint,
    };
  });
  clearInterval(watch);
  console.log(
    `${done.imageCount} pictures: opened in ${done.openSeconds.toFixed(1)} s, compiled in ${done.seconds.toFixed(1)} s (${(done.imageCount / done.seconds).toFixed(0)} a second), ${done.chunkCount} chunks, ${(done.bytes / MEGABYTE).toFixed(0)} MB kept, the page busy for at most ${done.longestMilliseconds.toFixed(0)} ms at a time.`,
  );
  console.log(
    `Exported in ${done.exportSeconds.toFixed(1)} s, read again in ${done.readSeconds.toFixed(1)} s: ${done.isSame ? 'the same set' : 'ANOTHER set'}.`,
  );
  console.log(
    `Page's process: ${(before / MEGABYTE).toFixed(0)} MB resident before, at most ${(most / MEGABYTE).toFixed(0)} MB. Fingerprint ${done.fingerprint}.`,
  );
  await browser.close();
  server.close();
} finally {
  rmSync(folder, { recursive: true });
}
