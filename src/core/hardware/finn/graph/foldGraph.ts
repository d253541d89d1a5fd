import { fail, ok, type Result } from '../../../result.ts';
import type { FinnNode } from '../nodes.ts';
import { dspBlockOf } from '../operators/model.ts';
import { cyclesOf } from '../operators.ts';
import type { FinnRecord } from '../records.ts';
import { count } from '../sentences.ts';
import { setFolding } from '../setFolding.ts';
import { type Board, type Ceilings, limitsOf, RESOURCE_LABELS, WHOLE_CHIP } from '../tuning/boards.ts';
import { boardBudgets, doomed, refused, sentenceOf } from '../tuning/optimalFolding.ts';
import { measureFinn } from '../tuning/optimalFoldingMeasure.ts';
import { searchFolding } from '../tuning/optimalFoldingSearch.ts';
import { applyChoices, nodeUnitsInSlices } from '../tuning/optimalFoldingUnits.ts';
import { type GraphNode, graphNodes } from './graphNodes.ts';
import { type FinnGraphOptions, partOf } from './graphReport.ts';

/**
 * How a graph is folded: FINN's SetFolding for a target, its best target on a board, or our search. The thesis' tuners
 * fold layers of a network, which a graph does not name.
 */
export type GraphFoldingChoice =
  | { readonly method: 'target'; readonly targetCycles: number }
  | { readonly method: 'set-folding' | 'optimal'; readonly ceilings?: Ceilings };

export interface GraphFolding {
  /** The graph's records with the new folding in their attributes; nodes without an estimate are as they were. */
  readonly records: readonly FinnRecord[];
  /** Of the slowest node that has an estimate, a frame. */
  readonly cycles: number;
  /** No folding within the budgets is faster; null where the method proves nothing. */
  readonly lowerBoundCycles: number | null;
  readonly sentence: string;
}

/** Fields of a node that a folding sets, under FINN's names. */
const FOLDED = [
  ['pe', 'PE'],
  ['simd', 'SIMD'],
  ['parallelWindow', 'parallel_window'],
  ['ramStyle', 'ram_style'],
  ['resType', 'resType'],
] as const;

type Folded = Partial<Readonly<Record<(typeof FOLDED)[number][0], number | boolean | string>>>;

/** The record with what a folding changed in its node; `before` is null where the record itself was illegal. */
function withFolding(record: FinnRecord, before: FinnNode | null, after: FinnNode): FinnRecord {
  const attributes: Record<string, unknown> = { ...record.attributes };
  for (const [field, name] of FOLDED) {
    const value = (after as Folded)[field];
    if (value === undefined || (before !== null && value === (before as Folded)[field])) continue;
    attributes[name] = typeof value === 'boolean' ? Number(value) : value;
  }
  return { ...record, attributes };
}

const slowestOf = (nodes: readonly FinnNode[]) => {
  let slowest: FinnNode | undefined;
  let most = 0;
  for (const node of nodes) {
    const cycles = cyclesOf(node);
    if (cycles > most) [slowest, most] = [node, cycles];
  }
  return { cycles: most, name: slowest?.name ?? '' };
};

interface Found {
  readonly nodes: readonly FinnNode[];
  readonly sentence: string;
  readonly lowerBoundCycles: number | null;
}

function forTarget(nodes: readonly FinnNode[], targetCycles: number, clockHertz: number): Result<Found> {
  if (!(targetCycles > 0 && Number.isFinite(targetCycles)))
    return fail('finn-target', `A target of ${targetCycles} cycles is not possible; choose one above 0.`);
  const folded = setFolding(nodes, targetCycles);
  const { cycles, name } = slowestOf(folded);
  const rate = `${count(cycles)} cycles a frame, ${count(clockHertz / cycles)} frames a second`;
  const sentence =
    cycles < targetCycles
      ? `SetFolding meets ${count(targetCycles)} cycles: ${rate}.`
      : `SetFolding can't meet ${count(targetCycles)} cycles: ${name} takes ${rate}.`;
  return ok({ nodes: folded, sentence, lowerBoundCycles: null });
}

const needsBoard = () => fail('finn-board', 'A search folds for a board; choose one.', 'board');

function* bestTarget(
  nodes: readonly FinnNode[],
  board: Board,
  ceilings: Ceilings,
): Generator<void, Result<Found>> {
  const block = dspBlockOf(board.part);
  const limits = limitsOf(board, ceilings);
  const options = { block, windows: 'free', memories: 'kept', ultra: false } as const;
  const units = yield* nodeUnitsInSlices(nodes, options);
  const targets = new Set(units.flatMap((unit) => unit.options.map(({ cycles }) => cycles + 1)));
  let best: {
    readonly folded: readonly FinnNode[];
    readonly cycles: number;
    readonly target: number;
  } | null = null;
  for (const target of targets) {
    yield;
    const folded = setFolding(nodes, target);
    const { maxCycles, ...used } = measureFinn(folded, block);
    const fits = RESOURCE_LABELS.every(([key]) => used[key] <= limits[key]);
    if (fits && (best === null || maxCycles < best.cycles)) best = { folded, cycles: maxCycles, target };
  }
  if (!best)
    return fail(
      'finn-doomed',
      `SetFolding finds no folding that fits ${board.name}; choose a larger board, or the optimal search, which also moves memories and multipliers.`,
      board.id,
    );
  const sentence = `SetFolding's best target within the budget of ${board.name} is ${count(best.target)} cycles; the slowest node takes ${count(best.cycles)}.`;
  return ok({ nodes: best.folded, sentence, lowerBoundCycles: null });
}

function* fastest(
  nodes: readonly FinnNode[],
  board: Board,
  ceilings: Ceilings,
  clockHertz: number,
): Generator<void, Result<Found>> {
  const ultra = limitsOf(board, ceilings).uram > 0;
  const block = dspBlockOf(board.part);
  const found = yield* nodeUnitsInSlices(nodes, { block, windows: 'free', memories: 'free', ultra });
  // Sentences name units by the file's names: a graph has no layers.
  const units = found.map((unit) => ({ ...unit, label: nodes[unit.at[0] ?? 0]?.name ?? unit.label }));
  const budgets = boardBudgets(board, ceilings);
  const early = doomed(units, budgets, board.name);
  if (early) return early;
  const search = yield* searchFolding(units, budgets);
  const { picks, lowerBoundCycles } = search;
  if (!picks) return refused(units, budgets, search, board.name);
  const chosen = units.map(({ options }, u) => options[picks[u] ?? 0]?.choice ?? []);
  const folded = applyChoices(nodes, units, chosen);
  const sentence = sentenceOf(units, picks, search, budgets, { board, clockHertz });
  return ok({ nodes: folded, sentence, lowerBoundCycles });
}

function* folding(
  nodes: readonly FinnNode[],
  choice: GraphFoldingChoice,
  { board, clockHertz }: FinnGraphOptions,
): Generator<void, Result<Found>> {
  if (choice.method === 'target') return forTarget(nodes, choice.targetCycles, clockHertz);
  if (!board) return needsBoard();
  const { ceilings = WHOLE_CHIP } = choice;
  return choice.method === 'optimal'
    ? yield* fastest(nodes, board, ceilings, clockHertz)
    : yield* bestTarget(nodes, board, ceilings);
}

/**
 * Folds a graph that somebody's FINN made. A folding that the file has wrong is replaced; what has no estimate stays. A
 * generator: each step takes some milliseconds.
 */
export function* foldFinnGraph(
  records: readonly FinnRecord[],
  choice: GraphFoldingChoice,
  options: FinnGraphOptions,
): Generator<void, Result<GraphFolding>> {
  const { clockHertz } = options;
  if (!(clockHertz > 0 && Number.isFinite(clockHertz)))
    return fail('clock', `A clock of ${clockHertz} Hz is not possible; choose one above 0.`, 'clockHertz');
  const { nodes: all } = graphNodes(records, partOf(options));
  const foldable = all.flatMap(({ foldable: node }) => node ?? []);
  if (slowestOf(foldable).cycles === 0)
    return fail('finn-graph-nothing', 'No node of this graph can be folded: none has an estimate here.');
  const found = yield* folding(foldable, choice, options);
  if (!found.ok) return found;
  const { nodes, sentence, lowerBoundCycles } = found.value;
  let at = 0;
  const folded = ({ record, node, foldable: before }: GraphNode): FinnRecord => {
    const after = before === null ? undefined : nodes[at++];
    return after ? withFolding(record, node, after) : record;
  };
  const { cycles } = slowestOf(nodes);
  return ok({ records: all.map(folded), cycles, lowerBoundCycles, sentence });
}

/** The records with another PE or SIMD of one node. */
export const withParallelism = (
  records: readonly FinnRecord[],
  name: string,
  change: { readonly PE?: number; readonly SIMD?: number },
): readonly FinnRecord[] =>
  records.map((record) =>
    record.name === name ? { ...record, attributes: { ...record.attributes, ...change } } : record,
  );
