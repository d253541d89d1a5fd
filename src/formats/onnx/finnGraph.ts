import { partitionFile } from '../../core/hardware/finn/graph/graphNodes.ts';
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

/**
 * A name for each hardware node: its own where all have one and no two the same, else `<op_type>_<i>` counted in graph
 * order, as FINN's GiveUniqueNodeNames renames all nodes.
 */
function namesOf(nodes: readonly NodeMessage[]): ReadonlyMap<NodeMessage, string> {
  const own = new Set(nodes.map(({ name }) => name));
  if (own.size === nodes.length && !own.has('')) return new Map(nodes.map((node) => [node, node.name]));
  const counts = new Map<string, number>();
  const names = new Map<NodeMessage, string>();
  for (const node of nodes) {
    const index = counts.get(node.opType) ?? 0;
    counts.set(node.opType, index + 1);
    names.set(node, `${node.opType}_${index}`);
  }
  return names;
}

/** The host's part of a partitioned build: its hardware is in another file. */
function onlyPartitions(records: readonly FinnRecord[], fileName: string): Result<never> | null {
  const files = records.flatMap((record) => partitionFile(record) ?? []);
  if (files.length < records.length) return null;
  return fail(
    'finn-partition',
    `${fileName} holds the host's side of a FINN build and no hardware nodes of its own: they are in ${[...new Set(files)].join(', ')}; open that file.`,
    fileName,
  );
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
  return onlyPartitions(records, fileName) ?? ok(records);
}

const DOMAIN = new TextEncoder().encode('finn.custom_op.fpgadataflow');

/** Whether a file's bytes name FINN's hardware domain: found without reading the file as a graph. */
function namesFinn(bytes: Uint8Array): boolean {
  const first = DOMAIN[0] ?? 0;
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1))
    if (DOMAIN.every((byte, i) => bytes[at + i] === byte)) return true;
  return false;
}

/** Whether a file is an ONNX graph with hardware nodes of FINN; bytes that are none are not. */
export async function isFinnGraph(bytes: Uint8Array): Promise<boolean> {
  // An ONNX file begins with its ir_version, field 1; others need no scan.
  if (bytes[0] !== 0x08 || !namesFinn(bytes)) return false;
  const model = await decodeModel(bytes, '');
  return model.ok && (model.value.graph?.node.some(({ domain }) => isFinnDomain(domain)) ?? false);
}
