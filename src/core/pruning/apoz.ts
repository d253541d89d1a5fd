/**
 * APoZ, the average percentage of zeros (Hu et al. 2016): the share of a channel's outputs, over all samples
 * and positions, that are exactly zero behind its ReLU. 0 is never silent, 1 always.
 */
export function apoz(
  zeroCounts: ArrayLike<number>,
  sampleCount: number,
  positionCount: number,
): Float64Array {
  const outputs = sampleCount * positionCount;
  return Float64Array.from(zeroCounts, (zeros) => (outputs === 0 ? 0 : zeros / outputs));
}

/** Zeros of each channel, counted one by one. NHWC: the channel is the last axis. */
export function countZeros(values: ArrayLike<number>, channels: number): Float64Array {
  const zeros = new Float64Array(channels);
  for (let i = 0; i < values.length; i++) {
    const channel = i % channels;
    if (values[i] === 0) zeros[channel] = (zeros[channel] ?? 0) + 1;
  }
  return zeros;
}

/** APoZ of every channel of a layer's outputs, an NHWC array of shape [samples, height, width, channels]. */
export function apozOf(
  values: ArrayLike<number>,
  [samples, height, width, channels]: readonly [number, number, number, number],
): Float64Array {
  return apoz(countZeros(values, channels), samples, height * width);
}
