/**
 * Fits the two constants of each device of the roofline (the share of its peak that Caffe sustains, the overhead
 * of a node) to the unpruned rows of source 001, Table 4, and prints them beside the shipped ones with the errors
 * of all 30 rows: `npx tsx scripts/fit/roofline.ts`. It changes nothing.
 */
import { type CatalogDevice, ROOFLINE_DEVICES } from '../../src/core/hardware/roofline/devices.ts';
import { framesSeconds } from '../../src/core/hardware/roofline/estimate.ts';
import { PUBLISHED_TIMES } from '../../src/core/hardware/roofline/published.ts';
import {
  detectorNodes,
  type RooflineValidation,
  validateRoofline,
} from '../../src/core/hardware/roofline/validation.ts';

const detectors = detectorNodes();

/** Sum of the squared relative errors on the unpruned rows of a device. */
function loss(device: CatalogDevice): number {
  return PUBLISHED_TIMES.filter(({ deviceId }) => deviceId === device.id)
    .map((row) => (1e3 * framesSeconds(detectors[row.network].original, device)) / row.originalMs - 1)
    .reduce((sum, error) => sum + error * error, 0);
}

/** Pattern search: one constant up or down a step at a time; steps halve where nothing is gained. */
function search(start: CatalogDevice): CatalogDevice {
  let best = start;
  for (let step = 0.3; step > 1e-6; ) {
    const tried = [1 + step, 1 / (1 + step)].flatMap((factor) => [
      { ...best, sustainedShare: best.sustainedShare * factor },
      { ...best, overheadSecondsPerNode: best.overheadSecondsPerNode * factor },
    ]);
    const next = tried.reduce((a, b) => (loss(b) < loss(a) ? b : a));
    if (loss(next) < loss(best)) best = next;
    else step /= 2;
  }
  return best;
}

/** Two starts, so that the shipped values are not found just because the search began there. */
function fit(device: CatalogDevice): CatalogDevice {
  const found = [device, { ...device, sustainedShare: 0.1, overheadSecondsPerNode: 1e-5 }].map(search);
  return found.reduce((a, b) => (loss(b) < loss(a) ? b : a));
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const worst = (rows: readonly RooflineValidation[]) => Math.max(...rows.map(({ error }) => Math.abs(error)));
const mean = (rows: readonly RooflineValidation[]) =>
  rows.reduce((sum, { error }) => sum + Math.abs(error), 0) / rows.length;

const fitted = ROOFLINE_DEVICES.map(fit);
console.log('device                   sustained share      overhead of a node (us)');
console.log('                         shipped   here       shipped   here');
ROOFLINE_DEVICES.forEach((shipped, i) => {
  const here = fitted[i] ?? shipped;
  const cells = [
    shipped.sustainedShare.toFixed(4).padStart(7),
    here.sustainedShare.toFixed(4).padStart(9),
    (1e6 * shipped.overheadSecondsPerNode).toFixed(1).padStart(11),
    (1e6 * here.overheadSecondsPerNode).toFixed(1).padStart(9),
  ];
  console.log(`${shipped.name.padEnd(24)} ${cells.join('')}`);
});

for (const [label, devices] of [
  ['shipped', ROOFLINE_DEVICES],
  ['fitted here', fitted],
] as const) {
  const rows = validateRoofline((id) => devices.find((device) => device.id === id));
  console.log(`\n${label}`);
  for (const [name, some] of [
    ['unpruned, fitted on', rows.filter((row) => row.fitted)],
    ['pruned, not fitted on', rows.filter((row) => !row.fitted)],
  ] as const)
    console.log(`  ${name}: mean ${percent(mean(some))}, worst ${percent(worst(some))} of ${some.length}`);
  for (const row of rows)
    console.log(
      `  ${row.fitted ? 'fitted' : '      '} ${row.name.padEnd(40)} ${row.modelMs.toFixed(1).padStart(7)} ms, published ${row.publishedMs.toFixed(1).padStart(7)} ms, ${percent(row.error)}`,
    );
}
