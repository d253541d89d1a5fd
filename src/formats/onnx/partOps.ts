import { axisOf, type NodeHandler } from './layers.ts';
import type { NodeReader } from './nodeReader.ts';
import { dimsOf, type MapValue, Unsupported } from './values.ts';
import { channelAxisOf } from './views.ts';

// Nodes that take a part of a map: no layer here does, and what they take is told.

function refuse(input: MapValue, axes: readonly number[]): never {
  const dims = dimsOf(input);
  if (axes.includes(channelAxisOf(input)))
    throw new Unsupported(
      'it takes some of the channels, as ShuffleNetV2 splits them, and no layer here takes a part of a map',
    );
  throw new Unsupported(
    `it takes a part of [${dims.join(', ')}] along axis ${axes.join(', ')}, and no layer here takes a part of a map`,
  );
}

/** The axes along which a slice leaves something out. */
function cutAxes(node: NodeReader, dims: readonly number[]): readonly number[] {
  const starts = node.integersAt(1, 'starts') ?? [];
  const ends = node.integersAt(2, 'ends') ?? [];
  const steps = node.inputs[4] ? [...node.constantAt(4).values] : [];
  const axes = node.integersAt(3, 'axes') ?? starts.map((_, i) => i);
  return axes
    .map((axis) => axisOf(node, axis, dims.length))
    .filter((axis, i) => {
      const [start = 0, end = 0] = [starts[i], ends[i]];
      const extent = dims[axis] as number;
      return start % extent !== 0 || start > 0 || end < extent || (steps[i] ?? 1) !== 1;
    });
}

const readSlice: NodeHandler = (node) => {
  const input = node.mapAt(0, { viewed: true });
  const axes = cutAxes(node, dimsOf(input));
  return axes.length === 0 ? input : refuse(input, axes);
};

const readPick: NodeHandler = (node) => {
  const input = node.mapAt(0, { viewed: true });
  return refuse(input, [axisOf(node, node.integer('axis', 0), dimsOf(input).length)]);
};

export const PART_OPS: Readonly<Record<string, NodeHandler>> = {
  Slice: readSlice,
  Split: readPick,
  Gather: readPick,
};
