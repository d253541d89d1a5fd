import type { FeatureMap, Layer } from '../../core/network/network.ts';
import type { NodeReader } from './nodeReader.ts';
import type { LayerDraft, NetworkSketch } from './sketch.ts';
import { dimsOf, isPixel, type MapValue, Unsupported, type Value } from './values.ts';

/** Reads one node into the sketch: its first output. */
export type NodeHandler = (node: NodeReader, sketch: NetworkSketch) => Value;

/** A value of the same layout that another layer computes. */
export const after = (value: MapValue, layer: Layer, map: FeatureMap): MapValue => ({
  ...value,
  source: layer.id,
  map,
  pending: null,
  shared: false,
});

/** Appends a layer that reads `value`, named after the node. */
export function append(
  node: NodeReader,
  sketch: NetworkSketch,
  value: MapValue,
  draft: LayerDraft,
): { readonly layer: Layer; readonly value: MapValue } {
  const { name, output, opType } = node.message;
  const layer = sketch.push(name || output[0] || opType, draft, [value.source]);
  return { layer, value: after(value, layer, sketch.mapOf(layer.id)) };
}

/** An axis of [0, rank) from one that may count from the end. */
export function axisOf(node: NodeReader, axis: number, rank: number): number {
  const found = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(found) || found < 0 || found >= rank)
    throw node.fault(`axis ${axis} does not exist among ${rank}; export the model again.`);
  return found;
}

/** A map in NCHW, as ONNX' windows read it. A 1x1 map in NHWC holds the same numbers. */
export function channelsFirst(value: MapValue): MapValue {
  if (value.layout === 'channelsFirst') return value;
  if (value.layout === 'channelsLast' && isPixel(value.map)) return { ...value, layout: 'channelsFirst' };
  throw new Unsupported(`it reads a tensor of shape [${dimsOf(value).join(', ')}] as rows and columns`);
}
