import { graphNodes } from '../../core/hardware/finn/graph/graphNodes.ts';
import type { FinnRecord } from '../../core/hardware/finn/records.ts';
import { type CarriedAttributes, foldingConfigText } from './foldingConfig.ts';

/** What FINN's builder extracts from a folded graph (finn.md, section 8), FIFO depths added. */
const EXTRACTED = [
  'PE',
  'SIMD',
  'parallel_window',
  'ram_style',
  'resType',
  'mem_mode',
  'runtime_writeable_weights',
  'depth_trigger_uram',
  'depth_trigger_bram',
  'inFIFODepths',
  'outFIFODepths',
  'depth',
  'impl_style',
] as const;

/**
 * `folding_config.json` of a graph's records: every attribute that they have, in the file's own words, so that the FINN
 * that wrote the graph reads it. Where no backend is chosen yet, nodes have the names that FINN gives them once it is.
 */
export function graphFoldingConfig(records: readonly FinnRecord[], part: string): string {
  const { generation, nodes } = graphNodes(records, part);
  const counts = new Map<string, number>();
  const entries: Record<string, Record<string, unknown>> = {};
  for (const { name, record, foldable } of nodes) {
    const opType = foldable?.opType ?? record.op_type;
    const index = counts.get(opType) ?? 0;
    counts.set(opType, index + 1);
    const attributes = Object.fromEntries(
      EXTRACTED.flatMap((key) =>
        record.attributes[key] === undefined ? [] : [[key, record.attributes[key]]],
      ),
    );
    if (Object.keys(attributes).length === 0) continue;
    entries[generation === 'unspecialized' ? `${opType}_${index}` : name] = attributes;
  }
  return foldingConfigText([], entries as CarriedAttributes);
}
