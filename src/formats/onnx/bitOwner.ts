import type { Layer, LayerId } from '../../core/network/network.ts';

const WEIGHTED: ReadonlySet<string> = new Set(['conv2d', 'depthwiseConv2d', 'dense']);

/** Layers that compute numbers of another kind than the product before them. */
const STARTS_ANEW: ReadonlySet<string> = new Set([
  'input',
  'add',
  'concat',
  'multiply',
  'l2Normalize',
  'averagePool',
  'globalAveragePool',
]);

/**
 * The layer whose `activationBits` hold for what `layer` hands on: the convolution or dense layer it belongs to,
 * as FINN fuses thresholds; null behind layers that start anew, where the quantized layer's own id counts.
 */
export function bitOwner(layer: Layer, ownerOfFirstInput: LayerId | null): LayerId | null {
  if (WEIGHTED.has(layer.kind)) return layer.id;
  return STARTS_ANEW.has(layer.kind) ? null : ownerOfFirstInput;
}
