import { createStore } from 'zustand/vanilla';
import type { ChannelStatistics } from '../core/data/compile/normalization.ts';
import type { DataSource, Standardization } from '../core/exploration/design.ts';
import type { FeatureMap } from '../core/network/network.ts';
import type { StoredSet } from '../workers/protocol.ts';

/** A few images of each class, enough for the sample sheet. */
export interface Samples {
  readonly image: FeatureMap;
  readonly classNames: readonly string[];
  /** For each class, its sample images as bytes NHWC; of a set with many classes, for the first ones. */
  readonly byClass: readonly (readonly Uint8Array[])[];
}

export interface LoadedData {
  readonly source: DataSource;
  readonly name: string;
  readonly synthetic: boolean;
  readonly image: FeatureMap;
  readonly classNames: readonly string[];
  readonly countByClass: readonly number[];
  readonly imageCount: number;
  readonly samples: Samples;
  /** The kept set that these are the images of; null for generated ones. */
  readonly stored: StoredSet | null;
}

export type DataStatus =
  | { readonly status: 'empty'; readonly reason: string }
  | { readonly status: 'loading' }
  | { readonly status: 'ready'; readonly data: LoadedData };

export const dataStore = createStore<{ data: DataStatus }>(() => ({ data: { status: 'loading' } }));

export const loadedData = (): LoadedData | null => {
  const { data } = dataStore.getState();
  return data.status === 'ready' ? data.data : null;
};

/** What a design says of a set's statistics; a channel of one value only is shifted and not divided. */
export const standardizationOf = ({ mean, deviation }: ChannelStatistics): Standardization => ({
  mean,
  deviation: deviation.map((value) => (value > 0 ? value : 1)),
});
