import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vitest/config';

const here = import.meta.dirname;

/** tfjs fetches its .wasm files by name at run time: they are served from public/wasm, never from a CDN. */
function tfjsWasmFiles(): Plugin {
  return {
    name: 'sweetspot:tfjs-wasm-files',
    buildStart() {
      const dist = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
      const target = join(here, 'public', 'wasm');
      mkdirSync(target, { recursive: true });
      for (const file of ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm']) {
        copyFileSync(join(dist, file), join(target, file));
      }
    },
  };
}

export default defineConfig({
  base: './', // the build works from any host and any subfolder
  plugins: [react(), tfjsWasmFiles()],
  // Tests run tfjs' module builds in Node; a build must take the browser's, or node-fetch lands in the worker.
  resolve: { mainFields: [...(process.env.VITEST ? [] : ['browser']), 'module', 'main'] },
  worker: { format: 'es' },
  // Found only when a worker starts: without this the dev server would reload the page in the first training.
  optimizeDeps: {
    include: ['core', 'backend-wasm', 'backend-webgl', 'backend-webgpu', 'backend-cpu'].map(
      (part) => `@tensorflow/tfjs-${part}`,
    ),
  },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 1200, // the training worker carries tfjs; `npm run bench` watches the page's bundle
  },
  test: {
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx'],
    server: { deps: { inline: [/@tensorflow/] } },
    testTimeout: 60_000,
    // hooks load workers and wasm, which a busy machine does as slowly as it tests
    hookTimeout: 60_000,
    // without it one core of two stays free
    maxWorkers: '100%',
  },
});
