import {
  formatCount,
  formatInteger,
  formatPercent,
  formatSeconds,
  formatSignificant,
} from '../../quantity.ts';
import { assertNever } from '../../result.ts';
import type { HardwareReport, ReportRow } from '../report.ts';
import type { Roof } from './points.ts';

interface Spot {
  readonly opsPerByte: number;
  readonly opsPerSecond: number;
}

/** "26.5 operations per byte" */
const intensity = (opsPerByte: number): string =>
  opsPerByte === Number.POSITIVE_INFINITY
    ? 'no byte leaves the chip'
    : `${formatSignificant(opsPerByte)} operations per byte`;

/** "left of the ridge at 108" */
function beside(opsPerByte: number, roof: Roof): string {
  const side = opsPerByte < roof.ridge ? 'left' : 'right';
  return `${side} of the ridge at ${formatSignificant(roof.ridge)}`;
}

/** Where a row stands; `expected` is the side of the ridge on which nobody wonders about its bound. */
function spotted(spot: Spot, roof: Roof, expected?: 'left' | 'right'): string {
  if (Number.isNaN(spot.opsPerByte)) return 'its bytes are not counted';
  const surprising = expected !== undefined && !beside(spot.opsPerByte, roof).startsWith(expected);
  return `${intensity(spot.opsPerByte)}, ${surprising ? 'although ' : ''}${beside(spot.opsPerByte, roof)}`;
}

const shareOfPeak = (spot: Spot, roof: Roof): string =>
  `${formatPercent(spot.opsPerSecond / roof.peakOpsPerSecond, 0)} of the peak`;

/** A layer that uses less of what is there than this has room above it. */
const NEARLY_FULL = 0.9;

function computeSentence(row: ReportRow, spot: Spot, roof: Roof): string {
  const { sustainedShare } = roof;
  const start = `Compute bound: ${spotted(spot, roof, 'right')}, at ${shareOfPeak(spot, roof)}`;
  const limit = sustainedShare < 1 ? `, of which software sustains ${formatPercent(sustainedShare, 0)}` : '';
  if (spot.opsPerSecond >= NEARLY_FULL * sustainedShare * roof.peakOpsPerSecond)
    return `${start}${limit}; only fewer MACs help.`;
  const idles = row.terms.some(({ name }) => name.includes('idle'));
  const more = idles
    ? 'widths that leave fewer lanes idle'
    : 'merging it with a neighbor, which saves a start';
  return `${start}${limit}; fewer MACs help, and so ${idles ? 'do' : 'does'} ${more}.`;
}

function memorySentence(row: ReportRow, spot: Spot, roof: Roof): string {
  const way = row.bound === 'load' ? ' (loading)' : row.bound === 'store' ? ' (storing)' : '';
  const start = `Memory bound${way}: ${spotted(spot, roof, 'left')}, at ${shareOfPeak(spot, roof)}`;
  const { opsPerByte } = spot;
  return opsPerByte < roof.ridge
    ? `${start}; it would take ${formatSignificant(roof.ridge / opsPerByte)} times the work per byte to fill the multipliers: fewer weights or smaller maps help, a larger engine does not.`
    : `${start}; its bytes come one kind after the other and not all beside the computing, so that fewer of them still help.`;
}

/** A row of a sequential report: why it stands where it does, and what would move it. */
export function rowSentence(row: ReportRow, spot: Spot, clockHertz: number, roof: Roof): string {
  const time = formatSeconds(row.cycles / clockHertz);
  if (row.bound === 'overhead') {
    const overhead = row.terms.find(({ name }) => name === 'overhead')?.cycles ?? row.cycles;
    return `Overhead bound: starting it takes ${formatSeconds(overhead / clockHertz)} of its ${time}; merging it with a neighbor helps, neither peak nor bandwidth does.`;
  }
  if (row.macCount === 0) {
    const moved =
      row.trafficBytes === undefined || row.trafficBytes === 0
        ? ''
        : ` and moves ${formatCount(row.trafficBytes, 'B')}`;
    return `It multiplies nothing${moved}, so that it has no place under the roof; its ${time} go where it is fused into a neighbor or its feature map is smaller.`;
  }
  switch (row.bound) {
    case 'compute':
      return computeSentence(row, spot, roof);
    case 'memory':
    case 'load':
    case 'store':
      return memorySentence(row, spot, roof);
    case 'alu':
      return `Bound by the ALU, which computes depthwise convolutions, pooling and additions beside the multipliers: ${spotted(spot, roof)}, at ${shareOfPeak(spot, roof)}; fewer channels or a wider ALU help.`;
    case 'stream':
      return `Bound by its stream: ${spotted(spot, roof)}, at ${shareOfPeak(spot, roof)}; a wider stream helps.`;
    default:
      return assertNever(row.bound);
  }
}

/** FINN's whole accelerator: what sets the pace of its frames. */
export function acceleratorSentence(
  bottleneck: ReportRow | undefined,
  initiationInterval: number,
  transfer: { readonly row: ReportRow; readonly cycles: number } | null,
): string {
  const pace = `${bottleneck?.label ?? 'its slowest node'} with ${formatInteger(initiationInterval)} cycles a frame`;
  if (transfer && transfer.cycles > initiationInterval)
    return `Memory bound: moving the bytes of ${transfer.row.label} takes ${formatInteger(transfer.cycles)} cycles, more than ${pace}, which the estimate does not know; a wider port or fewer bytes help, more PE and SIMD do not.`;
  const moving = transfer
    ? `moving the bytes of ${transfer.row.label} takes ${formatInteger(transfer.cycles)}`
    : 'nothing leaves the chip';
  return bottleneck && bottleneck.macCount === 0
    ? `Stream bound: ${pace} sets the pace, ${moving}; a wider stream there helps.`
    : `Compute bound: ${pace} sets the pace, ${moving}; more PE or SIMD there help.`;
}

/** A unit of a pipeline beside its own peak of 2 * PE * SIMD operations a cycle. */
export function unitSentence(row: ReportRow, report: HardwareReport): string {
  const share = formatPercent(row.cycles / report.initiationInterval, 0);
  const external =
    (row.trafficBytes ?? 0) > 0 ? `It moves ${formatCount(row.trafficBytes ?? 0, 'B')} a frame. ` : '';
  if (row.cycles >= report.initiationInterval)
    return `${external}Compute bound at its own peak all the time: it sets the pace, and only more PE or SIMD here help.`;
  const slowest = report.rows.find(({ id }) => id === report.bottleneckId)?.label ?? 'the slowest node';
  const help =
    2 * row.cycles <= report.initiationInterval
      ? 'half its PE or SIMD would save logic and cost no frame'
      : 'more PE or SIMD here help only once that is faster';
  return `${external}It computes ${share} of the time at its own peak and waits for ${slowest} else; ${help}.`;
}
