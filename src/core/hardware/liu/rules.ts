import { consumersOf, type Layer, type Network } from '../../network/network.ts';
import { type Geometry, geometryAt } from '../../network/shapes.ts';
import type { Violation } from '../report.ts';

/** Why the engine can't run a layer and what to do, or null. */
function problemOf(layer: Layer, channels: number, isRead: boolean): readonly [string, string] | null {
  switch (layer.kind) {
    case 'conv2d':
      if (layer.groups > 1 && layer.groups !== channels)
        return [
          'groups',
          `is a convolution of ${layer.groups} groups, and the engine knows standard, pointwise and depthwise ones; use one group`,
        ];
      if (layer.groups > 1 && layer.filters !== channels)
        return ['depth-multiplier', DEPTH_MULTIPLIER(layer.filters / channels)];
      return dilation(layer.dilationRate);
    case 'depthwiseConv2d':
      return layer.depthMultiplier > 1
        ? ['depth-multiplier', DEPTH_MULTIPLIER(layer.depthMultiplier)]
        : dilation(layer.dilationRate);
    case 'hardSwish':
      return [
        'activation',
        'is a hard swish, which section 8 of source 004 only plans; use a relu6, which the quantization unit clamps',
      ];
    case 'leakyRelu':
      return unknownActivation('leaky ReLU');
    case 'hardSigmoid':
      return unknownActivation('hard sigmoid');
    case 'sigmoid':
    case 'tanh':
      return isRead ? unknownActivation(layer.kind) : null;
    case 'upsample':
      return [
        'upsample',
        'enlarges its map, and the engine writes at most one pixel for each it reads; upsample on the host, or leave it out',
      ];
    case 'channelShuffle':
      return [
        'channel-shuffle',
        'shuffles channels, and the output unit writes them in the order in which the engine computes them; leave it out, with convolutions of one group',
      ];
    case 'l2Normalize':
      return [
        'l2-normalization',
        'divides by the length of each pixel, and the quantization unit scales by constants (eq. 11 of source 004); use a batch norm',
      ];
    case 'multiply':
      return [
        'multiply',
        'multiplies two maps, and the output unit adds only (eq. 11 of source 004); remove the gate, or add',
      ];
    case 'softmax':
      return isRead
        ? [
            'softmax',
            'is a softmax that other layers read; the engine has none, so put it at the end, where the host computes it',
          ]
        : null;
    default:
      return null;
  }
}

/** At the end of the network a sigmoid or tanh is the host's, like a softmax. */
const unknownActivation = (name: string): readonly [string, string] => [
  'activation',
  `is a ${name}, and the quantization unit clamps (ReLU, ReLU6) only; use a relu6`,
];

const DEPTH_MULTIPLIER = (multiplier: number): string =>
  `gives ${multiplier} maps for every channel, and the engine's depthwise convolutions give one; widen the 1x1 convolution behind it`;

function dilation(rate: readonly [number, number]): readonly [string, string] | null {
  if (Math.max(...rate) === 1) return null;
  const by = rate.join('x');
  return [
    'dilation',
    `has a dilation of ${by}, and the reshape unit makes windows of neighboring pixels; use a dilation of 1`,
  ];
}

/**
 * Layers that the engine of source 004 can't run. The estimate counts them as if it could: a group as a
 * convolution of its own, a dilated kernel as a dense one. A softmax at the end is the host's, and nobody minds.
 */
export function liuViolations(network: Network, geometry: Geometry): readonly Violation[] {
  const readers = consumersOf(network);
  return network.layers.flatMap((layer) => {
    const isRead = (readers.get(layer.id)?.length ?? 0) > 0;
    const problem = problemOf(layer, geometryAt(geometry, layer.id).ifm.channels, isRead);
    if (!problem) return [];
    const [code, clause] = problem;
    return [{ code, message: `Layer ${layer.id} ${clause}.`, layerIds: [layer.id] }];
  });
}
