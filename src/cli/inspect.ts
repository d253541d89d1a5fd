import { parseArgs } from 'node:util';
import { normalizationName } from '../core/data/normalizationChoice.ts';
import { layerCounts, networkCounts } from '../core/network/counts.ts';
import { describeMap, geometryAt, geometryOf } from '../core/network/shapes.ts';
import { channelGroups } from '../core/pruning/groups.ts';
import { asJson, asTable, type Command, onlyInput } from './command.ts';
import { finnGraphInput, inspectGraph } from './finnGraph.ts';
import { readModel } from './input.ts';

export const inspectCommand: Command = {
  usage:
    'inspect <input> [--json]      layers, shapes, MACs, parameters, channels that fall together; how pixels reach it, where its file says',
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean' } },
    });
    const input = onlyInput(positionals);
    const graph = await finnGraphInput(input);
    if (graph) return inspectGraph(graph, values.json === true);
    const { network, normalization } = await readModel(input);
    const geometry = geometryOf(network);
    const layers = network.layers.map((layer) => {
      const at = geometryAt(geometry, layer.id);
      return { id: layer.id, kind: layer.kind, inputs: layer.inputs, ofm: at.ofm, ...layerCounts(layer, at) };
    });
    const totals = networkCounts(network, geometry);
    const { groups } = channelGroups(network);
    const images = normalization ? { normalization } : {};
    if (values.json) return asJson({ name: network.name, totals, ...images, layers, channelGroups: groups });
    const rows = layers.map((l) => [l.id, l.kind, describeMap(l.ofm), l.macCount, l.parameterCount] as const);
    const together = groups.map(
      ({ producers, slotCount, fixed }) =>
        `${producers.join(' + ')}: ${slotCount}${fixed ? `, ${fixed}` : ''}`,
    );
    return [
      asTable(['layer', 'kind', 'output', 'MACs', 'parameters'], rows),
      `${network.name}: ${totals.parameterCount.toLocaleString('en-US')} parameters, ${totals.macCount.toLocaleString('en-US')} MACs (1 MAC = 2 operations)`,
      ...(normalization ? [`Pixels reach it as ${normalizationName(normalization)}`] : []),
      'Channels that fall together:',
      ...together.map((line) => `  ${line}`),
      '',
    ].join('\n');
  },
};
