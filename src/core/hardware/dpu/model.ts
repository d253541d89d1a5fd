import { BANK_DEPTH, type DpuArchitecture } from './architectures.ts';
import {
  addCycles,
  aluCycles,
  bandwidths,
  blocks,
  ceilDiv,
  convolutionCycles,
  convolutionShape,
  DPU_CONSTANTS,
  fitsOnChip,
  footprint,
  paddedBytes,
  weightBytes,
} from './cost.ts';
import { type DpuOp, isConvolution, isDepthwise, isPool, opMacCount } from './ops.ts';

/** One launched layer: an op with what is fused into it. Cycles of the DPU clock, one frame. */
export interface DpuRow {
  /** The first computes; the others are fused behind it. */
  readonly ops: readonly DpuOp[];
  readonly cycles: number;
  readonly convolution: number;
  readonly alu: number;
  readonly weightLoad: number;
  readonly mapLoad: number;
  readonly store: number;
  readonly weightBytes: number;
  readonly mapLoadBytes: number;
  readonly storeBytes: number;
  readonly tiles: number;
  /** False where one output-channel group fills the weight buffer: loading and computing take turns. */
  readonly doubleBuffered: boolean;
  readonly bound: 'compute' | 'alu' | 'load' | 'store';
  readonly macCount: number;
}

/** What the rows share: who reads whom, what stays on chip, where an op stands in the order. */
interface Context {
  readonly arch: DpuArchitecture;
  readonly byId: ReadonlyMap<string, DpuOp>;
  readonly position: ReadonlyMap<string, number>;
  readonly readers: ReadonlyMap<string, readonly DpuOp[]>;
  readonly onChip: ReadonlySet<string>;
}

function contextOf(ops: readonly DpuOp[], arch: DpuArchitecture): Context {
  const byId = new Map(ops.map((op) => [op.id, op]));
  const readers = new Map<string, DpuOp[]>(ops.map((op) => [op.id, []]));
  for (const op of ops) for (const input of op.inputs) readers.get(input)?.push(op);
  // Outputs of the network are always stored, its input is always loaded.
  const onChip = new Set(
    ops
      .filter((op) => op.kind !== 'input' && readers.get(op.id)?.length !== 0 && fitsOnChip(op.ofm, arch))
      .map((op) => op.id),
  );
  return { arch, byId, position: new Map(ops.map((op, i) => [op.id, i])), readers, onChip };
}

const soleReader = ({ readers }: Context, op: DpuOp): DpuOp | null => {
  const all = readers.get(op.id) ?? [];
  return all.length === 1 ? (all[0] as DpuOp) : null;
};

/** The tensors behind an input: a concat is addressing only. */
function sourcesOf(context: Context, id: string): readonly DpuOp[] {
  const op = context.byId.get(id);
  if (!op) return [];
  return op.kind === 'concat' ? op.inputs.flatMap((input) => sourcesOf(context, input)) : [op];
}

interface Fusion {
  readonly ops: DpuOp[];
  /** The op whose tensor leaves the row. */
  output: DpuOp;
  /** Inputs of the first op, and of a fused addition. */
  readonly inputs: string[];
  alu: number;
  weightBytes: number;
}

/** Convolution + addition (the addition's other branch is there already), convolution + depthwise. */
function fuse(context: Context, op: DpuOp, taken: Set<string>): Fusion {
  const { arch, position } = context;
  const fusion: Fusion = {
    ops: [op],
    output: op,
    inputs: [...op.inputs],
    alu: 0,
    weightBytes: weightBytes(op, arch),
  };
  const next = soleReader(context, op);
  if (!next || taken.has(next.id)) return fusion;
  if ((op.kind === 'convolution' || op.kind === 'depthwise') && next.kind === 'add') {
    const others = next.inputs.filter((id) => id !== op.id);
    const other = others[0];
    if (other !== undefined && (position.get(other) ?? 0) < (position.get(op.id) ?? 0)) {
      fusion.alu += addCycles(next, arch);
      fusion.inputs.push(...others);
      take(fusion, next, taken);
    }
  } else if (op.kind === 'convolution' && isDepthwise(next)) {
    fusion.alu += aluCycles(next, arch);
    fusion.weightBytes += weightBytes(next, arch);
    take(fusion, next, taken);
  }
  return fusion;
}

function take(fusion: Fusion, op: DpuOp, taken: Set<string>): void {
  fusion.ops.push(op);
  fusion.output = op;
  taken.add(op.id);
}

const strideOf = (op: DpuOp): number => ('strides' in op ? op.strides[0] : 1);
const kernelOf = (op: DpuOp): number => ('kernelSize' in op ? op.kernelSize[0] : 1);

/** Bytes of feature maps a row loads: what is not on chip, halo rows of every tile included. */
function loadedBytes(context: Context, op: DpuOp, inputs: readonly string[]): number {
  const { arch, onChip } = context;
  const pixels = arch.pixelParallelism;
  const [stride, kernel] = [strideOf(op), kernelOf(op)];
  let bytes = 0;
  for (const source of inputs.flatMap((id) => sourcesOf(context, id))) {
    if (onChip.has(source.id)) continue;
    const { height, width, channels } = source.ofm;
    let map = source.kind === 'input' ? height * width * channels : paddedBytes(source.ofm, arch);
    if (op.kind === 'convolution' && kernel > 1 && height > pixels) {
      const perPixelRow = Math.max(1, width * blocks(channels, arch));
      const rows = Math.max(pixels, Math.floor((Math.floor(BANK_DEPTH / perPixelRow) * pixels) / stride));
      map *= 1 + Math.max(0, kernel - stride) / (rows * stride);
    }
    if (stride >= 2 && kernel === 1) map /= stride; // only the rows that are read
    bytes += map;
  }
  return bytes;
}

/** Bytes a row stores. A pool behind a convolution is fused here, so that only the pooled tensor leaves. */
function storedBytes(context: Context, fusion: Fusion, taken: Set<string>): number {
  const { arch, onChip } = context;
  const op = fusion.ops[0] as DpuOp;
  const output = fusion.output;
  if (onChip.has(output.id) || op.kind === 'upsample') return 0;
  const pool = soleReader(context, output);
  const fusesPool = op.kind === 'convolution' && output === op && pool && isPool(pool) && pool.ofm.height > 1;
  if (!fusesPool) return paddedBytes(output.ofm, arch);
  fusion.alu += aluCycles(pool, arch);
  fusion.ops.push(pool);
  taken.add(pool.id);
  return onChip.has(pool.id) ? 0 : paddedBytes(pool.ofm, arch);
}

/** Row tiles, each filling at most a whole bank group with its input and with its output. */
function rowTiles(op: DpuOp, output: DpuOp, arch: DpuArchitecture, loads: boolean, stores: boolean): number {
  if (!loads && !stores) return 1;
  const pixels = arch.pixelParallelism;
  const ifm = 'ifm' in op ? op.ifm : op.ofm;
  const [stride, kernel] = [strideOf(op), kernelOf(op)];
  const fits = (rows: number) => {
    const inputRows = Math.min(ifm.height, (rows - 1) * stride + kernel);
    const input = loads ? footprint({ ...ifm, height: inputRows }, arch) : 0;
    const produced = stores ? footprint({ ...output.ofm, height: rows }, arch) : 0;
    return input <= BANK_DEPTH && produced <= BANK_DEPTH;
  };
  let most = pixels;
  // More rows never take less room: the first height that does not fit ends the search.
  for (let rows = pixels; rows <= op.ofm.height + pixels && fits(rows); rows += pixels) most = rows;
  return Math.max(1, ceilDiv(op.ofm.height, most));
}

function weightChunks(op: DpuOp, arch: DpuArchitecture): number {
  if (!isConvolution(op)) return 1;
  const depth =
    blocks(op.ofm.channels, arch) * blocks(op.ifm.channels, arch) * op.kernelSize[0] * op.kernelSize[1];
  return depth <= BANK_DEPTH ? 1 : ceilDiv(depth, BANK_DEPTH / 2);
}

function isDoubleBuffered(op: DpuOp, arch: DpuArchitecture): boolean {
  if (!isConvolution(op) || op.kind === 'dense') return true;
  const { inputBlocks, taps } = convolutionShape(op, arch);
  return 2 * inputBlocks * taps <= BANK_DEPTH;
}

/** Cycles of the op itself on the ALU and element-wise engines. */
function ownAluCycles(op: DpuOp, arch: DpuArchitecture): number {
  if (isDepthwise(op) || isPool(op)) return aluCycles(op, arch);
  return op.kind === 'add' || op.kind === 'multiply' ? addCycles(op, arch) : 0;
}

function rowOf(context: Context, op: DpuOp, taken: Set<string>): DpuRow {
  const { arch, readers } = context;
  const fusion = fuse(context, op, taken);
  const mapLoadBytes = loadedBytes(context, op, fusion.inputs);
  const storeBytes = storedBytes(context, fusion, taken);
  const { weights, maps } = bandwidths(arch);
  const convolution = isConvolution(op) ? convolutionCycles(op, arch) : 0;
  const alu = fusion.alu + ownAluCycles(op, arch);
  const weightLoad = fusion.weightBytes / weights;
  const mapLoad = mapLoadBytes / maps;
  const store = storeBytes / maps;
  const rows = rowTiles(op, fusion.output, arch, mapLoadBytes > 0, storeBytes > 0);
  const tiles = Math.max(weightChunks(op, arch), rows);
  // The convolution hands over to the ALU after every output-channel group of every row tile.
  const handOvers = blocks(op.ofm.channels, arch) * rows;
  const computing =
    convolution > 0 && alu > 0
      ? Math.max(convolution, alu) + Math.min(convolution, alu) / handOvers
      : convolution + alu;
  const load = weightLoad + mapLoad;
  const longest = Math.max(load, computing, store);
  const all = load + computing + store;
  const doubleBuffered = isDoubleBuffered(op, arch);
  let cycles = doubleBuffered
    ? longest + (all - longest) / tiles
    : convolution + weightLoad + Math.max(0, (all - convolution - weightLoad) / tiles);
  // A pool beside other branches runs while they compute.
  const besideOthers = isPool(op) && op.ofm.height > 1 && (readers.get(op.inputs[0] ?? '')?.length ?? 0) > 1;
  if (besideOthers) cycles = Math.max(0, cycles - alu);
  const computeBound = convolution >= alu ? 'compute' : 'alu';
  return {
    ops: fusion.ops,
    cycles: cycles + DPU_CONSTANTS.overheadCycles,
    convolution,
    alu,
    weightLoad,
    mapLoad,
    store,
    weightBytes: fusion.weightBytes,
    mapLoadBytes,
    storeBytes,
    tiles,
    doubleBuffered,
    bound: longest === load ? 'load' : longest === computing ? computeBound : 'store',
    macCount: fusion.ops.reduce((sum, part) => sum + opMacCount(part), 0),
  };
}

/** The launched layers of one frame, in order. Their cycles add up to the frame's. */
export function simulateDpu(ops: readonly DpuOp[], arch: DpuArchitecture): readonly DpuRow[] {
  const context = contextOf(ops, arch);
  const taken = new Set<string>();
  const rows: DpuRow[] = [];
  for (const op of ops) {
    if (op.kind === 'input' || op.kind === 'concat' || taken.has(op.id)) continue;
    rows.push(rowOf(context, op, taken));
  }
  return rows;
}
