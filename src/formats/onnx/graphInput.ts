import type { FeatureMap } from '../../core/network/network.ts';
import type { GraphMessage, NodeMessage } from './messages.ts';
import { NodeReader } from './nodeReader.ts';
import { SHAPE_KEEPING } from './plainOps.ts';
import type { NetworkSketch } from './sketch.ts';
import { fault, type MapValue } from './values.ts';

/** Operations behind which a map lies as before them. */
const PASSING: ReadonlySet<string> = new Set([
  ...SHAPE_KEEPING,
  ...[
    'Quant',
    'IntQuant',
    'BipolarQuant',
    'QuantizeLinear',
    'DequantizeLinear',
    'Pad',
    'Identity',
    'Cast',
    'Add',
    'Sub',
    'Mul',
    'Div',
  ],
]);

/** Whether the first node that cares transposes NHWC to NCHW, as tf2onnx writes it. */
function isChannelsLast(input: string, nodes: readonly NodeMessage[], dims: readonly number[]): boolean {
  let name = input;
  for (const node of nodes) {
    if (!node.input.includes(name)) continue;
    if (node.opType === 'Transpose')
      return new NodeReader(node, 13, []).integers('perm')?.join() === '0,3,1,2';
    if (!PASSING.has(node.opType)) {
      // Where no window says it, few channels at the end and not at the beginning do.
      const flat = ['Flatten', 'Reshape', 'Shape', 'MatMul', 'Gemm'].includes(node.opType);
      return flat && (dims[3] ?? 0) <= 4 && (dims[1] ?? 0) > 4;
    }
    name = node.output[0] ?? '';
  }
  return false;
}

function mapOf(name: string, dims: readonly number[], last: boolean): FeatureMap {
  const [, a = 0, b = 0, c = 0] = dims;
  if (dims.length === 2) return { height: 1, width: 1, channels: a };
  if (dims.length === 4)
    return last ? { height: a, width: b, channels: c } : { height: b, width: c, channels: a };
  throw fault(
    'onnx-input',
    `The input ${name} has ${dims.length} axes; images have four (batch, channels, height, width), vectors two.`,
    name,
  );
}

/** The one input of the graph that is not an initializer, as an input layer. */
export function inputValue(
  graph: GraphMessage,
  nodes: readonly NodeMessage[],
  uses: ReadonlyMap<string, number>,
  sketch: NetworkSketch,
): { readonly name: string; readonly value: MapValue } {
  const known = new Set(graph.initializer.map(({ name }) => name));
  const inputs = graph.input.filter(({ name }) => !known.has(name) && (uses.get(name) ?? 0) > 0);
  const [input, another] = inputs;
  if (!input)
    throw fault(
      'onnx-input',
      `No node depends on an input of ${graph.name || 'the graph'}; the file is cut off.`,
      'input',
    );
  if (another)
    throw fault(
      'onnx-input',
      `The graph has several inputs (${inputs.map(({ name }) => name).join(', ')}); save it with one, the image.`,
      another.name,
    );
  const { name } = input;
  const shape = input.type?.tensorType?.shape;
  if (!shape)
    throw fault(
      'onnx-input',
      `The input ${name} has no shape; export the model with a fixed input shape.`,
      name,
    );
  // A symbolic or unknown batch counts as one image.
  const dims = shape.dim.map(({ dimValue }, i) => (i === 0 && dimValue === 0 ? 1 : dimValue));
  const open = shape.dim.findIndex(({ dimValue }, i) => i > 0 && dimValue === 0);
  if (open > 0)
    throw fault(
      'onnx-input',
      `Axis ${open} of the input ${name} (${shape.dim[open]?.dimParam || 'unnamed'}) has no fixed extent; export the model with a fixed image size.`,
      name,
    );
  const channelsLast = dims.length === 4 && isChannelsLast(name, nodes, dims);
  const map = mapOf(name, dims, channelsLast);
  const [batch = 1] = dims;
  if (!Number.isInteger(batch) || batch < 1)
    throw fault('onnx-input', `The input ${name} has a batch of ${batch}; it must be at least 1.`, name);
  const layer = sketch.push(name, { kind: 'input', shape: map }, []);
  const grid = channelsLast ? 'channelsLast' : 'channelsFirst';
  return {
    name,
    value: {
      kind: 'map',
      source: layer.id,
      map,
      batch,
      layout: dims.length === 2 ? 'vector' : grid,
      flattened: null,
      view: null,
      pending: null,
      shared: (uses.get(name) ?? 0) > 1,
    },
  };
}
