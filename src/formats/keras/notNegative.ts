import type { Layer, LayerId } from '../../core/network/network.ts';

/** Kinds whose values are never below zero, and those that keep what they read so. */
const NEVER: ReadonlySet<string> = new Set(['relu', 'relu6', 'sigmoid', 'hardSigmoid', 'softmax']);
const KEEPING: ReadonlySet<string> = new Set([
  'maxPool',
  'averagePool',
  'globalAveragePool',
  'globalMaxPool',
  'dropout',
  'flatten',
  'add',
  'concat',
  'multiply',
  'upsample',
  'channelShuffle',
]);

/**
 * Whether no value that a layer hands on can be negative: then zeros around it are no maximum anywhere, and
 * padding with them before a max pooling is padding with nothing.
 */
export function neverNegative(layers: readonly Layer[], id: LayerId | undefined): boolean {
  const byId = new Map(layers.map((layer) => [layer.id, layer]));
  const known = new Set<LayerId>();
  const waiting = [id ?? ''];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const layer = byId.get(next);
    if (!layer || known.has(next)) continue;
    known.add(next);
    if (NEVER.has(layer.kind)) continue;
    if (!KEEPING.has(layer.kind)) return false;
    waiting.push(...layer.inputs);
  }
  return known.size > 0;
}
