import { consumersOf, type Layer, type LayerId, type Network } from '../../network/network.ts';
import { type Geometry, geometryAt, geometryOf, type LayerGeometry } from '../../network/shapes.ts';
import { assertNever } from '../../result.ts';
import type { DpuOp } from './ops.ts';

/**
 * Our network as the DPU runs it.
 * - A batch norm folds into the convolution or dense layer whose untouched result it alone reads. One that
 *   can't (behind a ReLU, a pool, an addition, a concat, the input) becomes what Vitis AI makes of it: a 1x1
 *   depthwise convolution on the ALU. Folding it forward into the next convolution would be exact only where
 *   that one pads nothing; we do not count on it.
 * - An activation is free in the op whose result it alone reads; behind a concat it moves into the branches.
 *   Where somebody else reads the value before it, both have to exist: our assumption is a 1x1 pass of the ALU.
 * - A multiplication is the element-wise unit's, over the whole map where one factor is a 1x1 gate. That a gate's
 *   values are repeated on the way in, as they are for a bias, is our assumption; no published graph has one.
 * - Dropout and flatten vanish, their ids stay with the op before them. Softmax runs on the CPU: its id is in
 *   no row, as are those of the input, of concats (addressing only) and of what vanishes behind the input.
 */
export function lowerToDpu(network: Network, geometry: Geometry = geometryOf(network)): readonly DpuOp[] {
  const lowering = new Lowering(network, geometry);
  for (const layer of network.layers) lowering.take(layer);
  return lowering.ops;
}

type Growing = DpuOp & { readonly layerIds: LayerId[] };

/** What a layer hands on: the op that computes it and what may still be folded into that op. */
interface Value {
  readonly op: Growing;
  /** A convolution's sums, before any activation: a batch norm can be folded in. */
  readonly linear: boolean;
  /** Nobody reads what the op computed before this layer: changing the op changes nobody else's input. */
  readonly alone: boolean;
}

class Lowering {
  readonly ops: Growing[] = [];
  readonly #values = new Map<LayerId, Value>();
  readonly #readers: ReadonlyMap<LayerId, readonly Layer[]>;
  readonly #geometry: Geometry;

  constructor(network: Network, geometry: Geometry) {
    this.#geometry = geometry;
    this.#readers = consumersOf(network);
  }

  take(layer: Layer): void {
    this.#values.set(layer.id, this.#folded(layer) ?? this.#computed(layer));
  }

  /** The value of a layer that becomes part of the op before it; null where it needs an op of its own. */
  #folded(layer: Layer): Value | null {
    const value = this.#values.get(layer.inputs[0] ?? '');
    if (!value) return null;
    const alone = value.alone && this.#isReadOnce(layer.inputs[0] ?? '');
    switch (layer.kind) {
      case 'batchNorm':
        return value.linear && alone ? this.#join(layer, { ...value, alone }) : null;
      case 'relu':
      case 'relu6':
      case 'leakyRelu':
      case 'hardSigmoid':
      case 'hardSwish':
        return alone ? this.#join(layer, { ...value, linear: false, alone }) : null;
      case 'dropout':
      case 'flatten':
        return this.#join(layer, { ...value, alone });
      case 'softmax':
        return { ...value, linear: false, alone: false };
      default:
        return null;
    }
  }

  /** The value of a layer with an op of its own, which reads the ops that compute the layer's inputs. */
  #computed(layer: Layer): Value {
    const inputs = layer.inputs.map((id) => this.#values.get(id)?.op.id ?? id);
    const work = workOf(layer, geometryAt(this.#geometry, layer.id));
    const op: Growing = { ...work, id: layer.id, inputs, layerIds: [layer.id] };
    this.ops.push(op);
    const linear = op.kind === 'convolution' || op.kind === 'dense' || op.kind === 'depthwise';
    if (op.kind !== 'concat') return { op, linear, alone: op.kind !== 'input' };
    const alone = layer.inputs.every((id) => this.#values.get(id)?.alone && this.#isReadOnce(id));
    return { op, linear, alone };
  }

  #isReadOnce(id: LayerId): boolean {
    return this.#readers.get(id)?.length === 1;
  }

  #join(layer: Layer, value: Value): Value {
    this.#computing(value.op)?.layerIds.push(layer.id);
    return value;
  }

  /** The op whose row a folded layer belongs to. A concat has no row: its last branch stands for it. */
  #computing(op: Growing): Growing | null {
    if (op.kind === 'input') return null;
    if (op.kind !== 'concat') return op;
    const branch = this.#values.get(op.inputs.at(-1) ?? '')?.op;
    return branch ? this.#computing(branch) : null;
  }
}

/** An op without its place in the graph. */
type Work = DpuOp extends infer Op
  ? Op extends DpuOp
    ? Omit<Op, 'id' | 'inputs' | 'layerIds'>
    : never
  : never;

const POINTWISE = { kernelSize: [1, 1], strides: [1, 1] } as const;

function workOf(layer: Layer, { ifm, ofm }: LayerGeometry): Work {
  switch (layer.kind) {
    case 'input':
    case 'add':
    case 'multiply':
    case 'concat':
      return { kind: layer.kind, ofm };
    case 'upsample':
      return { kind: 'upsample', ofm };
    case 'conv2d': {
      const { kernelSize, strides, groups } = layer;
      // As many groups as channels is a depthwise convolution (UG1414, operator table). Other groups the DPU
      // can't run (see rules.ts); they are counted as a convolution that reads one group's channels.
      if (groups > 1 && groups === ifm.channels) return { kind: 'depthwise', ifm, ofm, kernelSize, strides };
      const perGroup = { ...ifm, channels: ifm.channels / groups };
      return { kind: 'convolution', ifm: perGroup, ofm, kernelSize, strides };
    }
    case 'depthwiseConv2d':
      return { kind: 'depthwise', ifm, ofm, kernelSize: layer.kernelSize, strides: layer.strides };
    case 'dense':
      return { kind: 'dense', ifm, ofm, ...POINTWISE };
    case 'maxPool':
    case 'averagePool':
      return { kind: layer.kind, ifm, ofm, kernelSize: layer.poolSize, strides: layer.strides };
    case 'globalAveragePool':
    case 'globalMaxPool': {
      const kind = layer.kind === 'globalMaxPool' ? 'maxPool' : 'averagePool';
      return { kind, ifm, ofm, kernelSize: [ifm.height, ifm.width], strides: [1, 1] };
    }
    // What could not be folded passes through the ALU once.
    case 'batchNorm':
    case 'relu':
    case 'relu6':
    case 'leakyRelu':
    case 'channelShuffle':
    case 'l2Normalize':
    case 'sigmoid':
    case 'tanh':
    case 'hardSigmoid':
    case 'hardSwish':
    case 'dropout':
    case 'flatten':
    case 'softmax':
      return { kind: 'depthwise', ifm, ofm, ...POINTWISE };
    default:
      return assertNever(layer);
  }
}
