import { consumersOf, type Layer, type LayerId, type Network } from '../../network/network.ts';
import { type Geometry, geometryAt, geometryOf, type LayerGeometry } from '../../network/shapes.ts';
import { assertNever } from '../../result.ts';
import type { DpuOp } from './ops.ts';

const FOLDED = new Set<Layer['kind']>(['conv2d', 'depthwiseConv2d', 'dense', 'add']);

/**
 * Our network as the DPU runs it. Batch norms right behind a convolution are folded into it, activations are
 * free, dropout and flatten vanish, softmax runs on the CPU. A batch norm that no convolution can take in (it
 * comes after a ReLU) is what Vitis AI makes of it: a 1x1 depthwise convolution on the ALU.
 */
export function lowerToDpu(network: Network): readonly DpuOp[] {
  const lowering = new Lowering(network, geometryOf(network));
  for (const layer of network.layers) lowering.take(layer);
  return lowering.ops;
}

type Growing = DpuOp & { layerIds: LayerId[] };

class Lowering {
  readonly ops: Growing[] = [];
  /** The op that computes a layer's output. */
  readonly #made = new Map<LayerId, Growing>();
  readonly #consumers;

  constructor(
    readonly network: Network,
    readonly geometry: Geometry,
  ) {
    this.#consumers = consumersOf(network);
  }

  /** The layer becomes part of the op that computes its input. */
  #join(layer: Layer): void {
    const op = this.#made.get(layer.inputs[0] as LayerId);
    if (!op) return;
    if (op.kind !== 'input') op.layerIds.push(layer.id);
    this.#made.set(layer.id, op);
  }

  /** A batch norm folds where its input is the untouched output of a convolution that nobody else reads. */
  #canFold(layer: Layer): boolean {
    const source = this.network.layers.find((candidate) => candidate.id === layer.inputs[0]);
    return (
      source !== undefined &&
      source.kind !== 'add' &&
      FOLDED.has(source.kind) &&
      this.#consumers.get(source.id)?.length === 1
    );
  }

  take(layer: Layer): void {
    const op = this.#lower(layer) as Growing | null;
    if (op === null) {
      this.#join(layer);
      return;
    }
    this.ops.push(op);
    this.#made.set(layer.id, op);
  }

  /** The op of a layer; null where it becomes part of the op before it. */
  #lower(layer: Layer): DpuOp | null {
    const at = geometryAt(this.geometry, layer.id);
    const base = {
      id: layer.id,
      inputs: layer.inputs.map((id) => this.#made.get(id)?.id ?? id),
      ofm: at.ofm,
      layerIds: [layer.id],
    };
    const pointwise = { ifm: at.ifm, kernelSize: [1, 1] as const, strides: [1, 1] as const };
    switch (layer.kind) {
      case 'input':
        return { ...base, kind: 'input' };
      case 'conv2d':
        return {
          ...base,
          kind: 'convolution',
          ifm: perGroup(at, layer.groups),
          kernelSize: layer.kernelSize,
          strides: layer.strides,
        };
      case 'depthwiseConv2d':
        return {
          ...base,
          kind: 'depthwise',
          ifm: at.ifm,
          kernelSize: layer.kernelSize,
          strides: layer.strides,
        };
      case 'dense':
        return { ...base, ...pointwise, kind: 'dense' };
      case 'maxPool':
      case 'averagePool':
        return {
          ...base,
          kind: layer.kind,
          ifm: at.ifm,
          kernelSize: layer.poolSize,
          strides: layer.strides,
        };
      case 'globalAveragePool':
      case 'globalMaxPool':
        return {
          ...base,
          kind: layer.kind === 'globalMaxPool' ? 'maxPool' : 'averagePool',
          ifm: at.ifm,
          kernelSize: [at.ifm.height, at.ifm.width],
          strides: [1, 1],
        };
      case 'batchNorm':
        return this.#canFold(layer) ? null : { ...base, ...pointwise, kind: 'depthwise' };
      case 'add':
      case 'concat':
        return { ...base, kind: layer.kind };
      case 'relu':
      case 'relu6':
      case 'dropout':
      case 'flatten':
      case 'softmax':
        return null;
      default:
        return assertNever(layer);
    }
  }
}

/** A grouped convolution reads the channels of one group for each output channel. */
const perGroup = ({ ifm }: LayerGeometry, groups: number) => ({ ...ifm, channels: ifm.channels / groups });
