import type {
  RooflinePoint as DrawnPoint,
  RooflineData,
  RooflineRoof,
  TimelineData,
  TimelineSeries,
} from '../../charts/types.ts';
import type { HardwareChoice } from '../../core/exploration/design.ts';
import type { HardwareReport } from '../../core/hardware/report.ts';
import { platformOf } from '../../core/hardware/roofline/platform.ts';
import { type Roofline, rooflineOf } from '../../core/hardware/roofline/points.ts';
import { targetById } from '../../core/hardware/targets.ts';

const roofOf = ({ name, peakOpsPerSecond, bandwidthBytesPerSecond }: Roofline): RooflineRoof => ({
  name,
  peakOpsPerSecond,
  bandwidthBytesPerSecond,
});

/** The roofline of a report of the design's target; null where its platform is unknown. */
export function rooflineOfReport(report: HardwareReport, hardware: HardwareChoice): Roofline | null {
  const platform = platformOf(report.targetId, hardware);
  return platform.ok ? rooflineOf(report, platform.value) : null;
}

/** Rows that multiply nothing have no place under a roof. */
const drawn = (roofline: Roofline) =>
  roofline.points.filter(({ macCount, opsPerByte }) => macCount > 0 && !Number.isNaN(opsPerByte));

/** Layers before and after under the leading target's roof, the compared target's roof beside it. */
export function rooflineData(
  before: HardwareReport,
  after: HardwareReport,
  compared: HardwareReport | null,
  hardware: HardwareChoice,
): RooflineData | null {
  const now = rooflineOfReport(after, hardware);
  const was = rooflineOfReport(before, hardware);
  if (!now || !was) return null;
  const other = compared ? rooflineOfReport(compared, hardware) : null;
  const earlier = new Map(drawn(was).map((point) => [point.id, point]));
  const byLayer = new Map(drawn(was).map((point) => [point.layerIds[0] ?? point.id, point]));
  const points = drawn(now).map((point): DrawnPoint => {
    const { id, label, layerIds, bound, sentence, opsPerByte, opsPerSecond } = point;
    const old = before === after ? undefined : (earlier.get(id) ?? byLayer.get(layerIds[0] ?? id));
    return {
      id,
      label,
      layerIds,
      bound,
      sentence,
      before: old ? { opsPerByte: old.opsPerByte, opsPerSecond: old.opsPerSecond } : null,
      after: { opsPerByte, opsPerSecond },
    };
  });
  return { roofs: [now, ...(other ? [other] : [])].map(roofOf), points };
}

function seriesOf(report: HardwareReport, name: string, hardware: HardwareChoice): TimelineSeries {
  let cycles = 0;
  const bars = report.rows.map((row) => {
    const startMs = (1e3 * cycles) / report.clockHertz;
    cycles += row.cycles;
    const endMs = (1e3 * cycles) / report.clockHertz;
    const gops = endMs > startMs ? (2 * row.macCount) / (1e6 * (endMs - startMs)) : 0;
    return { id: row.id, label: row.label, layerIds: row.layerIds, startMs, endMs, gops };
  });
  const peak = rooflineOfReport(report, hardware)?.peakOpsPerSecond ?? 0;
  return { name, peakGops: peak / 1e9, bars };
}

/**
 * GOP/s of every layer over the time of a frame, as in figures 12 and 13 of source 000. Only where layers follow
 * each other: `other` is the same target before pruning, or another target.
 */
export function timelineData(
  after: HardwareReport,
  other: HardwareReport | null,
  hardware: HardwareChoice,
  names: { readonly after: string; readonly other: string },
): TimelineData | null {
  if (after.schedule !== 'sequential') return null;
  const comparable = other && other !== after && other.schedule === 'sequential' ? other : null;
  return {
    after: seriesOf(after, names.after, hardware),
    before: comparable ? seriesOf(comparable, names.other, hardware) : null,
  };
}

export const nameOf = (targetId: string): string => targetById(targetId)?.name ?? targetId;
