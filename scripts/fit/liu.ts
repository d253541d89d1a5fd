/**
 * Fits the one constant of the Liu engine's model, the bytes a DMA moves in a cycle, to the four published frame
 * times, and prints the errors with it, without it, and with other overlaps: `npx tsx scripts/fit/liu.ts`. It
 * changes nothing.
 */
import {
  FITTED_BYTES_PER_CYCLE,
  type LiuOptions,
  UNFITTED_BYTES_PER_CYCLE,
} from '../../src/core/hardware/liu/engine.ts';
import { lowerToLiu } from '../../src/core/hardware/liu/passes.ts';
import { PUBLISHED_NETWORKS } from '../../src/core/hardware/liu/published.ts';
import { frameMilliseconds } from '../../src/core/hardware/liu/validation.ts';

const networks = PUBLISHED_NETWORKS.map(({ name, publishedMs, build }) => ({
  name,
  publishedMs,
  lowered: lowerToLiu(build()),
}));

const errorsOf = (options: LiuOptions): readonly number[] =>
  networks.map(({ lowered, publishedMs }) => frameMilliseconds(lowered, options) / publishedMs - 1);

/** Mean square of the relative errors, and the largest of them. */
const LOSSES = {
  'mean square': (errors: readonly number[]) =>
    errors.reduce((sum, error) => sum + error * error, 0) / errors.length,
  'worst error': (errors: readonly number[]) => Math.max(...errors.map(Math.abs)),
};

/** Every 0.1 from 1 to 64 bytes a cycle: no local minimum to fall into. */
const RATES = Array.from({ length: 631 }, (_, i) => (10 + i) / 10);

function bestRate(lossOf: (errors: readonly number[]) => number, options: LiuOptions, without = -1): number {
  const losses = RATES.map((bytesPerCycle) =>
    lossOf(errorsOf({ ...options, bytesPerCycle }).filter((_, i) => i !== without)),
  );
  return RATES[losses.indexOf(Math.min(...losses))] ?? Number.NaN;
}

const percent = (share: number): string => `${(100 * share).toFixed(1).padStart(5)} %`;

function print(what: string, options: LiuOptions): void {
  const errors = errorsOf(options);
  const worst = Math.max(...errors.map(Math.abs));
  console.log(
    `${what.padEnd(52)}${errors.map((error) => percent(error).padEnd(12)).join('')}   worst ${percent(worst)}`,
  );
}

console.log(`${''.padEnd(52)}${networks.map(({ name }) => name.padEnd(12)).join('')}`);
print('compute alone (nothing loaded or stored)', { bytesPerCycle: Number.MAX_VALUE });
print(`not fitted, ${UNFITTED_BYTES_PER_CYCLE} bytes a cycle (a word of PC pixels)`, {
  bytesPerCycle: UNFITTED_BYTES_PER_CYCLE,
});
print(`shipped, ${FITTED_BYTES_PER_CYCLE} bytes a cycle`, {});
for (const overlap of ['maps', 'all', 'none'] as const) {
  for (const [name, lossOf] of Object.entries(LOSSES)) {
    const bytesPerCycle = bestRate(lossOf, { overlap });
    print(`overlap ${overlap}, least ${name}: ${bytesPerCycle}`, { overlap, bytesPerCycle });
  }
}
// How much the constant depends on each network: fitted to the other three.
for (const [left, { name }] of networks.entries()) {
  const bytesPerCycle = bestRate(LOSSES['worst error'], {}, left);
  print(`least worst error without ${name}: ${bytesPerCycle}`, { bytesPerCycle });
}
