import { createStore } from 'zustand/vanilla';
import type { DataSource } from '../core/exploration/design.ts';
import type { FeatureMap } from '../core/network/network.ts';

/** A few images of each class, enough for the sample sheet. */
export interface Samples {
  readonly image: FeatureMap;
  readonly classNames: readonly string[];
  /** For each class, its sample images as bytes NHWC. */
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
