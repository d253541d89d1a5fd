import type { GraphNode } from '../../charts/graphModel.ts';
import type { HardwareReport } from '../../core/hardware/report.ts';
import { layerCounts } from '../../core/network/counts.ts';
import { attributesLine } from '../../core/network/editing/attributes.ts';
import type { LayerId, Network } from '../../core/network/network.ts';
import { geometryAt } from '../../core/network/shapes.ts';
import { formatCount } from '../../core/quantity.ts';
import { cachedGeometry } from '../../state/derived.ts';

/**
 * The part of a frame's cycles that each layer's rows take. Layers fused into another's row have none of their own;
 * in a dataflow all rows work at once, so parts are of the sum of all rows.
 */
export function timeShares(report: HardwareReport): ReadonlyMap<LayerId, number> {
  const shares = new Map<LayerId, number>();
  const total = report.rows.reduce((sum, { cycles }) => sum + cycles, 0);
  for (const { layerIds, cycles } of report.rows) {
    const [id] = layerIds;
    if (id !== undefined && total > 0) shares.set(id, (shares.get(id) ?? 0) + cycles / total);
  }
  return shares;
}

/** The layers as the graph draws them, with each one's part of the time where it was estimated. */
export function graphNodes(network: Network, report: HardwareReport | null): readonly GraphNode[] {
  const geometry = cachedGeometry(network);
  const shares = report ? timeShares(report) : null;
  return network.layers.map((layer): GraphNode => {
    const at = geometryAt(geometry, layer.id);
    const { macCount } = layerCounts(layer, at);
    const note = [attributesLine(layer), macCount > 0 ? `${formatCount(macCount)} MACs` : '']
      .filter(Boolean)
      .join(', ');
    const share = shares?.get(layer.id);
    return {
      id: layer.id,
      kind: layer.kind,
      label: layer.id,
      ...at.ofm,
      inputs: layer.inputs,
      ...(note ? { note } : {}),
      ...(share === undefined ? {} : { share }),
    };
  });
}
