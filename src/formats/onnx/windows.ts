import type { FeatureMap, Padding, Pair } from '../../core/network/network.ts';
import { kernelFromOnnx } from './kernels.ts';
import { append, channelsFirst, type NodeHandler } from './layers.ts';
import type { NodeReader } from './nodeReader.ts';
import { withPadsInside } from './padding.ts';
import { affordable, type MapValue, Unsupported } from './values.ts';

/** Rows and columns added at [top, bottom, left, right], ours; ONNX lists all beginnings before all ends. */
type Sides = readonly [number, number, number, number];

export function pairAt(node: NodeReader, name: string, usual: Pair | null): Pair {
  const found = node.integers(name) ?? usual;
  const [rows, columns, ...more] = found ?? [];
  if (rows === undefined || columns === undefined || more.length > 0)
    throw new Unsupported(`its ${name} has ${found?.length ?? 0} entries, and two are understood`);
  return [rows, columns];
}

interface Window {
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
}

const extents = ({ height, width }: FeatureMap): Pair => [height, width];

/** As TensorFlow's `same`: ceil(extent / stride) results; the odd row goes to the end, or to the beginning. */
function samePads(extent: number, kernel: number, stride: number, lower: boolean): Pair {
  const total = Math.max(0, (Math.ceil(extent / stride) - 1) * stride + kernel - extent);
  const less = Math.floor(total / 2);
  return lower ? [total - less, less] : [less, total - less];
}

/** The rows that `ceil_mode` adds at the end, so that a window begun is a window counted (but none in padding only). */
function ceilRows(extent: number, before: number, after: number, kernel: number, stride: number): number {
  let outputs = Math.ceil((extent + before + after - kernel) / stride) + 1;
  if ((outputs - 1) * stride >= extent + before) outputs--;
  return Math.max(0, (outputs - 1) * stride + kernel - extent - before - after);
}

/** Padding of a node's window over a map, pads of a Pad node before it included. */
export function sidesOf(node: NodeReader, input: MapValue, window: Window): { all: Sides; ceil: Pair } {
  const reach = (axis: 0 | 1) => (window.kernel[axis] - 1) * window.dilations[axis] + 1;
  const outer = input.pending?.pads ?? [0, 0, 0, 0];
  const inner = extents(input.map);
  const padded: Pair = [inner[0] + outer[0] + outer[1], inner[1] + outer[2] + outer[3]];
  const mode = node.word('auto_pad', 'NOTSET');
  let sides: Sides = [0, 0, 0, 0];
  if (mode === 'SAME_UPPER' || mode === 'SAME_LOWER') {
    const along = (axis: 0 | 1) =>
      samePads(padded[axis], reach(axis), window.strides[axis], mode === 'SAME_LOWER');
    sides = [...along(0), ...along(1)];
  } else if (mode === 'NOTSET') {
    const pads = node.integers('pads') ?? [0, 0, 0, 0];
    const [top, left, bottom, right] = pads;
    if (
      pads.length !== 4 ||
      top === undefined ||
      left === undefined ||
      bottom === undefined ||
      right === undefined
    )
      throw new Unsupported(`its pads have ${pads.length} entries, and four are understood`);
    sides = [top, bottom, left, right];
  } else if (mode !== 'VALID') {
    throw node.fault(`auto_pad is ${mode}, which ONNX does not know; export the model again.`);
  }
  if (!sides.every((rows) => Number.isInteger(rows) && rows >= 0))
    throw node.fault(`pads are ${sides.join(', ')}; rows can only be added, 0 or more.`);
  const ceil: Pair =
    node.integer('ceil_mode', 0) === 0
      ? [0, 0]
      : [
          ceilRows(padded[0], sides[0], sides[1], reach(0), window.strides[0]),
          ceilRows(padded[1], sides[2], sides[3], reach(1), window.strides[1]),
        ];
  const all: Sides = [
    sides[0] + outer[0],
    sides[1] + outer[1] + ceil[0],
    sides[2] + outer[2],
    sides[3] + outer[3] + ceil[1],
  ];
  return { all, ceil };
}

/**
 * The shortest name of a padding: `same` and `valid` where they add the same rows. Where both do, a window
 * that moves by less than itself was `same`, as is usual for convolutions.
 */
export function namedPadding(
  sides: Sides,
  map: FeatureMap,
  window: Window,
  preferred: 'same' | 'valid',
): Padding {
  const along = (axis: 0 | 1) =>
    samePads(
      extents(map)[axis],
      (window.kernel[axis] - 1) * window.dilations[axis] + 1,
      window.strides[axis],
      false,
    );
  const same = [...along(0), ...along(1)].every((rows, i) => rows === sides[i]);
  const valid = sides.every((rows) => rows === 0);
  if (same && valid) return preferred;
  if (valid) return 'valid';
  return same ? 'same' : sides;
}

/** Conv, in two dimensions: kernel [filters, channels a group, rows, columns]. */
export const readConv: NodeHandler = (node, sketch) => {
  const given = channelsFirst(node.mapAt(0, { padded: true }));
  const filled = given.pending !== null && given.pending.value !== 0;
  const input = filled ? withPadsInside(node, sketch, given) : given;
  const weight = node.constantAt(1);
  const [filters, depth, rows, columns, ...more] = weight.dims;
  if (
    filters === undefined ||
    depth === undefined ||
    rows === undefined ||
    columns === undefined ||
    more.length > 0
  )
    throw new Unsupported(`its kernel has ${weight.dims.length} dimensions, and four are understood`);
  const { channels } = input.map;
  const groups = node.integer('group', 1);
  if (depth * groups !== channels)
    throw node.fault(
      `its kernel reads ${groups} x ${depth} channels, but its input has ${channels}; export the model again.`,
    );
  const kernel: Pair = [rows, columns];
  const strides = pairAt(node, 'strides', [1, 1]);
  const dilations = pairAt(node, 'dilations', [1, 1]);
  const window = { kernel, strides, dilations };
  const padding = namedPadding(sidesOf(node, input, window).all, input.map, window, 'same');
  const bias = node.inputs[2] ? node.constantAt(2).values : null;
  const useBias = bias !== null;
  const common = { kernelSize: kernel, strides, padding, dilationRate: dilations, useBias };
  const depthwise = groups === channels && channels > 1 && filters % channels === 0;
  const { layer, value } = append(
    node,
    sketch,
    input,
    depthwise
      ? { kind: 'depthwiseConv2d', depthMultiplier: filters / channels, ...common }
      : { kind: 'conv2d', filters, groups, ...common },
  );
  const kernelValues = kernelFromOnnx(weight.values, filters, depth, rows * columns);
  if (depthwise)
    sketch.setParameter(
      layer.id,
      'depthwiseKernel',
      [rows, columns, channels, filters / channels],
      kernelValues,
    );
  else sketch.setParameter(layer.id, 'kernel', [rows, columns, depth, filters], kernelValues);
  if (bias) sketch.setParameter(layer.id, 'bias', [filters], bias);
  if (weight.bits !== undefined) sketch.weightBits.set(layer.id, weight.bits);
  return value;
};

/** Layers that give no negative numbers: rows of zeros beside them never hold the maximum alone. */
const NOT_NEGATIVE: ReadonlySet<string> = new Set(['relu', 'relu6', 'sigmoid', 'softmax', 'hardSigmoid']);

export const readMaxPool: NodeHandler = (node, sketch) => {
  const given = channelsFirst(node.mapAt(0, { padded: true }));
  const kernel = pairAt(node, 'kernel_shape', null);
  const strides = pairAt(node, 'strides', [1, 1]);
  if (!pairAt(node, 'dilations', [1, 1]).every((rate) => rate === 1))
    throw new Unsupported('its window is dilated');
  const window = { kernel, strides, dilations: [1, 1] as const };
  const { pending } = given;
  const harmless =
    !pending ||
    pending.value <= -3e38 ||
    (pending.value === 0 && NOT_NEGATIVE.has(sketch.layer(given.source)?.kind ?? ''));
  const input = harmless ? given : withPadsInside(node, sketch, given);
  const { all } = sidesOf(node, input, window);
  const padding = namedPadding(all, input.map, window, 'valid');
  return append(node, sketch, input, { kind: 'maxPool', poolSize: kernel, strides, padding }).value;
};

/**
 * Our average leaves padding out of its count, as TensorFlow's does. Where ONNX counts it
 * (`count_include_pad`), a depthwise convolution with equal weights is the same function.
 */
export const readAveragePool: NodeHandler = (node, sketch) => {
  const input = channelsFirst(node.mapAt(0, { padded: true }));
  const kernel = pairAt(node, 'kernel_shape', null);
  const strides = pairAt(node, 'strides', [1, 1]);
  if (!pairAt(node, 'dilations', [1, 1]).every((rate) => rate === 1))
    throw new Unsupported('its window is dilated');
  const window = { kernel, strides, dilations: [1, 1] as const };
  const { all, ceil } = sidesOf(node, input, window);
  const padding = namedPadding(all, input.map, window, 'valid');
  const counted = node.integer('count_include_pad', 0) !== 0;
  const padded = all.some((rows) => rows > 0);
  if (!padded || (!counted && !input.pending))
    return append(node, sketch, input, { kind: 'averagePool', poolSize: kernel, strides, padding }).value;
  const mixed =
    (input.pending && !counted && (node.integers('pads') ?? []).some((rows) => rows > 0)) ||
    ceil[0] + ceil[1] > 0;
  if (mixed || (input.pending && input.pending.value !== 0))
    throw new Unsupported('it counts some of its padding and some not');
  const { channels } = input.map;
  const { layer, value } = append(node, sketch, input, {
    kind: 'depthwiseConv2d',
    kernelSize: kernel,
    strides,
    padding,
    dilationRate: [1, 1],
    depthMultiplier: 1,
    useBias: false,
  });
  const taps = kernel[0] * kernel[1];
  sketch.setParameter(
    layer.id,
    'depthwiseKernel',
    [...kernel, channels, 1],
    new Float32Array(affordable(taps * channels, node.label)).fill(1 / taps),
  );
  sketch.note(
    `${node.label} counts its padding; it became a depthwise convolution of equal weights, which computes the same.`,
  );
  return value;
};
