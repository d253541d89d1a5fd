import { type L2NormalizeLayer, parameterKey } from '../../core/network/network.ts';
import type { GraphWriter } from './graphWriter.ts';

/** ReduceL2 over the channels, at least epsilon, as the divisor; then the scale. The division carries the layer's id. */
export function writeL2Normalize(
  writer: GraphWriter,
  { id, epsilon }: L2NormalizeLayer,
  scale: Float32Array,
  input: string,
): string {
  const length = writer.helper('ReduceL2', `${id}_length`, [input], { axes: [1], keepdims: 1 });
  const least = writer.scalar(`${id}/epsilon`, epsilon);
  const divisor = writer.helper('Clip', `${id}_divisor`, [length, least]);
  const unit = writer.named('Div', id, writer.free(`${id}_unit`), [input, divisor]);
  const factors = writer.floats(parameterKey(id, 'scale'), [1, scale.length, 1, 1], scale);
  return writer.named('Mul', writer.free(`${id}_scale`), id, [unit, factors]);
}
