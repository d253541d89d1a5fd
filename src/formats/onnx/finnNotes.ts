import type { Layer, Network } from '../../core/network/network.ts';
import { geometryAt, geometryOf, type LayerGeometry } from '../../core/network/shapes.ts';

/** What FINN has no hardware for, or takes in another form, by layer. */
function obstacle(layer: Layer, { ifm, ofm }: LayerGeometry): string | null {
  switch (layer.kind) {
    case 'leakyRelu':
    case 'sigmoid':
    case 'tanh':
    case 'hardSigmoid':
    case 'hardSwish':
      return 'activations other than ReLU and ReLU6';
    case 'multiply':
      return 'products of two maps';
    case 'averagePool':
      return ofm.height * ofm.width === 1 &&
        layer.poolSize[0] === ifm.height &&
        layer.poolSize[1] === ifm.width
        ? 'average pools over the whole map, unless they are global average pools'
        : 'average pools that no Trunc follows';
    case 'globalMaxPool':
      return 'global max pools';
    case 'channelShuffle':
      return 'channel shuffles';
    case 'l2Normalize':
      return 'L2 normalizations';
    case 'upsample':
      return layer.interpolation === 'bilinear' ? 'bilinear upsampling' : null;
    default:
      return null;
  }
}

/**
 * What of a QONNX file FINN can't build, one sentence or none. QONNX' own tools run all of it. From FINN's
 * qonnx_activation_handlers.py (Relu, Selu and identity become thresholds; all but Relu must be signed),
 * infer_quant_avg_pool_2d.py (AveragePool, Mul, Trunc) and convert_to_hw_layers.py (Resize nearest).
 */
export function finnNotes(network: Network): readonly string[] {
  const geometry = geometryOf(network);
  const found = new Map<string, string[]>();
  for (const layer of network.layers) {
    const what = obstacle(layer, geometryAt(geometry, layer.id));
    if (what) found.set(what, [...(found.get(what) ?? []), layer.id]);
  }
  if (found.size === 0) return [];
  const named = [...found].map(
    ([what, ids]) =>
      `${what} (${ids.slice(0, 3).join(', ')}${ids.length > 3 ? ` and ${ids.length - 3} more` : ''})`,
  );
  return [`FINN can't build ${named.join('; ')}: replace them, or run the file with QONNX' own tools.`];
}
