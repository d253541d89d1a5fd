import { NetworkBuilder } from './builder.ts';
import type { Conv2dLayer, DepthwiseConv2dLayer, Network } from './network.ts';
import type { LayerGeometry } from './shapes.ts';

/** One convolution as networks of their own, to be estimated beside each other. */
export interface ConvolutionPair {
  readonly standard: Network;
  readonly separable: Network;
}

/**
 * The layer's work as a standard convolution and as a depthwise separable one, which has the stride in its depthwise
 * half. Batch norm and ReLU follow every convolution, as published networks have them (Howard et al. 2017, Figure 3).
 */
export function convolutionPair(
  layer: Conv2dLayer | DepthwiseConv2dLayer,
  { ifm, ofm }: LayerGeometry,
): ConvolutionPair {
  const { kernelSize, strides: stride, padding, dilationRate: dilation } = layer;
  const standard = new NetworkBuilder(`${layer.id} as a standard convolution`, ifm);
  standard.convBlock(ofm.channels, kernelSize, { stride, padding, dilation });
  const separable = new NetworkBuilder(`${layer.id} as a depthwise separable convolution`, ifm);
  separable.depthwiseBlock(kernelSize, { stride, padding, dilation });
  separable.convBlock(ofm.channels, 1, { prefix: 'pw' });
  return { standard: standard.build(), separable: separable.build() };
}
