import type { Recipe } from '../core/exploration/design.ts';
import type { Network, Weights } from '../core/network/network.ts';
import { unwrap } from '../core/result.ts';
import type { Viewpoint } from '../core/training/classOrder.ts';
import { balancedClassWeights } from '../core/training/classWeights.ts';
import { frozenLayers } from '../core/training/freeze.ts';
import type { Teacher } from './distill.ts';
import type { ImageSet } from './images.ts';
import type { Layout } from './parameters.ts';
import { planOf } from './plan.ts';
import { Session } from './session.ts';

/** Trained networks to learn from, and how each takes the images where it is not as its student does. */
export type Teaching = readonly (Partial<Viewpoint> & {
  readonly network: Network;
  readonly weights: Weights;
})[];

const teacherOf = (
  { network, weights, normalization, classOrder }: Teaching[number],
  images: ImageSet,
): Teacher => ({
  network,
  weights,
  images: normalization ? images.normalizedAs(normalization) : undefined,
  classOrder: classOrder ?? undefined,
});

function classWeightsFor(network: Network, images: ImageSet): number[] {
  const counts = new Array<number>(planOf(network).classCount).fill(0);
  for (const index of images.split.train) {
    const label = images.images.labels[index] as number;
    if (label < counts.length) counts[label] = (counts[label] as number) + 1;
  }
  return balancedClassWeights(counts);
}

/**
 * A session that trains as the recipe says. Class weights make up for classes that have more images than others: where
 * the recipe balances the images themselves, there is nothing left to weigh.
 */
export function sessionFor({
  network,
  weights,
  recipe,
  images,
  teachers = [],
}: {
  readonly network: Network;
  readonly weights: Weights;
  readonly recipe: Recipe;
  readonly images: ImageSet;
  readonly teachers?: Teaching;
}): Session {
  const classWeights =
    recipe.classWeights === 'balanced' && recipe.balance === 'as is'
      ? { classWeights: classWeightsFor(network, images) }
      : {};
  const frozen = unwrap(frozenLayers(network, recipe.freeze));
  const taught =
    teachers.length > 0
      ? { teachers: { ...recipe.distillation, teachers: teachers.map((one) => teacherOf(one, images)) } }
      : {};
  return new Session(network, weights, {
    labelSmoothing: recipe.labelSmoothing,
    frozen,
    ...classWeights,
    ...taught,
  });
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
