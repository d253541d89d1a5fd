import { append, axisOf, type NodeHandler } from './layers.ts';
import type { NodeReader } from './nodeReader.ts';
import { dimsOf, type MapValue, Unsupported } from './values.ts';
import { axesOf, channelAxisOf, onAxes } from './views.ts';

// Nodes that take a part of a map: no layer here does, and what they take is told. One channel is a 1x1 convolution.

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

/** One channel of an image, as torchvision's `transform_input` takes each of three before it joins them again. */
const readGather: NodeHandler = (node, sketch) => {
  const input = node.mapAt(0, { viewed: true });
  const axis = axisOf(node, node.integer('axis', 0), dimsOf(input).length);
  const { dims, values } = node.constantAt(1);
  const [index, ...more] = values;
  const grid = !input.view && input.layout !== 'vector' && axis === channelAxisOf(input);
  if (!grid || index === undefined || more.length > 0) return refuse(input, [axis]);
  const { channels } = input.map;
  const channel = index < 0 ? index + channels : index;
  if (!Number.isInteger(channel) || channel < 0 || channel >= channels)
    throw node.fault(`it takes channel ${index} of ${channels}; export the model again.`);
  const { layer, value } = append(node, sketch, input, {
    kind: 'conv2d',
    filters: 1,
    kernelSize: [1, 1],
    strides: [1, 1],
    padding: 'valid',
    dilationRate: [1, 1],
    groups: 1,
    useBias: false,
  });
  const kernel = new Float32Array(channels);
  kernel[channel] = 1;
  sketch.setParameter(layer.id, 'kernel', [1, 1, channels, 1], kernel);
  sketch.note(
    `${node.label} takes one channel; it became the convolution ${layer.id} with weights 0 and 1, which computes the same.`,
  );
  const axes = axesOf(value);
  return onAxes(node, sketch, value, dims.length === 0 ? axes.filter((_, i) => i !== axis - 1) : axes);
};

const readPick: NodeHandler = (node) => {
  const input = node.mapAt(0, { viewed: true });
  return refuse(input, [axisOf(node, node.integer('axis', 0), dimsOf(input).length)]);
};

export const PART_OPS: Readonly<Record<string, NodeHandler>> = {
  Slice: readSlice,
  Split: readPick,
  Gather: readGather,
};
