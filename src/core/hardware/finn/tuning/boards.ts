import type { LayerId } from '../../../network/network.ts';
import type { ReportRow, Resources, Violation } from '../../report.ts';
import { count } from '../sentences.ts';

export type ResourceName = keyof Resources;

/** What is counted, under the names FINN's users know, in the order in which violations are listed. */
export const RESOURCE_LABELS: readonly (readonly [ResourceName, string])[] = [
  ['lut', 'LUT'],
  ['bram18', 'BRAM18'],
  ['uram', 'URAM'],
  ['dsp', 'DSP'],
];

/** A board with the budget that FINN gives it. */
export interface Board {
  readonly id: string;
  readonly name: string;
  /** Xilinx part number; decides the DSP block. */
  readonly part: string;
  readonly kind: 'Zynq' | 'Alveo';
  /** Resources of each super logic region; one entry on a chip of one die. */
  readonly regions: readonly Resources[];
  /** Their sum. */
  readonly budget: Resources;
  /** Whether source 003, Table 2.1 lists it among the boards of FINN 0.5b. */
  readonly inTable21: boolean;
}

const region = (lut: number, bram18: number, uram: number, dsp: number): Resources => ({
  lut,
  bram18,
  uram,
  dsp,
});

const summed = (regions: readonly Resources[], key: ResourceName): number =>
  regions.reduce((sum, one) => sum + one[key], 0);

const board = (
  name: string,
  part: string,
  kind: Board['kind'],
  inTable21: boolean,
  regions: readonly Resources[],
): Board => ({
  id: name.toLowerCase().replaceAll(' ', '-'),
  name,
  part,
  kind,
  inTable21,
  regions,
  budget: region(
    summed(regions, 'lut'),
    summed(regions, 'bram18'),
    summed(regions, 'uram'),
    summed(regions, 'dsp'),
  ),
});

const Z7020 = [region(53200, 280, 0, 220)];
const ZU28 = [region(425000, 2160, 80, 4272)];

/**
 * Boards with a budget in FINN (`util/platforms.py`, finn.md section 11), figures as FINN has them: the data
 * sheets say 432 RAMB18 for the Ultra96 and 624 for the ZCU104, and 70,560 LUT for the Ultra96V2.
 */
export const BOARDS: readonly Board[] = [
  board('Pynq-Z1', 'xc7z020clg400-1', 'Zynq', true, Z7020),
  board('Pynq-Z2', 'xc7z020clg400-1', 'Zynq', true, Z7020),
  board('Ultra96', 'xczu3eg-sbva484-1-e', 'Zynq', true, [region(71000, 412, 0, 360)]),
  board('ZCU104', 'xczu7ev-ffvc1156-2-e', 'Zynq', true, [region(230000, 610, 92, 1728)]),
  board('ZCU102', 'xczu9eg-ffvb1156-2-e', 'Zynq', true, [region(274000, 1824, 0, 2520)]),
  board('ZCU111', 'xczu28dr-ffvg1517-2-e', 'Zynq', false, ZU28),
  board('RFSoC2x2', 'xczu28dr-ffvg1517-2-e', 'Zynq', false, ZU28),
  board('U50', 'xcu50-fsvh2104-2L-e', 'Alveo', true, [
    region(374400, 1128, 304, 2592),
    region(368160, 1128, 304, 2760),
  ]),
  board('U200', 'xcu200-fsgd2104-2-e', 'Alveo', true, [
    region(385920, 1428, 320, 2268),
    region(199680, 840, 160, 1320),
    region(385920, 1428, 320, 2268),
  ]),
  board(
    'U250',
    'xcu250-figd2104-2L-e',
    'Alveo',
    true,
    Array.from({ length: 4 }, () => region(375000, 1152, 320, 2880)),
  ),
  board('U280', 'xcu280-fsvh2892-2L-e', 'Alveo', true, [
    region(400800, 1200, 320, 2736),
    region(382080, 1152, 320, 2880),
    region(380640, 1152, 320, 2880),
  ]),
  board('U55C', 'xcu55c-fsvh2892-2L-e', 'Alveo', false, [
    region(386000, 1200, 320, 2664),
    region(364000, 1152, 320, 2784),
    region(381000, 1200, 320, 2856),
  ]),
];

/** Boards FINN builds for without knowing a budget (finn.md section 11). */
export const BOARDS_WITHOUT_BUDGET: readonly { readonly name: string; readonly part: string }[] = [
  { name: 'RFSoC4x2', part: 'xczu48dr-ffvg1517-2-e' },
  { name: 'KV260_SOM', part: 'xck26-sfvc784-2LV-c' },
  { name: 'VCK190', part: 'xcvc1902-vsva2197-2MP-e-S' },
  { name: 'VEK280', part: 'xcve2802-vsvh1760-2MP-e-S' },
  { name: 'AUP-ZU3', part: 'xczu3eg-sfvc784-2-e' },
];

export const boardById = (id: string): Board | undefined => BOARDS.find((one) => one.id === id);

/** Share of each resource that a design may take, 0..1. Above 1 where the estimate is known to be too high. */
export interface Ceilings extends Resources {
  /** Share that the block memories and DSPs of the chip may take on average. */
  readonly blockAverage: number;
}

/** The whole chip. */
export const WHOLE_CHIP: Ceilings = { lut: 1, bram18: 1, uram: 1, dsp: 1, blockAverage: 1 };

/** FINN's recommended limits for timing closure (finn.md section 11). */
export const RECOMMENDED_CEILINGS: Ceilings = {
  lut: 0.7,
  bram18: 0.8,
  uram: 0.8,
  dsp: 0.8,
  blockAverage: 0.7,
};

/** The most that may be used, in whole units. */
export function limitsOf({ budget }: Pick<Board, 'budget'>, ceilings: Ceilings = WHOLE_CHIP): Resources {
  // A hair more than the product, so that 0.7 of 1,000 is 700 and not 699.
  const of = (key: ResourceName) => Math.floor(budget[key] * ceilings[key] + 1e-6);
  return region(of('lut'), of('bram18'), of('uram'), of('dsp'));
}

const BLOCKS = ['bram18', 'uram', 'dsp'] as const;

/** Mean share of the block resources that the chip has, 0..; 0 where it has none. */
export function blockAverageOf(used: Resources, budget: Resources): number {
  const present = BLOCKS.filter((key) => budget[key] > 0);
  const shares = present.reduce((sum, key) => sum + used[key] / budget[key], 0);
  return present.length === 0 ? 0 : shares / present.length;
}

/** Limits are met up to this much of a rounding error. */
const ROUNDING = 1e-9;

export interface BudgetViolation extends Violation {
  readonly code: 'finn-budget';
  readonly resource: ResourceName | 'blockAverage';
  /** In units of the resource; a share 0.. for the average. */
  readonly used: number;
  readonly limit: number;
}

/** A row of a report, or anything with the same few fields. */
export type BudgetRow = Pick<ReportRow, 'label' | 'layerIds' | 'resources'>;

const zero = region(0, 0, 0, 0);

const percent = (share: number) => `${Math.round(share * 100)} %`;

/** The row that takes most of something; undefined where none takes any. */
function greatest(rows: readonly BudgetRow[], amount: (used: Resources) => number): BudgetRow | undefined {
  let best: BudgetRow | undefined;
  for (const row of rows) {
    const of = (one: BudgetRow | undefined) => amount(one?.resources ?? zero);
    if (of(row) > of(best)) best = row;
  }
  return best;
}

const blame = (row: BudgetRow | undefined): string => (row ? `, most of it in ${row.label}` : '');

export function totalUse(rows: readonly BudgetRow[]): Resources {
  let [lut, bram18, uram, dsp] = [0, 0, 0, 0];
  for (const { resources } of rows) {
    lut += resources?.lut ?? 0;
    bram18 += resources?.bram18 ?? 0;
    uram += resources?.uram ?? 0;
    dsp += resources?.dsp ?? 0;
  }
  return { lut, bram18, uram, dsp };
}

/** Every resource of which the rows take more than the board has: which one, by how much, and where most of it is. */
export function checkBudget(
  rows: readonly BudgetRow[],
  onto: Pick<Board, 'name' | 'budget'>,
  ceilings: Ceilings = WHOLE_CHIP,
): readonly BudgetViolation[] {
  const used = totalUse(rows);
  const limits = limitsOf(onto, ceilings);
  const violations: BudgetViolation[] = [];
  const report = (
    resource: BudgetViolation['resource'],
    has: readonly [used: number, limit: number],
    text: string,
    row: BudgetRow | undefined,
  ) => {
    const layerIds: readonly LayerId[] = row?.layerIds ?? [];
    const message = `${text} on ${onto.name}${blame(row)}.`;
    violations.push({ code: 'finn-budget', message, layerIds, resource, used: has[0], limit: has[1] });
  };
  for (const [key, label] of RESOURCE_LABELS) {
    if (used[key] <= limits[key]) continue;
    const share = ceilings[key] === 1 ? '' : ` (${percent(ceilings[key])} of ${count(onto.budget[key])})`;
    const text = `${label} ${count(used[key])} of ${count(limits[key])}${share}`;
    const row = greatest(rows, (one) => one[key]);
    report(key, [used[key], limits[key]], text, row);
  }
  const average = blockAverageOf(used, onto.budget);
  // Where the average may be as high as each of its parts, the parts have said it.
  const strictest = Math.max(ceilings.bram18, ceilings.uram, ceilings.dsp);
  if (ceilings.blockAverage < strictest && average > ceilings.blockAverage + ROUNDING) {
    const text = `BRAM18, URAM and DSP are ${percent(average)} full on average, ${percent(ceilings.blockAverage)} recommended,`;
    const row = greatest(rows, (one) => blockAverageOf(one, onto.budget));
    report('blockAverage', [average, ceilings.blockAverage], text, row);
  }
  return violations;
}
