import {
  type NormalizationChoice,
  normalizationName,
  PLAIN_NORMALIZATIONS,
  plainChoice,
  sameNormalization,
} from '../data/normalizationChoice.ts';

/** What a trained network makes of a few images that reach it in one normalization. */
export interface NormalizationFit {
  readonly choice: NormalizationChoice;
  /**
   * How far the first batch norms are from what they were trained with: the median over channels of
   * |mean - moving mean| / moving deviation, plus that of |ln(deviation / moving deviation)|, averaged over the norms.
   * Null where the network has none.
   */
  readonly distance: number | null;
  /** Images given their own class; null where they have none, or the network was not run to its end. */
  readonly correct: number | null;
  /** Mean over the images of the largest probability; null as above. */
  readonly confidence: number | null;
  /** Share of the images that get the most frequent answer; null as above. */
  readonly oneAnswer: number | null;
}

/** What torchvision's pretrained networks take away, in bytes: ImageNet's mean and deviation (its transforms' presets). */
const IMAGE_NET: NormalizationChoice = {
  normalization: 'standardized',
  standardization: { mean: [123.675, 116.28, 103.53], deviation: [58.395, 57.12, 57.375] },
};

/**
 * The mean and the deviation of some images, a channel (NHWC bytes): what takes these away is what a network was trained
 * with that was trained on such images with their own, as is usual for MNIST and CIFAR. Four digits: they are a sample.
 */
export function ownStandardization(bytes: Uint8Array, channels: number): NormalizationChoice {
  const count = Math.max(1, bytes.length / channels);
  const mean = new Array<number>(channels).fill(0);
  const deviation = new Array<number>(channels).fill(0);
  for (let c = 0; c < channels; c++) {
    let [sum, squares] = [0, 0];
    for (let i = c; i < bytes.length; i += channels) {
      const byte = bytes[i] as number;
      sum += byte;
      squares += byte * byte;
    }
    mean[c] = Number((sum / count).toPrecision(4));
    // images of one color have none: what is divided by is never 0
    deviation[c] = Number(
      Math.max(1, Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2))).toPrecision(4),
    );
  }
  return { normalization: 'standardized', standardization: { mean, deviation } };
}

/** The chosen normalization and all others that a network may have been trained with, `own` that of the images. */
export function candidatesFor(
  chosen: NormalizationChoice,
  channels: number,
  own: NormalizationChoice | null = null,
): readonly NormalizationChoice[] {
  const known = [
    ...PLAIN_NORMALIZATIONS.map(plainChoice),
    ...(channels === 3 ? [IMAGE_NET] : []),
    ...(own ? [own] : []),
  ];
  return [chosen, ...known.filter((choice) => !sameNormalization(choice, chosen, channels))];
}

/** What a network was shown to find out; see {@link judgeNormalization}. */
export interface NormalizationCheck {
  /** That of the chosen normalization first; none where the images can't tell. */
  readonly fits: readonly NormalizationFit[];
  readonly imageCount: number;
}

export interface NormalizationVerdict {
  /** The normalization that fits far better; null where the chosen one is wrong and which is right can't be told. */
  readonly better: NormalizationChoice | null;
  /** One sentence: what is wrong and how that is known. */
  readonly sentence: string;
}

/**
 * Distances up to here are usual for images of another kind than those of the training: networks trained on generated
 * sets and MLPerf Tiny's ResNet-8 are .16 to .42 off on images of their kind, .21 to .92 on others, and 1.1 to 370 in a
 * wrong normalization (scripts/experiments/normalization.ts).
 */
const USUAL_DISTANCE = 1;

/** How much nearer another normalization must be. */
const NEARER = 0.6;

/** Standard errors between two shares of right answers, once in 30,000 by chance. */
const SURE = 4;

/** Whether `a` of `count` is more than `b` of them beyond chance. */
function isSurelyMore(a: number, b: number, count: number): boolean {
  const share = (a + b) / (2 * count);
  return a - b > SURE * Math.sqrt(2 * count * share * (1 - share));
}

const least = (fits: readonly NormalizationFit[], of: (fit: NormalizationFit) => number): NormalizationFit =>
  fits.reduce((best, fit) => (of(fit) < of(best) ? fit : best));

const probably = (better: NormalizationChoice, chosen: NormalizationChoice): string =>
  `This network was probably trained with pixels of ${normalizationName(better)}, not ${normalizationName(chosen)}`;

const withDigits = (distance: number): string => (distance < 10 ? distance.toFixed(1) : distance.toFixed(0));

/** By the first batch norms. Right answers count more than distances: a network that gives them is rightly fed. */
function byDistance({ fits, imageCount }: NormalizationCheck): NormalizationVerdict | null {
  const [chosen] = fits;
  if (!chosen || chosen.distance === null) return null;
  const nearest = least(fits, ({ distance }) => distance ?? Number.POSITIVE_INFINITY);
  const distance = nearest.distance ?? Number.POSITIVE_INFINITY;
  if (chosen.distance <= USUAL_DISTANCE || distance > NEARER * chosen.distance) return null;
  if (chosen.correct !== null && isSurelyMore(chosen.correct, nearest.correct ?? 0, imageCount)) return null;
  return {
    better: nearest.choice,
    sentence: `${probably(nearest.choice, chosen.choice)}: its first batch norms are off by ${withDigits(chosen.distance)}, and by ${withDigits(distance)} with the other.`,
  };
}

/** By the answers to labeled images. */
function byAnswers({ fits, imageCount }: NormalizationCheck): NormalizationVerdict | null {
  const [chosen] = fits;
  if (!chosen || chosen.correct === null) return null;
  const best = least(fits, ({ correct }) => -(correct ?? 0));
  const correct = best.correct ?? 0;
  if (!isSurelyMore(correct, chosen.correct, imageCount)) return null;
  return {
    better: best.choice,
    sentence: `${probably(best.choice, chosen.choice)}: of ${imageCount} images it gets ${chosen.correct} right, and ${correct} with the other.`,
  };
}

const isStuck = ({ confidence, oneAnswer }: NormalizationFit): boolean =>
  confidence !== null && oneAnswer !== null && confidence > 0.999 && oneAnswer > 0.9;

const isFree = ({ confidence, oneAnswer }: NormalizationFit): boolean =>
  confidence !== null && oneAnswer !== null && confidence < 0.95 && oneAnswer < 0.6;

/** By answers that say nothing: all the same, without a doubt. */
function byDoubt({ fits }: NormalizationCheck): NormalizationVerdict | null {
  const [chosen, ...others] = fits;
  if (!chosen || chosen.distance !== null || !isStuck(chosen)) return null;
  const free = others.filter(isFree);
  const [only, another] = free;
  if (!only) return null;
  return {
    better: another ? null : only.choice,
    sentence: `This network was probably not trained with pixels of ${normalizationName(chosen.choice)}: it gives nearly all images the same answer without a doubt, and not so with ${free.map(({ choice }) => normalizationName(choice)).join(' or ')}.`,
  };
}

/**
 * Whether another normalization than the chosen one is what the network was trained with. Careful: null where the chosen
 * one may be right, as with images of another kind, or where nothing can be told.
 */
export const judgeNormalization = (check: NormalizationCheck): NormalizationVerdict | null =>
  byDistance(check) ?? byAnswers(check) ?? byDoubt(check);
