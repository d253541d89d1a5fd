import { fail, ok, type Result } from '../../result.ts';
import { blockOf, blockPeriod, type PassCost, TASKS, type Task, type TaskCycles } from './cost.ts';
import type { Overlap } from './engine.ts';

/** A bar of the Gantt chart, in cycles since the pass began. */
export interface Interval {
  readonly task: Task;
  readonly block: number;
  readonly startCycle: number;
  readonly endCycle: number;
}

export interface Schedule {
  /** The bars of the first `drawnBlocks` blocks, block by block. Tasks that take no time have none. */
  readonly intervals: readonly Interval[];
  readonly drawnBlocks: number;
  readonly blockCount: number;
  /** Cycles between two blocks once the pipeline is full. */
  readonly periodCycles: number;
  /** Cycles of a block whose tasks wait for each other. */
  readonly serialCycles: number;
  /** "First 12 of 512 blocks; each of the others adds 253 cycles." Null where all are drawn. */
  readonly omitted: string | null;
}

/** What a control unit is told: run a task for a block, after others. */
interface Instruction {
  readonly task: Task;
  readonly block: number;
  readonly cycles: number;
  readonly after: readonly (readonly [task: Task, block: number])[];
}

const MNEMONICS: Readonly<Record<Task, string>> = {
  inputMap: 'LOAD_MAP',
  inputWeight: 'LOAD_WEIGHT',
  compute: 'CONVOLVE',
  output: 'STORE',
};

const TASK_OF: ReadonlyMap<string, Task> = new Map(TASKS.map((task) => [MNEMONICS[task], task]));

/**
 * What a task waits for, besides the one before it on its own unit: its data, and a free half of the ping-pong
 * buffer it fills (the block two before has left it). With `maps` the weight buffer has one half only.
 */
function waitsFor(task: Task, block: number, overlap: Overlap): readonly (readonly [Task, number])[] {
  if (overlap === 'none') {
    const before = TASKS[TASKS.indexOf(task) - 1];
    return [before ? [before, block] : ['output', block - 1]];
  }
  switch (task) {
    case 'inputMap':
      return [['compute', block - 2]];
    case 'inputWeight':
      return [['compute', overlap === 'maps' ? block - 1 : block - 2]];
    case 'compute':
      return [
        ['inputMap', block],
        ['inputWeight', block],
        ['output', block - 2],
      ];
    case 'output':
      return [['compute', block]];
  }
}

function instructionsOf(block: TaskCycles, blockCount: number, overlap: Overlap): readonly Instruction[] {
  return Array.from({ length: blockCount }, (_, index) =>
    TASKS.map((task) => ({
      task,
      block: index,
      cycles: block[task],
      after: waitsFor(task, index, overlap).filter(([, other]) => other >= 0),
    })),
  ).flat();
}

const keyOf = (task: Task, block: number): string => `${MNEMONICS[task]}:${block}`;

/** Each unit runs its instructions in order, each one as soon as those it waits for are done. */
function run(instructions: readonly Instruction[]): readonly Interval[] {
  const ends = new Map<string, number>();
  const free: Record<Task, number> = { inputMap: 0, inputWeight: 0, compute: 0, output: 0 };
  const intervals: Interval[] = [];
  for (const { task, block, cycles, after } of instructions) {
    const startCycle = Math.max(free[task], ...after.map(([other, of]) => ends.get(keyOf(other, of)) ?? 0));
    const endCycle = startCycle + cycles;
    free[task] = endCycle;
    ends.set(keyOf(task, block), endCycle);
    if (cycles > 0) intervals.push({ task, block, startCycle, endCycle });
  }
  return intervals;
}

const write = ({ task, block, cycles, after }: Instruction): string => {
  const waits = after.map(([other, of]) => keyOf(other, of)).join(',');
  return `${MNEMONICS[task]} block=${block} cycles=${cycles}${waits === '' ? '' : ` after=${waits}`}`;
};

/** Blocks that a chart shows without being asked for more. */
export const DRAWN_BLOCKS = 12;

const drawn = (cost: PassCost, most: number): number =>
  Math.max(1, Math.min(cost.blockCount, Math.floor(most)));

/** The four tasks of a pass, overlapped by ping-pong buffers (source 004, section 6 and Fig. 12). */
export function schedulePass(cost: PassCost, overlap: Overlap, mostBlocks = DRAWN_BLOCKS): Schedule {
  const { tasks, blockCount } = cost;
  const block = blockOf(tasks, blockCount);
  const drawnBlocks = drawn(cost, mostBlocks);
  const periodCycles = blockPeriod(block, overlap);
  const rounded = Math.round(periodCycles * 10) / 10;
  return {
    intervals: run(instructionsOf(block, drawnBlocks, overlap)),
    drawnBlocks,
    blockCount,
    periodCycles,
    serialCycles: blockPeriod(block, 'none'),
    omitted:
      drawnBlocks < blockCount
        ? `First ${drawnBlocks} of ${blockCount} blocks; each of the others adds ${rounded} cycles.`
        : null,
  };
}

/** The configuration instructions of a pass (source 004, section 6), one a line; `#` begins a remark. */
export function instructionLines(
  cost: PassCost,
  overlap: Overlap,
  mostBlocks = DRAWN_BLOCKS,
): readonly string[] {
  const { pass, tasks, blockCount } = cost;
  const blocks = drawn(cost, mostBlocks);
  const header = `# ${pass.id}: ${pass.kind}, blocks 0 to ${blocks - 1} of ${blockCount}, overlap ${overlap}`;
  return [header, ...instructionsOf(blockOf(tasks, blockCount), blocks, overlap).map(write)];
}

function parse(line: string): Instruction | null {
  const match = /^(\w+) block=(\d+) cycles=([\d.eE+-]+)(?: after=(\S+))?$/.exec(line);
  const task = TASK_OF.get(match?.[1] ?? '');
  const cycles = Number(match?.[3]);
  if (!match || !task || !(cycles >= 0)) return null;
  const after: (readonly [Task, number])[] = [];
  for (const wait of match[4]?.split(',') ?? []) {
    const [mnemonic = '', block = ''] = wait.split(':');
    const other = TASK_OF.get(mnemonic);
    if (!other || !/^\d+$/.test(block)) return null;
    after.push([other, Number(block)]);
  }
  return { task, block: Number(match[2]), cycles, after };
}

/** What a control unit makes of instruction lines: the same bars as the schedule they were written from (LI-24). */
export function replayInstructions(lines: readonly string[]): Result<readonly Interval[]> {
  const instructions: Instruction[] = [];
  for (const [i, line] of lines.entries()) {
    if (line.startsWith('#') || line.trim() === '') continue;
    const instruction = parse(line);
    if (!instruction)
      return fail(
        'instruction',
        `Line ${i + 1}, "${line}", is no instruction; write "CONVOLVE block=0 cycles=210 after=LOAD_MAP:0".`,
        `line ${i + 1}`,
      );
    instructions.push(instruction);
  }
  return ok(run(instructions));
}
