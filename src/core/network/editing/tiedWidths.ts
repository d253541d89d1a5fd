import type { LayerId, Network } from '../network.ts';

/**
 * The convolutions and dense layers whose widths are tied to this one's by additions and gates, itself among them.
 * Null where a concatenation or a flatten lies between, so that widths are no longer equal: then channels must be
 * followed one by one (`channelGroups`), which takes a hundred times longer.
 */
export function tiedWidths(network: Network, id: LayerId): readonly LayerId[] | null {
  const parent = new Map<LayerId, LayerId>();
  const root = (at: LayerId): LayerId => {
    let top = at;
    for (let next = parent.get(top); next !== undefined && next !== top; next = parent.get(top)) top = next;
    return top;
  };
  /** By layer, the layer whose width it has; null where that is no single one. */
  const width = new Map<LayerId, LayerId | null>();
  for (const layer of network.layers) {
    const sources = layer.inputs.map((input) => width.get(input) ?? null);
    const [first] = sources;
    switch (layer.kind) {
      case 'input':
      case 'conv2d':
      case 'dense':
        parent.set(layer.id, layer.id);
        width.set(layer.id, layer.id);
        break;
      case 'concat':
      case 'flatten':
        width.set(layer.id, null);
        break;
      case 'depthwiseConv2d':
        width.set(layer.id, layer.depthMultiplier === 1 ? (first ?? null) : null);
        break;
      case 'add':
      case 'multiply': {
        const known = sources.filter((source) => source !== null);
        for (const source of known) parent.set(root(source), root(known[0] ?? source));
        if (known.length < sources.length && known.some((source) => root(source) === root(id))) return null;
        width.set(layer.id, known.length === sources.length ? (known[0] ?? null) : null);
        break;
      }
      default:
        width.set(layer.id, first ?? null);
    }
  }
  const tied = root(id);
  return [...parent.keys()].filter((other) => root(other) === tied);
}
