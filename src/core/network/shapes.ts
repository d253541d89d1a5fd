import { assertNever, fail, ok, type Result, unwrap } from '../result.ts';
import type { FeatureMap, Layer, LayerId, Network } from './network.ts';
import { describeMap, positive, slideWindow } from './window.ts';

export { describeMap } from './window.ts';

/** Everything shape inference knows of one layer. */
export interface LayerGeometry {
  /** The feature maps read, in the order of `layer.inputs`. */
  readonly ifms: readonly FeatureMap[];
  /** The first of them; for an input layer its own shape. */
  readonly ifm: FeatureMap;
  readonly ofm: FeatureMap;
  /** Rows and columns added at [top, bottom, left, right]; zeros where the layer has no window. */
  readonly pads: readonly [number, number, number, number];
}

export type Geometry = ReadonlyMap<LayerId, LayerGeometry>;

const NO_PADS = [0, 0, 0, 0] as const;

function inferLayer(layer: Layer, ifms: readonly FeatureMap[]): Result<Pick<LayerGeometry, 'ofm' | 'pads'>> {
  const ifm = ifms[0] as FeatureMap;
  const plain = (ofm: FeatureMap) => ok({ ofm, pads: NO_PADS });
  switch (layer.kind) {
    case 'input': {
      const { height, width, channels } = layer.shape;
      if (![height, width, channels].every(positive)) {
        return fail(
          'layer-attribute',
          `The input ${layer.id} is ${describeMap(layer.shape)}; each extent must be a whole number of at least 1.`,
          layer.id,
        );
      }
      return plain(layer.shape);
    }
    case 'conv2d': {
      if (!positive(layer.filters)) {
        return fail(
          'layer-attribute',
          `Layer ${layer.id} has ${layer.filters} filters; it needs a whole number of at least 1.`,
          layer.id,
        );
      }
      if (
        !positive(layer.groups) ||
        ifm.channels % layer.groups !== 0 ||
        layer.filters % layer.groups !== 0
      ) {
        return fail(
          'groups',
          `Layer ${layer.id} splits ${ifm.channels} input channels and ${layer.filters} filters into ${layer.groups} groups; both must be divisible by it.`,
          layer.id,
        );
      }
      return slideWindow(layer, ifm, layer, layer.filters);
    }
    case 'depthwiseConv2d':
      if (!positive(layer.depthMultiplier)) {
        return fail(
          'layer-attribute',
          `Layer ${layer.id} has depth multiplier ${layer.depthMultiplier}; it needs a whole number of at least 1.`,
          layer.id,
        );
      }
      return slideWindow(layer, ifm, layer, ifm.channels * layer.depthMultiplier);
    case 'maxPool':
    case 'averagePool':
      return slideWindow(
        layer,
        ifm,
        { ...layer, kernelSize: layer.poolSize, dilationRate: [1, 1] },
        ifm.channels,
      );
    case 'dense':
      if (!positive(layer.units)) {
        return fail(
          'layer-attribute',
          `Layer ${layer.id} has ${layer.units} units; it needs a whole number of at least 1.`,
          layer.id,
        );
      }
      if (ifm.height !== 1 || ifm.width !== 1) {
        return fail(
          'dense-needs-vector',
          `Dense layer ${layer.id} reads a ${describeMap(ifm)} feature map; put a flatten or a global pooling before it.`,
          layer.id,
        );
      }
      return plain({ height: 1, width: 1, channels: layer.units });
    case 'globalAveragePool':
    case 'globalMaxPool':
      return plain({ height: 1, width: 1, channels: ifm.channels });
    case 'flatten':
      return plain({ height: 1, width: 1, channels: ifm.height * ifm.width * ifm.channels });
    case 'add': {
      const other = ifms.find(
        (map) => map.height !== ifm.height || map.width !== ifm.width || map.channels !== ifm.channels,
      );
      if (other) {
        return fail(
          'add-shapes',
          `Add layer ${layer.id} reads ${describeMap(ifm)} and ${describeMap(other)}; both branches must have the same shape.`,
          layer.id,
        );
      }
      return plain(ifm);
    }
    case 'multiply': {
      const other = ifms[1] as FeatureMap;
      const isGate = (map: FeatureMap) => map.height === 1 && map.width === 1;
      const same = ifm.height === other.height && ifm.width === other.width;
      if (ifm.channels !== other.channels || !(same || isGate(ifm) || isGate(other))) {
        return fail(
          'multiply-shapes',
          `Multiply layer ${layer.id} reads ${describeMap(ifm)} and ${describeMap(other)}; both must have the same shape, or one be a 1x1 gate with as many channels as the other.`,
          layer.id,
        );
      }
      return plain(isGate(ifm) ? other : ifm);
    }
    case 'concat': {
      const other = ifms.find((map) => map.height !== ifm.height || map.width !== ifm.width);
      if (other) {
        return fail(
          'concat-shapes',
          `Concat layer ${layer.id} reads ${describeMap(ifm)} and ${describeMap(other)}; heights and widths must be the same.`,
          layer.id,
        );
      }
      return plain({ ...ifm, channels: ifms.reduce((sum, map) => sum + map.channels, 0) });
    }
    case 'upsample':
      if (!layer.size.every(positive)) {
        return fail(
          'layer-attribute',
          `Layer ${layer.id} enlarges by ${layer.size.join('x')}; each must be a whole number of at least 1.`,
          layer.id,
        );
      }
      return plain({ ...ifm, height: ifm.height * layer.size[0], width: ifm.width * layer.size[1] });
    case 'channelShuffle':
      if (!positive(layer.groups) || ifm.channels % layer.groups !== 0) {
        return fail(
          'groups',
          `Layer ${layer.id} shuffles ${ifm.channels} channels in ${layer.groups} groups; the channels must be divisible by it.`,
          layer.id,
        );
      }
      return plain(ifm);
    case 'l2Normalize':
      if (!(layer.epsilon > 0 && layer.epsilon <= 1)) {
        return fail(
          'layer-attribute',
          `Layer ${layer.id} has epsilon ${layer.epsilon}; it needs a number above 0 and up to 1.`,
          layer.id,
        );
      }
      return plain(ifm);
    case 'leakyRelu':
      if (!(layer.slope > 0 && layer.slope <= 1)) {
        return fail(
          'layer-attribute',
          `Layer ${layer.id} has slope ${layer.slope}; it needs a number above 0 and up to 1, and for 0 use a relu.`,
          layer.id,
        );
      }
      return plain(ifm);
    case 'batchNorm':
    case 'relu':
    case 'relu6':
    case 'sigmoid':
    case 'tanh':
    case 'hardSigmoid':
    case 'hardSwish':
    case 'dropout':
    case 'softmax':
      return plain(ifm);
    default:
      return assertNever(layer);
  }
}

const inputCount = (layer: Layer): string | null => {
  const n = layer.inputs.length;
  if (layer.kind === 'input') return n === 0 ? null : 'none';
  if (layer.kind === 'add' || layer.kind === 'concat') return n >= 2 ? null : 'at least two';
  if (layer.kind === 'multiply') return n === 2 ? null : 'exactly two';
  return n === 1 ? null : 'exactly one';
};

/**
 * Shapes of every layer, and the check that the network is one: unique ids, topological order, the right
 * number of inputs, windows that fit. The first fault names the layer and the reason.
 */
export function inferGeometry(network: Network): Result<Geometry> {
  const geometry = new Map<LayerId, LayerGeometry>();
  if (network.layers.length === 0)
    return fail(
      'empty-network',
      `Network ${network.name} has no layers; add an input and at least one layer.`,
    );
  for (const layer of network.layers) {
    if (geometry.has(layer.id))
      return fail(
        'duplicate-layer',
        `Two layers are named ${layer.id}; give one of them another name.`,
        layer.id,
      );
    const wanted = inputCount(layer);
    if (wanted)
      return fail(
        'input-count',
        `Layer ${layer.id} (${layer.kind}) reads ${layer.inputs.length} inputs; it needs ${wanted}.`,
        layer.id,
      );
    const ifms: FeatureMap[] = [];
    for (const input of layer.inputs) {
      const source = geometry.get(input);
      if (!source)
        return fail(
          'unknown-input',
          `Layer ${layer.id} reads ${input}, which does not come before it; connect it to an earlier layer.`,
          layer.id,
        );
      ifms.push(source.ofm);
    }
    const inferred = inferLayer(layer, ifms);
    if (!inferred.ok) return inferred;
    const { ofm } = inferred.value;
    if (ofm.height * ofm.width * ofm.channels > 2 ** 31) {
      return fail(
        'too-large',
        `Layer ${layer.id} would produce a ${describeMap(ofm)} feature map, more than 2^31 values; make it smaller.`,
        layer.id,
      );
    }
    geometry.set(layer.id, { ifms, ifm: ifms[0] ?? ofm, ...inferred.value });
  }
  return ok(geometry);
}

/** {@link inferGeometry} for a network known to be valid; throws a FaultError otherwise. */
export const geometryOf = (network: Network): Geometry => unwrap(inferGeometry(network));

export function geometryAt(geometry: Geometry, id: LayerId): LayerGeometry {
  const found = geometry.get(id);
  if (!found) throw new Error(`No geometry for layer ${id}`);
  return found;
}
