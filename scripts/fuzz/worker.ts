// Opens the damaged files of one format, from one number to another, and says so on standard output, line by line.
import { mkdirSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { WORKER_SPENT } from '../../src/core/result.ts';
import { FUZZERS, type FuzzCase, randomOf } from '../../src/formats/testing/fuzz/formats.ts';
import { judge } from '../../src/formats/testing/fuzz/judge.ts';
import { type FromFuzzWorker, GO_ON } from './report.ts';

const [format = '', seedText, firstText, endText, folder = ''] = process.argv.slice(2);
const [seed, first, end] = [Number(seedText), Number(firstText), Number(endText)];

/** The parent must have read what a file did even where the next one ends this process. */
const say = (message: FromFuzzWorker) => writeSync(1, `${JSON.stringify(message)}\n`);

const peakMegabytes = () => process.resourceUsage().maxRSS / 1024;
const megabytes = () => process.memoryUsage.rss() / 2 ** 20;

function save(index: number, { files }: FuzzCase): string {
  const target = join(folder, `${format}-${seed}-${index}`);
  mkdirSync(target, { recursive: true });
  files.forEach(({ name, bytes }, i) => {
    writeFileSync(join(target, i === 0 ? name : `${i}-${name.replace(/[^\w.-]/g, '_').slice(0, 80)}`), bytes);
  });
  return target;
}

const fuzzer = await FUZZERS[format]?.();
if (!fuzzer) throw new Error(`No format ${format}: ${Object.keys(FUZZERS).join(', ')}`);

async function checkWhole(after: number): Promise<void> {
  for (const one of fuzzer?.whole ?? []) {
    const verdict = await judge(one.open);
    if (verdict.kind !== 'accepted')
      say({
        kind: 'wrong',
        index: after,
        why: `A whole file is no longer opened: ${JSON.stringify(verdict)}`,
        saved: '',
      });
  }
}

/** A damaged file must not spoil the reader for the next. */
const WHOLE_EVERY = 500;

await checkWhole(first);
for (let index = first; index < end; index++) {
  const damaged = await fuzzer.damaged(randomOf(seed, index));
  say({ kind: 'start', index });
  const [before, peak] = [megabytes(), peakMegabytes()];
  const started = performance.now();
  const verdict = await judge(damaged.open);
  const milliseconds = performance.now() - started;
  const grown = peakMegabytes() > peak ? peakMegabytes() - before : 0;
  if (verdict.kind === 'wrong') say({ kind: 'wrong', index, why: verdict.why, saved: save(index, damaged) });
  say({
    kind: 'end',
    index,
    milliseconds,
    grown,
    peak: peakMegabytes(),
    code: verdict.kind === 'refused' ? verdict.code : verdict.kind,
  });
  if (grown > 1024 || milliseconds > 5000) save(index, damaged);
  // as the app does: what the library in WebAssembly left behind is no reader for the next file
  if (verdict.kind === 'refused' && verdict.code === WORKER_SPENT) process.exit(GO_ON);
  if (index % WHOLE_EVERY === WHOLE_EVERY - 1) await checkWhole(index);
}
