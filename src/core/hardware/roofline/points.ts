import type { LayerId } from '../../network/network.ts';
import type { Bound, HardwareReport, ReportRow } from '../report.ts';
import type { Platform } from './platform.ts';
import { acceleratorSentence, rowSentence, unitSentence } from './pointSentences.ts';

/** A row of a report under the roof. */
export interface RooflinePoint {
  readonly id: string;
  readonly label: string;
  readonly layerIds: readonly LayerId[];
  /**
   * Operations (1 MAC = 2) per byte between chip and DRAM: Infinity where nothing leaves the chip, 0 where
   * nothing is multiplied, NaN where the family does not count bytes.
   */
  readonly opsPerByte: number;
  readonly opsPerSecond: number;
  readonly macCount: number;
  readonly bound: Bound;
  /** Why it is bound so, and what would help. */
  readonly sentence: string;
}

export interface Roofline {
  readonly name: string;
  readonly peakOpsPerSecond: number;
  readonly bandwidthBytesPerSecond: number;
  /** Operations per byte where bandwidth stops being the limit: peak over bandwidth (Williams et al. 2009). */
  readonly ridge: number;
  readonly source: string;
  readonly points: readonly RooflinePoint[];
}

/** What the sentences need of a roof. */
export interface Roof {
  readonly peakOpsPerSecond: number;
  readonly bandwidthBytesPerSecond: number;
  readonly ridge: number;
  readonly sustainedShare: number;
}

/** Most operations a second at an intensity: min(peak, intensity * bandwidth) (Williams et al. 2009; VT-50). */
export const attainableOpsPerSecond = (
  roof: Pick<Roof, 'peakOpsPerSecond' | 'bandwidthBytesPerSecond'>,
  opsPerByte: number,
): number => Math.min(roof.peakOpsPerSecond, opsPerByte * roof.bandwidthBytesPerSecond);

/** Operations per byte; see {@link RooflinePoint.opsPerByte}. */
function intensity(macCount: number, trafficBytes: number | undefined): number {
  if (macCount === 0) return 0;
  if (trafficBytes === undefined) return Number.NaN;
  return trafficBytes > 0 ? (2 * macCount) / trafficBytes : Number.POSITIVE_INFINITY;
}

const perSecond = (macCount: number, cycles: number, clockHertz: number): number =>
  cycles > 0 ? (2 * macCount * clockHertz) / cycles : 0;

/** A report whose rows follow each other: each row by itself, at the rate it has while it runs. */
function sequentialPoints(report: HardwareReport, roof: Roof): readonly RooflinePoint[] {
  return report.rows.map((row) => {
    const opsPerByte = intensity(row.macCount, row.trafficBytes);
    const opsPerSecond = perSecond(row.macCount, row.cycles, report.clockHertz);
    return {
      id: row.id,
      label: row.label,
      layerIds: row.layerIds,
      opsPerByte,
      opsPerSecond,
      macCount: row.macCount,
      bound: row.bound,
      get sentence() {
        return rowSentence(row, { opsPerByte, opsPerSecond }, report.clockHertz, roof);
      },
    };
  });
}

const sum = (rows: readonly ReportRow[], value: (row: ReportRow) => number): number =>
  rows.reduce((total, row) => total + value(row), 0);

/** The row whose bytes take longest to move, and the cycles they take. */
function slowestTransfer(report: HardwareReport, platform: Platform) {
  let slowest: { readonly row: ReportRow; readonly cycles: number } | null = null;
  for (const row of report.rows) {
    const cycles = ((row.trafficBytes ?? 0) * report.clockHertz) / platform.bandwidthBytesPerSecond;
    if (cycles > (slowest?.cycles ?? 0)) slowest = { row, cycles };
  }
  return slowest;
}

/** A pipeline: the whole accelerator, which alone touches DRAM, then its units, all at the rate of the frames. */
function dataflowPoints(report: HardwareReport, platform: Platform): readonly RooflinePoint[] {
  const { clockHertz, initiationInterval, rows } = report;
  const macCount = sum(rows, (row) => row.macCount);
  const bottleneck = rows.find(({ id }) => id === report.bottleneckId);
  const transfer = slowestTransfer(report, platform);
  const starved = transfer !== null && transfer.cycles > initiationInterval;
  const whole: RooflinePoint = {
    id: 'accelerator',
    label: 'whole accelerator',
    layerIds: [...new Set(rows.flatMap((row) => row.layerIds))],
    opsPerByte: intensity(
      macCount,
      sum(rows, (row) => row.trafficBytes ?? 0),
    ),
    opsPerSecond: perSecond(macCount, initiationInterval, clockHertz),
    macCount,
    bound: starved ? 'memory' : (bottleneck?.bound ?? 'compute'),
    get sentence() {
      return acceleratorSentence(bottleneck, initiationInterval, transfer);
    },
  };
  const units = rows
    .filter((row) => row.macCount > 0)
    .map((row) => ({
      id: row.id,
      label: row.label,
      layerIds: row.layerIds,
      opsPerByte: intensity(row.macCount, row.trafficBytes),
      opsPerSecond: perSecond(row.macCount, initiationInterval, clockHertz),
      macCount: row.macCount,
      bound: row.bound,
      get sentence() {
        return unitSentence(row, report);
      },
    }));
  return [whole, ...units];
}

/**
 * Every row of a report under its platform's roof. Where the peak is that of the design's own units (FINN), it
 * is their sum: a unit computes 2 * PE * SIMD operations a cycle, which is its operations over its cycles. Rows
 * that each have a port to DRAM of their own have its bandwidth each.
 */
export function rooflineOf(report: HardwareReport, platform: Platform): Roofline {
  const ports = platform.bandwidthPerRow
    ? Math.max(1, report.rows.filter((row) => (row.trafficBytes ?? 0) > 0).length)
    : 1;
  const peakOpsPerSecond =
    platform.peakOpsPerSecond ??
    sum(report.rows, (row) => perSecond(row.macCount, row.cycles, report.clockHertz));
  const bandwidthBytesPerSecond = ports * platform.bandwidthBytesPerSecond;
  const ridge = peakOpsPerSecond / bandwidthBytesPerSecond;
  const roof = { peakOpsPerSecond, bandwidthBytesPerSecond, ridge, sustainedShare: platform.sustainedShare };
  return {
    name: platform.name,
    peakOpsPerSecond,
    bandwidthBytesPerSecond,
    ridge,
    source: platform.source,
    points:
      report.schedule === 'dataflow' ? dataflowPoints(report, platform) : sequentialPoints(report, roof),
  };
}
