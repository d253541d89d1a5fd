import { layerMacCount } from '../../network/counts.ts';
import {
  consumersOf,
  type FeatureMap,
  type Layer,
  type LayerId,
  type Network,
} from '../../network/network.ts';
import { type Geometry, geometryAt, geometryOf, type LayerGeometry } from '../../network/shapes.ts';
import type { Work } from './cycles.ts';

/** One run of the engine, with what its quantization and pooling units do on the way out (section 4 of source 004). */
export interface LiuPass extends Work {
  /** The id of the layer that gives the pass its name; also the name of the tensor it writes. */
  readonly id: string;
  /** The layers computed here, the one that names it first. */
  readonly layerIds: readonly LayerId[];
  /** Tensors read: ids of passes or of input layers. A concat is addressing only: its branches are read. */
  readonly inputs: readonly string[];
  /** Tensors that the quantization unit adds (eq. 11). */
  readonly shortcuts: readonly string[];
  /** What leaves the pass, after a fused pooling. */
  readonly output: FeatureMap;
  readonly macCount: number;
}

/** A network as the engine runs it. */
export interface Lowered {
  readonly passes: readonly LiuPass[];
  /** The network's inputs, by layer id. */
  readonly sources: ReadonlyMap<string, FeatureMap>;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Growing = Mutable<LiuPass> & { layerIds: LayerId[]; shortcuts: string[] };

/** How far a value has come in the output path: convolution sums, then shortcut and activation, then pooling. */
const STAGES = ['sums', 'added', 'activated', 'pooled'] as const;
type Stage = (typeof STAGES)[number];
const before = (a: Stage, b: Stage): boolean => STAGES.indexOf(a) < STAGES.indexOf(b);

interface Value {
  readonly tensors: readonly string[];
  /** The pass that computes it; null for inputs and concats. */
  readonly pass: Growing | null;
  readonly stage: Stage;
  /** Nobody reads what the pass gave before this layer. */
  readonly alone: boolean;
}

/**
 * Our network as passes of the engine (LI-37): batch norm, ReLU, a shortcut and a pooling become part of the
 * convolution whose result they alone read. What can't becomes a pass of its own: a batch norm as a 1x1
 * depthwise convolution, the others in the output unit. Dropout and flatten vanish; softmax is the host's.
 * A ReLU behind the shortcut (ResNet) counts as fused, though eq. 11 of source 004 activates before.
 */
export function lowerToLiu(network: Network, geometry: Geometry = geometryOf(network)): Lowered {
  const lowering = new Lowering(network, geometry);
  for (const layer of network.layers) lowering.take(layer);
  return lowering;
}

class Lowering implements Lowered {
  readonly passes: Growing[] = [];
  readonly sources = new Map<string, FeatureMap>();
  readonly #values = new Map<LayerId, Value>();
  readonly #readers: ReadonlyMap<LayerId, readonly Layer[]>;
  readonly #geometry: Geometry;

  constructor(network: Network, geometry: Geometry) {
    this.#geometry = geometry;
    this.#readers = consumersOf(network);
  }

  take(layer: Layer): void {
    this.#values.set(layer.id, this.#valueOf(layer));
  }

  #valueOf(layer: Layer): Value {
    const at = geometryAt(this.#geometry, layer.id);
    const first = this.#read(layer.inputs[0] ?? '');
    switch (layer.kind) {
      case 'input':
        this.sources.set(layer.id, at.ofm);
        return { tensors: [layer.id], pass: null, stage: 'pooled', alone: false };
      case 'batchNorm':
        return first.pass && first.alone && first.stage === 'sums'
          ? this.#join(layer, first, 'sums')
          : this.#run(layer, at);
      case 'relu':
      case 'relu6':
      case 'leakyRelu':
      case 'sigmoid':
      case 'tanh':
      case 'hardSigmoid':
      case 'hardSwish':
        return first.pass && first.alone && before(first.stage, 'pooled')
          ? this.#join(layer, first, 'activated')
          : this.#run(layer, at);
      case 'add':
        return this.#added(layer, at);
      case 'maxPool':
      case 'averagePool':
      case 'globalAveragePool':
      case 'globalMaxPool':
        if (!first.pass || !first.alone || !before(first.stage, 'pooled')) return this.#run(layer, at);
        first.pass.output = at.ofm;
        return this.#join(layer, first, 'pooled');
      case 'dropout':
      case 'flatten':
        return first.pass ? this.#join(layer, first, first.stage) : first;
      case 'softmax':
        return { ...first, pass: null };
      case 'concat': {
        const tensors = layer.inputs.flatMap((id) => this.#read(id).tensors);
        return { tensors, pass: null, stage: 'pooled', alone: false };
      }
      default:
        return this.#run(layer, at);
    }
  }

  /** A layer's value as its reader sees it: `alone` is lost where others read it too. */
  #read(id: LayerId): Value {
    const value = this.#values.get(id);
    if (!value) return { tensors: [], pass: null, stage: 'pooled', alone: false };
    return { ...value, alone: value.alone && this.#readers.get(id)?.length === 1 };
  }

  #join(layer: Layer, value: Value, stage: Stage): Value {
    value.pass?.layerIds.push(layer.id);
    return { ...value, stage };
  }

  /** The shortcut goes into the pass that comes last, if its sums are still open and the other branch is there. */
  #added(layer: Layer, at: LayerGeometry): Value {
    const values = layer.inputs.map((id) => this.#read(id));
    const position = ({ pass }: Value) => (pass ? this.passes.indexOf(pass) : -1);
    const last = values.reduce((a, b) => (position(b) > position(a) ? b : a));
    const others = values.filter((value) => value !== last).flatMap(({ tensors }) => tensors);
    const pass = last.pass;
    const fits = pass && last.alone && last.stage === 'sums' && others.length === 1;
    if (!fits || others.includes(pass.id)) return this.#run(layer, at);
    pass.shortcuts.push(...others);
    return this.#join(layer, last, 'added');
  }

  #run(layer: Layer, at: LayerGeometry): Value {
    const inputs = [...new Set(layer.inputs.flatMap((id) => this.#read(id).tensors))];
    const pass: Growing = {
      ...workOf(layer, at),
      id: layer.id,
      layerIds: [layer.id],
      inputs,
      shortcuts: [],
      output: at.ofm,
      macCount: layerMacCount(layer, at),
    };
    this.passes.push(pass);
    const stage = pass.kind === 'outputUnit' ? 'pooled' : 'sums';
    return { tensors: [pass.id], pass, stage, alone: true };
  }
}

const NO_PADS = [0, 0, 0, 0] as const;

function workOf(layer: Layer, { ifm, ofm, pads }: LayerGeometry): Work {
  if (layer.kind === 'conv2d') {
    const { kernelSize, groups, filters } = layer;
    if (groups > 1 && groups === ifm.channels)
      return { kind: 'depthwise', ifm, ofm, kernelSize, pads, repeats: filters / groups };
    const kind = kernelSize[0] === 1 && kernelSize[1] === 1 ? 'pointwise' : 'standard';
    const group = { ...ifm, channels: ifm.channels / groups };
    const result = { ...ofm, channels: ofm.channels / groups };
    return { kind, ifm: group, ofm: result, kernelSize, pads, repeats: groups };
  }
  if (layer.kind === 'depthwiseConv2d') {
    const { kernelSize, depthMultiplier } = layer;
    return { kind: 'depthwise', ifm, ofm, kernelSize, pads, repeats: depthMultiplier };
  }
  const kind = layer.kind === 'dense' ? 'dense' : layer.kind === 'batchNorm' ? 'depthwise' : 'outputUnit';
  // The output unit goes through what it writes where that is more: beside a gate, or enlarged.
  const read = layer.kind === 'multiply' || layer.kind === 'upsample' ? ofm : ifm;
  return { kind, ifm: read, ofm, kernelSize: [1, 1], pads: NO_PADS, repeats: 1 };
}
