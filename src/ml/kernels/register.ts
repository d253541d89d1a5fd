import * as tf from '@tensorflow/tfjs-core';
import type { Pair } from '../../core/network/network.ts';
import { heapOf } from '../simd/heap.ts';
import { filterGradient } from '../simd/windowKernels.ts';
import { conv2dFilterGradient, conv2dInputGradient } from './convGradients.ts';
import { depthwiseFilterGradient, depthwiseInputGradient } from './depthwiseGradients.ts';
import type { Window } from './window.ts';

type Shape4D = [number, number, number, number];

interface ConvAttributes {
  readonly strides: Pair | number;
  readonly pad: 'valid' | 'same' | number | Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
  readonly dilations?: Pair | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly filterShape: Shape4D;
  readonly inputShape: Shape4D;
}

/** tfjs' attributes with `same` and `valid` counted out. */
function windowOf(inputShape: Shape4D, filterShape: Shape4D, attributes: ConvAttributes): Window {
  const pair = (size: Pair | number): [number, number] =>
    typeof size === 'number' ? [size, size] : [size[0], size[1]];
  const strides = pair(attributes.strides);
  const dilations = pair(attributes.dilations ?? 1);
  const { padInfo } = tf.backend_util.computeConv2DInfo(
    inputShape,
    filterShape,
    strides,
    dilations,
    attributes.pad,
    attributes.dimRoundingMode,
  );
  return { strides, dilations, pads: [padInfo.top, padInfo.bottom, padInfo.left, padInfo.right] };
}

type Composed = (inputs: Record<string, tf.Tensor4D>, attributes: ConvAttributes) => tf.Tensor4D;

const KERNELS: Readonly<Record<string, Composed>> = {
  Conv2DBackpropFilter: ({ x, dy }, attributes) => {
    const { filterShape } = attributes;
    return conv2dFilterGradient(
      x as tf.Tensor4D,
      dy as tf.Tensor4D,
      [filterShape[0], filterShape[1]],
      windowOf((x as tf.Tensor4D).shape, filterShape, attributes),
    );
  },
  Conv2DBackpropInput: ({ dy, filter }, attributes) => {
    const { inputShape } = attributes;
    const { shape } = filter as tf.Tensor4D;
    return conv2dInputGradient(
      dy as tf.Tensor4D,
      filter as tf.Tensor4D,
      [inputShape[1], inputShape[2]],
      windowOf(inputShape, shape, attributes),
    );
  },
  DepthwiseConv2dNativeBackpropFilter: ({ x, dy }, attributes) => {
    const { filterShape } = attributes;
    return depthwiseFilterGradient(
      x as tf.Tensor4D,
      dy as tf.Tensor4D,
      filterShape,
      windowOf((x as tf.Tensor4D).shape, filterShape, attributes),
    );
  },
  DepthwiseConv2dNativeBackpropInput: ({ dy, filter }, attributes) => {
    const { inputShape } = attributes;
    return depthwiseInputGradient(
      dy as tf.Tensor4D,
      filter as tf.Tensor4D,
      [inputShape[1], inputShape[2]],
      windowOf(inputShape, (filter as tf.Tensor4D).shape, attributes),
    );
  },
};

/** In wasm's own memory, where there is a kernel for it. */
const NATIVE: Readonly<Record<string, { readonly isDepthwise: boolean }>> = {
  Conv2DBackpropFilter: { isDepthwise: false },
  DepthwiseConv2dNativeBackpropFilter: { isDepthwise: true },
};

function native(
  kernelName: string,
  backend: tf.KernelBackend,
  { x, dy }: Record<string, tf.Tensor4D>,
  attributes: ConvAttributes,
): tf.TensorInfo | null {
  const heap = heapOf(backend);
  const kind = NATIVE[kernelName];
  if (!heap || !kind || !x || !dy) return null;
  const { filterShape } = attributes;
  return filterGradient(
    heap,
    x,
    dy,
    filterShape,
    windowOf(x.shape, filterShape, attributes),
    kind.isDepthwise,
  );
}

function register(backendName: string, kernelNames: readonly string[]): void {
  for (const kernelName of kernelNames) {
    const composed = KERNELS[kernelName];
    if (!composed) continue;
    if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs, backend }) => {
        const tensors = inputs as Record<string, tf.Tensor4D>;
        const attributes = attrs as unknown as ConvAttributes;
        return (
          native(kernelName, backend as tf.KernelBackend, tensors, attributes) ??
          composed(tensors, attributes)
        );
      },
    });
  }
}

/**
 * Gives wasm the gradient kernels it lacks, and a faster Conv2DBackpropInput in place of its own: composed from forward
 * kernels, but for the gradients of filters where there are vector instructions. cpu keeps its own.
 */
export const registerWasmGradientKernels = (): void => register('wasm', Object.keys(KERNELS));

/**
 * WebGL's own gradient for a filter gives each of its few thousand values one thread that reads the whole batch, a value
 * at a time. Composed it is a convolution, which WebGL computes as a packed matrix product: 1.5 to 2.4 times as fast on
 * SwiftShader (`bench/browser`). The other gradients are no faster composed.
 */
export const registerWebglGradientKernels = (): void => register('webgl', ['Conv2DBackpropFilter']);
