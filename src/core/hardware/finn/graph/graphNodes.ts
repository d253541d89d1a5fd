import type { FinnNode, SlidingWindowNode } from '../nodes.ts';
import { cyclesOf, resourcesOf } from '../operators.ts';
import { type FinnRecord, nodeFromRecord } from '../records.ts';
import { currentRecord } from './currentRecord.ts';
import { currentOpType, type Generation, generationOf } from './opTypes.ts';

/** A node of somebody's FINN graph: the record of the file, and what can be estimated of it. */
export interface GraphNode {
  readonly name: string;
  readonly record: FinnRecord;
  /** Null where there is no estimate. */
  readonly node: FinnNode | null;
  /** The same where only PE or SIMD is at fault, at a legal folding: what can be folded anew. */
  readonly foldable: FinnNode | null;
  /** One sentence: why there is no estimate. */
  readonly problem: string | null;
}

export interface FinnGraph {
  readonly generation: Generation;
  readonly nodes: readonly GraphNode[];
}

const PARTITIONS: ReadonlySet<string> = new Set(['StreamingDataflowPartition', 'GenericPartition']);

/** The file that a partition's node stands for, without its folder, which was that of another machine. */
export function partitionFile({ op_type: opType, attributes }: FinnRecord): string | null {
  if (!PARTITIONS.has(opType)) return null;
  const file = typeof attributes.model === 'string' ? attributes.model.split(/[\\/]/).at(-1) : '';
  return file || 'another file';
}

function unknown(record: FinnRecord, name: string): string {
  const file = partitionFile(record);
  return file === null
    ? `${name}: there is no estimate for ${record.op_type}; totals are without it, and it keeps its folding.`
    : `${name} stands for the nodes in ${file}; open that file to see them.`;
}

/** Why a node's formulas give no number; null where they do. */
function fault(node: FinnNode): string | null {
  const { lut, bram18, uram, dsp } = resourcesOf(node);
  const finite = [cyclesOf(node), lut, bram18, uram, dsp].every(Number.isFinite);
  return finite ? null : `${node.name} has extents that give no finite estimate; check its attributes.`;
}

/** The record at a folding that is always legal. */
function unfolded(record: FinnRecord): FinnRecord {
  const { PE, SIMD, ...others } = record.attributes;
  const ones = { ...(PE === undefined ? {} : { PE: 1 }), ...(SIMD === undefined ? {} : { SIMD: 1 }) };
  return { ...record, attributes: { ...others, ...ones } };
}

function graphNode(record: FinnRecord, generation: Generation, part: string, at: number): GraphNode {
  const name = record.name ?? `${record.op_type}_${at}`;
  const named = { ...record, name };
  const opType = currentOpType(named, generation, part);
  const without = (problem: string, foldable: FinnNode | null = null): GraphNode => ({
    name,
    record: named,
    node: null,
    foldable,
    problem,
  });
  if (opType === null) return without(unknown(named, name));
  const current = currentRecord(named, opType, generation);
  const read = nodeFromRecord(current);
  if (read.ok) {
    const problem = fault(read.value);
    const node = problem === null ? read.value : null;
    return { name, record: named, node, foldable: node, problem };
  }
  const repaired = read.error.code === 'finn-folding' ? nodeFromRecord(unfolded(current)) : read;
  const foldable = repaired.ok && fault(repaired.value) === null ? repaired.value : null;
  return without(read.error.message, foldable);
}

/**
 * The records of a FINN graph as nodes with formulas. Names of older FINN versions, and of layers before their backend
 * is chosen, get the formulas of v0.10.1's variant. `part` decides that variant where the file does not.
 */
export function graphNodes(records: readonly FinnRecord[], part: string): FinnGraph {
  const generation = generationOf(records);
  return { generation, nodes: records.map((record, at) => graphNode(record, generation, part, at)) };
}

const isWindow = (node: FinnNode | null | undefined): node is SlidingWindowNode =>
  node?.opType === 'ConvolutionInputGenerator_rtl' || node?.opType === 'ConvolutionInputGenerator_hls';

/** Depthwise windows that do not run at the PE of their reader, which code generation refuses (finn.md section 7). */
export function uncoupledWindows(nodes: readonly FinnNode[]): readonly string[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  return nodes.flatMap((node) => {
    if (node.opType !== 'Pool_hls' && node.opType !== 'VVAU_hls' && node.opType !== 'VVAU_rtl') return [];
    return node.predecessors.flatMap((name) => {
      const window = byName.get(name);
      if (!isWindow(window) || window.simd === node.pe) return [];
      return `SIMD ${window.simd} of ${window.name} and PE ${node.pe} of ${node.name}, which reads it, must be equal; FINN can't build them apart.`;
    });
  });
}
