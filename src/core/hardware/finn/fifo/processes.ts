import { type Edge, UNKNOWN } from './edge.ts';
import { type Program, READ, WRITE } from './programs.ts';
import { windowTables } from './windows.ts';

/** What all processes of one simulation share. */
export interface Surroundings {
  readonly frames: number;
  /** Frames before this one do not count in the stalls. */
  readonly firstCounted: number;
  /** Cycles between two words of the input; 1 where the input waits for nothing. */
  readonly inputInterval: number;
}

/** Firings after which a process lets the others go on. */
const SLICE = 10_000;

/**
 * A node at work: knows when it reads and writes which words. Times are found word by word from the times of
 * the words they wait for, so no cycle is stepped through in which nothing changes, and the order in which
 * processes are advanced does not matter.
 */
export abstract class Process {
  /** Cycles in which it could have gone on but for a missing input, or for a full output. */
  starved = 0;
  blocked = 0;
  /** Cycle of the first write, and of the first read and the last write of each frame. */
  firstWrite = UNKNOWN;
  readonly frameStarts: number[] = [];
  readonly frameEnds: number[] = [];
  protected frame = 0;
  /** Cycle of the last firing of the frame before. */
  protected frameEnd = Number.NEGATIVE_INFINITY;
  #taken = 0;

  constructor(
    /** FINN's cycles of one frame: frames neither start nor end closer together. */
    readonly cycles: number,
    readonly inputs: readonly Edge[],
    readonly outputs: readonly Edge[],
    protected readonly around: Surroundings,
  ) {}

  /** Goes on until something unknown is needed or a slice is used up; the number of firings. */
  abstract advance(): number;

  /** Frames done. */
  get completed(): number {
    return this.frame;
  }

  get finished(): boolean {
    return this.frame >= this.around.frames;
  }

  protected inputAt(): number {
    let latest = 0;
    for (const edge of this.inputs) {
      const cycle = edge.availableAt();
      if (cycle === UNKNOWN) return UNKNOWN;
      if (cycle > latest) latest = cycle;
    }
    return this.inputs.length > 0 ? latest : Math.floor(this.#taken * this.around.inputInterval);
  }

  protected outputAt(): number {
    let latest = 0;
    for (const edge of this.outputs) {
      const cycle = edge.freeAt();
      if (cycle === UNKNOWN) return UNKNOWN;
      if (cycle > latest) latest = cycle;
    }
    return latest;
  }

  protected take(cycle: number): void {
    this.#taken++;
    if (this.frameStarts[this.frame] === undefined) this.frameStarts[this.frame] = cycle;
    for (const edge of this.inputs) edge.take(cycle);
  }

  protected write(cycle: number): void {
    for (const edge of this.outputs) edge.write(cycle);
    if (this.firstWrite === UNKNOWN) this.firstWrite = cycle + 1;
    this.frameEnds[this.frame] = cycle + 1;
  }

  protected get counted(): boolean {
    return this.frame >= this.around.firstCounted;
  }
}

/** A node that fires in a fixed order: reads and writes of one firing happen in the same cycle. */
export class RunsProcess extends Process {
  readonly #counts: Float64Array;
  readonly #actions: Uint8Array;
  readonly #gaps: Float64Array;
  /** By segment: its first run, with the end behind, and how often it is gone through. */
  readonly #starts: Int32Array;
  readonly #repeats: Float64Array;
  #segment = 0;
  #repeat = 0;
  #run = 0;
  #fired = 0;
  /** Firings of a frame, and those of this one so far. */
  readonly #firings: number;
  #firing = 0;
  #last = -1;
  #frameStart = Number.NEGATIVE_INFINITY;

  constructor(
    program: Extract<Program, { kind: 'runs' }>,
    cycles: number,
    inputs: readonly Edge[],
    outputs: readonly Edge[],
    around: Surroundings,
  ) {
    super(cycles, inputs, outputs, around);
    const runs = program.segments.flatMap((segment) => segment.runs);
    this.#counts = Float64Array.from(runs, ({ count }) => count);
    this.#actions = Uint8Array.from(runs, ({ action }) => action);
    this.#gaps = Float64Array.from(runs, ({ gap }) => gap);
    this.#repeats = Float64Array.from(program.segments, ({ repeat }) => repeat);
    let firings = 0;
    for (const { runs, repeat } of program.segments) for (const { count } of runs) firings += count * repeat;
    this.#firings = firings;
    const starts = [0];
    for (const segment of program.segments) starts.push((starts.at(-1) ?? 0) + segment.runs.length);
    this.#starts = Int32Array.from(starts);
  }

  advance(): number {
    let fired = 0;
    while (fired < SLICE && !this.finished) {
      const action = this.#actions[this.#run] ?? 0;
      const input = action & READ ? this.inputAt() : 0;
      if (input === UNKNOWN) break;
      const output = action & WRITE ? this.outputAt() : 0;
      if (output === UNKNOWN) break;
      let cycle = this.#last + (this.#gaps[this.#run] ?? 1);
      if (this.#firing === 0) cycle = Math.max(cycle, this.#frameStart + this.cycles);
      if (this.#firing === this.#firings - 1) cycle = Math.max(cycle, this.frameEnd + this.cycles);
      if (input > cycle) {
        if (this.counted) this.starved += input - cycle;
        cycle = input;
      }
      if (output > cycle) {
        if (this.counted) this.blocked += output - cycle;
        cycle = output;
      }
      if (this.#firing === 0) this.#frameStart = cycle;
      if (action & READ) this.take(cycle);
      if (action & WRITE) this.write(cycle);
      this.#last = cycle;
      fired++;
      if (++this.#firing === this.#firings) this.frameEnd = cycle;
      if (++this.#fired >= (this.#counts[this.#run] ?? 0)) this.#nextRun();
    }
    return fired;
  }

  #nextRun(): void {
    this.#fired = 0;
    this.#run++;
    if (this.#run < (this.#starts[this.#segment + 1] ?? 0)) return;
    this.#repeat++;
    if (this.#repeat >= (this.#repeats[this.#segment] ?? 0)) {
      this.#repeat = 0;
      this.#segment++;
      if (this.#segment >= this.#repeats.length) {
        this.#segment = 0;
        this.frame++;
        this.#firing = 0;
      }
    }
    this.#run = this.#starts[this.#segment] ?? 0;
  }
}

/**
 * A sliding-window unit: reads and writes go on side by side and meet in the buffer. The next frame comes in
 * once the last window of this one has left, as FINN's cycles have it, which count the filling in every frame.
 */
export class WindowProcess extends Process {
  readonly #needs: Int32Array;
  readonly #frees: Int32Array;
  readonly #readAt: Float64Array;
  readonly #writtenAt: Float64Array;
  #read = 0;
  #written = 0;
  #lastRead = -1;
  #lastWrite = -1;
  #frameStart = Number.NEGATIVE_INFINITY;
  /** By input word: cycles the reader has waited for its input so far. */
  readonly #waitedAt: Float64Array;
  #waited = 0;
  /** The part of them that the writer has seen. */
  #waitedSeen = 0;

  constructor(
    program: Extract<Program, { kind: 'window' }>,
    cycles: number,
    inputs: readonly Edge[],
    outputs: readonly Edge[],
    around: Surroundings,
  ) {
    super(cycles, inputs, outputs, around);
    const { needs, frees } = windowTables(program.node);
    this.#needs = needs;
    this.#frees = frees;
    this.#readAt = new Float64Array(program.inWords);
    this.#waitedAt = new Float64Array(program.inWords);
    this.#writtenAt = new Float64Array(program.outWords);
  }

  advance(): number {
    let fired = 0;
    while (fired < SLICE && !this.finished) {
      const before = fired;
      if (this.#tryRead()) fired++;
      if (this.#tryWrite()) fired++;
      if (this.#read === this.#readAt.length && this.#written === this.#writtenAt.length) this.#nextFrame();
      if (fired === before) break;
    }
    return fired;
  }

  #tryRead(): boolean {
    const n = this.#read;
    const after = this.#frees[n] ?? 0;
    if (n >= this.#readAt.length || after > this.#written) return false;
    const input = this.inputAt();
    if (input === UNKNOWN) return false;
    let cycle = this.#lastRead + 1;
    if (n === 0) cycle = Math.max(cycle, this.#frameStart + this.cycles);
    if (after > 0) cycle = Math.max(cycle, (this.#writtenAt[after - 1] ?? 0) + 1);
    if (input > cycle) {
      this.#waited += input - cycle;
      cycle = input;
    }
    if (n === 0) this.#frameStart = cycle;
    this.take(cycle);
    this.#readAt[n] = cycle;
    this.#waitedAt[n] = this.#waited;
    this.#lastRead = cycle;
    this.#read++;
    return true;
  }

  #tryWrite(): boolean {
    const o = this.#written;
    const needed = this.#needs[o] ?? 0;
    if (o >= this.#writtenAt.length || needed > this.#read) return false;
    const output = this.outputAt();
    if (output === UNKNOWN) return false;
    let cycle = this.#lastWrite + 1;
    if (o === this.#writtenAt.length - 1) cycle = Math.max(cycle, this.frameEnd + this.cycles);
    const buffered = (this.#readAt[needed - 1] ?? 0) + 1;
    const waited = this.#waitedAt[needed - 1] ?? 0;
    if (buffered > cycle) {
      if (this.counted) this.starved += Math.min(buffered - cycle, Math.max(0, waited - this.#waitedSeen));
      cycle = buffered;
    }
    this.#waitedSeen = Math.max(this.#waitedSeen, waited);
    if (output > cycle) {
      if (this.counted) this.blocked += output - cycle;
      cycle = output;
    }
    this.write(cycle);
    this.#writtenAt[o] = cycle;
    this.#lastWrite = cycle;
    this.#written++;
    return true;
  }

  #nextFrame(): void {
    this.frame++;
    this.frameEnd = this.#lastWrite;
    this.#read = 0;
    this.#written = 0;
    this.#lastRead = Math.max(this.#lastRead, this.#lastWrite);
  }
}
