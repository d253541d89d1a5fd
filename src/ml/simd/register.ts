import * as tf from '@tensorflow/tfjs-core';
import { batchNorm, batchNormGradient, reluGradient } from './channelKernels.ts';
import { type Heap, heapOf, openHeap } from './heap.ts';
import { maxPoolGradient } from './windowKernels.ts';

type Inputs = Readonly<Record<string, tf.Tensor>>;
type Attributes = Readonly<Record<string, number | boolean>>;

const KERNELS = {
  TrainingBatchNorm: (heap, { x, gamma, beta }, { epsilon }) =>
    batchNorm(heap, x as tf.Tensor, gamma as tf.Tensor, beta as tf.Tensor, epsilon as number),
  TrainingBatchNormGradient: (heap, { dy, x, mean, factor, gamma }, { wantsInputGradient }) =>
    batchNormGradient(
      heap,
      { dy: dy as tf.Tensor, x: x as tf.Tensor, mean: mean as tf.Tensor },
      { factor: factor as tf.Tensor, gamma: gamma as tf.Tensor },
      wantsInputGradient === true,
    ),
  ReluGradient: (heap, { dy, y }) => reluGradient(heap, dy as tf.Tensor, y as tf.Tensor),
  SideBySideMaxPoolGradient: (heap, { dy, x, y }, { size }) =>
    maxPoolGradient(heap, dy as tf.Tensor, x as tf.Tensor, y as tf.Tensor, size as number),
} as const satisfies Readonly<
  Record<string, (heap: Heap, inputs: Inputs, attributes: Attributes) => tf.TensorInfo | tf.TensorInfo[]>
>;

type KernelName = keyof typeof KERNELS;

/**
 * Gives wasm, as it is started, kernels that go over a map once where composed ones do five times. Only where the browser
 * has wasm's vector instructions; all that use them have another way.
 */
export async function registerSimdKernels(): Promise<void> {
  if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) || !openHeap(tf.backend())) return;
  for (const [kernelName, run] of Object.entries(KERNELS)) {
    if (tf.getKernel(kernelName, 'wasm')) continue;
    tf.registerKernel({
      kernelName,
      backendName: 'wasm',
      kernelFunc: ({ inputs, attrs, backend }) =>
        run(heapOf(backend as tf.KernelBackend) as Heap, inputs as Inputs, (attrs ?? {}) as Attributes),
    });
  }
}

export const hasSimdKernels = (): boolean => tf.getKernel('ReluGradient', tf.getBackend()) !== undefined;

/** Runs one of these kernels on the active backend, which {@link hasSimdKernels}. */
export function runSimd<T extends tf.Tensor | tf.Tensor[]>(
  kernel: KernelName,
  inputs: Inputs,
  attributes: Attributes = {},
): T {
  return tf.engine().runKernel(kernel, { ...inputs }, { ...attributes }) as T;
}
