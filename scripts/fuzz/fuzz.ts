// `npm run fuzz -- --count 10000 --format h5 --seed 1 --from 0`: opens damaged files as the app would, in processes of
// their own. Without --format all formats, in order. Ends with 1 where a file crashed its reader, took more than 5 s or
// 1 GB, or was refused without a sentence; such files are kept, and `--from <number> --count 1` opens one again.
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { FUZZERS } from '../../src/formats/testing/fuzz/formats.ts';
import { type FromFuzzWorker, FuzzReport, GO_ON } from './report.ts';

const HANG_MS = 15_000;

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '10000' },
    format: { type: 'string', default: Object.keys(FUZZERS).join(',') },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
  },
});
const [count, from] = [Number(values.count), Number(values.from)];
const folder = mkdtempSync(join(tmpdir(), 'sweetspot-fuzz-'));

/** One process until its end, or until a file keeps it too long. Resolves to where the next one goes on. */
function run(format: string, first: number, end: number, report: FuzzReport): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      [
        ...process.execArgv,
        join(import.meta.dirname, 'worker.ts'),
        format,
        values.seed,
        String(first),
        String(end),
        folder,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let current: number | null = null;
    let heard = '';
    let hangs = false;
    let watchdog: ReturnType<typeof setTimeout> | undefined;
    child.stderr.on('data', (chunk: Buffer) => {
      heard = (heard + chunk.toString()).slice(-1500);
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      clearTimeout(watchdog);
      // The C library prints to standard output.
      if (!line.startsWith('{"kind"')) return;
      current = report.take(JSON.parse(line) as FromFuzzWorker) ?? current;
      watchdog = setTimeout(() => {
        hangs = true;
        child.kill('SIGKILL');
      }, HANG_MS);
    });
    child.on('close', (status) => {
      clearTimeout(watchdog);
      if (status === 0) return resolve(end);
      if (status === GO_ON) return resolve((current ?? first) + 1);
      if (current === null && !hangs) {
        report.fail(first, `its process ended before the first file: ${heard}`);
        return resolve(end);
      }
      const index = current ?? first;
      report.fail(
        index,
        hangs ? `hung for more than ${HANG_MS} ms` : `ended its process with ${status}: ${heard}`,
      );
      resolve(index + 1);
    });
  });
}

let failed = 0;
for (const format of values.format.split(',')) {
  const report = new FuzzReport(format);
  const end = from + count;
  for (let at = from; at < end && report.failures.length < 200; ) at = await run(format, at, end, report);
  console.log(String(report));
  for (const { index, why } of report.failures.slice(0, 20)) console.log(`  number ${index}: ${why}`);
  failed += report.failures.length;
}
console.log(failed === 0 ? 'No failures.' : `${failed} failures; their files are in ${folder}.`);
process.exit(failed === 0 ? 0 : 1);
