import {
  type ByteTransform,
  channelTransforms,
  choiceOfTransforms,
  type NormalizationChoice,
  normalizationName,
  plainChoice,
} from '../../core/data/normalizationChoice.ts';
import { consumersOf, type Layer, type LayerId, type Network } from '../../core/network/network.ts';

/** A layer that only scales and shifts each channel. */
export interface ScalingLayer {
  /** As its file calls it. */
  readonly label: string;
  readonly transforms: readonly ByteTransform[];
}

export interface FoundNormalization {
  /** Null where the file says nothing. */
  readonly choice: NormalizationChoice | null;
  /** Layers, in their order behind the input, whose work the choice does: they have to go. */
  readonly folded: readonly LayerId[];
  /** What was found, in a sentence or two. */
  readonly notes: readonly string[];
}

/** The scaling layers that follow the input one after the other; one that is an output stays what it is. */
function chainOf(
  network: Network,
  scalingOf: (layer: Layer) => ScalingLayer | null,
): readonly (ScalingLayer & { readonly id: LayerId })[] {
  const inputs = network.layers.filter(({ kind }) => kind === 'input');
  const [input] = inputs;
  if (!input || inputs.length > 1) return [];
  const consumers = consumersOf(network);
  const chain: (ScalingLayer & { readonly id: LayerId })[] = [];
  for (let id = input.id; ; ) {
    const [reader, another] = consumers.get(id) ?? [];
    const scaling = reader && !another ? scalingOf(reader) : null;
    if (!reader || !scaling || (consumers.get(reader.id) ?? []).length === 0) return chain;
    chain.push({ ...scaling, id: reader.id });
    id = reader.id;
  }
}

/** `second` behind `first`. */
const composed = (
  first: readonly ByteTransform[],
  second: readonly ByteTransform[],
): readonly ByteTransform[] =>
  second.map(({ scale, offset }, channel) => {
    const before = first[channel] ?? { scale: 1, offset: 0 };
    return { scale: before.scale * scale, offset: before.offset * scale + offset };
  });

/** What numbers a scaling is made for: it says so by the mean and the deviation that it takes away. */
function readBy(transforms: readonly ByteTransform[]): 'bytes' | 'shares' | null {
  const statistics = transforms.map(({ scale, offset }) => ({ mean: -offset / scale, deviation: 1 / scale }));
  // Mean and deviation of images from 0 to 1 lie here (ImageNet .41 to .49 and .22, MNIST .13 and .31), and a half.
  const ofShares = statistics.every(
    ({ mean, deviation }) => mean >= 0.05 && mean <= 0.75 && deviation >= 0.1 && deviation <= 0.6,
  );
  if (ofShares) return 'shares';
  const ofBytes = statistics.every(
    ({ mean, deviation }) => deviation > 0 && deviation < 1e3 && (deviation >= 10 || mean > 1),
  );
  return ofBytes ? 'bytes' : null;
}

/**
 * How bytes reach a network, as its file says: by a record of ours, or by layers at its beginning that only scale and
 * shift, which then need not be layers. Without a record these must be made for bytes or for images from 0 to 1, which
 * their numbers tell; layers that tell neither stay. Nothing is folded twice: what is in the record is what the first
 * layer reads.
 */
export function leadingNormalization(
  network: Network,
  scalingOf: (layer: Layer) => ScalingLayer | null,
  recorded: NormalizationChoice | null,
): FoundNormalization {
  const chain = chainOf(network, scalingOf);
  const none: FoundNormalization = {
    choice: recorded,
    folded: [],
    notes: recorded ? [`Pixels reach it as ${normalizationName(recorded)}, as the file says.`] : [],
  };
  for (let count = chain.length; count > 0; count--) {
    const taken = chain.slice(0, count);
    const [first, ...others] = taken.map(({ transforms }) => transforms);
    if (!first) return none;
    const own = others.reduce(composed, first);
    const made = recorded ? null : readBy(own);
    if (!recorded && !made) continue;
    const base = recorded ?? plainChoice(made === 'shares' ? 'unit' : 'none');
    const choice = choiceOfTransforms(composed(channelTransforms(base, own.length), own));
    if (!choice) continue;
    const labels = taken.map(({ label }) => label).join(' and ');
    const guess = made === 'shares' ? ', for its numbers are those of images from 0 to 1' : '';
    return {
      choice,
      folded: taken.map(({ id }) => id),
      notes: [
        `${labels} at its beginning became the normalization of the images: pixels reach it as ${normalizationName(choice)}${guess}.`,
      ],
    };
  }
  return none;
}

/** The network without layers that have one input each: what read them reads what they read. */
export function withoutLayers(network: Network, ids: readonly LayerId[]): Network {
  const gone = new Set(ids);
  const sources = new Map<LayerId, LayerId>();
  const sourceOf = (id: LayerId): LayerId => sources.get(id) ?? id;
  const layers: Layer[] = [];
  for (const layer of network.layers) {
    if (gone.has(layer.id)) sources.set(layer.id, sourceOf(layer.inputs[0] ?? ''));
    else if (layer.inputs.some((id) => gone.has(id)))
      layers.push({ ...layer, inputs: layer.inputs.map(sourceOf) } as Layer);
    else layers.push(layer);
  }
  return { ...network, layers };
}
