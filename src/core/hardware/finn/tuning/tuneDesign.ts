import type { Folding, HardwareChoice, NodeSetting } from '../../../exploration/design.ts';
import type { LayerId, Network } from '../../../network/network.ts';
import { fail, ok, type Result } from '../../../result.ts';
import type { Resources } from '../../report.ts';
import type { FinnNode } from '../nodes.ts';
import { count } from '../sentences.ts';
import { type Priority, runAlgorithm1, type TunerStep } from './algorithm1.ts';
import { type Board, type Ceilings, limitsOf, RECOMMENDED_CEILINGS, WHOLE_CHIP } from './boards.ts';
import { optimalFolding } from './optimalFolding.ts';
import { bestAlgorithm2, bestSetFolding, currentModel } from './optimalFoldingBaselines.ts';

export type TuningMethod =
  | 'optimal'
  | 'set-folding'
  | 'algorithm-1-balanced'
  | 'algorithm-1-simd'
  | 'algorithm-1-pe'
  | 'algorithm-2';

/** How much of the board may be used: all, or FINN's recommended ceilings for timing closure. */
export type CeilingChoice = 'whole-chip' | 'recommended';

export const CEILINGS: Readonly<Record<CeilingChoice, Ceilings>> = {
  'whole-chip': WHOLE_CHIP,
  recommended: RECOMMENDED_CEILINGS,
};

/** What a method found, ready to become part of a design. */
export interface Tuning {
  readonly method: TuningMethod;
  readonly foldings: Readonly<Record<LayerId, Folding>>;
  /** By node name; the fewest that say what was found. */
  readonly nodeSettings: Readonly<Record<string, NodeSetting>>;
  /** For what has no folding of its own. */
  readonly targetCycles: number;
  /** Of the slowest node, a frame. */
  readonly cycles: number;
  readonly used: Resources;
  readonly limits: Resources;
  /** No folding within the budgets is faster; null where the method proves nothing. */
  readonly lowerBoundCycles: number | null;
  readonly sentence: string;
  /** The log of Algorithm 1; empty elsewhere. */
  readonly steps: readonly TunerStep[];
}

const PRIORITY: Readonly<Partial<Record<TuningMethod, Priority>>> = {
  'algorithm-1-balanced': 'balanced',
  'algorithm-1-simd': 'simd',
  'algorithm-1-pe': 'pe',
};

type Search = Pick<HardwareChoice, 'weightBits' | 'activationBits' | 'layerBits'> & {
  readonly board: Board;
  readonly ceilings: Ceilings;
  readonly clockHertz: number;
};

/** What a search may have set on a node. */
function settingOf(node: FinnNode): NodeSetting {
  return {
    ...('pe' in node ? { pe: node.pe } : {}),
    ...('simd' in node ? { simd: node.simd } : {}),
    ...('parallelWindow' in node && node.parallelWindow ? { parallelWindow: true } : {}),
    ...('ramStyle' in node && node.ramStyle !== 'auto' ? { ramStyle: node.ramStyle } : {}),
    ...('resType' in node && node.resType !== 'auto' ? { resType: node.resType } : {}),
  };
}

const nothingFits = (method: string, board: Board) =>
  fail(
    'finn-doomed',
    `${method} finds no folding that fits ${board.name}; use fewer bits, a smaller network, a larger board, or the optimal search, which also moves memories and multipliers.`,
    board.id,
  );

function* optimal(network: Network, search: Search): Generator<void, Result<Tuning>> {
  const found = yield* optimalFolding(network, search);
  if (!found.ok) return found;
  const { nodes, cycles, used, limits, lowerBoundCycles, sentence } = found.value;
  return ok({
    method: 'optimal',
    foldings: {},
    nodeSettings: Object.fromEntries(nodes.map((node) => [node.name, settingOf(node)])),
    targetCycles: cycles + 1,
    cycles,
    used,
    limits,
    lowerBoundCycles,
    sentence,
    steps: [],
  });
}

/**
 * Folds a network for a board by one of the methods, under FINN v0.10.1's estimate. Algorithm 1 knows LUT only: its
 * result may exceed the other budgets, and then says so. A generator: each step takes some milliseconds, Algorithm 1 and 2
 * less than a second in one.
 */
export function* tuneDesign(
  network: Network,
  method: TuningMethod,
  search: Search,
): Generator<void, Result<Tuning>> {
  if (method === 'optimal') return yield* optimal(network, search);
  const { board, ceilings, weightBits, activationBits, layerBits, clockHertz } = search;
  const limits = limitsOf(board, ceilings);
  const options = { weightBits, activationBits, layerBits, fpgaPart: board.part };
  const base = { method, nodeSettings: {}, limits, lowerBoundCycles: null } as const;
  const rate = (cycles: number) =>
    `${count(cycles)} cycles a frame: ${count(clockHertz / cycles)} frames a second on ${board.name}`;
  yield;
  if (method === 'set-folding') {
    const found = bestSetFolding(network, { ...options, limits });
    if (!found.ok) return found;
    if (!found.value) return nothingFits('SetFolding', board);
    const { cycles, used, targetCycles } = found.value;
    const sentence = `SetFolding's best target within the budget is ${count(targetCycles)} cycles. It takes ${rate(cycles)}.`;
    return ok({ ...base, foldings: {}, targetCycles, cycles, used, sentence, steps: [] });
  }
  const model = currentModel(network, options);
  if (!model.ok) return model;
  yield;
  if (method === 'algorithm-2') {
    const found = bestAlgorithm2(model.value, limits);
    if (!found) return nothingFits('Algorithm 2', board);
    const { foldings, cycles, used } = found;
    const sentence = `Algorithm 2 moved the LUT budget until all resources fit. It takes ${rate(cycles)}.`;
    return ok({ ...base, foldings, targetCycles: cycles + 1, cycles, used, sentence, steps: [] });
  }
  const priority = PRIORITY[method] ?? 'balanced';
  const result = runAlgorithm1(model.value, { priority, lutBudget: limits.lut });
  const { maxCycles, lut, bram18, uram, dsp } = model.value.measureAll(result.foldings);
  const ended = {
    budget: 'until the LUT budget was reached',
    'nothing-to-speed-up': 'until no layer could be sped up',
    start: 'not at all: the start already takes the LUT budget',
  }[result.stopped];
  return ok({
    ...base,
    foldings: result.byLayer,
    targetCycles: maxCycles + 1,
    cycles: maxCycles,
    used: { lut, bram18, uram, dsp },
    sentence: `Algorithm 1 doubled the slowest layer ${result.steps.length} times, ${ended}. It takes ${rate(maxCycles)}.`,
    steps: result.steps,
  });
}
