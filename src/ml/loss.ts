/** What the logits of a batch are worth, and the gradient of the mean loss for them. */
export interface BatchLoss {
  readonly lossSum: number;
  /** What teachers and labels make of it, weighted: together the sum. Without teachers labels make all. */
  readonly softSum: number;
  readonly hardSum: number;
  readonly correct: number;
  readonly gradient: Float32Array;
}

/** What a teacher says about a batch, and how much of the loss it makes (Hinton et al. 2015, section 2). */
export interface SoftTargets {
  /** Shares [batch, classes], each row sums to 1: softmax(teacher's logits / temperature). */
  readonly shares: Float64Array;
  readonly temperature: number;
  /** Weight of T^2 * cross entropy with the softened shares, whose gradients shrink with 1 / T^2. */
  readonly softWeight: number;
  /** Weight of the cross entropy with the labels. */
  readonly hardWeight: number;
}

export interface LossOptions {
  /** Share of the target spread evenly over all classes (Szegedy et al. 2016, section 7): 0 to below 1. */
  readonly labelSmoothing?: number;
  /**
   * What an image of each class counts. The mean still divides by the number of images, as Keras' class_weight does, so
   * weights with a mean of 1 leave the learning rate its meaning.
   */
  readonly classWeights?: readonly number[] | undefined;
  readonly soft?: SoftTargets | undefined;
}

/** log softmax(logits / temperature) of one image into `into`: log(sum(exp(z - max))) never overflows. */
function logShares(
  logits: ArrayLike<number>,
  start: number,
  count: number,
  temperature: number,
  into: Float64Array,
): void {
  let max = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < count; k++) max = Math.max(max, logits[start + k] as number);
  let sum = 0;
  for (let k = 0; k < count; k++) {
    const z = ((logits[start + k] as number) - max) / temperature;
    into[k] = z;
    sum += Math.exp(z);
  }
  const log = Math.log(sum);
  for (let k = 0; k < count; k++) into[k] = (into[k] as number) - log;
}

/** softmax(logits / temperature) of each image, in doubles: [batch, classes]. */
export function softened(logits: ArrayLike<number>, classCount: number, temperature: number): Float64Array {
  const shares = new Float64Array(logits.length);
  const row = new Float64Array(classCount);
  for (let start = 0; start < shares.length; start += classCount) {
    logShares(logits, start, classCount, temperature, row);
    for (let k = 0; k < classCount; k++) shares[start + k] = Math.exp(row[k] as number);
  }
  return shares;
}

/**
 * Softmax cross entropy on logits, in doubles; its gradient is (softmax - target) / batch. The few hundred logits
 * have to be read back anyway, for the loss and the accuracy; computed here all three cost one read.
 *
 * With `soft` the loss of an image is hardWeight * cross entropy + softWeight * T^2 * (-sum p log softmax(z / T)), whose
 * second gradient is softWeight * T * (softmax(z / T) - p). Smoothing and class weights act on the first part alone.
 */
export function softmaxCrossEntropy(
  logits: Float32Array,
  labels: ArrayLike<number>,
  classCount: number,
  { labelSmoothing = 0, classWeights, soft }: LossOptions = {},
): BatchLoss {
  const gradient = new Float32Array(logits.length);
  const row = new Float64Array(classCount);
  const hardWeight = soft?.hardWeight ?? 1;
  const spread = labelSmoothing / classCount;
  let lossSum = 0;
  let softSum = 0;
  let hardSum = 0;
  let correct = 0;
  for (let image = 0; image < labels.length; image++) {
    const start = image * classCount;
    const label = labels[image] as number;
    const weight = hardWeight * (classWeights?.[label] ?? 1);
    let best = 0;
    for (let k = 1; k < classCount; k++) {
      if ((logits[start + k] as number) > (logits[start + best] as number)) best = k;
    }
    if (best === label) correct++;
    logShares(logits, start, classCount, 1, row);
    let loss = -(1 - labelSmoothing) * (row[label] as number);
    if (spread > 0) for (let k = 0; k < classCount; k++) loss -= spread * (row[k] as number);
    lossSum += weight * loss;
    hardSum += weight * loss;
    for (let k = 0; k < classCount; k++) {
      const target = (k === label ? 1 - labelSmoothing : 0) + spread;
      gradient[start + k] = (weight * (Math.exp(row[k] as number) - target)) / labels.length;
    }
    if (!soft) continue;
    const softLoss = addSoft(logits, start, soft, row, labels.length, gradient);
    lossSum += softLoss;
    softSum += softLoss;
  }
  return { lossSum, softSum, hardSum, correct, gradient };
}

/** The teacher's part of one image's loss; its gradient is added to the labels'. */
function addSoft(
  logits: Float32Array,
  start: number,
  { shares, temperature, softWeight }: SoftTargets,
  row: Float64Array,
  batchSize: number,
  gradient: Float32Array,
): number {
  logShares(logits, start, row.length, temperature, row);
  let loss = 0;
  for (let k = 0; k < row.length; k++) {
    const share = shares[start + k] as number;
    if (share > 0) loss -= share * (row[k] as number);
    const push = (softWeight * temperature * (Math.exp(row[k] as number) - share)) / batchSize;
    gradient[start + k] = (gradient[start + k] as number) + push;
  }
  return softWeight * temperature * temperature * loss;
}
