import { fail, ok, type Result } from '../../result.ts';
import type { FeatureMap, Layer, LayerId, LayerKind, Network } from '../network.ts';
import { describeMap, type Geometry, geometryAt } from '../shapes.ts';
import { freshId } from './names.ts';

/** How layers of a kind are named: conv1, conv2 ... The same stems as the builder's. */
const STEMS: Readonly<Record<Exclude<LayerKind, 'input'>, string>> = {
  conv2d: 'conv',
  depthwiseConv2d: 'dw',
  dense: 'fc',
  maxPool: 'pool',
  averagePool: 'pool',
  globalAveragePool: 'gap',
  globalMaxPool: 'gmp',
  batchNorm: 'bn',
  dropout: 'dropout',
  relu: 'relu',
  relu6: 'relu',
  leakyRelu: 'leaky',
  sigmoid: 'sigmoid',
  tanh: 'tanh',
  hardSigmoid: 'hsigmoid',
  hardSwish: 'hswish',
  add: 'add',
  multiply: 'mul',
  concat: 'concat',
  upsample: 'up',
  channelShuffle: 'shuffle',
  l2Normalize: 'norm',
  flatten: 'flatten',
  softmax: 'softmax',
};

export type NewLayerKind = keyof typeof STEMS;

/** Every kind that can be put into a network, in the order of a menu. */
export const NEW_LAYER_KINDS = Object.keys(STEMS) as readonly NewLayerKind[];

const ONE = [1, 1] as const;
const THREE = [3, 3] as const;
const TWO = [2, 2] as const;

/** A kind's usual attributes behind a map of this shape: same size out as in, where it can be. */
function attributes(kind: NewLayerKind, ifm: FeatureMap) {
  const window = { strides: ONE, padding: 'same' } as const;
  switch (kind) {
    case 'conv2d':
      return {
        kind,
        ...window,
        filters: ifm.channels,
        kernelSize: THREE,
        dilationRate: ONE,
        groups: 1,
        useBias: true,
      };
    case 'depthwiseConv2d':
      return { kind, ...window, kernelSize: THREE, dilationRate: ONE, depthMultiplier: 1, useBias: true };
    case 'dense':
      return { kind, units: ifm.channels, useBias: true };
    case 'maxPool':
    case 'averagePool':
      return { kind, poolSize: TWO, strides: TWO, padding: 'same' as const };
    case 'batchNorm':
      return { kind, epsilon: 1e-3 };
    case 'dropout':
      return { kind, rate: 0.2 };
    case 'leakyRelu':
      return { kind, slope: 0.1 };
    case 'upsample':
      return { kind, size: TWO, interpolation: 'nearest' as const };
    case 'channelShuffle':
      return { kind, groups: ifm.channels % 2 === 0 ? 2 : 1 };
    case 'l2Normalize':
      return { kind, epsilon: 1e-10 };
    default:
      return { kind };
  }
}

type Fits = (map: FeatureMap, other: FeatureMap) => boolean;

const sameExtent: Fits = (a, b) => a.height === b.height && a.width === b.width;

/** What the second input of a join must be, beside the first. */
const PARTNERS: Readonly<Partial<Record<NewLayerKind, Fits>>> = {
  add: (a, b) => sameExtent(a, b) && a.channels === b.channels,
  multiply: (a, b) => a.channels === b.channels && (sameExtent(a, b) || (b.height === 1 && b.width === 1)),
  concat: sameExtent,
};

/** The nearest earlier layer that a join behind `from` can read as well. */
function partnerOf(network: Network, geometry: Geometry, from: LayerId, fits: Fits): LayerId | undefined {
  const ifm = geometryAt(geometry, from).ofm;
  const place = network.layers.findIndex(({ id }) => id === from);
  return network.layers.slice(0, place).findLast(({ id }) => fits(ifm, geometryAt(geometry, id).ofm))?.id;
}

/**
 * A layer of this kind that reads `from`, with usual attributes; a dense layer brings the flatten it needs. A join
 * also reads the nearest earlier layer of a fitting shape; where there is none, that is the fault.
 */
export function newLayers(
  network: Network,
  geometry: Geometry,
  kind: NewLayerKind,
  from: LayerId,
): Result<readonly Layer[]> {
  const ifm = geometryAt(geometry, from).ofm;
  const taken = new Set(network.layers.map(({ id }) => id));
  const id = freshId(STEMS[kind], taken);
  const fits = PARTNERS[kind];
  if (fits) {
    const partner = partnerOf(network, geometry, from, fits);
    if (partner === undefined)
      return fail(
        'no-partner',
        `No layer before ${from} has a map that ${kind} could join with ${describeMap(ifm)}; choose a later place, or add a block with a branch.`,
        from,
      );
    return ok([{ ...attributes(kind, ifm), id, inputs: [from, partner] } as Layer]);
  }
  if (kind === 'dense' && (ifm.height > 1 || ifm.width > 1)) {
    const flatten: Layer = { kind: 'flatten', id: freshId(STEMS.flatten, taken), inputs: [from] };
    return ok([flatten, { ...attributes(kind, ifm), id, inputs: [flatten.id] } as Layer]);
  }
  return ok([{ ...attributes(kind, ifm), id, inputs: [from] } as Layer]);
}

/** Kinds that a layer can become and keep its inputs. */
const FAMILIES: readonly (readonly LayerKind[])[] = [
  ['relu', 'relu6', 'leakyRelu', 'sigmoid', 'tanh', 'hardSigmoid', 'hardSwish'],
  ['maxPool', 'averagePool', 'globalAveragePool', 'globalMaxPool'],
  ['add', 'concat', 'multiply'],
  ['conv2d', 'depthwiseConv2d'],
];

/** The kinds a layer can be changed to, its own among them; empty where there is no choice. */
export const kindChoices = (kind: LayerKind): readonly LayerKind[] =>
  FAMILIES.find((family) => family.includes(kind)) ?? [];

/** The layer as another kind of its family: attributes both have are kept, the others are the usual ones. */
export function asKind(layer: Layer, kind: NewLayerKind, ifm: FeatureMap): Layer {
  const usual = attributes(kind, ifm);
  const kept = Object.fromEntries(
    Object.entries(usual).map(([key, value]) => [
      key,
      key !== 'kind' && key in layer ? (layer as unknown as Record<string, unknown>)[key] : value,
    ]),
  );
  return { ...kept, id: layer.id, inputs: layer.inputs } as Layer;
}
