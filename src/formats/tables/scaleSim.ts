import type { Layer, Network, Pair } from '../../core/network/network.ts';
import { geometryAt, geometryOf, type LayerGeometry } from '../../core/network/shapes.ts';
import { FaultError, type Result } from '../../core/result.ts';
import type { ImportedModel } from '../model/imported.ts';
import { nameFromFile, readTextModel } from '../model/textModel.ts';
import { ScaleSimChain } from './scaleSimChain.ts';
import { DEPTHWISE_MARK, HEADER, type ScaleSimRow, scaleSimRows } from './scaleSimRows.ts';

/** SCALE-Sim splits rows at commas and knows no quotes. */
const cleanName = (id: string): string => id.replace(/[,"\r\n\t]+/g, '_').trim() || 'layer';

/** The rows that windows really cover: what is padded belongs to them, rows never read do not. */
const covered = (outputs: number, stride: number, kernel: number): number => (outputs - 1) * stride + kernel;

interface WrittenRow {
  readonly cells: readonly (string | number)[];
  readonly strides: Pair;
}

function rowOf(layer: Layer, { ifm, ofm }: LayerGeometry): WrittenRow | null {
  const name = cleanName(layer.id);
  const unmarked = name.replaceAll(DEPTHWISE_MARK, DEPTHWISE_MARK.toLowerCase());
  switch (layer.kind) {
    case 'conv2d':
    case 'depthwiseConv2d': {
      const { kernelSize, strides } = layer;
      const height = covered(ofm.height, strides[0], kernelSize[0]);
      const width = covered(ofm.width, strides[1], kernelSize[1]);
      const [label, channels, filters] =
        layer.kind === 'conv2d'
          ? [unmarked, ifm.channels / layer.groups, layer.filters]
          : [`${unmarked}_${DEPTHWISE_MARK}`, ifm.channels, layer.depthMultiplier];
      return { cells: [label, height, width, ...kernelSize, channels, filters], strides };
    }
    case 'dense':
      return { cells: [unmarked, 1, 1, 1, 1, ifm.channels, layer.units], strides: [1, 1] };
    default:
      return null;
  }
}

/**
 * A topology for SCALE-Sim (v2 and v3, conv_nets/*.csv): a row for every convolution and dense layer, in the network's
 * order. SCALE-Sim knows no padding, so IFMAP extents are those that the windows cover, padding included; a dilated
 * window is written as one without gaps that gives the same results. A depthwise convolution is one row whose name ends
 * with _DP, which SCALE-Sim splits into a row for each channel; of a grouped convolution the row has one group's
 * channels and all filters, so that its MACs are right. One column of strides, or two (read by v2 only) where a layer
 * has unequal ones. Pooling, activations, additions and biases are not in a topology. Throws a FaultError where the
 * network is not valid.
 */
export function writeScaleSim(network: Network): string {
  const geometry = geometryOf(network);
  const rows = network.layers.flatMap((layer) => rowOf(layer, geometryAt(geometry, layer.id)) ?? []);
  const isUneven = rows.some(({ strides }) => strides[0] !== strides[1]);
  const header = [...HEADER, ...(isUneven ? ['Stride Height', 'Stride Width'] : ['Strides'])].join(', ');
  const lines = rows.map(({ cells, strides }) =>
    [...cells, ...(isUneven ? strides : strides.slice(0, 1))].join(', '),
  );
  // SCALE-Sim drops whatever follows the last comma.
  return [header, ...lines].map((line) => `${line},\n`).join('');
}

function chainOf(
  rows: readonly ScaleSimRow[],
  isPadded: boolean,
): { chain: ScaleSimChain; fault: FaultError | null } {
  const chain = new ScaleSimChain(isPadded);
  try {
    for (const [i, row] of rows.entries()) chain.step(row, rows[i + 1]);
    return { chain, fault: null };
  } catch (error) {
    if (error instanceof FaultError) return { chain, fault: error };
    throw error;
  }
}

const NOT_HELD =
  'A topology lists convolutions and dense layers only: activations, batch norms and biases are not in it.';

function readTopology(text: string, fileName: string): ImportedModel {
  const notes: string[] = [NOT_HELD];
  const rows = scaleSimRows(text, fileName, notes);
  const padded = chainOf(rows, true);
  const bare = padded.fault ? chainOf(rows, false) : padded;
  if (padded.fault && bare.fault)
    throw bare.chain.rowsJoined > padded.chain.rowsJoined ? bare.fault : padded.fault;
  const { chain } = bare;
  return {
    network: chain.sketch.network(nameFromFile(fileName)),
    weights: null,
    source: 'SCALE-Sim topology',
    notes: [...notes, ...chain.notes()],
  };
}

/**
 * Opens a SCALE-Sim topology as a network of valid convolutions whose MACs are the rows' own. How a row is joined to
 * those before it is found by shapes: IFMAP extents include padding, or else a pooling, an enlargement, a sum or maps
 * side by side explain them, or the row reads an earlier map; each is named in the notes. Where that fails, extents are
 * read as those of the maps without padding, as in published topologies, and what needs it is padded, so that its MACs
 * are above SCALE-Sim's. What nothing explains is a fault that names the row.
 */
export const readScaleSim = (text: string, fileName: string): Result<ImportedModel> =>
  readTextModel(text, fileName, () => readTopology(text, fileName));
