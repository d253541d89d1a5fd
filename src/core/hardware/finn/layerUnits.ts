import type { Folding } from '../../exploration/design.ts';
import type { LayerId } from '../../network/network.ts';
import type { Violation } from '../report.ts';
import { type FoldingChoices, legalFolding, matrixVectorChoices, vectorVectorChoices } from './folding.ts';
import type { FinnNode, MatrixVectorNode, VectorVectorNode } from './nodes.ts';

/** The node that computes a conv, depthwise or dense layer, and the ones that feed it. */
export interface LayerUnit {
  readonly layerId: LayerId;
  /** Index of the MVAU or VVAU. */
  readonly at: number;
  /** Indices of its FMPadding, ConvolutionInputGenerator or DownSampler. */
  readonly feeders: readonly number[];
  readonly choices: FoldingChoices;
}

type WeightedNode = MatrixVectorNode | VectorVectorNode;

export const isWeighted = (node: FinnNode | undefined): node is WeightedNode =>
  node?.opType === 'MVAU_hls' ||
  node?.opType === 'MVAU_rtl' ||
  node?.opType === 'VVAU_hls' ||
  node?.opType === 'VVAU_rtl';

const isMatrix = (node: WeightedNode): node is MatrixVectorNode =>
  node.opType === 'MVAU_hls' || node.opType === 'MVAU_rtl';

/** Finds each foldable layer's nodes. Feeders come right before their unit and start with the same layer. */
export function layerUnits(nodes: readonly FinnNode[]): readonly LayerUnit[] {
  const units: LayerUnit[] = [];
  for (const [at, node] of nodes.entries()) {
    const [layerId] = node.layerIds;
    if (!isWeighted(node) || layerId === undefined) continue;
    const feeders: number[] = [];
    for (let i = at - 1; i >= 0 && nodes[i]?.layerIds[0] === layerId; i--) feeders.push(i);
    const [feeder] = feeders;
    const feeding = feeder === undefined ? undefined : nodes[feeder];
    const shared = feeding && 'channels' in feeding ? feeding.channels : undefined;
    const choices = isMatrix(node) ? matrixVectorChoices(node, shared) : vectorVectorChoices(node);
    units.push({ layerId, at, feeders, choices });
  }
  return units;
}

/** Gives a unit a folding. A convolution's feeders run at its SIMD, a depthwise layer's at its PE. */
function foldUnit(nodes: FinnNode[], unit: LayerUnit, { pe, simd }: Folding): void {
  const node = nodes[unit.at];
  if (!isWeighted(node)) return;
  nodes[unit.at] = { ...node, pe, simd };
  const lanes = isMatrix(node) ? simd : pe;
  for (const at of unit.feeders) {
    const feeder = nodes[at];
    if (feeder?.opType === 'ConvolutionInputGenerator_rtl')
      nodes[at] = { ...feeder, simd: lanes, parallelWindow: !isMatrix(node) && simd > 1 };
    else if (feeder?.opType === 'FMPadding_rtl' || feeder?.opType === 'DownSampler_hls')
      nodes[at] = { ...feeder, simd: lanes };
  }
}

const LISTED = 12;

/** "1, 2, 5 or 10"; a long list is shortened around the value that was taken. */
function listed(legal: readonly number[], taken: number): string {
  const from = Math.max(0, Math.min(legal.indexOf(taken) - LISTED / 2, legal.length - LISTED));
  const shown = legal.slice(from, from + LISTED);
  const ends = [from > 0 ? '..., ' : '', from + LISTED < legal.length ? ', ...' : ''] as const;
  const last = shown.at(-1) ?? taken;
  const text =
    shown.length > 1 && ends[1] === '' ? `${shown.slice(0, -1).join(', ')} or ${last}` : shown.join(', ');
  return `${ends[0]}${text}${ends[1]}`;
}

const isCount = (n: number) => Number.isInteger(n) && n >= 1;

/** What is said of a wish that could not be met as it is; null where it could. */
function judge(unit: LayerUnit, wish: Folding, taken: Folding): Violation | null {
  if (wish.pe === taken.pe && wish.simd === taken.simd) return null;
  const legalSimd = unit.choices.simdFor(taken.pe);
  const parts = [
    ...(wish.pe === taken.pe ? [] : [`PE ${wish.pe} must be one of ${listed(unit.choices.pe, taken.pe)}`]),
    ...(wish.simd === taken.simd
      ? []
      : [`SIMD ${wish.simd} must be one of ${listed(legalSimd, taken.simd)}`]),
  ];
  const sound = isCount(wish.pe) && isCount(wish.simd);
  return {
    code: sound ? 'finn-folding-adjusted' : 'finn-folding-illegal',
    message: `The folding of ${unit.layerId} does not fit: ${parts.join(', and ')}. PE ${taken.pe} and SIMD ${taken.simd} are used.`,
    layerIds: [unit.layerId],
  };
}

const orOne = (n: number) => (Number.isFinite(n) ? n : 1);

export interface ChosenFoldings {
  readonly nodes: readonly FinnNode[];
  /** Names of the nodes that have a chosen folding. */
  readonly fixed: ReadonlySet<string>;
  readonly violations: readonly Violation[];
}

/** Applies the foldings chosen by layer; each is reduced to the nearest legal one, and said so. */
export function applyFoldings(
  unfolded: readonly FinnNode[],
  units: readonly LayerUnit[],
  foldings: Readonly<Record<LayerId, Folding>>,
): ChosenFoldings {
  const nodes = [...unfolded];
  const fixed = new Set<string>();
  const violations: Violation[] = [];
  const unitOf = new Map(units.map((unit) => [unit.layerId, unit]));
  for (const [layerId, wish] of Object.entries(foldings)) {
    const unit = unitOf.get(layerId);
    if (!unit) {
      violations.push({
        code: 'finn-folding-unused',
        message: `There is a folding for ${layerId}, which is no convolution, depthwise or dense layer of this network; remove it.`,
        layerIds: [],
      });
      continue;
    }
    const taken = legalFolding(unit.choices, { pe: orOne(wish.pe), simd: orOne(wish.simd) });
    const violation = judge(unit, wish, taken);
    if (violation) violations.push(violation);
    foldUnit(nodes, unit, taken);
    for (const at of [unit.at, ...unit.feeders]) fixed.add(nodes[at]?.name ?? '');
  }
  return { nodes, fixed, violations };
}
