import type { TensorInfo } from '@tensorflow/tfjs-core';
import { Channelwise } from './channelwise.ts';
import type { Heap } from './heap.ts';

const channelsOf = ({ shape }: TensorInfo) => shape[shape.length - 1] as number;
const sizeOf = ({ shape }: TensorInfo) => shape.reduce((product, n) => product * n, 1);

/** Batch norm in training: y, and the batch's mean, variance and 1 / deviation of each channel. */
export function batchNorm(
  heap: Heap,
  x: TensorInfo,
  gamma: TensorInfo,
  beta: TensorInfo,
  epsilon: number,
): TensorInfo[] {
  const channels = channelsOf(x);
  const count = sizeOf(x) / channels;
  const over = new Channelwise(heap, sizeOf(x), channels);
  const y = heap.output(x.shape);
  const { period } = over;
  const sizes = [period, period, period, period, over.scratchFor(2)];
  return heap.scratch(sizes, (mean = 0, scale = 0, shift = 0, sums = 0, rest = 0) => {
    const read = { pointer: heap.pointer(x) };
    const [total] = over.reduce('sum', [read], [], [sums], rest) as [Float64Array];
    const means = Float32Array.from(total, (sum) => sum / count);
    over.fill(mean, means);
    const filled = { ...read, filler: mean };
    const [squares] = over.reduce('sumSquares', [filled], [mean], [sums], rest) as [Float64Array];
    const variances = Float32Array.from(squares, (sum) => sum / count);
    const factors = variances.map((variance) => 1 / Math.sqrt(variance + epsilon));
    const gammas = heap.view(gamma);
    over.fill(
      scale,
      factors.map((factor, c) => factor * (gammas[c] as number)),
    );
    over.fill(shift, heap.view(beta).slice());
    const write = { pointer: heap.pointer(y), isOutput: true };
    over.run('normalize', [read, write], [mean, scale, shift], rest);
    return [y, heap.vector(means), heap.vector(variances), heap.vector(factors)];
  });
}

/** The way back: gradients of gamma and beta, and of x where it is wanted. */
export function batchNormGradient(
  heap: Heap,
  { dy, x, mean }: Readonly<Record<'dy' | 'x' | 'mean', TensorInfo>>,
  { factor, gamma }: Readonly<Record<'factor' | 'gamma', TensorInfo>>,
  wantsInput: boolean,
): TensorInfo[] {
  const channels = channelsOf(x);
  const count = sizeOf(x) / channels;
  const over = new Channelwise(heap, sizeOf(x), channels);
  const dx = wantsInput ? heap.output(x.shape) : null;
  const { period } = over;
  const sizes = [period, period, period, period, period, over.scratchFor(3)];
  return heap.scratch(sizes, (means = 0, scale = 0, slope = 0, shift = 0, more = 0, rest = 0) => {
    over.fill(means, heap.view(mean).slice());
    const gradient = { pointer: heap.pointer(dy) };
    const read = { pointer: heap.pointer(x), filler: means };
    const [sums, products] = over.reduce('sumProducts', [gradient, read], [means], [shift, more], rest) as [
      Float64Array,
      Float64Array,
    ];
    const factors = heap.view(factor).slice();
    if (dx) {
      const scales = heap.view(gamma).map((value, c) => value * (factors[c] as number));
      over.fill(scale, scales);
      over.fill(
        slope,
        products.map((sum, c) => (-(scales[c] as number) * (factors[c] as number) ** 2 * sum) / count),
      );
      over.fill(
        shift,
        sums.map((sum, c) => (-(scales[c] as number) * sum) / count),
      );
      const write = { pointer: heap.pointer(dx), isOutput: true };
      over.run('combine', [gradient, read, write], [means, scale, slope, shift], rest);
    }
    const dgamma = heap.vector(products.map((sum, c) => sum * (factors[c] as number)));
    return [dgamma, heap.vector(sums), ...(dx ? [dx] : [])];
  });
}

/** dy where y is above 0, else 0. */
export function reluGradient(heap: Heap, dy: TensorInfo, y: TensorInfo): TensorInfo {
  const over = new Channelwise(heap, sizeOf(y), 1);
  const dx = heap.output(y.shape);
  return heap.scratch([over.scratchFor(3)], (rest = 0) => {
    const read = [{ pointer: heap.pointer(dy) }, { pointer: heap.pointer(y) }];
    over.run('reluGradient', [...read, { pointer: heap.pointer(dx), isOutput: true }], [], rest);
    return dx;
  });
}
