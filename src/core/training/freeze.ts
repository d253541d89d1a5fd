import type { Recipe } from '../exploration/design.ts';
import { layerCounts } from '../network/counts.ts';
import { headOf } from '../network/editing/replaceHead.ts';
import type { Layer, LayerId, Network } from '../network/network.ts';
import { geometryAt, geometryOf } from '../network/shapes.ts';
import { fail, ok, type Result } from '../result.ts';
import { withWeights } from './transfer.ts';

/** The given layers with weights and everything that only leads to them. */
function upTo(network: Network, layers: ReadonlySet<LayerId>): ReadonlySet<LayerId> {
  const frozen = new Set(layers);
  for (const { id, inputs } of network.layers.toReversed())
    if (frozen.has(id)) for (const input of inputs) frozen.add(input);
  return frozen;
}

/**
 * All layers but the head's: the layers with weights before the classifier and what leads to them. Poolings and dropouts
 * between the last frozen weights and the head are not frozen, so that a head's dropout still works. A fault where the
 * network has no single head (`replaceHead` says why).
 */
export function frozenAllButHead(network: Network): Result<ReadonlySet<LayerId>> {
  const head = headOf(network);
  if (!head.ok) return head;
  const own = new Set([head.value.head.id, ...head.value.tail.map(({ id }) => id)]);
  const body = withWeights(network, geometryOf(network)).filter(({ id }) => !own.has(id));
  return ok(upTo(network, new Set(body.map(({ id }) => id))));
}

/** A share of the network that a transfer may freeze. */
export interface FreezeChoice {
  readonly id: string;
  readonly title: string;
  readonly frozen: ReadonlySet<LayerId>;
  /** Trained parameters that still are trained with this choice, and all of them. */
  readonly trainableCount: number;
  readonly allCount: number;
}

/**
 * What can be frozen, from nothing to all but the head: in between one choice for each size of the feature maps, which
 * freezes all layers with larger maps (early layers find edges and colors that serve any images, Yosinski et al. 2014).
 */
export function freezeChoices(network: Network): Result<readonly FreezeChoice[]> {
  const body = frozenAllButHead(network);
  if (!body.ok) return body;
  const geometry = geometryOf(network);
  const trainable = (layer: Layer) => layerCounts(layer, geometryAt(geometry, layer.id)).trainableCount;
  const allCount = network.layers.reduce((sum, layer) => sum + trainable(layer), 0);
  const choice = (id: string, title: string, frozen: ReadonlySet<LayerId>): FreezeChoice => ({
    id,
    title,
    frozen,
    trainableCount: network.layers.reduce(
      (sum, layer) => sum + (frozen.has(layer.id) ? 0 : trainable(layer)),
      0,
    ),
    allCount,
  });
  const layers = withWeights(network, geometry).filter(({ id }) => body.value.has(id));
  const extent = ({ id }: Layer) => {
    const { height, width } = geometryAt(geometry, id).ofm;
    return height * width;
  };
  const choices = [choice('nothing', 'Nothing', new Set())];
  const extents = [...new Set(layers.map(extent))].sort((a, b) => b - a);
  for (const limit of extents.slice(0, -1)) {
    const stage = layers.filter((layer) => extent(layer) >= limit);
    const { height, width } = geometryAt(geometry, stage.at(-1)?.id ?? '').ofm;
    choices.push(
      choice(
        `maps-${height}x${width}`,
        `Layers with maps of at least ${height}x${width}`,
        upTo(network, new Set(stage.map(({ id }) => id))),
      ),
    );
  }
  choices.push(choice('body', 'All but the head', body.value));
  // Gates of 1x1 maps are frozen with the layers they lead to, so that the last stages may free the same.
  return ok(choices.filter(({ trainableCount }, i) => trainableCount !== choices[i + 1]?.trainableCount));
}

/** A layer that can be frozen on its own. */
export interface FreezableLayer {
  readonly id: LayerId;
  readonly trainableCount: number;
}

/** The layers with weights, in network order. */
export function freezableLayers(network: Network): readonly FreezableLayer[] {
  const geometry = geometryOf(network);
  return withWeights(network, geometry).map((layer) => ({
    id: layer.id,
    trainableCount: layerCounts(layer, geometryAt(geometry, layer.id)).trainableCount,
  }));
}

/**
 * Exactly these of the layers with weights; and of those without, as dropouts, the ones that lead to a frozen layer and
 * have only frozen weights before them.
 */
function chosenLayers(network: Network, chosen: readonly LayerId[]): Result<ReadonlySet<LayerId>> {
  const known = new Set(network.layers.map(({ id }) => id));
  const gone = chosen.filter((id) => !known.has(id));
  if (gone.length > 0)
    return fail(
      'no-freeze-choice',
      `${network.name} has no layer ${gone.slice(0, 3).join(', ')} to freeze; choose the frozen layers again in Train.`,
      'recipe.freeze',
    );
  const frozen = new Set(chosen);
  const weighted = new Set(withWeights(network, geometryOf(network)).map(({ id }) => id));
  const leads = upTo(network, frozen);
  const still = new Set<LayerId>();
  for (const { id, inputs } of network.layers) {
    if (!inputs.every((input) => still.has(input)) || (weighted.has(id) && !frozen.has(id))) continue;
    still.add(id);
    if (leads.has(id)) frozen.add(id);
  }
  return ok(frozen);
}

/** The layers that a recipe's `freeze` means in this network; a choice that the network does not have is a fault. */
export function frozenLayers(network: Network, choice: Recipe['freeze']): Result<ReadonlySet<LayerId>> {
  if (choice === 'nothing') return ok(new Set());
  if (typeof choice !== 'string') return chosenLayers(network, choice);
  const choices = freezeChoices(network);
  if (!choices.ok) return choices;
  const found = choices.value.find(({ id }) => id === choice);
  if (found) return ok(found.frozen);
  return fail(
    'no-freeze-choice',
    `${network.name} can't freeze "${choice}": it has ${choices.value.map(({ id }) => id).join(', ')}. Choose one of these in Train.`,
    'recipe.freeze',
  );
}
