import { normalizationName, sameNormalization } from '../../core/data/normalizationChoice.ts';
import type { DataChoice } from '../../core/exploration/design.ts';
import { parameterShapes } from '../../core/network/counts.ts';
import { type Network, parameterKey, type Weights } from '../../core/network/network.ts';
import { geometryAt } from '../../core/network/shapes.ts';
import { type CarriedWeights, carryWeights } from '../../core/training/transfer.ts';
import { weightsName } from '../../state/actions/runs.ts';
import { cachedBy } from '../../state/cache.ts';
import { cachedGeometry } from '../../state/derived.ts';
import type { Model } from '../../state/modelStore.ts';
import type { TrainingRun } from '../../state/runsStore.ts';

/** Kept weights that a network without any may start from. */
export interface StartChoice {
  readonly modelId: string;
  readonly name: string;
  readonly keptCount: number;
  readonly freshCount: number;
  /** They were trained with the same images, split otherwise: some of the validation images are known to them. */
  readonly knowsImages: boolean;
  /** How pixels reached them in training, where that is not how they reach the network now; null where it is, or nobody knows. */
  readonly otherPixels: string | null;
}

const NONE = new Float32Array();

/** Weights without numbers: their shapes decide what is carried, and those of a kept run lie on disk. */
const shapesOf = cachedBy((network: Network): Weights => {
  const geometry = cachedGeometry(network);
  return Object.fromEntries(
    network.layers.flatMap((layer) =>
      Object.entries(parameterShapes(layer, geometryAt(geometry, layer.id))).map(([name, shape]) => [
        parameterKey(layer.id, name),
        { shape, values: NONE },
      ]),
    ),
  );
});

const carried = (from: Network, to: Network): CarriedWeights | null => {
  const found = carryWeights({ network: from, weights: shapesOf(from) }, to);
  return found.ok && found.value.kept.length > 0 ? found.value : null;
};

interface Sources {
  readonly network: Network;
  readonly data: DataChoice;
  readonly runs: readonly TrainingRun[];
  readonly models: Readonly<Record<string, Model>>;
  /** What is chosen now: it is among the choices in any case. */
  readonly startModelId: string | null;
}

const isSameSource = (a: DataChoice, b: DataChoice) => JSON.stringify(a.source) === JSON.stringify(b.source);

const splitOf = ({ splitSeed, validationShare, testShare, keepsParts }: DataChoice): string =>
  JSON.stringify([splitSeed, validationShare, testShare, keepsParts]);

/** Weights of files and of kept runs from which at least a layer fits, those of which most layers do first. */
export function startChoices({ network, data, runs, models, startModelId }: Sources): readonly StartChoice[] {
  const choices: StartChoice[] = [];
  const add = (modelId: string, name: string, from: Network, seen: DataChoice | null) => {
    const found = choices.some((choice) => choice.modelId === modelId) ? null : carried(from, network);
    if (!found) return;
    const [first] = network.layers;
    const channels = first?.kind === 'input' ? first.shape.channels : 3;
    const isOther = seen !== null && !sameNormalization(seen, data, channels);
    const knowsImages = seen !== null && isSameSource(seen, data) && splitOf(seen) !== splitOf(data);
    choices.push({
      modelId,
      name,
      keptCount: found.kept.length,
      freshCount: found.fresh.length,
      knowsImages,
      otherPixels: isOther ? normalizationName(seen) : null,
    });
  };
  const start = startModelId === null ? undefined : models[startModelId];
  if (start && !runs.some(({ modelId }) => modelId === start.id))
    add(start.id, weightsName(start), start.network, null);
  for (const run of runs.toReversed())
    if (run.modelId !== null && run.result !== 'running')
      add(run.modelId, run.name, run.design.network, run.design.data);
  // Another choice of images copies a model from a file: its last copy stands for all.
  const files = new Map<Weights, Model>();
  for (const model of Object.values(models)) if (model.origin === 'imported') files.set(model.weights, model);
  for (const model of files.values())
    if (model.weights !== start?.weights) add(model.id, weightsName(model), model.network, null);
  const share = ({ keptCount, freshCount }: StartChoice) => keptCount / (keptCount + freshCount);
  return choices.toSorted((a, b) => share(b) - share(a));
}
