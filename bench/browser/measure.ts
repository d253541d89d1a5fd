import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { type Browser, chromium, type Page } from '@playwright/test';
import { build } from 'vite';
import type { TrainingSpeed } from '../../src/ml/benchmark.ts';
import type { BackendName } from '../../src/workers/protocol.ts';
import { describeParts, type StepParts } from '../stepParts.ts';

const root = join(import.meta.dirname, '..', '..');
const WASM = join(root, 'node_modules', '@tensorflow', 'tfjs-backend-wasm', 'dist');
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** The bench page, built as the app is. */
const buildPage = (folder: string) =>
  build({
    configFile: false,
    root: import.meta.dirname,
    base: './',
    logLevel: 'error',
    resolve: { mainFields: ['browser', 'module', 'main'] },
    worker: { format: 'es' },
    build: { outDir: folder, emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 4000 },
  });

async function serve(folder: string): Promise<Server> {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname));
    const file = path.startsWith('/wasm/')
      ? join(WASM, path.slice('/wasm/'.length))
      : join(folder, path === '/' ? 'index.html' : path);
    try {
      const bytes = readFileSync(file);
      response
        .writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' })
        .end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

type Ask = (method: string, ...args: unknown[]) => Promise<unknown>;

/** A page of its own, and with it a worker: what one run left behind does not help or hinder the next. */
async function withPage<T>(browser: Browser, address: string, work: (ask: Ask, page: Page) => Promise<T>) {
  const page = await browser.newPage();
  try {
    await page.goto(address);
    const ask: Ask = (method, ...args) =>
      page.evaluate(
        ([name, given]) =>
          (globalThis as unknown as { bench(method: string, ...args: unknown[]): Promise<unknown> }).bench(
            name,
            ...given,
          ),
        [method, args] as const,
      );
    return await work(ask, page);
  } finally {
    await page.close();
  }
}

const launch = () =>
  chromium.launch({
    ...(process.env.CHROMIUM_PATH ? { executablePath: process.env.CHROMIUM_PATH } : {}),
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // without a GPU: WebGPU in software, so that its row is not empty
      '--enable-unsafe-webgpu',
      '--use-webgpu-adapter=swiftshader',
    ],
  });

/** How much is measured: fast backends for longer. */
const AMOUNTS = {
  wasm: { extents: [32, 64], steps: 40, batches: 8 },
  webgl: { extents: [32], steps: 8, batches: 3 },
  webgpu: { extents: [32], steps: 3, batches: 0 },
} as const satisfies Partial<Record<BackendName, object>>;

/**
 * Training of the 16-32-32 network in batches of 32 in a browser's worker: ours beside `model.fit` in turns, so that
 * both meet the same load. Says "skipped" where there is no Chromium.
 */
export async function measureInBrowser(): Promise<Record<string, number | string>> {
  let browser: Browser;
  try {
    browser = await launch();
  } catch {
    return { 'in a browser': 'skipped: no Chromium; set CHROMIUM_PATH to one' };
  }
  const folder = mkdtempSync(join(tmpdir(), 'sweetspot-bench-page-'));
  const results: Record<string, number | string> = {};
  const round = (value: number) => Math.round(value * 10) / 10;
  try {
    await buildPage(folder);
    const server = await serve(folder);
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    try {
      for (const [backend, { extents, steps, batches }] of Object.entries(AMOUNTS)) {
        const measured = `${backend} in Chromium`;
        for (const extent of extents) {
          try {
            await withPage(browser, address, async (ask) => {
              await ask('start', backend);
              const first = (await ask('ours', extent, steps)) as TrainingSpeed;
              let fit = 0;
              if (batches > 0)
                fit = await withPage(browser, address, async (askPlain) => {
                  // plain wasm can't train a convolution: there it gets our kernels
                  await askPlain(backend === 'wasm' ? 'start' : 'startPlain', backend);
                  return (await askPlain('fit', extent, batches, 3)) as number;
                });
              const second = (await ask('ours', extent, steps)) as TrainingSpeed;
              const ours = Math.max(first.imagesPerSecond, second.imagesPerSecond);
              results[`ours, ${measured}, ${extent}x${extent}`] = round(ours);
              results[`first step, ${measured}, ${extent}x${extent}, ms`] = Math.round(
                first.firstStepMilliseconds,
              );
              if (fit > 0) {
                results[`model.fit, ${measured}, ${extent}x${extent}`] = round(fit);
                results[`times model.fit, ${measured}, ${extent}x${extent}`] = round(ours / fit);
              }
              const parts = (await ask('parts', extent, Math.min(steps, 10))) as StepParts;
              results[`a step's parts, ${measured}, ${extent}x${extent}`] = describeParts(parts);
            });
          } catch (error) {
            results[`${measured}, ${extent}x${extent}`] = `failed: ${String(error).split('\n')[0]}`;
          }
        }
      }
    } finally {
      server.close();
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
  return results;
}
