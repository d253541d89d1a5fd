/**
 * Ticks of a logarithmic axis from `low` to `high` (both above 0), at most about `count`: 1, 2, 5 in each
 * decade where they fit, else whole decades, else every second or third one.
 */
export function decadeTicks(low: number, high: number, count: number): number[] {
  const decades = Math.log10(high / low);
  const factors = decades * 3 <= count ? [1, 2, 5] : [1];
  const step = Math.max(1, Math.ceil(decades / Math.max(1, count)));
  const ticks: number[] = [];
  for (let exponent = Math.floor(Math.log10(low)); exponent <= Math.log10(high); exponent++) {
    if (exponent % step !== 0) continue;
    for (const factor of factors) {
      // Number() of the text: 10 ** -1 * 2 would be off in its last digit.
      const at = Number(`${factor}e${exponent}`);
      if (at >= low && at <= high) ticks.push(at);
    }
  }
  return ticks;
}

/** Powers of two from `low` to `high`, at most about `count`: every one, or every second, third ... */
export function octaveTicks(low: number, high: number, count: number): number[] {
  const first = Math.ceil(Math.log2(low) - 1e-9);
  const last = Math.floor(Math.log2(high) + 1e-9);
  const step = Math.max(1, Math.ceil((last - first + 1) / Math.max(1, count)));
  const ticks: number[] = [];
  for (let exponent = first; exponent <= last; exponent += step) ticks.push(2 ** exponent);
  return ticks;
}
