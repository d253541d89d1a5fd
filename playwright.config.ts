import { defineConfig } from '@playwright/test';

const executablePath = process.env.CHROMIUM_PATH;
/** Two checkouts that test at once take two ports: a server that is there already is used as it is. */
const port = process.env.E2E_PORT ?? '4187';
const address = `http://127.0.0.1:${port}/sub/folder/`;
const asRoot = process.getuid?.() === 0;

/** Browser tests run against the built site, two files at a time: a training takes one core. None of them looks at a clock. */
export default defineConfig({
  testDir: 'e2e',
  timeout: 240_000,
  expect: { timeout: 15_000 },
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list']],
  outputDir: 'test-results',
  use: {
    baseURL: address,
    viewport: { width: 1440, height: 900 },
    // pictures of every frame would cost more than what they are of
    trace: { mode: 'retain-on-failure', screenshots: false },
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: [
        ...(asRoot ? ['--no-sandbox'] : []),
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  webServer: {
    command: `node scripts/serve-dist.mjs ${port} /sub/folder/`,
    url: address,
    reuseExistingServer: !process.env.CI,
  },
});
