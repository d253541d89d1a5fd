import * as tf from '@tensorflow/tfjs-core';
import type { LayerId, Network, Weights } from '../core/network/network.ts';
import type { ApozResult } from '../workers/protocol.ts';
import { inputOf, overHeld, type Watched } from './evaluate.ts';
import { infer } from './forward.ts';
import type { ImageSet } from './images.ts';
import { readBack } from './readBack.ts';
import { Session } from './session.ts';

/** Share of values above zero, image by image and channel by channel: [batch, 1, 1, channels]. */
function positiveShare(output: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() => {
    const positive = tf.step(output);
    const [, height, width] = output.shape;
    return height * width === 1 ? positive : tf.avgPool(positive, [height, width], 1, 'valid');
  });
}

/**
 * Average percentage of zeros (Hu et al. 2016) of each channel behind each ReLU, over the validation
 * images. The backend counts within one image, where float32 is exact (a map has far fewer than 2^24
 * values; rounding takes the division back); counts are added up here as whole numbers. wasm's own sum
 * over a million values is 1 % off.
 */
export async function measureApoz(
  network: Network,
  weights: Weights,
  images: ImageSet,
  watched: Watched = {},
): Promise<ApozResult> {
  const started = performance.now();
  const session = new Session(network, weights);
  const { plan } = session;
  const zeros = new Map<LayerId, { readonly counts: Float64Array; readonly perImage: number }>();
  const relus = new Set<LayerId>();
  for (const { kind, id } of network.layers) {
    if (kind !== 'relu' && kind !== 'relu6') continue;
    const ofm = plan.geometry.get(id)?.ofm;
    if (!ofm) continue;
    relus.add(id);
    zeros.set(id, { counts: new Float64Array(ofm.channels), perImage: ofm.height * ofm.width });
  }
  try {
    images.check(inputOf(plan), plan.classCount);
    await overHeld(plan, images, 'validation', watched, async (batch) => {
      const x = tf.tensor4d(batch.pixels, batch.shape);
      const shares = new Map<LayerId, tf.Tensor4D>();
      const logits = infer(plan, x, session.parameters, (id, output) => {
        if (relus.has(id)) shares.set(id, positiveShare(output));
      });
      x.dispose();
      logits.dispose();
      try {
        for (const [id, share] of shares) {
          const layer = zeros.get(id);
          if (!layer) continue;
          const { counts, perImage } = layer;
          const values = await readBack(share);
          for (let i = 0; i < values.length; i++) {
            const channel = i % counts.length;
            const positive = Math.round((values[i] as number) * perImage);
            counts[channel] = (counts[channel] as number) + perImage - positive;
          }
        }
      } finally {
        for (const share of shares.values()) share.dispose();
      }
    });
  } finally {
    session.dispose();
  }
  const imageCount = images.split.validation.length;
  const byActivation: Record<LayerId, Float64Array> = {};
  for (const [id, { counts, perImage }] of zeros)
    byActivation[id] = counts.map((count) => count / (perImage * imageCount));
  return { byActivation, imageCount, seconds: (performance.now() - started) / 1000 };
}
