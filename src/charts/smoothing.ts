/**
 * Exponential moving average with bias correction (Kingma and Ba 2015, section 3, for their moments): average_i =
 * factor * average_(i-1) + (1 - factor) * value_i from 0, divided by 1 - factor^i, so that the first values do not lean
 * to 0. Factor 0 changes nothing. Values that are no numbers stay, and the average goes on behind them.
 */
export function smoothed(values: readonly number[], factor: number): number[] {
  if (!(factor > 0)) return [...values];
  let average = 0;
  let weight = 0;
  return values.map((value) => {
    if (!Number.isFinite(value)) return value;
    average = factor * average + (1 - factor) * value;
    weight = factor * weight + (1 - factor);
    return average / weight;
  });
}
