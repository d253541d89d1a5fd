import type { FinnRecord } from '../../core/hardware/finn/records.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { orderedNodes } from './graphOrder.ts';
import { ATTRIBUTE, type AttributeMessage, decodeModel, type NodeMessage } from './messages.ts';
import { isFinnDomain } from './translate.ts';

const text = new TextDecoder();

/** Plain values of an attribute by its type; tensors and graphs are no folding choices and are left out. */
function attributeValue(attribute: AttributeMessage): unknown {
  switch (attribute.type) {
    case ATTRIBUTE.float:
      return attribute.f;
    case ATTRIBUTE.int:
      return attribute.i;
    case ATTRIBUTE.string:
      return text.decode(attribute.s);
    case ATTRIBUTE.floats:
      return attribute.floats;
    case ATTRIBUTE.ints:
      return attribute.ints;
    case ATTRIBUTE.strings:
      return attribute.strings.map((bytes) => text.decode(bytes));
    default:
      return undefined;
  }
}

/** A name for each hardware node: its own, else `<op_type>_<i>` counted in graph order as FINN names them. */
function namesOf(nodes: readonly NodeMessage[]): ReadonlyMap<NodeMessage, string> {
  const counts = new Map<string, number>();
  const names = new Map<NodeMessage, string>();
  for (const node of nodes) {
    const index = counts.get(node.opType) ?? 0;
    counts.set(node.opType, index + 1);
    names.set(node, node.name || `${node.opType}_${index}`);
  }
  return names;
}

/**
 * The hardware nodes of a FINN graph (domain finn.custom_op.fpgadataflow, .hls and .rtl) as records of FINN's own
 * names, in the graph's order. Host nodes between them are looked through for predecessors. A file without
 * hardware nodes is a fault.
 */
export async function readFinnGraph(
  bytes: Uint8Array,
  fileName: string,
): Promise<Result<readonly FinnRecord[]>> {
  const model = await decodeModel(bytes, fileName);
  if (!model.ok) return model;
  const { graph } = model.value;
  if (!graph || graph.node.length === 0)
    return fail('onnx-empty', `${fileName} holds no graph; it is cut off or no ONNX model.`, fileName);
  const ordered = orderedNodes(graph);
  if (!ordered.ok) return ordered;
  const hardware = ordered.value.filter(({ domain }) => isFinnDomain(domain));
  if (hardware.length === 0)
    return fail(
      'finn-graph',
      `${fileName} holds no FINN hardware nodes; choose a file saved after FINN's conversion to hardware layers, or open this one as a network.`,
      fileName,
    );
  const names = namesOf(hardware);
  /** By tensor: the hardware nodes it comes from. */
  const origins = new Map<string, readonly string[]>();
  const records: FinnRecord[] = [];
  for (const node of ordered.value) {
    const before = [...new Set(node.input.flatMap((tensor) => origins.get(tensor) ?? []))];
    const name = names.get(node);
    for (const output of node.output) origins.set(output, name === undefined ? before : [name]);
    if (name === undefined) continue;
    const attributes = Object.fromEntries(
      node.attribute.flatMap((attribute) => {
        const value = attributeValue(attribute);
        return value === undefined ? [] : [[attribute.name, value] as const];
      }),
    );
    records.push({ name, op_type: node.opType, attributes, predecessors: before });
  }
  return ok(records);
}
