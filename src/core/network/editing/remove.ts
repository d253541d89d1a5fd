import { fail, type Result } from '../../result.ts';
import { type Layer, type LayerId, type Network, outputsOf } from '../network.ts';
import type { Edited } from './graph.ts';
import { checkedEdit } from './graph.ts';
import { ancestorsOf, depths } from './order.ts';

const isJoin = ({ kind }: Layer) => kind === 'add' || kind === 'multiply' || kind === 'concat';

/** What a layer's readers read once it is gone: its own input, of a join the one with the longest way. */
function replacements(network: Network, gone: ReadonlySet<LayerId>): (id: LayerId) => LayerId {
  const depth = depths(network.layers);
  const byId = new Map(network.layers.map((layer) => [layer.id, layer]));
  return (id) => {
    let at = id;
    while (gone.has(at)) {
      const inputs = byId.get(at)?.inputs ?? [];
      const deepest = inputs.toSorted((a, b) => (depth.get(b) ?? 0) - (depth.get(a) ?? 0))[0];
      if (deepest === undefined) return at;
      at = deepest;
    }
    return at;
  };
}

/**
 * The inputs a join keeps. A branch of which nothing is left goes: from an addition where it would add a map to
 * itself, from a concatenation where the fork itself would take its place.
 */
function joinInputs(layers: readonly Layer[], join: Layer, replaced: readonly LayerId[]): readonly LayerId[] {
  const unique = [...new Set(replaced)];
  if (join.kind !== 'concat') return unique;
  const kept = unique.filter((input) => {
    if (join.inputs.includes(input)) return true;
    return !unique.some((other) => other !== input && ancestorsOf(layers, other).has(input));
  });
  return kept.length > 0 ? kept : unique.slice(0, 1);
}

/** Layers that lead to none of `wanted`. */
function dead(layers: readonly Layer[], wanted: ReadonlySet<LayerId>): ReadonlySet<LayerId> {
  const needed = new Set(wanted);
  for (const { id, inputs } of layers.toReversed())
    if (needed.has(id)) for (const input of inputs) needed.add(input);
  return new Set(layers.filter(({ id, kind }) => kind !== 'input' && !needed.has(id)).map(({ id }) => id));
}

/**
 * The network without these layers: whoever read them reads what they read. Branches that then lead nowhere go too
 * (`alsoRemoved`), and joins with a single branch left. What no longer fits together is a fault.
 */
export function removeLayers(network: Network, ids: readonly LayerId[]): Result<Edited> {
  const gone = new Set(ids);
  const input = network.layers.find(({ id, kind }) => kind === 'input' && gone.has(id));
  if (input)
    return fail(
      'input-stays',
      `${input.id} is the network's input and stays; its size can be changed.`,
      input.id,
    );
  const resolve = replacements(network, gone);
  const outputs = new Set(outputsOf(network).map(({ id }) => id));
  const bypassed = new Map<LayerId, LayerId>();
  const past = (id: LayerId): LayerId => bypassed.get(id) ?? id;
  const kept: Layer[] = [];
  for (const layer of network.layers) {
    if (gone.has(layer.id)) continue;
    const inputs = layer.inputs.map((id) => past(resolve(id)));
    if (!isJoin(layer) || inputs.every((id, i) => id === layer.inputs[i])) {
      kept.push({ ...layer, inputs });
      continue;
    }
    const remaining = joinInputs(kept, layer, inputs);
    const [only] = remaining;
    if (remaining.length === 1 && only !== undefined) bypassed.set(layer.id, only);
    else kept.push({ ...layer, inputs: remaining });
  }
  const wanted = new Set([...outputs].map((id) => past(resolve(past(id)))));
  const lost = dead(kept, wanted);
  const layers = kept.filter(({ id }) => !lost.has(id));
  if (layers.length < 2)
    return fail('empty-network', 'Nothing but the input would be left; keep at least one layer.');
  return checkedEdit(network, layers, { alsoRemoved: [...bypassed.keys(), ...lost] });
}
