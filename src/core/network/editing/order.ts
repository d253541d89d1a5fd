import { fail, ok, type Result } from '../../result.ts';
import type { Layer, LayerId, Network } from '../network.ts';

/**
 * The layers in topological order, as near to the given one as it goes: whoever came first and may come first stays
 * first. A circle, or an input that nobody is, is a fault.
 */
export function ordered(name: string, layers: readonly Layer[]): Result<Network> {
  const place = new Map(layers.map((layer, i) => [layer.id, i]));
  const done = new Set<LayerId>();
  const open = new Set<LayerId>();
  const result: Layer[] = [];
  for (const start of layers) {
    // An explicit stack: a network may be thousands of layers deep.
    const stack: { layer: Layer; next: number }[] = [{ layer: start, next: 0 }];
    while (stack.length > 0) {
      const top = stack.at(-1) as { layer: Layer; next: number };
      const { layer } = top;
      if (done.has(layer.id)) {
        stack.pop();
        continue;
      }
      open.add(layer.id);
      const input = layer.inputs[top.next++];
      if (input === undefined) {
        done.add(layer.id);
        open.delete(layer.id);
        result.push(layer);
        stack.pop();
        continue;
      }
      if (done.has(input)) continue;
      const at = place.get(input);
      if (at === undefined)
        return fail(
          'unknown-input',
          `Layer ${layer.id} reads ${input}, which is no layer; choose one of the network's.`,
          layer.id,
        );
      if (open.has(input))
        return fail(
          'circle',
          `Layer ${layer.id} can't read ${input}, which depends on it: the network would go in a circle. Choose a layer that does not come after it.`,
          layer.id,
        );
      stack.push({ layer: layers[at] as Layer, next: 0 });
    }
  }
  return ok({ name, layers: result });
}

/** For each layer, how many layers lie on the longest way to it from the input. */
export function depths(layers: readonly Layer[]): ReadonlyMap<LayerId, number> {
  const depth = new Map<LayerId, number>();
  for (const { id, inputs } of layers)
    depth.set(id, 1 + Math.max(-1, ...inputs.map((input) => depth.get(input) ?? 0)));
  return depth;
}

/** Everything that `id` depends on, itself left out. */
export function ancestorsOf(layers: readonly Layer[], id: LayerId): ReadonlySet<LayerId> {
  const byId = new Map(layers.map((layer) => [layer.id, layer]));
  const found = new Set<LayerId>();
  const open = [...(byId.get(id)?.inputs ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(byId.get(next)?.inputs ?? []));
  }
  return found;
}
