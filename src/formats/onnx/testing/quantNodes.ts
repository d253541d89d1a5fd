import { unwrap } from '../../../core/result.ts';
import { decodeModel } from '../messages.ts';

/** The quantizers of a file and what they read: an operation, or the input. */
export async function quantNodes(bytes: Uint8Array) {
  const { graph } = unwrap(await decodeModel(bytes, 'q.onnx'));
  if (!graph) throw new Error('No graph');
  const scalars = new Map(graph.initializer.map(({ name, rawData }) => [name, rawData]));
  const numberAt = (name: string | undefined) => {
    const raw = scalars.get(name ?? '');
    return raw?.length === 4 ? new DataView(raw.buffer, raw.byteOffset).getFloat32(0, true) : Number.NaN;
  };
  return graph.node
    .filter(({ opType }) => opType.endsWith('Quant'))
    .map((node) => ({
      opType: node.opType,
      domain: node.domain,
      ofWeights: scalars.has(node.input[0] ?? ''),
      source: node.input[0],
      reads: graph.node.find(({ output }) => output[0] === node.input[0])?.opType ?? 'input',
      readers: graph.node.filter(({ input }) => input.includes(node.output[0] ?? '')).length,
      scale: numberAt(node.input[1]),
      zero: numberAt(node.input[2]),
      bits: numberAt(node.input[3]),
      signed: node.attribute.find(({ name }) => name === 'signed')?.i,
      narrow: node.attribute.find(({ name }) => name === 'narrow')?.i,
    }));
}
