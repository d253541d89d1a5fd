import { fail, ok, type Result } from '../../result.ts';
import { LayerWriter } from '../builder.ts';
import type { FeatureMap, LayerId, Network } from '../network.ts';
import { geometryAt, inferGeometry } from '../shapes.ts';
import { type Edited, insertLayers } from './graph.ts';
import type { Edge } from './segment.ts';

/** A number that a block can be built with. */
export interface BlockOption {
  readonly key: string;
  readonly label: string;
  readonly lowest: number;
  readonly highest: number;
  /** The usual value behind a map of this shape. */
  readonly usual: (ifm: FeatureMap) => number;
}

interface Place {
  readonly writer: LayerWriter;
  readonly entry: LayerId;
  readonly ifm: FeatureMap;
}

/** A part of a network that is added as a whole. */
export interface Block {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly options: readonly BlockOption[];
  /** Writes the layers behind `entry` and returns the id of the last. */
  readonly write: (place: Place, values: Readonly<Record<string, number>>) => LayerId;
}

const width = (key: string, label: string, usual: BlockOption['usual']): BlockOption => ({
  key,
  label,
  lowest: 1,
  highest: 4096,
  usual,
});

const FILTERS = width('filters', 'Filters', ({ channels }) => channels);
const STRIDE: BlockOption = { key: 'stride', label: 'Stride', lowest: 1, highest: 4, usual: () => 1 };
const KERNEL: BlockOption = { key: 'kernel', label: 'Kernel', lowest: 1, highest: 11, usual: () => 3 };
const part = (share: number) => (map: FeatureMap) => Math.max(1, Math.round(map.channels * share));

const value = (values: Readonly<Record<string, number>>, key: string): number => values[key] ?? 1;

/** The blocks of the source documents, in the order of a menu. */
export const BLOCKS: readonly Block[] = [
  {
    id: 'convolution',
    name: 'Convolution',
    description: 'convolution, batch norm, ReLU',
    options: [FILTERS, KERNEL, STRIDE],
    write: ({ writer }, v) =>
      writer.convBlock(value(v, 'filters'), value(v, 'kernel'), { stride: value(v, 'stride') }),
  },
  {
    id: 'residual',
    name: 'Residual',
    description:
      'two 3x3 convolutions and a shortcut, added (He 2016); a 1x1 shortcut where the shape changes',
    options: [FILTERS, STRIDE],
    write({ writer, entry, ifm }, v) {
      const [filters, stride] = [value(v, 'filters'), value(v, 'stride')];
      writer.convBlock(filters, 3, { stride });
      const branch = writer.convBlock(filters, 3, { activation: 'none' });
      const same = stride === 1 && filters === ifm.channels;
      const shortcut = same
        ? entry
        : writer.convBlock(filters, 1, { stride, activation: 'none', prefix: 'shortcut' }, entry);
      writer.add(branch, shortcut);
      return writer.relu();
    },
  },
  {
    id: 'inverted-residual',
    name: 'Inverted residual',
    description:
      '1x1 expansion, depthwise 3x3, linear 1x1 projection (Sandler 2018); added where stride is 1 and the width stays',
    options: [
      { key: 'expansion', label: 'Expansion', lowest: 1, highest: 16, usual: () => 6 },
      FILTERS,
      STRIDE,
    ],
    write({ writer, entry, ifm }, v) {
      const [filters, stride] = [value(v, 'filters'), value(v, 'stride')];
      const expansion = value(v, 'expansion');
      const activation = 'relu6';
      if (expansion > 1) writer.convBlock(ifm.channels * expansion, 1, { activation, prefix: 'expand' });
      writer.depthwiseBlock(3, { stride, activation });
      const projected = writer.convBlock(filters, 1, { activation: 'none', prefix: 'project' });
      return stride === 1 && filters === ifm.channels ? writer.add(projected, entry) : projected;
    },
  },
  {
    id: 'depthwise-separable',
    name: 'Depthwise separable',
    description: 'depthwise 3x3, then 1x1, each with batch norm and ReLU (Howard 2017)',
    options: [FILTERS, STRIDE],
    write({ writer }, v) {
      writer.depthwiseBlock(3, { stride: value(v, 'stride') });
      return writer.convBlock(value(v, 'filters'), 1, { prefix: 'pw' });
    },
  },
  {
    id: 'fire',
    name: 'Fire',
    description: 'a 1x1 squeeze, then 1x1 and 3x3 expansions side by side (Iandola 2016)',
    options: [
      width('squeeze', 'Squeeze filters', part(1 / 8)),
      width('expand', 'Expand filters, each', part(1 / 2)),
    ],
    write({ writer }, v) {
      const squeezed = writer.convRelu(value(v, 'squeeze'), 1, { prefix: 'squeeze' });
      const pointwise = writer.convRelu(value(v, 'expand'), 1, { prefix: 'expand' }, squeezed);
      return writer.concat(pointwise, writer.convRelu(value(v, 'expand'), 3, { prefix: 'expand' }, squeezed));
    },
  },
  {
    id: 'inception',
    name: 'Inception',
    description: '1x1, 3x3, 5x5 and pooled branches side by side (Szegedy 2015)',
    options: [
      width('one', '1x1 filters', part(1 / 4)),
      width('reduceThree', '1x1 before 3x3', part(3 / 8)),
      width('three', '3x3 filters', part(1 / 2)),
      width('reduceFive', '1x1 before 5x5', part(1 / 16)),
      width('five', '5x5 filters', part(1 / 8)),
      width('pooled', '1x1 after pooling', part(1 / 8)),
    ],
    write({ writer, entry }, v) {
      const one = writer.convRelu(value(v, 'one'), 1, {}, entry);
      writer.convRelu(value(v, 'reduceThree'), 1, { prefix: 'reduce' }, entry);
      const three = writer.convRelu(value(v, 'three'), 3);
      writer.convRelu(value(v, 'reduceFive'), 1, { prefix: 'reduce' }, entry);
      const five = writer.convRelu(value(v, 'five'), 5);
      writer.maxPool(3, { stride: 1, padding: 'same' }, entry);
      const pooled = writer.convRelu(value(v, 'pooled'), 1, { prefix: 'project' });
      return writer.concat(one, three, five, pooled);
    },
  },
  {
    id: 'gate',
    name: 'LKAM gate',
    description:
      'a value from 0 to 1 for every kernel before it, learned from its pooled maps: dense layers and a sigmoid beside the path (source 001)',
    options: [width('hidden', 'Hidden units', part(1 / 4))],
    write({ writer, entry, ifm }, v) {
      writer.globalAveragePool(entry);
      writer.denseRelu(value(v, 'hidden'));
      writer.dense(ifm.channels);
      return writer.multiply(entry, writer.sigmoid());
    },
  },
  {
    id: 'classifier',
    name: 'Classifier head',
    description: 'global average pooling, a dense layer, softmax',
    options: [width('classes', 'Classes', () => 10)],
    write({ writer }, v) {
      writer.globalAveragePool();
      writer.dense(value(v, 'classes'));
      return writer.softmax();
    },
  },
];

/** A block built with these values (the usual ones where one is left out) and put on an edge. */
export function insertBlock(
  network: Network,
  edge: Edge,
  block: Block,
  values: Readonly<Record<string, number>> = {},
): Result<Edited> {
  const geometry = inferGeometry(network);
  if (!geometry.ok) return geometry;
  if (!geometry.value.has(edge.from))
    return fail('unknown-layer', `There is no layer ${edge.from}; choose one of the drawing.`, edge.from);
  const ifm = geometryAt(geometry.value, edge.from).ofm;
  const chosen = blockValues(block, ifm, values);
  if (!chosen.ok) return chosen;
  const writer = new LayerWriter(edge.from, new Set(network.layers.map(({ id }) => id)));
  const exit = block.write({ writer, entry: edge.from, ifm }, chosen.value);
  return insertLayers(network, edge, writer.layers, exit);
}

/** The value of every option; one out of its range is a fault that names it. */
export function blockValues(
  block: Block,
  ifm: FeatureMap,
  values: Readonly<Record<string, number>>,
): Result<Readonly<Record<string, number>>> {
  const chosen: Record<string, number> = {};
  for (const { key, label, lowest, highest, usual } of block.options) {
    const number = values[key] ?? Math.min(highest, usual(ifm));
    if (!Number.isInteger(number) || number < lowest || number > highest)
      return fail(
        'block-option',
        `${block.name}: ${label} is ${number}; it needs a whole number from ${lowest} to ${highest}.`,
        key,
      );
    chosen[key] = number;
  }
  return ok(chosen);
}
