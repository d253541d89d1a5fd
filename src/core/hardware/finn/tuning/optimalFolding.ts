import type { Folding, Implementation } from '../../../exploration/design.ts';
import type { LayerId, Network } from '../../../network/network.ts';
import { fail, ok, type Result } from '../../../result.ts';
import type { Resources } from '../../report.ts';
import type { LowerOptions } from '../graphBuilder.ts';
import { isWeighted } from '../layerUnits.ts';
import { lowerToFinn } from '../lower.ts';
import type { FinnNode } from '../nodes.ts';
import { dspBlockOf } from '../operators/model.ts';
import { count } from '../sentences.ts';
import {
  type Board,
  blockAverageOf,
  type Ceilings,
  limitsOf,
  RESOURCE_LABELS,
  WHOLE_CHIP,
} from './boards.ts';
import type { FoldingUnit, MemoryChoice, UnitOptions, WindowCoupling } from './optimalFoldingOptions.ts';
import type { Budget } from './optimalFoldingProblem.ts';
import { type FoldingSearch, searchFolding } from './optimalFoldingSearch.ts';
import { applyChoices, type NodeUnit, nodeUnitsInSlices } from './optimalFoldingUnits.ts';

type Onto = Pick<Board, 'name' | 'part' | 'budget'>;

export interface OptimalFoldingOptions extends Omit<LowerOptions, 'fpgaPart'> {
  readonly board: Onto;
  /** Shares of the board that may be used; the whole chip by default. */
  readonly ceilings?: Ceilings;
  readonly clockHertz: number;
  /** `free` by default. */
  readonly windows?: WindowCoupling;
  /** `free` by default. */
  readonly memories?: MemoryChoice;
}

export interface OptimalFolding {
  /** By layer. With `windows: 'shared'`, these, the implementations and a target above `cycles` make a design. */
  readonly foldings: Readonly<Record<LayerId, Folding>>;
  readonly implementations: Readonly<Record<LayerId, Implementation>>;
  readonly nodes: readonly FinnNode[];
  /** Of the slowest node, a frame. */
  readonly cycles: number;
  readonly throughputFps: number;
  readonly used: Resources;
  readonly limits: Resources;
  /** No legal folding within the budgets needs fewer cycles a frame. */
  readonly lowerBoundCycles: number;
  /** cycles / lowerBoundCycles - 1: 0 where the folding is proven to be the fastest. */
  readonly gap: number;
  readonly sentence: string;
}

/** The budgets of a board: four resources, and the mean of its blocks where the ceilings limit that further. */
export function boardBudgets(board: Onto, ceilings: Ceilings = WHOLE_CHIP): readonly Budget[] {
  const limits = limitsOf(board, ceilings);
  const budgets: Budget[] = RESOURCE_LABELS.map(([key, label]) => ({
    label,
    limit: limits[key],
    amount: (use) => use[key],
  }));
  const label = 'the mean share of BRAM18, URAM and DSP';
  // A mean that may be as high as each of its parts adds nothing.
  if (ceilings.blockAverage < Math.max(ceilings.bram18, ceilings.uram, ceilings.dsp))
    budgets.push({ label, limit: ceilings.blockAverage, amount: (use) => blockAverageOf(use, board.budget) });
  return budgets;
}

/** Whole units where the limit is in whole units; shares otherwise. */
const shown = (amount: number, limit: number): string =>
  Number.isInteger(limit) ? count(Math.ceil(amount - 1e-9)) : amount.toFixed(3);

/** The unit that cannot do with less of a budget than any other can. */
function hungriest(units: readonly FoldingUnit[], { amount }: Budget) {
  let [total, most, label] = [0, 0, ''];
  let layerIds: readonly LayerId[] = [];
  for (const unit of units) {
    const least = unit.options.reduce((low, one) => Math.min(low, amount(one)), Number.POSITIVE_INFINITY);
    total += least;
    if (least > most) [most, label, layerIds] = [least, unit.label, unit.layerIds];
  }
  return { total, most, label, layerIds };
}

/**
 * Whether units cannot fit whatever their folding, from each budget alone and before any search (BO-77); null where
 * that does not tell.
 */
export function doomed(
  units: readonly FoldingUnit[],
  budgets: readonly Budget[],
  boardName: string,
): Result<never> | null {
  for (const budget of budgets) {
    const { total, most, label, layerIds } = hungriest(units, budget);
    if (total <= budget.limit + 1e-9) continue;
    return fail(
      'finn-doomed',
      `No folding fits ${boardName}: even at the least it takes ${shown(total, budget.limit)} of ${shown(budget.limit, budget.limit)} ${budget.label}, ${shown(most, budget.limit)} of them in ${label}; use fewer bits, a smaller network or a larger board.`,
      layerIds[0] ?? label,
    );
  }
  return null;
}

/** Nothing fits, though each budget alone would do: what the relaxation proves, and who needs most of it. */
export function refused(
  units: readonly FoldingUnit[],
  budgets: readonly Budget[],
  { proof, lowerBoundCycles }: FoldingSearch,
  boardName: string,
): Result<never> {
  const largest = heaviest(units, budgets);
  const where = largest?.layerIds[0] ?? largest?.label;
  const most = largest ? `; ${largest.label} is the largest unit` : '';
  const advice = 'use fewer bits, a smaller network or a larger board';
  if (Number.isFinite(lowerBoundCycles)) {
    const sentence = `No folding that fits ${boardName} was found, and none was ruled out${most}; ${advice}.`;
    return fail('finn-no-folding', sentence, where);
  }
  const why = proof
    ? `with all other resources used up it would take at least ${shown(proof.atLeast, proof.limit)} of ${shown(proof.limit, proof.limit)} ${proof.label}`
    : 'every mix of foldings and memories was ruled out';
  return fail('finn-doomed', `No folding fits ${boardName}: ${why}${most}; ${advice}.`, where);
}

/** The unit whose smallest option, by the sum of its shares, is the largest. */
function heaviest(units: readonly FoldingUnit[], budgets: readonly Budget[]): FoldingUnit | undefined {
  const share = (unit: FoldingUnit) =>
    unit.options.reduce((low, one) => {
      const sum = budgets.reduce((all, { amount, limit }) => all + amount(one) / Math.max(limit, 1e-6), 0);
      return Math.min(low, sum);
    }, Number.POSITIVE_INFINITY);
  let best: FoldingUnit | undefined;
  for (const unit of units) if (!best || share(unit) > share(best)) best = unit;
  return best;
}

const fitsAlone = (use: Resources, budgets: readonly Budget[]) =>
  budgets.every(({ amount, limit }) => amount(use) <= limit + 1e-9);

const cyclesText = (cycles: number) => `${count(cycles)} cycle${cycles === 1 ? '' : 's'}`;

/** What was found, and why nothing is faster. */
export function sentenceOf(
  units: readonly NodeUnit[],
  picks: readonly number[],
  { cycles, lowerBoundCycles, proof, fewestCycles }: FoldingSearch,
  budgets: readonly Budget[],
  { board, clockHertz }: Pick<OptimalFoldingOptions, 'board' | 'clockHertz'>,
): string {
  const slow = units.find(({ options }, u) => options[picks[u] ?? 0]?.cycles === cycles);
  const start = `${slow?.label ?? 'The slowest node'} takes ${cyclesText(cycles)} a frame: ${count(clockHertz / cycles)} frames a second on ${board.name}`;
  if (lowerBoundCycles < cycles) {
    return `${start}; fewer than ${cyclesText(lowerBoundCycles)} are proven impossible, what lies between is open.`;
  }
  if (cycles <= fewestCycles) return `${start}; no folding makes it faster, whatever the board.`;
  const stuck = slow?.options.every((one) => one.cycles >= cycles || !fitsAlone(one, budgets));
  if (stuck) return `${start}, proven to be the fastest: no faster folding of it fits the board, even alone.`;
  const why = proof
    ? `at ${cyclesText(proof.cycles)} it would take at least ${shown(proof.atLeast, proof.limit)} of ${shown(proof.limit, proof.limit)} ${proof.label}, with all other resources used up`
    : 'every faster mix of foldings and memories was ruled out';
  return `${start}, proven to be the fastest: ${why}.`;
}

/** Lowered nodes and their units do not change: a second search of the same network only searches. */
const prepared = new WeakMap<Network, Map<string, Prepared>>();

interface Prepared {
  readonly nodes: readonly FinnNode[];
  readonly units: readonly NodeUnit[];
}

function* prepare(
  network: Network,
  options: OptimalFoldingOptions,
  unitOptions: UnitOptions,
): Generator<void, Result<Prepared>> {
  const { board, ceilings: _, clockHertz: _clock, windows: _windows, memories: _memories, ...bits } = options;
  const key = JSON.stringify([bits, unitOptions]);
  const known = prepared.get(network) ?? new Map<string, Prepared>();
  prepared.set(network, known);
  const found = known.get(key);
  if (found) return ok(found);
  const lowered = lowerToFinn(network, { ...bits, fpgaPart: board.part });
  if (!lowered.ok) return lowered;
  const { nodes } = lowered.value;
  const made = { nodes, units: yield* nodeUnitsInSlices(nodes, unitOptions) };
  known.set(key, made);
  return ok(made);
}

/**
 * The legal folding with the most throughput under all budgets of a board at once, memories and multipliers free,
 * by FINN's own estimates; with a bound that no folding can beat. Fails where nothing fits. A generator: each step
 * takes some milliseconds.
 */
export function* optimalFolding(
  network: Network,
  options: OptimalFoldingOptions,
): Generator<void, Result<OptimalFolding>> {
  const { board, ceilings = WHOLE_CHIP, clockHertz, windows = 'free', memories = 'free' } = options;
  if (!(clockHertz > 0 && Number.isFinite(clockHertz)))
    return fail('clock', `A clock of ${clockHertz} Hz is not possible; choose one above 0.`, 'clockHertz');
  const limits = limitsOf(board, ceilings);
  const ready = yield* prepare(network, options, {
    block: dspBlockOf(board.part),
    windows,
    memories,
    ultra: limits.uram > 0,
  });
  if (!ready.ok) return ready;
  yield;
  const { nodes, units } = ready.value;
  const budgets = boardBudgets(board, ceilings);
  const early = doomed(units, budgets, board.name);
  if (early) return early;
  const search = yield* searchFolding(units, budgets);
  const { picks, cycles, lowerBoundCycles } = search;
  if (!picks) return refused(units, budgets, search, board.name);
  const chosen = units.map(({ options: own }, u) => own[picks[u] ?? 0]);
  const folded = applyChoices(
    nodes,
    units,
    chosen.map((option) => option?.choice ?? []),
  );
  const total = (key: keyof Resources) => chosen.reduce((sum, option) => sum + (option?.[key] ?? 0), 0);
  const foldings: Record<LayerId, Folding> = {};
  const implementations: Record<LayerId, Implementation> = {};
  for (const node of folded) {
    const [layerId] = node.layerIds;
    if (!isWeighted(node) || layerId === undefined) continue;
    foldings[layerId] = { pe: node.pe, simd: node.simd };
    implementations[layerId] = { memMode: node.memMode, ramStyle: node.ramStyle, resType: node.resType };
  }
  return ok({
    foldings,
    implementations,
    nodes: folded,
    cycles,
    throughputFps: clockHertz / cycles,
    used: { lut: total('lut'), bram18: total('bram18'), uram: total('uram'), dsp: total('dsp') },
    limits,
    lowerBoundCycles,
    gap: cycles / lowerBoundCycles - 1,
    sentence: sentenceOf(units, picks, search, budgets, options),
  });
}
