import type { Network } from '../../../network/network.ts';
import { presetById } from '../../../network/presets.ts';
import { ok, type Result } from '../../../result.ts';
import type { Resources } from '../../report.ts';
import { type Board, boardById, limitsOf } from './boards.ts';
import { type OptimalFolding, type OptimalFoldingOptions, optimalFolding } from './optimalFolding.ts';
import { bestAlgorithm1, bestAlgorithm2, bestSetFolding, currentModel } from './optimalFoldingBaselines.ts';

/** A folding and what it makes of a network. */
export interface ComparedFolding {
  readonly cycles: number;
  readonly throughputFps: number;
  readonly used: Resources;
}

/** Every method on one network, bit width and board, under FINN v0.10.1's estimate and the whole board. */
export interface FoldingComparisonRow {
  readonly networkId: string;
  readonly weightBits: number;
  readonly activationBits: number;
  readonly boardId: string;
  /** Null where nothing fits. */
  readonly setFolding: ComparedFolding | null;
  /** Knows LUT only: `fits` tells whether the board has the other resources. */
  readonly algorithm1: ComparedFolding & { readonly fits: boolean };
  readonly algorithm2: ComparedFolding | null;
  /** Ours with the memories that FINN's conversion leaves: the same space as the methods before. */
  readonly kept: OptimalFolding | null;
  /** Ours with memories and multipliers free. */
  readonly free: OptimalFolding | null;
  /** No folding within the board is faster; null where nothing fits. */
  readonly boundFps: number | null;
  /** Why nothing fits; null where something does. */
  readonly refusal: string | null;
}

export const COMPARED_NETWORKS = ['cnv', 'lenet', 'tiny-resnet', 'tiny-mobilenet-v2'] as const;
export const COMPARED_BOARDS = ['pynq-z1', 'ultra96', 'zcu104'] as const;
export const COMPARED_BITS = [1, 2, 3, 4] as const;

/** FINN's boards are compared at one clock, so that only foldings differ. */
export const COMPARED_CLOCK = 100e6;

/** Runs a search to its end. */
function finished(network: Network, options: OptimalFoldingOptions): Result<OptimalFolding> {
  const search = optimalFolding(network, options);
  for (;;) {
    const step = search.next();
    if (step.done) return step.value;
  }
}

/** Compares the methods on one network, as many bits for weights as for activations. */
export function compareFoldings(
  network: Network,
  networkId: string,
  bits: number,
  board: Board,
): Result<FoldingComparisonRow> {
  const limits = limitsOf(board);
  const own = { weightBits: bits, activationBits: bits };
  const baseline = { ...own, fpgaPart: board.part, limits };
  const reached = bestSetFolding(network, baseline);
  if (!reached.ok) return reached;
  const model = currentModel(network, baseline);
  if (!model.ok) return model;
  const search = { ...own, board, clockHertz: COMPARED_CLOCK };
  const kept = finished(network, { ...search, memories: 'kept' });
  const free = finished(network, search);
  const shown = <B extends { readonly cycles: number }>(one: B) => ({
    ...one,
    throughputFps: COMPARED_CLOCK / one.cycles,
  });
  const tuned = bestAlgorithm2(model.value, limits);
  return ok({
    networkId,
    ...own,
    boardId: board.id,
    setFolding: reached.value && shown(reached.value),
    algorithm1: shown(bestAlgorithm1(model.value, limits)),
    algorithm2: tuned && shown(tuned),
    kept: kept.ok ? kept.value : null,
    free: free.ok ? free.value : null,
    boundFps: free.ok ? COMPARED_CLOCK / free.value.lowerBoundCycles : null,
    refusal: free.ok ? null : free.error.message,
  });
}

/** Rows for docs/validation.md. A generator: each takes a few tenths of a second. */
export function* foldingComparison(): Generator<Result<FoldingComparisonRow>> {
  for (const networkId of COMPARED_NETWORKS) {
    const preset = presetById(networkId);
    if (!preset) continue;
    const network = preset.build(preset.input, 10);
    for (const bits of COMPARED_BITS) {
      for (const boardId of COMPARED_BOARDS) {
        const board = boardById(boardId);
        if (board) yield compareFoldings(network, networkId, bits, board);
      }
    }
  }
}
