import { fail, ok, type Result } from '../../result.ts';
import { LayerWriter } from '../builder.ts';
import type { Conv2dLayer, DenseLayer, Layer, LayerId, Network } from '../network.ts';
import { consumersOf, outputsOf } from '../network.ts';
import { type Geometry, geometryAt, inferGeometry } from '../shapes.ts';
import { checkedEdit, type Edited } from './graph.ts';
import { freshId, stemOf } from './names.ts';
import { ancestorsOf } from './order.ts';

/** The layer that makes a class a channel, and what follows it up to the output. */
export interface Head {
  readonly head: DenseLayer | Conv2dLayer;
  /** In network order: a softmax, a pooling of class maps, a batch norm ... */
  readonly tail: readonly Layer[];
}

/** Kinds behind which a channel still is a class. */
const PASSING: ReadonlySet<Layer['kind']> = new Set([
  'softmax',
  'globalAveragePool',
  'globalMaxPool',
  'averagePool',
  'maxPool',
  'flatten',
  'dropout',
  'batchNorm',
  'relu',
  'relu6',
  'leakyRelu',
  'sigmoid',
  'hardSigmoid',
  'tanh',
]);

/** The last dense layer or convolution of a classifier, from which only passing layers lead to its single output. */
export function headOf(network: Network): Result<Head> {
  const geometry = inferGeometry(network);
  if (!geometry.ok) return geometry;
  const [output, another] = outputsOf(network);
  if (!output || another)
    return fail(
      'several-outputs',
      `${network.name} has several outputs; a new head needs a classifier with a single one.`,
    );
  const { ofm } = geometryAt(geometry.value, output.id);
  if (ofm.height !== 1 || ofm.width !== 1)
    return fail(
      'map-output',
      `${network.name} gives ${ofm.channels} values at each of ${ofm.height}x${ofm.width} pixels, not one a class; a new head needs a classifier.`,
      output.id,
    );
  const byId = new Map(network.layers.map((layer) => [layer.id, layer]));
  const consumers = consumersOf(network);
  const tail: Layer[] = [];
  for (let at: Layer | undefined = output; at; at = byId.get(at.inputs[0] ?? '')) {
    const widens = at.kind === 'flatten' && hasPixels(geometry.value, at.inputs[0]);
    const branches = at !== output && (consumers.get(at.id)?.length ?? 0) > 1;
    if (!branches && (at.kind === 'dense' || (at.kind === 'conv2d' && at.groups === 1)))
      return ok({ head: at, tail: tail.toReversed() });
    if (branches || widens || !PASSING.has(at.kind))
      return fail(
        'no-head',
        `${network.name} has no dense layer or convolution that alone makes its classes: ${at.id} (${at.kind}) lies before the output; end the network with a dense layer.`,
        at.id,
      );
    tail.push(at);
  }
  return fail('no-head', `${network.name} has no dense or convolution layer to give it classes.`);
}

const hasPixels = (geometry: Geometry, id: LayerId | undefined): boolean => {
  if (id === undefined) return false;
  const { height, width } = geometryAt(geometry, id).ofm;
  return height * width > 1;
};

/** How the new head is made: `dense` keeps the kind of the old one, `pool-dense` pools the last feature maps. */
export type HeadStyle = 'dense' | 'pool-dense';

/**
 * The network with a new head for other classes. Its layers have ids that no layer had, so that they find no weights of
 * the old ones. `dense` puts a layer of the old head's kind in its place and keeps what follows; `pool-dense` drops
 * everything behind the last feature maps (all dense layers of VGG or AlexNet) for a global average pooling, a dense layer
 * and the softmax where there was one.
 */
export function replaceHead(
  network: Network,
  classCount: number,
  { style = 'dense' }: { readonly style?: HeadStyle } = {},
): Result<Edited> {
  if (!Number.isInteger(classCount) || classCount < 1)
    return fail('class-count', `${classCount} classes are not a whole number of at least 1.`);
  const found = headOf(network);
  if (!found.ok) return found;
  return style === 'dense'
    ? renewed(network, found.value, classCount)
    : pooled(network, found.value, classCount);
}

/** Layers without weights keep their ids: nothing of them is drawn. */
const renamesTail = ({ kind }: Layer) => kind === 'batchNorm';

function renewed(network: Network, { head, tail }: Head, classCount: number): Result<Edited> {
  const taken = new Set(network.layers.map(({ id }) => id));
  const names = new Map<LayerId, LayerId>();
  for (const layer of [head, ...tail])
    if (layer === head || renamesTail(layer)) names.set(layer.id, freshId(stemOf(layer.id), taken));
  const layers = network.layers.map((layer): Layer => {
    const id = names.get(layer.id) ?? layer.id;
    const inputs = layer.inputs.map((input) => names.get(input) ?? input);
    if (layer !== head) return { ...layer, id, inputs };
    return head.kind === 'dense'
      ? { ...head, id, inputs, units: classCount }
      : { ...head, id, inputs, filters: classCount };
  });
  return checkedEdit(network, layers, { added: [...names.values()] });
}

const CONVOLUTIONS: ReadonlySet<Layer['kind']> = new Set(['conv2d', 'depthwiseConv2d']);

/** What belongs to the layer before it. */
const DRESSING: ReadonlySet<Layer['kind']> = new Set([
  'batchNorm',
  'relu',
  'relu6',
  'leakyRelu',
  'sigmoid',
  'tanh',
  'hardSigmoid',
  'hardSwish',
]);

/** Where the feature maps end on the way to the head: behind the last layer with pixels or convolution, and its norm. */
function endOfMaps(network: Network, geometry: Geometry, head: Layer): LayerId | null {
  const byId = new Map(network.layers.map((layer) => [layer.id, layer]));
  const path: Layer[] = [];
  let at = byId.get(head.inputs[0] ?? '');
  for (; at && at.kind !== 'input'; at = byId.get(at.inputs[0] ?? '')) {
    path.unshift(at);
    if (hasPixels(geometry, at.id) || at.inputs.length > 1 || CONVOLUTIONS.has(at.kind)) break;
  }
  const [first, ...rest] = path;
  if (!at || at.kind === 'input' || !first) return null;
  const dressing = rest.findIndex(({ kind }) => !DRESSING.has(kind));
  return (dressing < 0 ? rest : rest.slice(0, dressing)).at(-1)?.id ?? first.id;
}

function pooled(network: Network, { head, tail }: Head, classCount: number): Result<Edited> {
  const geometry = inferGeometry(network);
  if (!geometry.ok) return geometry;
  const end = endOfMaps(network, geometry.value, head);
  if (end === null)
    return fail(
      'no-maps',
      `${network.name} has no feature maps before ${head.id} that could be pooled; keep the kind of its head instead.`,
      head.id,
    );
  const kept = ancestorsOf(network.layers, end);
  const writer = new LayerWriter(end, new Set(network.layers.map(({ id }) => id)));
  writer.globalAveragePool();
  writer.dense(classCount);
  if (tail.some(({ kind }) => kind === 'softmax')) writer.softmax();
  const body = network.layers.filter(({ id }) => id === end || kept.has(id));
  return checkedEdit(network, [...body, ...writer.layers], { added: writer.layers.map(({ id }) => id) });
}
