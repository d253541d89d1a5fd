import type { LayerBits } from '../../core/exploration/design.ts';
import type { Layer, LayerId } from '../../core/network/network.ts';
import { inferGeometry } from '../../core/network/shapes.ts';
import { FaultError, fail, ok, type Result } from '../../core/result.ts';
import type { ImportedModel } from '../model/imported.ts';
import { leadingNormalization, type ScalingLayer } from '../model/leadingNormalization.ts';
import { normalizationIn, ONNX_NORMALIZATION } from '../model/normalizationRecord.ts';
import { closingNotes } from './closingNotes.ts';
import { inputValue } from './graphInput.ts';
import { orderedNodes, tensorUses } from './graphOrder.ts';
import { decodeModel, type GraphMessage, type ModelMessage, type NodeMessage } from './messages.ts';
import { describeNode, NodeReader } from './nodeReader.ts';
import { withPadsInside } from './padding.ts';
import { NetworkSketch } from './sketch.ts';
import { readTensor } from './tensors.ts';
import { isFinnDomain, type Opsets, translateNode } from './translate.ts';
import {
  beginAllowance,
  dimsOf,
  fault,
  LOST,
  type MapValue,
  spendAllowance,
  Unsupported,
  type Value,
} from './values.ts';

/** The oldest operator set that is understood: BatchNormalization and broadcasting changed with it. */
const OLDEST_OPSET = 7;

const isPlainDomain = (domain: string) => domain === '' || domain === 'ai.onnx';

function opsetsOf(model: ModelMessage, fileName: string): Result<Opsets> {
  const versions = new Map(model.opsetImport.map(({ domain, version }) => [domain, version]));
  const version = model.opsetImport.find(({ domain }) => isPlainDomain(domain))?.version;
  if (version === undefined)
    return fail(
      'onnx-opset',
      `${fileName} names no ONNX operator set; it is damaged or no ONNX file.`,
      fileName,
    );
  if (version < OLDEST_OPSET)
    return fail(
      'onnx-opset',
      `${fileName} uses ONNX operator set ${version}; export it with ${OLDEST_OPSET} or newer, best with 13.`,
      fileName,
    );
  return ok({ versionOf: (domain) => (isPlainDomain(domain) ? version : (versions.get(domain) ?? 1)) });
}

/** Notes on what was left out: each node by its name, and how much followed it. */
interface Losses {
  readonly nodes: { readonly label: string; readonly reason: string }[];
  followers: number;
}

function translateGraph(graph: GraphMessage, opsets: Opsets, sketch: NetworkSketch): Losses {
  const nodes = orderedNodes(graph);
  if (!nodes.ok) throw new FaultError(nodes.error);
  const uses = tensorUses(nodes.value, graph);
  const values = new Map<string, Value>();
  for (const tensor of graph.initializer) {
    if ((uses.get(tensor.name) ?? 0) > 0) values.set(tensor.name, readTensor(tensor));
  }
  const input = inputValue(graph, nodes.value, uses, sketch);
  values.set(input.name, input.value);
  const losses: Losses = { nodes: [], followers: 0 };
  for (const node of nodes.value) {
    const value = translate(node, opsets, sketch, values, losses);
    if (value.kind === 'constant') spendAllowance(value.values.length, describeNode(node));
    const output = node.output[0] ?? '';
    const shared = (uses.get(output) ?? 0) > 1;
    values.set(output, value.kind === 'map' ? { ...value, shared: value.shared || shared } : value);
    for (const other of node.output.slice(1)) if (other !== '') values.set(other, LOST);
  }
  for (const { name } of graph.output)
    if (!values.has(name))
      throw fault('onnx-graph', `No node writes the output ${name}; the file is damaged or cut off.`, name);
  for (const { name } of graph.output) {
    const value = values.get(name);
    if (value?.kind === 'norm')
      losses.nodes.push({ label: `Output '${name}'`, reason: 'it is a part of a layer only' });
    if (value?.kind === 'map' && value.most !== undefined)
      losses.nodes.push({ label: `Output '${name}'`, reason: `it is a minimum with ${value.most}` });
    if (value?.kind === 'map' && value.view)
      sketch.note(
        `The output ${name} has the shape [${dimsOf(value).join(', ')}] in the file; here it is the map of ${value.source}: the same numbers, in the order of rows, columns and channels.`,
      );
    if (value?.kind === 'map') padsAtEnd(value, name, opsets, sketch);
  }
  return losses;
}

/** A Pad node whose result nobody reads but the user. */
function padsAtEnd(value: MapValue, name: string, opsets: Opsets, sketch: NetworkSketch): void {
  const message = {
    name,
    opType: 'Pad',
    domain: '',
    input: [],
    output: [name],
    attribute: [],
    docString: '',
  };
  withPadsInside(new NodeReader(message, opsets.versionOf(''), []), sketch, value);
}

function translate(
  node: NodeMessage,
  opsets: Opsets,
  sketch: NetworkSketch,
  values: ReadonlyMap<string, Value>,
  losses: Losses,
): Value {
  const inputs = node.input.map((name) => {
    if (name === '') return null;
    const value = values.get(name);
    if (!value)
      throw fault(
        'onnx-missing',
        `${describeNode(node)} reads ${name}, which is neither an initializer nor written by a node; the file is incomplete, save it with its weights.`,
        name,
      );
    return value;
  });
  if (inputs.some((value) => value?.kind === 'lost')) {
    losses.followers++;
    return LOST;
  }
  try {
    return translateNode(node, opsets, inputs, sketch);
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    losses.nodes.push({ label: describeNode(node), reason: error.message });
    return LOST;
  }
}

/** Bits by layer, where the file has quantizers: what it leaves open stays at 32. */
function layerBitsOf(sketch: NetworkSketch): Readonly<Record<LayerId, LayerBits>> | undefined {
  const ids = new Set([...sketch.weightBits.keys(), ...sketch.activationBits.keys()]);
  if (ids.size === 0) return undefined;
  const UNQUANTIZED = 32;
  return Object.fromEntries(
    [...ids].map((id): [LayerId, LayerBits] => {
      const activationBits = sketch.activationBits.get(id) ?? UNQUANTIZED;
      // A layer without weights has no bits of its own there: it repeats its activation's.
      return [id, { weightBits: sketch.weightBits.get(id) ?? activationBits, activationBits }];
    }),
  );
}

/** A product with a constant, or a sum with one, that became a batch norm of mean 0 and variance 1. */
function scalingOf(layer: Layer, sketch: NetworkSketch): ScalingLayer | null {
  if (!sketch.isAffine(layer.id)) return null;
  const gamma = sketch.parameter(layer.id, 'gamma')?.values;
  const beta = sketch.parameter(layer.id, 'beta')?.values;
  if (!gamma || !beta) return null;
  const transforms = Array.from(gamma, (scale, c) => ({ scale, offset: Number(beta[c]) }));
  return { label: layer.id, transforms };
}

function sourceOf(model: ModelMessage, opsets: Opsets, quantized: boolean): string {
  const producer = [model.producerName, model.producerVersion].filter(Boolean).join(' ');
  return `${producer ? `${producer}, ` : ''}${quantized ? 'QONNX' : 'ONNX'} operator set ${opsets.versionOf('')}`;
}

const list = (losses: Losses) => losses.nodes.map(({ label, reason }) => `${label} (${reason})`).join('; ');

function imported(model: ModelMessage, graph: GraphMessage, fileName: string): Result<ImportedModel> {
  const opsets = opsetsOf(model, fileName);
  if (!opsets.ok) return opsets;
  const finn = graph.node.find(({ domain }) => isFinnDomain(domain));
  if (finn)
    return fail(
      'onnx-finn',
      `${fileName} is a FINN hardware graph (${describeNode(finn)}), not a network to train; open it as FINN nodes.`,
      fileName,
    );
  const sketch = new NetworkSketch();
  const losses = translateGraph(graph, opsets.value, sketch);
  const name = graph.name || fileName.replace(/\.[^.]*$/, '');
  const record = model.metadataProps.find(({ key }) => key === ONNX_NORMALIZATION)?.value;
  const images = leadingNormalization(
    sketch.network(name),
    (layer) => scalingOf(layer, sketch),
    normalizationIn(record),
  );
  for (const id of images.folded) sketch.bypass(id);
  const network = sketch.network(name);
  if (network.layers.length < 2)
    return fail(
      'onnx-unsupported',
      losses.nodes.length > 0
        ? `Nothing of ${fileName} can be used: ${list(losses)}.`
        : `${fileName} computes nothing from its input; choose a file with a network.`,
      fileName,
    );
  const geometry = inferGeometry(network);
  if (!geometry.ok) return geometry;
  const layerBits = layerBitsOf(sketch);
  const notes = [
    ...losses.nodes.map(
      ({ label, reason }) => `${label} was left out: ${reason}; the layers before it still work.`,
    ),
    ...(losses.followers > 0
      ? [
          losses.followers === 1
            ? 'With these, 1 node that only follows them was left out.'
            : `With these, ${losses.followers} nodes that only follow them were left out.`,
        ]
      : []),
    ...sketch.notes,
    ...closingNotes(sketch),
    ...images.notes,
  ];
  return ok({
    network,
    weights: sketch.weights(),
    ...(layerBits ? { layerBits } : {}),
    ...(images.choice ? { normalization: images.choice } : {}),
    source: sourceOf(model, opsets.value, layerBits !== undefined),
    notes,
  });
}

/**
 * Opens an ONNX or QONNX file of operator set 7 or newer as a network with its weights, NCHW turned into NHWC.
 * Nodes that no layer here computes are left out and named in the notes, with what only follows them; a file
 * that is damaged, incomplete or of which nothing is left gives a fault of one sentence.
 */
export async function readOnnx(bytes: Uint8Array, fileName: string): Promise<Result<ImportedModel>> {
  const model = await decodeModel(bytes, fileName);
  if (!model.ok) return model;
  const { graph } = model.value;
  if (!graph || graph.node.length === 0)
    return fail('onnx-empty', `${fileName} holds no graph; it is cut off or no ONNX model.`, fileName);
  try {
    beginAllowance(bytes.length);
    return imported(model.value, graph, fileName);
  } catch (error) {
    if (error instanceof FaultError) return { ok: false, error: error.fault };
    throw error;
  }
}
