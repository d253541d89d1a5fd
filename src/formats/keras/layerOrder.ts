import type { ExportedLayer } from './exportGraph.ts';

/**
 * The layers in the order of Keras' `model.layers`, in which it loads an .h5 file's weights whatever their names:
 * by falling distance to the outputs, then as a search from the outputs meets them (Keras 2 and 3,
 * `map_graph_network`). Every layer is called once; `outputs` are names.
 */
export function kerasLayerOrder(
  layers: readonly ExportedLayer[],
  outputs: readonly string[],
): readonly ExportedLayer[] {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const met = new Map<string, number>();
  const visit = (name: string): void => {
    if (met.has(name)) return;
    met.set(name, met.size);
    for (const input of byName.get(name)?.inputs ?? []) visit(input);
  };
  for (const output of outputs) visit(output);

  // the layers come in topological order: from the last to the first, each distance is final when it is read
  const distance = new Map<string, number>();
  for (const { name, inputs } of layers.toReversed()) {
    const next = (distance.get(name) ?? 0) + 1;
    for (const input of inputs) distance.set(input, Math.max(next, distance.get(input) ?? 0));
  }
  const rank = ({ name }: ExportedLayer) => distance.get(name) ?? 0;
  const turn = ({ name }: ExportedLayer) => met.get(name) ?? layers.length;
  return layers.toSorted((a, b) => rank(b) - rank(a) || turn(a) - turn(b));
}
