import type { Layer, LayerKind } from '../../network/network.ts';
import type { LayerGeometry } from '../../network/shapes.ts';
import type { GraphBuilder, Stream } from './graphBuilder.ts';

/** The layer type of a kind; several kinds may share one. */
export type LayerOf<K extends LayerKind, L = Layer> = L extends { readonly kind: infer U }
  ? K extends U
    ? L
    : never
  : never;
/** How a layer of a kind becomes nodes: the stream it hands on. */
export type Lower<L> = (
  layer: L,
  inputs: readonly [Stream, ...Stream[]],
  geometry: LayerGeometry,
  graph: GraphBuilder,
) => Stream;

/** The stream with the layer's output map. */
export const withMap = (stream: Stream, { ofm }: LayerGeometry, flat = false): Stream => ({
  ...stream,
  map: ofm,
  vectors: flat ? [1] : [1, ofm.height, ofm.width],
});
