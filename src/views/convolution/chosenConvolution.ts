import {
  type ConvolutionCost,
  type ConvolutionSize,
  convolutionOf,
} from '../../core/network/convolutionCosts.ts';
import { type ConvolutionPair, convolutionPair } from '../../core/network/convolutionPair.ts';
import type {
  Conv2dLayer,
  DepthwiseConv2dLayer,
  Layer,
  LayerId,
  Network,
} from '../../core/network/network.ts';
import { geometryAt } from '../../core/network/shapes.ts';
import { formatSignificant } from '../../core/quantity.ts';
import { cachedGeometry } from '../../state/derived.ts';

export interface ChosenConvolution {
  readonly layer: Conv2dLayer | DepthwiseConv2dLayer;
  readonly size: ConvolutionSize;
  readonly asBuilt: ConvolutionCost;
  readonly pair: ConvolutionPair;
  /** False where another layer is selected, or none: then it is the one with the most MACs. */
  readonly isSelected: boolean;
}

const isConvolution = (layer: Layer): layer is ChosenConvolution['layer'] =>
  layer.kind === 'conv2d' || layer.kind === 'depthwiseConv2d';

export const convolutionsOf = (network: Network): readonly ChosenConvolution['layer'][] =>
  network.layers.filter(isConvolution);

/** The selected layer, or the most expensive convolution where that is none; null without any convolution. */
export function chosenConvolution(network: Network, selected: LayerId | null): ChosenConvolution | null {
  const geometry = cachedGeometry(network);
  let chosen: Omit<ChosenConvolution, 'pair'> | null = null;
  for (const layer of convolutionsOf(network)) {
    const convolution = convolutionOf(layer, geometryAt(geometry, layer.id));
    if (!convolution) continue;
    const isSelected = layer.id === selected;
    if (
      isSelected ||
      !chosen ||
      (!chosen.isSelected && convolution.asBuilt.macCount > chosen.asBuilt.macCount)
    )
      chosen = { layer, ...convolution, isSelected };
  }
  return chosen && { ...chosen, pair: convolutionPair(chosen.layer, geometryAt(geometry, chosen.layer.id)) };
}

/** Numbers of groups that divide both channel counts, above 1. */
export function possibleGroups({ inputChannels, outputChannels }: ConvolutionSize): readonly number[] {
  const groups: number[] = [];
  for (let count = 2; count <= Math.min(inputChannels, outputChannels); count++)
    if (inputChannels % count === 0 && outputChannels % count === 0) groups.push(count);
  return groups;
}

/** "8.84 times fewer", "1.11 times as many"; "about as many" where three digits show no difference. */
export function comparedText(cost: number, standard: number): string {
  if (cost === standard) return 'as many';
  const times = formatSignificant(Math.max(cost, standard) / Math.min(cost, standard));
  if (times === '1') return 'about as many';
  return cost < standard ? `${times} times fewer` : `${times} times as many`;
}
