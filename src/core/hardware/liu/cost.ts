import { allocateBuffers, type Buffers } from './buffers.ts';
import { computeCycles, idealCycles, weightBlocks, weightBytes } from './cycles.ts';
import { ceilDiv, type LiuSettings, type Overlap } from './engine.ts';
import type { LiuPass, Lowered } from './passes.ts';

/** The four tasks of Fig. 12 of source 004. */
export const TASKS = ['inputMap', 'inputWeight', 'compute', 'output'] as const;
export type Task = (typeof TASKS)[number];

/** Cycles of each task. */
export type TaskCycles = Readonly<Record<Task, number>>;

/** One pass of one frame, in cycles of the engine's clock. */
export interface PassCost {
  readonly pass: LiuPass;
  /** All blocks together. */
  readonly tasks: TaskCycles;
  /** Blocks of weights; a map that comes or goes is sliced along its rows, too, and its weights are shared out. */
  readonly blockCount: number;
  /** Stripes a map is cut into that does not fit RAM-S while it is loaded; the weights come once for each. */
  readonly stripes: number;
  readonly cycles: number;
  /** Cycles if every window were one that somebody reads. */
  readonly idealCycles: number;
  readonly weightBytes: number;
  readonly loadBytes: number;
  readonly storeBytes: number;
}

/**
 * Cycles between two blocks in the steady state. `all`: the longest of the four tasks (LI-23). `maps`: a block's
 * weights and its computation take turns. `none`: the sum.
 */
export function blockPeriod(block: TaskCycles, overlap: Overlap): number {
  const { inputMap, inputWeight, compute, output } = block;
  if (overlap === 'none') return inputMap + inputWeight + compute + output;
  if (overlap === 'maps') return Math.max(inputMap, inputWeight + compute, output);
  return Math.max(inputMap, inputWeight, compute, output);
}

/** One of `blockCount` equal blocks. */
export const blockOf = (tasks: TaskCycles, blockCount: number): TaskCycles => ({
  inputMap: tasks.inputMap / blockCount,
  inputWeight: tasks.inputWeight / blockCount,
  compute: tasks.compute / blockCount,
  output: tasks.output / blockCount,
});

/**
 * Cycles from the first load to the last store of a pass. The first block passes through all tasks (its map and
 * its weights are loaded at the same time), every further one adds a period.
 */
export function pipelineCycles(tasks: TaskCycles, blockCount: number, overlap: Overlap): number {
  const block = blockOf(tasks, blockCount);
  const period = blockPeriod(block, overlap);
  if (overlap === 'none') return blockCount * period;
  const first = Math.max(block.inputMap, block.inputWeight) + block.compute + block.output;
  return first + (blockCount - 1) * period;
}

function stripesOf(pass: LiuPass, loadBytes: number, { ramSBytes }: LiuSettings): number {
  const reuses = pass.kind === 'standard' || pass.kind === 'pointwise';
  if (!reuses || ramSBytes === 0) return 1;
  return Math.max(1, Math.min(pass.ofm.height, ceilDiv(loadBytes, ramSBytes)));
}

/**
 * Every pass of a frame. Loads of maps and of weights and the stores each have a DMA of `bytesPerCycle`, and
 * the blocks of a pass are taken for equal; both are assumptions. Halo rows of stripes and the parameters of
 * the quantization unit are not counted.
 */
export function costOf(
  lowered: Lowered,
  settings: LiuSettings,
  buffers: Buffers = allocateBuffers(lowered, settings),
): readonly PassCost[] {
  return lowered.passes.map((pass, i) => {
    const { loadBytes = 0, storeBytes = 0 } = buffers.traffic[i] ?? {};
    const stripes = stripesOf(pass, loadBytes, settings);
    const weights = weightBytes(pass, settings) * stripes;
    const tasks = {
      inputMap: loadBytes / settings.bytesPerCycle,
      inputWeight: weights / settings.bytesPerCycle,
      compute: computeCycles(pass, settings),
      output: storeBytes / settings.bytesPerCycle,
    };
    const rows = loadBytes + storeBytes > 0 ? pass.ofm.height : 1;
    const blockCount = weightBlocks(pass, settings) * Math.max(stripes, rows);
    return {
      pass,
      tasks,
      blockCount,
      stripes,
      cycles: pipelineCycles(tasks, blockCount, settings.overlap),
      idealCycles: idealCycles(pass, settings),
      weightBytes: weights,
      loadBytes,
      storeBytes,
    };
  });
}
