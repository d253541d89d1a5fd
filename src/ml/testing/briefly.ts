import { adapterFor } from '../../core/data/adapter.ts';
import type { LabeledImages } from '../../core/data/labeledImages.ts';
import { channelTransforms, type NormalizationChoice } from '../../core/data/normalizationChoice.ts';
import type { Network, Weights } from '../../core/network/network.ts';
import { createRandom, permutation } from '../../core/random.ts';
import { initializeWeights } from '../initialize.ts';
import { adam } from '../optimizers.ts';
import { Session } from '../session.ts';

/** All images in the size of a network's input, as bytes. */
export function fitted({ image, pixels, labels }: LabeledImages, network: Network) {
  const input = network.layers[0];
  if (input?.kind !== 'input') throw new Error(`${network.name} has no input`);
  const { height, width, channels } = input.shape;
  const size = height * width * channels;
  const from = image.height * image.width * image.channels;
  const bytes = new Uint8Array(size * labels.length);
  const adapt = adapterFor(image, input.shape);
  for (let i = 0; i < labels.length; i++) adapt(pixels, i * from, bytes, i * size);
  return { bytes, size, shape: [height, width, channels] as const };
}

/** A network trained for some epochs with Adam, and its training accuracy in the last one. */
export async function briefly(
  network: Network,
  images: LabeledImages,
  choice: NormalizationChoice,
  { epochs = 2, batchSize = 32, learningRate = 0.002 } = {},
): Promise<{ readonly weights: Weights; readonly accuracy: number }> {
  const { bytes, size, shape } = fitted(images, network);
  const transforms = channelTransforms(choice, shape[2]);
  const session = new Session(network, initializeWeights(network, 1));
  const optimizer = adam(learningRate);
  const random = createRandom(7);
  let accuracy = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = permutation(images.labels.length, random);
    const steps = Math.floor(order.length / batchSize);
    accuracy = 0;
    for (let step = 0; step < steps; step++) {
      const chosen = Array.from(order.slice(step * batchSize, (step + 1) * batchSize));
      const pixels = new Float32Array(batchSize * size);
      chosen.forEach((index, i) => {
        for (let at = 0; at < size; at++) {
          const { scale = 1, offset = 0 } = transforms[at % shape[2]] ?? {};
          pixels[i * size + at] = (bytes[index * size + at] as number) * scale + offset;
        }
      });
      const labels = Uint8Array.from(chosen, (index) => images.labels[index] as number);
      const batch = { pixels, shape: [batchSize, ...shape] as [number, number, number, number], labels };
      accuracy += (await session.step(batch, optimizer, random)).accuracy / steps;
    }
  }
  const weights = await session.weights();
  optimizer.dispose();
  session.dispose();
  return { weights, accuracy };
}
