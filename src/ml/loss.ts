/** What the logits of a batch are worth, and the gradient of the mean loss for them. */
export interface BatchLoss {
  readonly lossSum: number;
  readonly correct: number;
  readonly gradient: Float32Array;
}

/**
 * Softmax cross entropy on logits, in doubles: log(sum(exp(z - max))) - (z[label] - max) never overflows, and
 * its gradient is (softmax - one-hot) / batch. The few hundred logits have to be read back anyway, for the
 * loss and the accuracy; computed here all three cost one read.
 */
export function softmaxCrossEntropy(logits: Float32Array, labels: Uint8Array, classCount: number): BatchLoss {
  const gradient = new Float32Array(logits.length);
  let lossSum = 0;
  let correct = 0;
  for (let image = 0; image < labels.length; image++) {
    const start = image * classCount;
    const label = labels[image] as number;
    let best = 0;
    for (let k = 1; k < classCount; k++) {
      if ((logits[start + k] as number) > (logits[start + best] as number)) best = k;
    }
    const max = logits[start + best] as number;
    let sum = 0;
    for (let k = 0; k < classCount; k++) sum += Math.exp((logits[start + k] as number) - max);
    lossSum += Math.log(sum) - ((logits[start + label] as number) - max);
    if (best === label) correct++;
    for (let k = 0; k < classCount; k++) {
      const share = Math.exp((logits[start + k] as number) - max) / sum;
      gradient[start + k] = (share - (k === label ? 1 : 0)) / labels.length;
    }
  }
  return { lossSum, correct, gradient };
}
