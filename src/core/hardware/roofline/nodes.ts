import { layerCounts, layerMacCount } from '../../network/counts.ts';
import { type FeatureMap, type Layer, type LayerId, type Network, outputsOf } from '../../network/network.ts';
import { type Geometry, geometryAt } from '../../network/shapes.ts';

/** What a software framework runs for one layer of the graph, before a device is chosen. */
export interface FrameworkNode {
  readonly id: string;
  /** Empty for what the framework runs beside the layers of the graph. */
  readonly layerIds: readonly LayerId[];
  readonly label: string;
  readonly kind: string;
  /** Nodes of the framework's own graph: each costs one overhead. Caffe takes two for a batch norm. */
  readonly nodeCount: number;
  /** 1 MAC = 2 operations. */
  readonly macCount: number;
  /** Values of feature maps read and written in one frame. */
  readonly mapValues: number;
  /** Values of parameters read once a batch. */
  readonly weightValues: number;
  /** Whether it belongs to the heads of a detector, which source 001, Table 3 does not count as back-end. */
  readonly head: boolean;
}

const sizeOf = (map: FeatureMap): number => map.height * map.width * map.channels;

/**
 * The heads of an SSD detector: outputs that are convolutions, two of them (boxes and classes) reading the same
 * layer. Empty for any other network.
 */
function headsOf(network: Network): ReadonlySet<LayerId> {
  const heads = outputsOf(network).filter((layer) => layer.kind === 'conv2d');
  const readers = new Map<LayerId, number>();
  for (const { inputs } of heads) readers.set(inputs[0] ?? '', (readers.get(inputs[0] ?? '') ?? 0) + 1);
  return new Set(heads.filter(({ inputs }) => readers.get(inputs[0] ?? '') === 2).map(({ id }) => id));
}

function nodeOf(layer: Layer, geometry: Geometry, head: boolean): FrameworkNode {
  const shapes = geometryAt(geometry, layer.id);
  const read = shapes.ifms.reduce((sum, map) => sum + sizeOf(map), 0);
  // Caffe writes a batch norm as BatchNorm and Scale, each a pass over the feature map.
  const nodeCount = layer.kind === 'batchNorm' ? 2 : 1;
  // Flattening and dropout (of a trained network) hand on what they get.
  const moves = layer.kind !== 'flatten' && layer.kind !== 'dropout';
  return {
    id: layer.id,
    layerIds: [layer.id],
    label: layer.id,
    kind: layer.kind,
    nodeCount,
    macCount: layerMacCount(layer, shapes),
    mapValues: moves ? nodeCount * (read + sizeOf(shapes.ofm)) : 0,
    weightValues: layerCounts(layer, shapes).parameterCount,
    head,
  };
}

/**
 * What Caffe's SSD graph has behind the heads (github.com/weiliu89/caffe, branch ssd): on every scale two
 * permutes, two flattens and a prior box; then three concats, a reshape, a softmax, a flatten and the detection
 * output. They compute no MACs. Permutes and concats each read and write all the heads' values.
 */
function boxDecoding(heads: ReadonlySet<LayerId>, geometry: Geometry): FrameworkNode {
  let values = 0;
  for (const id of heads) values += sizeOf(geometryAt(geometry, id).ofm);
  return {
    id: 'box decoding',
    layerIds: [],
    label: 'box decoding',
    kind: 'detector',
    nodeCount: (5 * heads.size) / 2 + 7,
    macCount: 0,
    mapValues: 4 * values,
    weightValues: 0,
    head: true,
  };
}

/**
 * The nodes that a framework without fusion runs for a network, in order: Caffe, which source 001 measured
 * (sections 2.4 and 3.1), launches every layer of its graph by itself, ReLUs and batch norms too, and source 001
 * counts nodes that way ("more than 400" of PVA-SSD). A detector gets one row more for decoding its boxes.
 */
export function frameworkNodes(network: Network, geometry: Geometry): readonly FrameworkNode[] {
  const heads = headsOf(network);
  const nodes = network.layers
    .filter((layer) => layer.kind !== 'input')
    .map((layer) => nodeOf(layer, geometry, heads.has(layer.id)));
  return heads.size === 0 ? nodes : [...nodes, boxDecoding(heads, geometry)];
}
