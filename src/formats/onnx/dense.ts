import { append, type NodeHandler } from './layers.ts';
import type { NodeReader } from './nodeReader.ts';
import type { NetworkSketch } from './sketch.ts';
import { type Constant, dimsOf, inOurOrder, type MapValue, Unsupported, type Value } from './values.ts';
import { channelAxisOf, withChannels } from './views.ts';

/** Numbers of a matrix as [inputs, units]. */
function oriented({ dims, values }: Constant, transposed: boolean): Float32Array | Float64Array {
  if (!transposed) return values;
  const [units = 0, inputs = 0] = dims;
  const turned = values.slice();
  for (let u = 0; u < units; u++)
    for (let i = 0; i < inputs; i++) turned[i * units + u] = values[u * inputs + i] as number;
  return turned;
}

function matrixSize(node: NodeReader, weight: Constant, transposed: boolean, channels: number) {
  const [first, second, ...more] = weight.dims;
  if (first === undefined || second === undefined || more.length > 0)
    throw new Unsupported(`its weights have ${weight.dims.length} dimensions, and two are understood`);
  const [inputs, units] = transposed ? [second, first] : [first, second];
  if (inputs !== channels)
    throw node.fault(
      `its weights read ${inputs} values, but its input has ${channels}; export the model again.`,
    );
  return { inputs, units };
}

/** A matrix over a vector is a dense layer, over the pixels of an NHWC map a 1x1 convolution. */
function pushMatrix(
  node: NodeReader,
  sketch: NetworkSketch,
  input: MapValue,
  weight: Constant,
  options: { readonly transposed: boolean; readonly useBias: boolean; readonly factor: number },
): { readonly id: string; readonly units: number; readonly value: Value } {
  const { useBias, transposed, factor } = options;
  if (channelAxisOf(input) !== dimsOf(input).length - 1)
    throw new Unsupported(`it multiplies along the last axis of [${dimsOf(input).join(', ')}]`);
  const { inputs, units } = matrixSize(node, weight, transposed, input.map.channels);
  const rows = inOurOrder(oriented(weight, transposed), units, input);
  const values = factor === 1 ? rows : rows.map((value) => value * factor);
  const dense = input.layout === 'vector';
  const { layer, value } = append(
    node,
    sketch,
    input,
    dense
      ? { kind: 'dense', units, useBias }
      : {
          kind: 'conv2d',
          filters: units,
          kernelSize: [1, 1],
          strides: [1, 1],
          padding: 'valid',
          dilationRate: [1, 1],
          groups: 1,
          useBias,
        },
  );
  sketch.setParameter(layer.id, 'kernel', dense ? [inputs, units] : [1, 1, inputs, units], values);
  if (weight.bits !== undefined) sketch.weightBits.set(layer.id, weight.bits);
  return { id: layer.id, units, value: { ...value, flattened: null, view: withChannels(input, units) } };
}

/** Gemm: alpha * A * B + beta * C. */
export const readGemm: NodeHandler = (node, sketch) => {
  const input = node.mapAt(0);
  if (input.layout !== 'vector') throw new Unsupported('it reads a feature map that was not flattened');
  if (node.integer('transA', 0) !== 0) throw new Unsupported('it multiplies along the batch');
  const bias = node.inputs[2] ? node.constantAt(2).values : null;
  const { id, units, value } = pushMatrix(node, sketch, input, node.constantAt(1), {
    transposed: node.integer('transB', 0) !== 0,
    useBias: bias !== null,
    factor: node.float('alpha', 1),
  });
  if (bias) {
    const beta = node.float('beta', 1);
    const full = bias.length === 1 ? new Float64Array(units).fill(bias[0] as number) : bias;
    sketch.setParameter(
      id,
      'bias',
      [units],
      Float64Array.from(full, (number) => number * beta),
    );
  }
  return value;
};

export const readMatMul: NodeHandler = (node, sketch) => {
  const input = node.mapAt(0, { viewed: true });
  return pushMatrix(node, sketch, input, node.constantAt(1), { transposed: false, useBias: false, factor: 1 })
    .value;
};
