import type { Recipe } from '../core/exploration/design.ts';
import type { Network, Weights } from '../core/network/network.ts';
import { unwrap } from '../core/result.ts';
import { balancedClassWeights } from '../core/training/classWeights.ts';
import { frozenLayers } from '../core/training/transfer.ts';
import type { ImageSet } from './images.ts';
import type { Layout } from './parameters.ts';
import { planOf } from './plan.ts';
import { Session } from './session.ts';

function classWeightsFor(network: Network, images: ImageSet): number[] {
  const counts = new Array<number>(planOf(network).classCount).fill(0);
  for (const index of images.split.train) {
    const label = images.images.labels[index] as number;
    if (label < counts.length) counts[label] = (counts[label] as number) + 1;
  }
  return balancedClassWeights(counts);
}

/** A session that trains as the recipe says. */
export function sessionFor({
  network,
  weights,
  recipe,
  images,
}: {
  readonly network: Network;
  readonly weights: Weights;
  readonly recipe: Recipe;
  readonly images: ImageSet;
}): Session {
  const classWeights =
    recipe.classWeights === 'balanced' ? { classWeights: classWeightsFor(network, images) } : {};
  const frozen = unwrap(frozenLayers(network, recipe.freeze));
  return new Session(network, weights, { labelSmoothing: recipe.labelSmoothing, frozen, ...classWeights });
}

/** 1 for kernels, 0 for biases and what batch norms learn, in the order of the trained parameters. */
export function decayMask({ trained }: Layout): Float32Array {
  const mask = new Float32Array(trained.reduce((sum, { size }) => sum + size, 0));
  let at = 0;
  for (const { key, size } of trained) {
    if (/\/(?:kernel|depthwiseKernel)$/.test(key)) mask.fill(1, at, at + size);
    at += size;
  }
  return mask;
}
