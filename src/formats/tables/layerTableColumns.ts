import { layerCounts } from '../../core/network/counts.ts';
import type { Layer, Network, Padding, Pair } from '../../core/network/network.ts';
import { geometryAt, geometryOf } from '../../core/network/shapes.ts';
import { assertNever } from '../../core/result.ts';

/** What a layer's attributes are called in a table; a kind has some of them. */
export const ATTRIBUTE_COLUMNS = [
  'shape',
  'filters',
  'kernel',
  'stride',
  'padding',
  'dilation',
  'groups',
  'multiplier',
  'bias',
  'epsilon',
  'rate',
  'size',
  'interpolation',
  'slope',
] as const;

export type AttributeColumn = (typeof ATTRIBUTE_COLUMNS)[number];

/** Computed here and checked on import. MACs: 1 MAC = 2 operations. */
export const COMPUTED_COLUMNS = [
  'output height',
  'output width',
  'output channels',
  'MACs',
  'parameters',
] as const;

export const COLUMNS = [
  'layer',
  'kind',
  'reads',
  ...ATTRIBUTE_COLUMNS,
  ...COMPUTED_COLUMNS,
  'network',
] as const;

const pairText = ([rows, columns]: Pair): string => `${rows}x${columns}`;
const paddingText = (padding: Padding): string => (typeof padding === 'string' ? padding : padding.join(' '));

/** The attributes of a layer as cells; those its kind does not have are missing. */
export function attributeCells(layer: Layer): Readonly<Partial<Record<AttributeColumn, string | number>>> {
  switch (layer.kind) {
    case 'input': {
      const { height, width, channels } = layer.shape;
      return { shape: `${height}x${width}x${channels}` };
    }
    case 'conv2d':
    case 'depthwiseConv2d':
      return {
        ...(layer.kind === 'conv2d'
          ? { filters: layer.filters, groups: layer.groups }
          : { multiplier: layer.depthMultiplier }),
        kernel: pairText(layer.kernelSize),
        stride: pairText(layer.strides),
        padding: paddingText(layer.padding),
        dilation: pairText(layer.dilationRate),
        bias: layer.useBias ? 'yes' : 'no',
      };
    case 'dense':
      return { filters: layer.units, bias: layer.useBias ? 'yes' : 'no' };
    case 'maxPool':
    case 'averagePool':
      return {
        kernel: pairText(layer.poolSize),
        stride: pairText(layer.strides),
        padding: paddingText(layer.padding),
      };
    case 'batchNorm':
    case 'l2Normalize':
      return { epsilon: layer.epsilon };
    case 'dropout':
      return { rate: layer.rate };
    case 'upsample':
      return { size: pairText(layer.size), interpolation: layer.interpolation };
    case 'leakyRelu':
      return { slope: layer.slope };
    case 'channelShuffle':
      return { groups: layer.groups };
    case 'globalAveragePool':
    case 'globalMaxPool':
    case 'relu':
    case 'relu6':
    case 'sigmoid':
    case 'tanh':
    case 'hardSigmoid':
    case 'hardSwish':
    case 'add':
    case 'multiply':
    case 'concat':
    case 'flatten':
    case 'softmax':
      return {};
    default:
      return assertNever(layer);
  }
}

/** The computed columns of each layer of a valid network, by layer id, in the order of {@link COMPUTED_COLUMNS}. */
export function computedCells(network: Network): ReadonlyMap<string, readonly number[]> {
  const geometry = geometryOf(network);
  return new Map(
    network.layers.map((layer) => {
      const at = geometryAt(geometry, layer.id);
      const { macCount, parameterCount } = layerCounts(layer, at);
      return [layer.id, [at.ofm.height, at.ofm.width, at.ofm.channels, macCount, parameterCount]];
    }),
  );
}
