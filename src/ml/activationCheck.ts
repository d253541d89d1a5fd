import * as tf from '@tensorflow/tfjs-core';
import { canAdapt } from '../core/data/adapter.ts';
import { channelTransforms, type NormalizationChoice } from '../core/data/normalizationChoice.ts';
import { networkCounts } from '../core/network/counts.ts';
import type { LayerId, Network, Weights } from '../core/network/network.ts';
import {
  candidatesFor,
  type NormalizationCheck,
  type NormalizationFit,
  ownStandardization,
} from '../core/training/normalizationFit.ts';
import { chunkSize, inputOf } from './evaluate.ts';
import { EventTurns } from './events.ts';
import { infer } from './forward.ts';
import type { ImageSet } from './images.ts';
import { distanceOf, firstNorms, type Sums } from './normDistance.ts';
import { type Plan, planOf } from './plan.ts';
import { readBack } from './readBack.ts';
import { Session } from './session.ts';

/** A few images in the size of the network's input. */
export interface SampleImages {
  /** NHWC, of all images. */
  readonly bytes: Uint8Array;
  /** Null where the network tells other classes apart. */
  readonly labels: ArrayLike<number> | null;
}

/** Multiply-accumulates for all normalizations together: a second or two on wasm. */
const MOST_MACS = 2e9;

/** Fewer images say too little about means. */
const FEWEST_IMAGES = 12;
const MOST_IMAGES = 96;

/** How many images can be afforded, and whether the network is run to its end or to its first batch norms only. */
export function sampleSize(
  network: Network,
  choiceCount: number,
): { readonly count: number; readonly isWhole: boolean } {
  const { macCount } = networkCounts(network);
  const affordable = Math.floor(MOST_MACS / (choiceCount * Math.max(1, macCount)));
  const isWhole = affordable >= FEWEST_IMAGES;
  return { count: isWhole ? Math.min(MOST_IMAGES, affordable) : FEWEST_IMAGES, isWhole };
}

class Enough extends Error {}

/** Means and mean squares of what the norms read of one batch, and the logits where the network runs to its end. */
function look(plan: Plan, x: tf.Tensor4D, session: Session, sources: readonly LayerId[], isWhole: boolean) {
  const missing = new Set(sources);
  const seen = new Map<LayerId, tf.Tensor>();
  const note = (id: LayerId, output: tf.Tensor4D) => {
    if (!missing.delete(id)) return;
    const mean = tf.mean(output, [0, 1, 2]);
    seen.set(id, tf.keep(tf.stack([mean, tf.mean(tf.square(output), [0, 1, 2])])));
    if (missing.size === 0 && !isWhole) throw new Enough();
  };
  let logits: tf.Tensor2D | null = null;
  const { parameters } = session; // made before, or the tidying would free them
  try {
    tf.tidy(() => {
      note(plan.inputId, x);
      logits = tf.keep(infer(plan, x, parameters, note));
    });
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  }
  return { seen, logits: logits as tf.Tensor2D | null };
}

interface Answers {
  correct: number;
  confidence: number;
  readonly byClass: Uint32Array;
}

function judge(
  logits: Float32Array,
  classCount: number,
  labels: ArrayLike<number> | null,
  from: number,
  to: Answers,
) {
  for (let i = 0; i * classCount < logits.length; i++) {
    const row = logits.subarray(i * classCount, (i + 1) * classCount);
    let best = 0;
    for (let k = 1; k < classCount; k++) if ((row[k] as number) > (row[best] as number)) best = k;
    let sum = 0;
    for (const value of row) sum += Math.exp(value - (row[best] as number));
    to.confidence += 1 / sum;
    to.byClass[best] = (to.byClass[best] as number) + 1;
    if (labels && labels[from + i] === best) to.correct++;
  }
}

/**
 * What a network's first batch norms see, and what it answers, when these images reach it in each of the normalizations.
 * An empty list where the images can't tell: no trained batch norm, and too large to be run to its end. Runs on the
 * active backend; cancel by the signal.
 */
export async function measureFits(
  network: Network,
  weights: Weights,
  { bytes, labels }: SampleImages,
  choices: readonly NormalizationChoice[],
  signal?: AbortSignal,
): Promise<readonly NormalizationFit[]> {
  const session = new Session(network, weights);
  const turns = new EventTurns();
  try {
    const { plan } = session;
    const input = inputOf(plan);
    const norms = firstNorms(plan, weights);
    const { isWhole } = sampleSize(network, choices.length);
    if (norms.length === 0 && !isWhole) return [];
    const size = input.height * input.width * input.channels;
    const count = bytes.length / size;
    const fits: NormalizationFit[] = [];
    for (const choice of choices) {
      const transforms = channelTransforms(choice, input.channels);
      const sums = norms.map(
        ({ mean }): Sums => ({
          pixelCount: 0,
          first: new Float64Array(mean.length),
          second: new Float64Array(mean.length),
        }),
      );
      const answers: Answers = { correct: 0, confidence: 0, byClass: new Uint32Array(plan.classCount) };
      const step = chunkSize(plan);
      for (let from = 0; from < count; from += step) {
        const part = bytes.subarray(from * size, (from + step) * size);
        const values = Float32Array.from(part, (byte, i) => {
          const { scale = 1, offset = 0 } = transforms[i % input.channels] ?? {};
          return byte * scale + offset;
        });
        const images = part.length / size;
        const x = tf.tensor4d(values, [images, input.height, input.width, input.channels]);
        const sources = norms.map(({ source }) => source);
        const { seen, logits } = look(plan, x, session, sources, isWhole);
        x.dispose();
        try {
          for (const [n, { source, mean }] of norms.entries()) {
            const tensor = seen.get(source);
            const found = tensor ? await readBack(tensor) : null;
            const to = sums[n];
            if (!found || !to) continue;
            to.pixelCount += images;
            for (let c = 0; c < mean.length; c++) {
              to.first[c] = (to.first[c] as number) + images * (found[c] as number);
              to.second[c] = (to.second[c] as number) + images * (found[mean.length + c] as number);
            }
          }
          if (logits) judge(await readBack(logits), plan.classCount, labels, from, answers);
        } finally {
          for (const tensor of seen.values()) tensor.dispose();
          logits?.dispose();
        }
        await turns.next();
        signal?.throwIfAborted();
      }
      const distances = norms.map((norm, n) => distanceOf(norm, sums[n] as Sums));
      fits.push({
        choice,
        distance: norms.length > 0 ? distances.reduce((sum, one) => sum + one, 0) / distances.length : null,
        correct: isWhole && labels ? answers.correct : null,
        confidence: isWhole ? answers.confidence / count : null,
        oneAnswer: isWhole ? Math.max(...answers.byClass) / count : null,
      });
    }
    return fits;
  } finally {
    turns.close();
    session.dispose();
  }
}

/** Places of the validation images, evenly spread: they come class by class in some sets. */
function spread(indices: Uint32Array, count: number): Uint32Array {
  const taken = Math.min(count, indices.length);
  return Uint32Array.from(
    { length: taken },
    (_, i) => indices[Math.floor((i * indices.length) / taken)] as number,
  );
}

/**
 * Shows a network some of the validation images in the chosen normalization and in others. No fits where the images can't
 * be what the network reads, or can't tell.
 */
export async function checkActivations(
  network: Network,
  weights: Weights,
  images: ImageSet,
  chosen: NormalizationChoice,
  signal?: AbortSignal,
): Promise<NormalizationCheck> {
  const plan = planOf(network);
  const input = inputOf(plan);
  const { image, classNames } = images.images;
  if (!canAdapt(image.channels, input.channels)) return { fits: [], imageCount: 0 };
  // one more than the known ones: that of these images themselves
  const choiceCount = candidatesFor(chosen, input.channels).length + 1;
  const indices = spread(images.split.validation, sampleSize(network, choiceCount).count);
  const labels = classNames.length === plan.classCount ? images.labelsAt(indices) : null;
  const bytes = await images.bytes(indices, input);
  const own = input.channels <= 4 ? ownStandardization(bytes, input.channels) : null;
  const choices = candidatesFor(chosen, input.channels, own);
  const fits = await measureFits(network, weights, { bytes, labels }, choices, signal);
  return { fits, imageCount: indices.length };
}
