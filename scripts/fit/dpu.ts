/**
 * Fits the three constants of the DPU's latency model to the five published networks it is fitted on, and
 * prints them beside the shipped ones: `npx tsx scripts/fit/dpu.ts`. It changes nothing.
 */
import { dpuArchitecture } from '../../src/core/hardware/dpu/architectures.ts';
import { DPU_CONSTANTS } from '../../src/core/hardware/dpu/cost.ts';
import { simulateDpu } from '../../src/core/hardware/dpu/model.ts';
import { PUBLISHED } from '../../src/core/hardware/dpu/platform/published.ts';
import {
  meanError,
  summarizeValidation,
  validateDpu,
} from '../../src/core/hardware/dpu/platform/validation.ts';

const NAMES = ['overheadCycles', 'aluLatencyCycles', 'weightBytesPerCycle'] as const;
const SHIPPED = NAMES.map((name) => DPU_CONSTANTS[name]);
const networks = PUBLISHED.filter(({ fitted }) => fitted).map((row) => ({ ...row, ops: row.build() }));
const arch = dpuArchitecture('B4096');

/** The model reads its constants on every call: other values for the time of `body` only. */
function withConstants<T>(values: readonly number[], body: () => T): T {
  const set = (to: readonly number[]) =>
    Object.assign(DPU_CONSTANTS, Object.fromEntries(NAMES.map((name, i) => [name, to[i]])));
  set(values);
  try {
    return body();
  } finally {
    set(SHIPPED);
  }
}

/** Mean square of the relative errors on the fitted networks. */
function loss(values: readonly number[]): number {
  return withConstants(values, () => {
    const squares = networks.map(({ ops, framesPerSecond }) => {
      const cycles = simulateDpu(ops, arch).reduce((sum, row) => sum + row.cycles, 0);
      return ((cycles / 300e6 + DPU_CONSTANTS.runSeconds) * framesPerSecond - 1) ** 2;
    });
    return squares.reduce((sum, square) => sum + square, 0) / squares.length;
  });
}

/** Pattern search: one constant up or down a step at a time; steps halve where nothing is gained. */
function search(start: readonly number[]): readonly number[] {
  let best = start;
  let lowest = loss(best);
  for (let step = 0.2; step > 1e-4; ) {
    const tried = NAMES.flatMap((_, i) =>
      [1 + step, 1 / (1 + step)].map((factor) => best.map((value, j) => (i === j ? value * factor : value))),
    ).map((values) => ({ values, value: loss(values) }));
    const next = tried.reduce((a, b) => (b.value < a.value ? b : a));
    if (next.value < lowest) [best, lowest] = [next.values, next.value];
    else step /= 2;
  }
  return best;
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
// Two starts, so that the shipped values are not found just because the search began there.
const starts = [SHIPPED, [1000, 100, 16]].map(search);
const fitted = starts.reduce((a, b) => (loss(b) < loss(a) ? b : a));

console.log('constant               shipped   fitted here');
NAMES.forEach((name, i) => {
  console.log(
    `${name.padEnd(20)} ${String(SHIPPED[i]).padStart(9)} ${(fitted[i] ?? 0).toFixed(1).padStart(13)}`,
  );
});
for (const [label, values] of [
  ['shipped', SHIPPED],
  ['fitted here', fitted],
] as const) {
  const rows = withConstants(values, validateDpu);
  const { fitted: on, others, withoutAssumption } = summarizeValidation(rows);
  console.log(
    `\n${label}: rms ${percent(Math.sqrt(loss(values)))} and mean ${percent(on)} on the fitted networks, mean ${percent(others)} on the ${rows.filter((row) => !row.fitted).length} others (${percent(withoutAssumption)} without assumptions), ${percent(meanError(rows))} on all`,
  );
  for (const row of rows)
    console.log(
      `  ${row.fitted ? 'fitted' : '      '} ${row.name.padEnd(50)} ${row.modelMs.toFixed(3).padStart(7)} ms, published ${row.publishedMs.toFixed(3).padStart(7)} ms, ${percent(row.error)}`,
    );
}
