import type { FinnRecord } from '../../../core/hardware/finn/records.ts';
import { type AttributeValue, GraphWriter } from '../graphWriter.ts';
import { encodeModel } from '../messages.ts';

const domainOf = (opType: string) =>
  `finn.custom_op.fpgadataflow${/_hls$/.test(opType) ? '.hls' : /_rtl$/.test(opType) ? '.rtl' : ''}`;

/**
 * The bytes of a FINN graph of these records: each reads its predecessors' outputs, the last one's where they are not
 * among the records, and the graph's input where it has none.
 */
export async function finnGraphBytes(records: readonly FinnRecord[]): Promise<Uint8Array> {
  const writer = new GraphWriter(['x']);
  const outputs = new Map<string, string>();
  let last = 'x';
  for (const { name = '', op_type: opType, attributes, predecessors = [] } of records) {
    const inputs = predecessors.map((before) => outputs.get(before) ?? last);
    const output = writer.free('stream');
    const given = { ...attributes, backend: 'fpgadataflow' } as Record<string, AttributeValue>;
    writer.named(opType, name, output, inputs.length > 0 ? inputs : ['x'], given, domainOf(opType));
    outputs.set(name, output);
    last = output;
  }
  return encodeModel({
    irVersion: 7,
    producerName: 'test',
    opsetImport: [
      { domain: '', version: 11 },
      { domain: 'finn.custom_op.fpgadataflow', version: 1 },
    ],
    graph: writer.graph('graph', [['x', [1]]], [[last, [1]]]),
  });
}
