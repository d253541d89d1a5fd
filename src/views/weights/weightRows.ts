import { parameterShapes } from '../../core/network/counts.ts';
import { type LayerId, parameterKey } from '../../core/network/network.ts';
import { geometryAt } from '../../core/network/shapes.ts';
import type { WeightStatistics } from '../../core/network/weightStatistics.ts';
import { cachedGeometry } from '../../state/derived.ts';
import type { Model } from '../../state/modelStore.ts';

/** One parameter of one layer. */
export interface WeightRow {
  readonly key: string;
  readonly layerId: LayerId;
  readonly parameter: string;
  readonly shape: readonly number[];
  /** Null until computed. */
  readonly statistics: WeightStatistics | null;
}

export const isKernel = (parameter: string): boolean =>
  parameter === 'kernel' || parameter === 'depthwiseKernel';

/** Every parameter that has weights, in the order of the network. */
export function weightRows(
  { network, weights }: Model,
  statistics: Readonly<Record<string, WeightStatistics>>,
): readonly WeightRow[] {
  const geometry = cachedGeometry(network);
  return network.layers.flatMap((layer) =>
    Object.keys(parameterShapes(layer, geometryAt(geometry, layer.id))).flatMap((parameter) => {
      const key = parameterKey(layer.id, parameter);
      const tensor = weights[key];
      if (!tensor) return [];
      const { shape } = tensor;
      return [{ key, layerId: layer.id, parameter, shape, statistics: statistics[key] ?? null }];
    }),
  );
}

/** "movingMean" as people write it: "moving mean". */
export const parameterName = (parameter: string): string =>
  parameter.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
