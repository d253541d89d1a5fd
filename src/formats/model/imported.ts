import type { NormalizationChoice } from '../../core/data/normalizationChoice.ts';
import type { LayerBits } from '../../core/exploration/design.ts';
import type { LayerId, Network, Weights } from '../../core/network/network.ts';

/** A model that somebody's file held. */
export interface ImportedModel {
  readonly network: Network;
  /** Null where the file holds no weights. */
  readonly weights: Weights | null;
  /** By layer id: bits that a quantized file asks for; absent where it names none. */
  readonly layerBits?: Readonly<Record<LayerId, LayerBits>>;
  /** How bytes become what it reads; absent where the file says nothing about it. */
  readonly normalization?: NormalizationChoice;
  /** "Keras 2.3.0, HDF5" */
  readonly source: string;
  /** What was left out or changed, and why it does no harm or what still works: one sentence each. */
  readonly notes: readonly string[];
}
