/**
 * A convolution's kernel in ONNX's order [filter, depth, tap] from ours [tap, depth, filter]. A depthwise
 * kernel has depth 1; its filters stand in the order of channel and multiplier on both sides.
 */
export function kernelToOnnx(
  kernel: Float32Array,
  filters: number,
  depth: number,
  taps: number,
): Float32Array {
  const values = new Float32Array(kernel.length);
  for (let f = 0; f < filters; f++)
    for (let c = 0; c < depth; c++)
      for (let tap = 0; tap < taps; tap++)
        values[(f * depth + c) * taps + tap] = kernel[(tap * depth + c) * filters + f] as number;
  return values;
}

/** The way back of {@link kernelToOnnx}. */
export function kernelFromOnnx(
  kernel: Float32Array | Float64Array,
  filters: number,
  depth: number,
  taps: number,
): Float32Array {
  const values = new Float32Array(kernel.length);
  for (let f = 0; f < filters; f++)
    for (let c = 0; c < depth; c++)
      for (let tap = 0; tap < taps; tap++)
        values[(tap * depth + c) * filters + f] = kernel[(f * depth + c) * taps + tap] as number;
  return values;
}
