import type { Conv2dLayer, DepthwiseConv2dLayer } from '../../core/network/network.ts';
import type { Config } from './fields.ts';

/** Keras' names in the order in which Keras saves them. */
export const WEIGHT_NAMES: Readonly<Record<string, string>> = {
  kernel: 'kernel',
  depthwiseKernel: 'depthwise_kernel',
  bias: 'bias',
  gamma: 'gamma',
  beta: 'beta',
  movingMean: 'moving_mean',
  movingVariance: 'moving_variance',
};

/** What TensorFlow takes as a name (`name_scope`); a slash would open a group in HDF5 too. */
export const scopeName = (name: string): string =>
  name.replace(/[^A-Za-z0-9_.>-]/g, '_').replace(/^[^A-Za-z0-9.]/, 'x$&');

export const CHANNELS_LAST = { data_format: 'channels_last' };

/** The class of a convolution in Keras and its settings; explicit padding is a layer of its own there. */
export function convolutionConfig(
  layer: Conv2dLayer | DepthwiseConv2dLayer,
  padding: string,
): readonly [className: string, config: Config] {
  const common = {
    kernel_size: layer.kernelSize,
    strides: layer.strides,
    padding,
    dilation_rate: layer.dilationRate,
    use_bias: layer.useBias,
    activation: 'linear',
    ...CHANNELS_LAST,
  };
  return layer.kind === 'depthwiseConv2d'
    ? ['DepthwiseConv2D', { depth_multiplier: layer.depthMultiplier, ...common }]
    : ['Conv2D', { filters: layer.filters, groups: layer.groups, ...common }];
}

type ActivationKind = 'relu' | 'relu6' | 'sigmoid' | 'tanh' | 'hardSigmoid' | 'hardSwish' | 'softmax';

/** The class of an activation in Keras and its settings. `hard_silu` is Keras 3's name for the hard swish. */
export function activationConfig(kind: ActivationKind): readonly [className: string, config: Config] {
  switch (kind) {
    case 'relu':
      return ['ReLU', { max_value: null, negative_slope: 0, threshold: 0 }];
    case 'relu6':
      return ['ReLU', { max_value: 6, negative_slope: 0, threshold: 0 }];
    case 'softmax':
      return ['Softmax', { axis: -1 }];
    case 'sigmoid':
    case 'tanh':
      return ['Activation', { activation: kind }];
    case 'hardSigmoid':
      return ['Activation', { activation: 'hard_sigmoid' }];
    case 'hardSwish':
      return ['Activation', { activation: 'hard_silu' }];
  }
}
