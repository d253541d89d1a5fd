import type { FinnNode } from '../nodes.ts';
import { cyclesOf } from '../operators.ts';
import { Edge } from './edge.ts';
import { type Process, RunsProcess, type Surroundings, WindowProcess } from './processes.ts';
import { type Program, programsOf } from './programs.ts';

/** FINN's default FIFO depth (finn.md section 9). */
export const DEFAULT_DEPTH = 2;
/** Frames of words that an `ample` FIFO holds: FINN takes one, and one more lets frames overlap freely. */
const AMPLE_FRAMES = 2;

export interface FifoOptions {
  /** Words in the producer's width, by edge 'producer->consumer'; a second edge between the two ends in '#2'. */
  readonly depths?: Readonly<Record<string, number>>;
  /** Words of all other edges; 2 where absent. `ample`: two frames, which stops nobody. */
  readonly defaultDepth?: number | 'ample';
  /** Frames fed back to back; 4 where absent, at least 2. */
  readonly frames?: number;
  /** Whether the input comes no faster than the slowest node works. FINN's own sizing leaves it free. */
  readonly pacedInput?: boolean;
}

/** The edges of a graph before depths are chosen. */
export interface EdgePlan {
  readonly key: string;
  readonly from: number;
  readonly to: number;
  readonly written: number;
  readonly read: number;
}

export interface Plan {
  readonly nodes: readonly FinnNode[];
  readonly programs: readonly Program[];
  readonly edges: readonly EdgePlan[];
  readonly maxCycles: number;
}

/** What does not depend on depths: schedules and edges. */
export function planPipeline(nodes: readonly FinnNode[]): Plan {
  const programs = programsOf(nodes);
  const index = new Map(nodes.map((node, at) => [node.name, at]));
  const edges: EdgePlan[] = [];
  const seen = new Map<string, number>();
  let maxCycles = 0;
  for (const [to, node] of nodes.entries()) {
    maxCycles = Math.max(maxCycles, cyclesOf(node));
    for (const name of node.predecessors) {
      const from = index.get(name);
      if (from === undefined) continue;
      const pair = `${name}->${node.name}`;
      const count = (seen.get(pair) ?? 0) + 1;
      seen.set(pair, count);
      const key = count === 1 ? pair : `${pair}#${count}`;
      edges.push({
        key,
        from,
        to,
        written: programs[from]?.outWords ?? 1,
        read: programs[to]?.inWords ?? 1,
      });
    }
  }
  return { nodes, programs, edges, maxCycles };
}

export const ampleDepth = ({ written }: EdgePlan): number => Math.max(DEFAULT_DEPTH, AMPLE_FRAMES * written);

/** The depth in force; a FIFO node of the graph deepens the edge into it. */
export function depthOf(plan: Plan, edge: EdgePlan, options: FifoOptions): number {
  const { defaultDepth = DEFAULT_DEPTH } = options;
  const wish =
    options.depths?.[edge.key] ?? (defaultDepth === 'ample' ? ampleDepth(edge) : Math.floor(defaultDepth));
  const consumer = plan.nodes[edge.to];
  const built = consumer?.opType === 'StreamingFIFO_rtl' ? consumer.depth : 1;
  return Math.max(1, built, Math.min(Math.floor(wish), ampleDepth(edge)));
}

export interface Pipeline {
  readonly edges: readonly Edge[];
  readonly processes: readonly Process[];
}

export function buildPipeline(
  plan: Plan,
  options: FifoOptions,
  frames: number,
  firstCounted: number,
): Pipeline {
  const edges = plan.edges.map((edge) => new Edge({ ...edge, depth: depthOf(plan, edge, options) }));
  const processes = plan.nodes.map((node, at) => {
    const program = plan.programs[at];
    if (!program) throw new Error(`No schedule for ${node.name}`);
    const inputs = edges.filter((edge) => edge.to === at);
    const outputs = edges.filter((edge) => edge.from === at);
    const paced = options.pacedInput && program.inWords > 0;
    const around: Surroundings = {
      frames,
      firstCounted,
      inputInterval: paced ? Math.max(1, plan.maxCycles / program.inWords) : 1,
    };
    const cycles = cyclesOf(node);
    return program.kind === 'window'
      ? new WindowProcess(program, cycles, inputs, outputs, around)
      : new RunsProcess(program, cycles, inputs, outputs, around);
  });
  return { edges, processes };
}

/** Firings between two yields: about 10 ms in a browser. */
const FIRINGS_PER_YIELD = 30_000;

/** Advances every process until all have finished or none can go on. Yields about every 10 ms of work. */
export function* advanceAll({ edges, processes }: Pipeline): Generator<void, void> {
  const queue: number[] = processes.map((_, at) => at);
  const queued = new Uint8Array(processes.length).fill(1);
  // With itself: it may only have used up its slice.
  const neighbors = processes.map((_, at) => [
    ...new Set([at, ...edges.flatMap((e) => (e.from === at ? [e.to] : e.to === at ? [e.from] : []))]),
  ]);
  let spent = 0;
  let head = 0;
  while (head < queue.length) {
    const at = queue[head++] ?? 0;
    queued[at] = 0;
    const fired = processes[at]?.advance() ?? 0;
    if (fired > 0) {
      for (const next of neighbors[at] ?? []) {
        if (queued[next] || processes[next]?.finished) continue;
        queued[next] = 1;
        queue.push(next);
      }
    }
    if (head > 4096) {
      queue.splice(0, head);
      head = 0;
    }
    // A visit costs about as much as a few firings.
    spent += fired + 4;
    if (spent >= FIRINGS_PER_YIELD) {
      spent = 0;
      yield;
    }
  }
  for (const edge of edges) edge.finish();
}
