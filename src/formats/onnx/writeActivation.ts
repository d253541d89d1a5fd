import type { LayerId, PlainLayer } from '../../core/network/network.ts';
import { assertNever } from '../../core/result.ts';
import type { GraphWriter } from './graphWriter.ts';

/** Activations that their kind describes in full. */
export type PlainActivation = Extract<
  PlainLayer['kind'],
  'relu' | 'relu6' | 'sigmoid' | 'tanh' | 'hardSigmoid' | 'hardSwish'
>;

/** relu6(x + 3) / 6 as ONNX writes it: clip(alpha * x + beta, 0, 1). */
const HARD_SIGMOID = { alpha: { float: 1 / 6 }, beta: { float: 0.5 } } as const;

/** What a Relu says of itself that is a ReLU6 before a quantizer that clips: readers tell the two by it. */
export const CLIPPED_BY_QUANTIZER = 'ReLU6, clipped at 6 by the quantizer that reads it';

/**
 * An activation as nodes of operator set 13: the tensor of its result, which carries the layer's id.
 *
 * @param clipped whether a quantizer clips a ReLU6's result
 */
export function writeActivation(
  writer: GraphWriter,
  id: LayerId,
  kind: PlainActivation,
  input: string,
  clipped: boolean,
): string {
  switch (kind) {
    case 'relu':
      return writer.layer('Relu', id, [input]);
    case 'relu6':
      if (clipped) return writer.named('Relu', id, id, [input], {}, '', CLIPPED_BY_QUANTIZER);
      return writer.layer('Clip', id, [input, writer.scalar(`${id}/min`, 0), writer.scalar(`${id}/max`, 6)]);
    case 'sigmoid':
      return writer.layer('Sigmoid', id, [input]);
    case 'tanh':
      return writer.layer('Tanh', id, [input]);
    case 'hardSigmoid':
      return writer.layer('HardSigmoid', id, [input], HARD_SIGMOID);
    case 'hardSwish': {
      // HardSwish itself came with operator set 14.
      const gate = writer.named('HardSigmoid', id, writer.free(`${id}_gate`), [input], HARD_SIGMOID);
      return writer.named('Mul', writer.free(`${id}_product`), id, [input, gate]);
    }
    default:
      return assertNever(kind);
  }
}
