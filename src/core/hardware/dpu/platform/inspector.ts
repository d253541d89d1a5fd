import type { LayerId, Network } from '../../../network/network.ts';
import { describeMap, inferGeometry } from '../../../network/shapes.ts';
import { ok, type Result } from '../../../result.ts';
import type { DpuArchitectureName } from '../../targets.ts';
import { type DpuIsa, dpuArchitecture } from '../architectures.ts';
import { type Device, type Placed, placeLayers, verdictSentence } from '../placement.ts';

export interface LayerVerdict extends Placed {
  /** The number of its subgraph, as in {@link Inspection.subgraphs}. */
  readonly subgraph: number;
}

/** Layers that run together on one device; the input's own subgraph is number 0. */
export interface Subgraph {
  readonly index: number;
  readonly device: Device;
  readonly layerIds: readonly LayerId[];
  /** Subgraphs it reads from, all with smaller numbers. */
  readonly reads: readonly number[];
}

export interface Inspection {
  /** "DPUCZDX8G_ISA1_B4096" */
  readonly target: string;
  readonly layers: readonly LayerVerdict[];
  readonly subgraphs: readonly Subgraph[];
  /** How many subgraphs the DPU runs; 1 is what you want. */
  readonly dpuSubgraphCount: number;
}

export interface InspectorOptions {
  readonly architecture: DpuArchitectureName;
  readonly isa: DpuIsa;
}

/**
 * Subgraphs by device. Layers share one where they are connected on the same device without leaving it: the
 * number of device changes on the way from the input has to be the same, so that no subgraph waits for itself.
 */
function partition(network: Network, placed: readonly Placed[]): readonly Subgraph[] {
  const devices = new Map(placed.map(({ layerId, device }) => [layerId, device]));
  const changes = new Map<LayerId, number>();
  const root = new Map<LayerId, LayerId>();
  const rootOf = (id: LayerId): LayerId => {
    let at = id;
    for (let next = root.get(at); next !== undefined && next !== at; next = root.get(at)) at = next;
    root.set(id, at);
    return at;
  };
  for (const { id, inputs } of network.layers) {
    const steps = inputs.map(
      (input) => (changes.get(input) ?? 0) + (devices.get(input) === devices.get(id) ? 0 : 1),
    );
    changes.set(id, Math.max(0, ...steps));
    root.set(id, id);
    for (const input of inputs) {
      const same = devices.get(input) === devices.get(id) && changes.get(input) === changes.get(id);
      if (same) root.set(rootOf(input), rootOf(id));
    }
  }
  const members = new Map<LayerId, LayerId[]>();
  for (const { id } of network.layers) {
    const of = rootOf(id);
    const group = members.get(of);
    if (group) group.push(id);
    else members.set(of, [id]);
  }
  const depth = (ids: readonly LayerId[]) => changes.get(ids[0] ?? '') ?? 0;
  const groups = [...members.values()].sort((a, b) => depth(a) - depth(b));
  const indexOf = new Map(groups.flatMap((ids, index) => ids.map((id) => [id, index] as const)));
  const inputsOf = new Map(network.layers.map(({ id, inputs }) => [id, inputs]));
  return groups.map((layerIds, index) => {
    const sources = layerIds.flatMap((id) =>
      (inputsOf.get(id) ?? []).map((input) => indexOf.get(input) ?? 0),
    );
    return {
      index,
      device: devices.get(layerIds[0] ?? '') ?? 'CPU',
      layerIds,
      reads: [...new Set(sources)].filter((source) => source !== index).sort((a, b) => a - b),
    };
  });
}

/** Which layers run on the DPU, which on the processor and why, and how that splits the network (SX-34, VT-44). */
export function inspect(network: Network, { architecture, isa }: InspectorOptions): Result<Inspection> {
  const geometry = inferGeometry(network);
  if (!geometry.ok) return geometry;
  const placed = placeLayers(network, geometry.value, dpuArchitecture(architecture, { isa }));
  const subgraphs = partition(network, placed);
  const indexOf = new Map(subgraphs.flatMap(({ index, layerIds }) => layerIds.map((id) => [id, index])));
  return ok({
    target: `DPUCZDX8G_ISA${isa}_${architecture}`,
    layers: placed.map((verdict) => ({ ...verdict, subgraph: indexOf.get(verdict.layerId) ?? 0 })),
    subgraphs,
    dpuSubgraphCount: subgraphs.filter(({ device }) => device === 'DPU').length,
  });
}

/** The inspection as text: a comment line with the target, then one line for each layer (VT-44). */
export function inspectionText(inspection: Inspection, network: Network): string {
  const geometry = inferGeometry(network);
  const widest = (of: (verdict: LayerVerdict) => string) =>
    Math.max(0, ...inspection.layers.map((verdict) => of(verdict).length));
  const [idWidth, kindWidth] = [widest((v) => v.layerId), widest((v) => v.kind)];
  const lines = inspection.layers.map((verdict) => {
    const map = geometry.ok ? geometry.value.get(verdict.layerId)?.ofm : undefined;
    const columns = [
      verdict.layerId.padEnd(idWidth),
      verdict.kind.padEnd(kindWidth),
      (map ? describeMap(map) : '').padEnd(13),
      verdict.device.padEnd(4),
      `subgraph ${verdict.subgraph}`,
      verdictSentence(verdict),
    ];
    return columns.join('  ').trimEnd();
  });
  return `${[`# ${network.name} on ${inspection.target}`, ...lines].join('\n')}\n`;
}
