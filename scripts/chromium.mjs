// Finds a Chromium for the browser tests, the benchmark and the screenshots, or installs one, and says what it does.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

function playwrightsOwn() {
  const { chromium } = createRequire(import.meta.url)('@playwright/test');
  const path = chromium.executablePath();
  return existsSync(path) ? path : null;
}

function systems() {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of NAMES) if (existsSync(join(folder, name))) return join(folder, name);
  }
  const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
  return existsSync(mac) ? mac : null;
}

function find() {
  const given = process.env.CHROMIUM_PATH;
  if (given) {
    if (existsSync(given)) return { path: given, from: 'CHROMIUM_PATH' };
    console.error(`CHROMIUM_PATH is ${given}, but no file is there; correct it or unset it.`);
    process.exit(1);
  }
  const own = playwrightsOwn();
  if (own) return { path: own, from: "Playwright's own" };
  const system = systems();
  return system ? { path: system, from: "the system's" } : null;
}

function install() {
  console.log("No Chromium found: installing Playwright's (npx playwright install chromium) ...");
  const own = spawnSync('npx', ['playwright', 'install', 'chromium'], { stdio: 'inherit', timeout: 300_000 });
  if (own.status === 0 && playwrightsOwn()) return;
  const isRoot = process.getuid?.() === 0;
  if (isRoot && existsSync('/usr/bin/apt-get')) {
    console.log("That did not work: installing Debian's (apt-get install chromium) ...");
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit' });
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], {
      stdio: 'inherit',
    });
  }
}

/** The path of a Chromium; ends the program with a clear sentence where none can be had. */
export function ensureChromium() {
  let found = find();
  if (!found) {
    install();
    found = find();
  }
  if (!found) {
    console.error(
      'No Chromium could be found or installed. Install Chrome or Chromium, or set CHROMIUM_PATH to one.',
    );
    process.exit(1);
  }
  console.log(`Chromium: ${found.from} (${found.path})`);
  return found.path;
}
