import { pushAffine } from './affine.ts';
import { bitsBetween } from './fold.ts';
import { after, append, type NodeHandler } from './layers.ts';
import type { NodeReader } from './nodeReader.ts';
import type { LayerDraft, NetworkSketch } from './sketch.ts';
import { type MapValue, Unsupported, type Value } from './values.ts';
import { CLIPPED_BY_QUANTIZER } from './writeActivation.ts';

export const plain =
  (draft: LayerDraft): NodeHandler =>
  (node, sketch) =>
    append(node, sketch, node.mapAt(0, { viewed: true }), draft).value;

/** A ReLU, or a ReLU6 of what a minimum with 6 waits with. */
function readPositive(node: NodeReader, sketch: NetworkSketch, at: number): Value {
  const { most, ...input } = node.mapAt(at, { viewed: true, cut: true });
  return append(node, sketch, input, { kind: most === undefined ? 'relu' : 'relu6' }).value;
}

/** A ReLU cut off at 6 is a ReLU6: PyTorch writes it as both, one after the other. Null behind other layers. */
function cappedRelu(node: NodeReader, sketch: NetworkSketch, input: MapValue): Value | null {
  const layer = sketch.layer(input.source);
  if (layer?.kind !== 'relu') return null;
  if (input.shared) return append(node, sketch, input, { kind: 'relu6' }).value;
  const capped = { ...layer, kind: 'relu6' } as const;
  sketch.replace(capped);
  return after(input, capped, input.map);
}

const readClip: NodeHandler = (node, sketch) => {
  const low = node.numberAt(1, 'min', Number.NEGATIVE_INFINITY);
  const high = node.numberAt(2, 'max', Number.POSITIVE_INFINITY);
  const input = node.mapAt(0, { viewed: true });
  if (input.whole) {
    sketch.setActivationBits(input, bitsBetween(low, high, 8));
    return input;
  }
  const capped = high === 6 && low <= 0 ? cappedRelu(node, sketch, input) : null;
  if (capped) return capped;
  if (low === 0 && high === 6) return plain({ kind: 'relu6' })(node, sketch);
  if (low === 0 && high >= 3e38) return plain({ kind: 'relu' })(node, sketch);
  throw new Unsupported(`it clips to [${low}, ${high}], and [0, 6] is understood`);
};

/** A ReLU6 of ours whose clipping its quantizer does says so. */
const readRelu: NodeHandler = (node, sketch) => {
  const clipped = node.message.docString === CLIPPED_BY_QUANTIZER;
  return clipped ? plain({ kind: 'relu6' })(node, sketch) : readPositive(node, sketch, 0);
};

const readLeakyRelu: NodeHandler = (node, sketch) => {
  const slope = node.float('alpha', 0.01);
  if (slope === 0) return plain({ kind: 'relu' })(node, sketch);
  if (!(slope > 0 && slope <= 1)) throw new Unsupported(`its slope is ${slope}, not above 0 and up to 1`);
  return plain({ kind: 'leakyRelu', slope })(node, sketch);
};

/** clip(alpha * x + beta, 0, 1); ours is relu6(x + 3) / 6. */
const readHardSigmoid: NodeHandler = (node, sketch) => {
  const [alpha, beta] = [node.float('alpha', 0.2), node.float('beta', 0.5)];
  const input = node.mapAt(0, { viewed: true });
  const { channels } = input.map;
  const filled = (value: number) => new Float64Array(channels).fill(value);
  const same = Math.abs(alpha - 1 / 6) < 1e-5 && beta === 0.5;
  const stretched = same
    ? input
    : pushAffine(
        node,
        sketch,
        input,
        filled(6 * alpha),
        filled(6 * beta - 3),
        `The slope ${alpha} and the offset ${beta} of ${node.label}`,
      );
  return append(node, sketch, stretched, { kind: 'hardSigmoid' }).value;
};

/** The greater or lesser of a map and one number: a ReLU, or the second half of a ReLU6. */
const readExtreme: NodeHandler = (node, sketch) => {
  const at = node.inputs[0]?.kind === 'map' ? 0 : 1;
  const input = node.mapAt(at, { viewed: true, cut: true });
  const { values } = node.constantAt(1 - at);
  const limit = values.every((value) => value === values[0]) ? values[0] : undefined;
  if (node.inputs.length === 2) {
    if (node.message.opType === 'Max' && limit === 0) return readPositive(node, sketch, at);
    if (node.message.opType === 'Min' && limit === 6)
      return cappedRelu(node, sketch, input) ?? { ...input, most: limit };
  }
  throw new Unsupported('it is no ReLU or ReLU6');
};

/** One slope for all channels is a leaky ReLU. */
const readPRelu: NodeHandler = (node, sketch) => {
  const { values } = node.constantAt(1);
  const [slope] = values;
  if (slope === undefined || values.some((value) => value !== slope))
    throw new Unsupported('each channel has a slope of its own');
  if (slope === 0) return plain({ kind: 'relu' })(node, sketch);
  if (!(slope > 0 && slope <= 1)) throw new Unsupported(`its slope is ${slope}, not above 0 and up to 1`);
  return plain({ kind: 'leakyRelu', slope: Number(slope.toPrecision(7)) })(node, sketch);
};

/** Activations of one input, by operation. */
export const ACTIVATION_OPS: Readonly<Record<string, NodeHandler>> = {
  Relu: readRelu,
  Clip: readClip,
  LeakyRelu: readLeakyRelu,
  PRelu: readPRelu,
  Max: readExtreme,
  Min: readExtreme,
  Sigmoid: plain({ kind: 'sigmoid' }),
  Tanh: plain({ kind: 'tanh' }),
  HardSigmoid: readHardSigmoid,
  HardSwish: plain({ kind: 'hardSwish' }),
};
