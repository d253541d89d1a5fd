import type { ApozData, LatencyData, LatencyRow, StripData, StripLayer } from '../charts/types.ts';
import type { HardwareReport, ReportRow } from '../core/hardware/report.ts';
import { targetById } from '../core/hardware/targets.ts';
import { layerCounts } from '../core/network/counts.ts';
import type { Layer, LayerId, Network } from '../core/network/network.ts';
import { geometryAt } from '../core/network/shapes.ts';
import { formatCount } from '../core/quantity.ts';
import { cachedGeometry, cachedGroups, plannedPruning, slotScores } from '../state/derived.ts';
import type { Entry } from '../state/designStore.ts';
import type { Model } from '../state/modelStore.ts';

/** Layers that change no shape: in the strip they belong to the layer before them. */
const UNDRAWN = new Set<Layer['kind']>([
  'batchNorm',
  'relu',
  'relu6',
  'leakyRelu',
  'sigmoid',
  'tanh',
  'hardSigmoid',
  'hardSwish',
  'dropout',
  'softmax',
  'flatten',
]);

function attributes(layer: Layer): string {
  switch (layer.kind) {
    case 'conv2d':
    case 'depthwiseConv2d':
      return `${layer.kernelSize.join('x')}${layer.strides[0] > 1 ? `, stride ${layer.strides[0]}` : ''}`;
    case 'maxPool':
    case 'averagePool':
      return `${layer.poolSize.join('x')}`;
    case 'channelShuffle':
      return `${layer.groups} groups`;
    case 'upsample':
      return `x${layer.size.join('x')} ${layer.interpolation}`;
    default:
      return '';
  }
}

/** The network as blocks: `before` its channels, `after` those of the planned network with the same layers. */
export function stripData(network: Network, planned: Network, selected: LayerId | null): StripData {
  const geometry = cachedGeometry(network);
  const narrowed = cachedGeometry(planned);
  const drawnAs = new Map<LayerId, LayerId>();
  const layers: StripLayer[] = [];
  for (const layer of network.layers) {
    const inputs = layer.inputs.map((id) => drawnAs.get(id) ?? id);
    if (UNDRAWN.has(layer.kind)) {
      drawnAs.set(layer.id, inputs[0] ?? layer.id);
      continue;
    }
    drawnAs.set(layer.id, layer.id);
    const at = geometryAt(geometry, layer.id);
    const { macCount } = layerCounts(layer, at);
    const note = [attributes(layer), macCount > 0 ? `${formatCount(macCount)} MACs` : '']
      .filter(Boolean)
      .join(', ');
    layers.push({
      id: layer.id,
      label: layer.id,
      kind: layer.kind,
      inputs,
      height: at.ofm.height,
      width: at.ofm.width,
      before: at.ofm.channels,
      after: narrowed.get(layer.id)?.ofm.channels ?? at.ofm.channels,
      ...(note ? { note } : {}),
    });
  }
  return { layers, selected };
}

const rowKey = (row: ReportRow): string => row.id;

/** Cycles, or milliseconds where a target has no clock and its report counts nanoseconds. */
export const unitOf = ({ targetId }: HardwareReport): 'cycles' | 'ms' =>
  targetById(targetId)?.defaultClockHertz === null ? 'ms' : 'cycles';

const inUnit = (cycles: number, { clockHertz }: HardwareReport, unit: 'cycles' | 'ms'): number =>
  unit === 'cycles' ? cycles : (1e3 * cycles) / clockHertz;

/** Rows of two reports of one target side by side, in the order of the second. */
export function barsData(
  before: HardwareReport,
  after: HardwareReport,
  names: LatencyData['names'],
): LatencyData {
  const unit = unitOf(after);
  const earlier = new Map(before.rows.map((row) => [rowKey(row), row]));
  const byLayer = new Map(
    before.rows.flatMap((row) => (row.layerIds[0] === undefined ? [] : [[row.layerIds[0], row] as const])),
  );
  const rows = after.rows.map((row): LatencyRow => {
    const was =
      earlier.get(row.id) ?? (row.layerIds[0] === undefined ? undefined : byLayer.get(row.layerIds[0]));
    return {
      ...pick(row, after, unit),
      before: was ? inUnit(was.cycles, before, unit) : null,
      after: inUnit(row.cycles, after, unit),
    };
  });
  return { rows, unit, names, bottleneckId: after.bottleneckId };
}

const pick = (row: ReportRow, report: HardwareReport, unit: 'cycles' | 'ms') => ({
  id: row.id,
  label: row.label,
  layerIds: row.layerIds,
  bound: row.bound,
  boundSentence: row.boundSentence,
  terms: row.terms.map((term) => ({ ...term, cycles: inUnit(term.cycles, report, unit) })),
});

/**
 * Two targets on one network: times in milliseconds, matched by the layer that gives a row its name (a FINN
 * sliding window has no counterpart on a DPU).
 */
export function targetBarsData(
  first: HardwareReport,
  second: HardwareReport,
  names: LatencyData['names'],
): LatencyData {
  const timeByLayer = new Map<LayerId, number>();
  for (const row of second.rows) {
    const id = row.layerIds[0];
    if (id !== undefined) timeByLayer.set(id, Math.max(timeByLayer.get(id) ?? 0, row.cycles));
  }
  const shown = new Set<LayerId>();
  const rows = [...first.rows].map((row): LatencyRow => {
    const id = row.layerIds[0];
    const other = id !== undefined && !shown.has(id) ? timeByLayer.get(id) : undefined;
    if (id !== undefined) shown.add(id);
    return {
      ...pick(row, first, 'ms'),
      before: other === undefined ? null : (1e3 * other) / second.clockHertz,
      after: (1e3 * row.cycles) / first.clockHertz,
    };
  });
  return { rows, unit: 'ms', names, bottleneckId: first.bottleneckId };
}

const descending = (values: ArrayLike<number>): Float64Array => Float64Array.from(values).sort().reverse();

/** The distribution of silence, group by group, with what the thresholds would do. */
export function apozData({ design }: Entry, model: Model | null, selected: string | null): ApozData {
  if (!model?.apoz) return { groups: [], selected: null };
  const groups = cachedGroups(design.network);
  const scores = slotScores(design.network, model.apoz);
  const { plan } = plannedPruning(design.network, model.apoz, design.pruning);
  const shown = groups.groups.filter((group) => group.activations.length > 0 && scores[group.id]);
  return {
    selected,
    groups: shown.map((group) => {
      const score = scores[group.id] as Float64Array;
      const kept = plan.keep[group.id] ?? Array.from(score.keys());
      const threshold = design.pruning.thresholds[group.id] ?? 1;
      const above = score.reduce((count, value) => count + (value > threshold ? 1 : 0), 0);
      const removed = group.slotCount - kept.length;
      return {
        id: group.id,
        label: group.producers.join(' + '),
        layerIds: [...group.producers, ...group.followers, ...group.activations],
        trained: descending(score),
        pruned: descending(kept.map((slot) => score[slot] ?? 0)),
        threshold,
        width: group.slotCount,
        kept: kept.length,
        removed,
        roundedBack: Math.max(0, above - removed),
        fixed: group.fixed,
      };
    }),
  };
}
