import type { SlidingWindowNode } from '../nodes.ts';
import { bram18Width, uramBlocks } from './memory.ts';
import { NO_RESOURCES, type NodeResources, type OperatorModel } from './model.ts';
import { WINDOW_BASE_LUTS } from './slidingWindow.ts';

const inBlockRam = (node: SlidingWindowNode) => node.ramStyle === 'block' || node.ramStyle === 'auto';

/** The 1-D library variants (finn.md section 5.2): parallel, standard, depthwise, and the naive fallback. */
type Variant = 'par' | 'std' | 'dws' | 'naive';

/** Kernel, outputs, inputs, stride and dilation along the axis that is longer than 1. */
function along(node: SlidingWindowNode) {
  const axis = node.ifmDim[0] === 1 ? 1 : 0;
  return {
    kernel: node.kernel[axis],
    outputs: node.ofmDim[axis],
    inputs: node.ifmDim[axis],
    stride: node.stride[axis],
    dilation: node.dilation[axis],
    words: node.channels / node.simd,
  };
}

function variantOf(node: SlidingWindowNode): Variant {
  const { stride, dilation } = along(node);
  const plain = stride === 1 && dilation === 1;
  const distributed = node.ramStyle === 'auto' || node.ramStyle === 'distributed';
  if (node.parallelWindow && node.simd === node.channels && !node.depthwise && plain && distributed)
    return 'par';
  if (!node.depthwise) return 'std';
  return (stride > 1 && stride !== 2) || dilation > 1 ? 'naive' : 'dws';
}

function cycles1d(node: SlidingWindowNode): number {
  const { kernel, outputs, inputs, words } = along(node);
  const reads = outputs * kernel * words;
  switch (variantOf(node)) {
    case 'par':
      return kernel + outputs;
    case 'std':
      return 1 + reads;
    case 'dws':
      return 1 + reads + words * (kernel - 1) - (kernel - 1);
    case 'naive':
      return inputs * words + reads;
  }
}

function resources1d(node: SlidingWindowNode): NodeResources {
  const { kernel, inputs, words } = along(node);
  const bits = node.simd * node.inputType.bits;
  const distributed = node.ramStyle === 'distributed';
  const variant = variantOf(node);
  if (variant === 'par') {
    const shift = distributed ? Math.ceil((bits * (kernel + 1)) / 64) : 0;
    return { ...NO_RESOURCES, lut: WINDOW_BASE_LUTS + shift };
  }
  const depth = { std: (kernel - 1) * words, dws: kernel * words, naive: inputs * words }[variant];
  return {
    ...NO_RESOURCES,
    lut: WINDOW_BASE_LUTS + (distributed ? Math.ceil((bits * depth) / 64) : 0),
    bram18: inBlockRam(node) ? Math.ceil(bits / bram18Width(depth)) * Math.ceil(depth / 18432) : 0,
    uram: node.ramStyle === 'ultra' ? uramBlocks(depth, bits) : 0,
  };
}

function cycles2d(node: SlidingWindowNode): number {
  const words = node.channels / node.simd;
  const [kh, kw] = node.kernel;
  const [oh, ow] = node.ofmDim;
  const width = node.ifmDim[1];
  const row = Math.max(ow * kw * kh * words, node.stride[1] * width * words);
  return width * kh * node.dilation[0] * words + oh * row;
}

function resources2d(node: SlidingWindowNode): NodeResources {
  const bits = node.simd * node.inputType.bits;
  const depth = (node.ifmDim[0] * node.channels) / node.simd;
  const rows = node.kernel[0] + node.stride[0];
  return {
    ...NO_RESOURCES,
    lut: WINDOW_BASE_LUTS + (node.ramStyle === 'distributed' ? rows * bits * Math.ceil(depth / 64) : 0),
    bram18: inBlockRam(node) ? rows * Math.ceil(bits / bram18Width(depth)) : 0,
    uram: node.ramStyle === 'ultra' ? rows * Math.ceil(bits / 64) * Math.ceil(depth / 4096) : 0,
  };
}

/** ConvolutionInputGenerator_hls: finn.md section 5.2. */
export const slidingWindowHls: OperatorModel<SlidingWindowNode> = {
  cycles: (node) => (node.is1d ? cycles1d(node) : cycles2d(node)),
  divides: { simd: (node) => node.channels },
  resources: (node) => (node.is1d ? resources1d(node) : resources2d(node)),
};
