// Runs a command with CHROMIUM_PATH set: node scripts/with-chromium.mjs playwright test
import { spawnSync } from 'node:child_process';
import { ensureChromium } from './chromium.mjs';

const [command, ...args] = process.argv.slice(2);
const env = { ...process.env, CHROMIUM_PATH: ensureChromium() };
const { status } = spawnSync('npx', [command, ...args], { stdio: 'inherit', env });
process.exit(status ?? 1);
