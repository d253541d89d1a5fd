import { graphNodes } from '../core/hardware/finn/graph/graphNodes.ts';
import { DEFAULT_PART } from '../core/hardware/finn/graphBuilder.ts';
import type { FinnNode } from '../core/hardware/finn/nodes.ts';
import type { DspBlock } from '../core/hardware/finn/operators/model.ts';
import { cyclesOf, resourcesOf } from '../core/hardware/finn/operators.ts';
import { type FinnRecord, nodeFromRecord } from '../core/hardware/finn/records.ts';
import { FaultError } from '../core/result.ts';

const BLOCKS: readonly DspBlock[] = ['DSP48E1', 'DSP48E2', 'DSP58'];

/** FINN's own estimates of one node, under FINN's names; or why there are none. */
export type NodeEstimate =
  | {
      readonly name: string;
      readonly cycles: number;
      readonly LUT: number;
      readonly BRAM_18K: number;
      readonly URAM: number;
      readonly DSP_by_block: Readonly<Record<DspBlock, number>>;
    }
  | { readonly name: string; readonly error: string };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Data types that a record gives beside its attributes, where the attributes lack them. */
function completed(record: Record<string, unknown>): FinnRecord {
  const attributes = isObject(record.attributes) ? record.attributes : {};
  const { input_datatype: inputDataType, output_datatype: outputDataType } = record;
  return {
    op_type: String(record.op_type),
    attributes: {
      ...(inputDataType ? { inputDataType } : {}),
      ...(outputDataType ? { outputDataType } : {}),
      ...attributes,
    },
    ...(typeof record.name === 'string' ? { name: record.name } : {}),
  };
}

function estimateNode(value: unknown, index: number): NodeEstimate {
  if (!isObject(value) || typeof value.op_type !== 'string') {
    return { name: `#${index}`, error: `Record ${index} is no node: it needs an op_type and attributes.` };
  }
  const name = typeof value.name === 'string' ? value.name : `${value.op_type}#${index}`;
  const node = nodeFromRecord(completed(value));
  return node.ok ? numbersOf(node.value, name) : { name, error: node.error.message };
}

function numbersOf(node: FinnNode, name: string): NodeEstimate {
  try {
    const { lut, bram18, uram } = resourcesOf(node);
    const dsp = BLOCKS.map((block) => [block, resourcesOf(node, block).dsp] as const);
    const numbers = { cycles: cyclesOf(node), LUT: lut, BRAM_18K: bram18, URAM: uram };
    if (!Object.values(numbers).every(Number.isFinite))
      return { name, error: `${name} has extents that give no finite estimate.` };
    return { name, ...numbers, DSP_by_block: Object.fromEntries(dsp) as Record<DspBlock, number> };
  } catch (error) {
    return { name, error: `${name} can't be estimated: ${(error as Error).message}` };
  }
}

/** An array of node records, as FINN users dump them from an intermediate model; answers in the same order. */
export function estimateFinnNodes(records: unknown, source: string): readonly NodeEstimate[] {
  if (!Array.isArray(records)) {
    throw new FaultError({
      code: 'no-array',
      message: `${source} holds no array of node records; write one as [{"op_type": ..., "attributes": ...}].`,
    });
  }
  return records.map(estimateNode);
}

/** The same of the nodes of a FINN graph, whose operations may have the names of other FINN versions. */
export const estimateGraphNodes = (records: readonly FinnRecord[]): readonly NodeEstimate[] =>
  graphNodes(records, DEFAULT_PART).nodes.map(({ name, node, problem }) =>
    node ? numbersOf(node, name) : { name, error: problem ?? '' },
  );
