import type { Layer } from './network.ts';
import type { LayerGeometry } from './shapes.ts';

/** What a convolution reads and writes, whichever way it is computed. */
export interface ConvolutionSize {
  readonly outputHeight: number;
  readonly outputWidth: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  /** M */
  readonly inputChannels: number;
  /** N */
  readonly outputChannels: number;
}

/**
 * `separable`: a depthwise convolution, then a pointwise one (Howard et al. 2017, section 3.1). `depthwise` and
 * `pointwise` are its halves; the others take all the inputs to all the outputs, `grouped` within groups.
 */
export type ConvolutionKind = 'standard' | 'grouped' | 'depthwise' | 'pointwise' | 'separable';

/** Kernels of one size. */
export interface KernelSet {
  readonly kind: Exclude<ConvolutionKind, 'separable'>;
  readonly height: number;
  readonly width: number;
  /** Input channels that each kernel reads. */
  readonly depth: number;
  readonly count: number;
  readonly weightCount: number;
  /** Multiply-accumulates of one frame. */
  readonly macCount: number;
}

export interface ConvolutionCost {
  readonly kind: ConvolutionKind;
  /** In the order in which they are computed. */
  readonly kernels: readonly KernelSet[];
  readonly weightCount: number;
  readonly macCount: number;
}

type Kernel = Pick<KernelSet, 'kind' | 'height' | 'width' | 'depth' | 'count'>;

function costOf(kind: ConvolutionKind, size: ConvolutionSize, kernels: readonly Kernel[]): ConvolutionCost {
  const pixels = size.outputHeight * size.outputWidth;
  const sets = kernels.map((kernel): KernelSet => {
    const weightCount = kernel.height * kernel.width * kernel.depth * kernel.count;
    return { ...kernel, weightCount, macCount: pixels * weightCount };
  });
  const weightCount = sets.reduce((sum, set) => sum + set.weightCount, 0);
  return { kind, kernels: sets, weightCount, macCount: pixels * weightCount };
}

/** Every kernel reads all input channels: D_F^2 D_K^2 M N MACs (Howard et al. 2017, eq. 2). */
export function standardCost(size: ConvolutionSize): ConvolutionCost {
  const { kernelHeight: height, kernelWidth: width, inputChannels: depth, outputChannels: count } = size;
  return costOf('standard', size, [{ kind: 'standard', height, width, depth, count }]);
}

/** Every kernel reads the channels of its group; null where the groups don't divide both channel counts. */
export function groupedCost(size: ConvolutionSize, groups: number): ConvolutionCost | null {
  const { kernelHeight: height, kernelWidth: width, inputChannels, outputChannels: count } = size;
  if (!(groups >= 1) || inputChannels % groups !== 0 || count % groups !== 0) return null;
  const depth = inputChannels / groups;
  return costOf('grouped', size, [{ kind: 'grouped', height, width, depth, count }]);
}

/** One kernel of depth 1 for each input channel, or `multiplier` of them: D_F^2 D_K^2 M MACs (eq. 4). */
export function depthwiseCost(size: ConvolutionSize, multiplier = 1): ConvolutionCost {
  const { kernelHeight: height, kernelWidth: width, inputChannels } = size;
  const count = inputChannels * multiplier;
  return costOf('depthwise', size, [{ kind: 'depthwise', height, width, depth: 1, count }]);
}

/** 1x1 kernels that read all input channels: D_F^2 M N MACs. */
export function pointwiseCost(size: ConvolutionSize): ConvolutionCost {
  const { inputChannels: depth, outputChannels: count } = size;
  return costOf('pointwise', size, [{ kind: 'pointwise', height: 1, width: 1, depth, count }]);
}

/**
 * A depthwise convolution, which has the stride, then a pointwise one: D_F^2 D_K^2 M + D_F^2 M N MACs (eq. 5).
 * Published networks put batch norm and ReLU behind both.
 */
export function separableCost(size: ConvolutionSize): ConvolutionCost {
  return costOf('separable', size, [...depthwiseCost(size).kernels, ...pointwiseCost(size).kernels]);
}

/** Separable over standard, in MACs and in weights alike: 1 / N + 1 / D_K^2 (Howard et al. 2017, section 3.1). */
export const separableRatio = (kernelArea: number, outputChannels: number): number =>
  1 / outputChannels + 1 / kernelArea;

/** What a layer convolves and how it does so; null for layers that are no convolutions. */
export function convolutionOf(
  layer: Layer,
  { ifm, ofm }: LayerGeometry,
): { readonly size: ConvolutionSize; readonly asBuilt: ConvolutionCost } | null {
  if (layer.kind !== 'conv2d' && layer.kind !== 'depthwiseConv2d') return null;
  const [kernelHeight, kernelWidth] = layer.kernelSize;
  const size: ConvolutionSize = {
    outputHeight: ofm.height,
    outputWidth: ofm.width,
    kernelHeight,
    kernelWidth,
    inputChannels: ifm.channels,
    outputChannels: ofm.channels,
  };
  if (layer.kind === 'depthwiseConv2d') return { size, asBuilt: depthwiseCost(size, layer.depthMultiplier) };
  // Inferred geometry says that the groups divide both.
  const grouped = layer.groups > 1 ? groupedCost(size, layer.groups) : null;
  const whole = kernelHeight * kernelWidth === 1 ? pointwiseCost(size) : standardCost(size);
  return { size, asBuilt: grouped ?? whole };
}
