import { minimizedWeightType } from '../datatypes.ts';
import { labelOf } from '../labels.ts';
import { isWeighted, layerUnits } from '../layerUnits.ts';
import type { FinnNode } from '../nodes.ts';
import {
  type FoldingOption,
  type FoldingUnit,
  foldingsOf,
  isWindow,
  optionsOf,
  type Parallelism,
  type Setting,
  type UnitOptions,
} from './optimalFoldingOptions.ts';

/** A unit of a FINN graph. `choice[i]` is the setting of node `at[i]`. */
export interface NodeUnit extends FoldingUnit<readonly Setting[]> {
  readonly at: readonly number[];
}

/** The depthwise window that a VVAU or pool reads, if any: it runs at the reader's PE. */
function depthwiseWindowOf(
  nodes: readonly FinnNode[],
  at: number,
  index: ReadonlyMap<string, number>,
): number | null {
  const node = nodes[at];
  if (node?.opType !== 'Pool_hls' && node?.opType !== 'VVAU_hls' && node?.opType !== 'VVAU_rtl') return null;
  for (const name of node.predecessors) {
    const before = index.get(name);
    if (before !== undefined && isWindow(nodes[before])) return before;
  }
  return null;
}

/** The parallelism of a window, padding or sampler that runs at `lanes`; as layerUnits.ts has it. */
function following(node: FinnNode, lanes: number, whole: boolean): Parallelism {
  if (node.opType === 'ConvolutionInputGenerator_rtl') return { simd: lanes, parallelWindow: whole };
  return 'simd' in node ? { simd: lanes } : {};
}

/** Everything but what nodes are called: nodes of one signature have the same options. */
const signatureOf = ({ name: _, predecessors: _p, layerIds: _l, ...rest }: FinnNode): string =>
  JSON.stringify(rest);

/** Weights at the width in which FINN estimates them (finn.md section 3.6). */
const estimated = (node: FinnNode): FinnNode =>
  isWeighted(node) ? { ...node, weightType: minimizedWeightType(node.weightType) } : node;

/**
 * The units of a lowered network with every legal folding and style that is not worse than another one in cycles,
 * LUT, BRAM18, URAM, DSP and parallelism at once.
 */
export function nodeUnits(nodes: readonly FinnNode[], options: UnitOptions): readonly NodeUnit[] {
  const slices = nodeUnitsInSlices(nodes, options);
  for (;;) {
    const slice = slices.next();
    if (slice.done) return slice.value;
  }
}

/** The same, a table of options at a time: some milliseconds each. */
export function* nodeUnitsInSlices(
  nodes: readonly FinnNode[],
  options: UnitOptions,
): Generator<void, readonly NodeUnit[]> {
  const index = new Map(nodes.map((node, at) => [node.name, at]));
  const taken = new Set<number>();
  const members: {
    readonly at: readonly number[];
    readonly foldings: readonly (readonly Parallelism[])[];
  }[] = [];
  const join = (at: number, others: readonly number[], foldings: readonly (readonly Parallelism[])[]) => {
    for (const one of [at, ...others]) taken.add(one);
    members.push({ at: [at, ...others], foldings });
  };
  const follow = (others: readonly number[], lanes: number, whole: boolean) =>
    others.map((one) => following(nodes[one] as FinnNode, lanes, whole));
  if (options.windows === 'shared') {
    for (const { at, feeders, choices } of layerUnits(nodes)) {
      const depthwise = !('mw' in (nodes[at] as FinnNode));
      const foldings = choices.pe.flatMap((pe) =>
        choices
          .simdFor(pe)
          .map((simd) => [{ pe, simd }, ...follow(feeders, depthwise ? pe : simd, depthwise && simd > 1)]),
      );
      join(at, feeders, foldings);
    }
  }
  for (const [at, node] of nodes.entries()) {
    const window = depthwiseWindowOf(nodes, at, index);
    if (window === null || taken.has(at)) continue;
    const foldings = foldingsOf(node).map(({ pe = 1, simd }) => [
      simd === undefined ? { pe } : { pe, simd },
      ...follow([window], pe, (simd ?? 1) > 1),
    ]);
    join(at, [window], foldings);
  }
  for (const [at, node] of nodes.entries())
    if (!taken.has(at))
      join(
        at,
        [],
        foldingsOf(node).map((folding) => [folding]),
      );
  const tables = new Map<string, readonly FoldingOption<readonly Setting[]>[]>();
  const units: NodeUnit[] = [];
  for (const { at, foldings } of members) {
    const parts = at.map((one) => estimated(nodes[one] as FinnNode));
    const key = parts.map(signatureOf).join();
    let table = tables.get(key);
    if (!table) {
      table = optionsOf(parts, foldings, options);
      tables.set(key, table);
      yield;
    }
    const main = parts[0] as FinnNode;
    units.push({ at, options: table, layerIds: main.layerIds, label: labelOf(main) });
  }
  return units;
}

/** The nodes with a choice of every unit applied. */
export function applyChoices(
  nodes: readonly FinnNode[],
  units: readonly NodeUnit[],
  choices: readonly (readonly Setting[])[],
): readonly FinnNode[] {
  const folded = [...nodes];
  for (const [u, { at }] of units.entries()) {
    for (const [i, one] of at.entries()) {
      const node = folded[one];
      // Settings are made from the node's own attributes; the union cannot follow a spread.
      if (node) folded[one] = { ...node, ...choices[u]?.[i] } as FinnNode;
    }
  }
  return folded;
}
