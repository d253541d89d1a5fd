// `npm test`: types, lint, unit tests, build, browser tests against the build. Stops at the first failure.
import { spawnSync } from 'node:child_process';
import { ensureChromium } from './chromium.mjs';

const env = { ...process.env, CHROMIUM_PATH: ensureChromium() };

const STEPS = [
  ['Types', 'npx', ['tsc', '-b']],
  ['Lint and format', 'npx', ['biome', 'check', '.']],
  ['Unit tests', 'npx', ['vitest', 'run']],
  ['Build', 'npx', ['vite', 'build', '--logLevel', 'warn']],
  ['Browser tests', 'npx', ['playwright', 'test']],
];

for (const [name, command, args] of STEPS) {
  console.log(`\n== ${name}: ${command} ${args.join(' ')}`);
  const started = Date.now();
  const { status } = spawnSync(command, args, { stdio: 'inherit', env });
  console.log(
    `== ${name}: ${status === 0 ? 'ok' : 'FAILED'} after ${((Date.now() - started) / 1000).toFixed(1)} s`,
  );
  if (status !== 0) process.exit(status ?? 1);
}
