/**
 * Probabilities as another temperature makes them: softmax(z / T) from softmax(z), in proportion to p^(1/T), row by row
 * ([images, classes], as is the result). Probabilities too small for a float count as none.
 */
export function softenedShares(
  probabilities: ArrayLike<number>,
  classCount: number,
  temperature: number,
): Float64Array {
  const shares = new Float64Array(probabilities.length);
  for (let start = 0; start < shares.length; start += classCount) {
    let largest = 0;
    for (let k = 0; k < classCount; k++) largest = Math.max(largest, probabilities[start + k] as number);
    let sum = 0;
    for (let k = 0; k < classCount; k++) {
      // By the largest one, so that none vanishes at temperatures below 1.
      const share = ((probabilities[start + k] as number) / largest) ** (1 / temperature);
      shares[start + k] = share;
      sum += share;
    }
    for (let k = 0; k < classCount; k++) shares[start + k] = (shares[start + k] as number) / sum;
  }
  return shares;
}

/** What several teachers say together: the mean of their shares (Hinton et al. 2015, section 3: arithmetic mean). */
export function meanShares(teachers: readonly ArrayLike<number>[]): Float64Array {
  const mean = new Float64Array(teachers[0]?.length ?? 0);
  for (const shares of teachers)
    for (let i = 0; i < mean.length; i++)
      mean[i] = (mean[i] as number) + (shares[i] as number) / teachers.length;
  return mean;
}

/** How evenly shares are spread: entropy in nats of one row, 0 (one class) to log(classes). */
export const entropyOf = (shares: ArrayLike<number>): number => {
  let sum = 0;
  for (let k = 0; k < shares.length; k++) {
    const share = shares[k] as number;
    if (share > 0) sum -= share * Math.log(share);
  }
  return sum;
};
