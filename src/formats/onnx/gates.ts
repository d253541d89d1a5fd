import type { Layer } from '../../core/network/network.ts';
import { after, append } from './layers.ts';
import type { NodeReader } from './nodeReader.ts';
import type { NetworkSketch } from './sketch.ts';
import { type Constant, isPixel, type MapValue, sameOrder, type Value } from './values.ts';

const only = ({ values }: Constant): number | undefined => {
  const [first] = values;
  return values.every((value) => value === first) ? first : undefined;
};

/** Whether a layer adds 3 and does nothing else. */
function addsThree(sketch: NetworkSketch, layer: Layer | undefined): boolean {
  if (layer?.kind !== 'batchNorm') return false;
  const all = (name: string, wanted: number) =>
    sketch.parameter(layer.id, name)?.values.every((value) => value === wanted) === true;
  return sketch.isAffine(layer.id) && all('gamma', 1) && all('beta', 3);
}

/** What relu6(x + 3) is computed from, if `id` is that and nobody else reads its parts. */
function softStep(sketch: NetworkSketch, id: string): { relu6: Layer; sum: Layer; source: string } | null {
  const relu6 = sketch.layer(id);
  const sum = sketch.layer(relu6?.inputs[0] ?? '');
  const source = sum?.inputs[0];
  if (relu6?.kind !== 'relu6' || !sum || source === undefined || !addsThree(sketch, sum)) return null;
  return sketch.readersOf(sum.id) === 1 ? { relu6, sum, source } : null;
}

/**
 * relu6(x + 3) / 6 and x * relu6(x + 3) / 6 of their parts, as Keras and older PyTorch models write the hard sigmoid
 * and hard swish (Howard et al. 2019, section 5.2); `divisor` is what the map is divided by. Null where it is neither.
 */
export function asHardGate(
  sketch: NetworkSketch,
  input: MapValue,
  numbers: Constant,
  operation: 'Mul' | 'Div',
): MapValue | null {
  const number = only(numbers);
  if (number === undefined || input.shared) return null;
  const factor = operation === 'Mul' ? number : 1 / number;
  if (Math.abs(factor * 6 - 1) > 1e-6) return null;
  const layer = sketch.layer(input.source);
  const step = softStep(sketch, input.source);
  if (step) {
    const gate: Layer = { ...step.relu6, kind: 'hardSigmoid', inputs: [step.source] } as Layer;
    sketch.remove(step.sum.id);
    sketch.replace(gate);
    return after(input, gate, input.map);
  }
  if (layer?.kind !== 'multiply') return null;
  const [a = '', b = ''] = layer.inputs;
  for (const [x, gate] of [
    [a, b],
    [b, a],
  ] as const) {
    const inner = softStep(sketch, gate);
    if (inner?.source !== x || sketch.readersOf(gate) !== 1) continue;
    sketch.remove(inner.sum.id);
    sketch.remove(gate);
    const swish: Layer = { id: layer.id, kind: 'hardSwish', inputs: [x] };
    sketch.replace(swish);
    return after(input, swish, input.map);
  }
  return null;
}

/** x times the hard sigmoid of x, as files before operator set 14 write a hard swish. */
export function asHardSwish(sketch: NetworkSketch, [a, b]: readonly MapValue[]): Value | null {
  for (const [gate, other] of [
    [a, b],
    [b, a],
  ]) {
    const layer = gate && sketch.layer(gate.source);
    if (!gate || !other || layer?.kind !== 'hardSigmoid' || gate.shared) continue;
    if (layer.inputs[0] !== other.source || !sameOrder(gate, other)) continue;
    sketch.replace({ ...layer, kind: 'hardSwish' });
    return gate;
  }
  return null;
}

/** A gate of one pixel that Expand repeated over a map: the gate itself, for a product repeats it anyway. */
export function unexpanded(sketch: NetworkSketch, value: MapValue): MapValue {
  const layer = sketch.layer(value.source);
  const source = layer?.inputs[0];
  if (layer?.kind !== 'upsample' || source === undefined || value.shared) return value;
  const map = sketch.mapOf(source);
  if (layer.interpolation !== 'nearest' || !isPixel(map)) return value;
  sketch.remove(layer.id);
  return { ...value, source, map };
}

/** Expand of a map of one pixel over rows and columns. */
export function expanded(
  node: NodeReader,
  sketch: NetworkSketch,
  input: MapValue,
  size: readonly [number, number],
): MapValue {
  return append(node, sketch, input, { kind: 'upsample', size, interpolation: 'nearest' }).value;
}
