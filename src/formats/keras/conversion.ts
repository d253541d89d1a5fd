import { parameterShapes } from '../../core/network/counts.ts';
import {
  type FeatureMap,
  type Layer,
  type LayerId,
  type Network,
  type Padding,
  parameterKey,
} from '../../core/network/network.ts';
import { geometryAt, inferGeometry } from '../../core/network/shapes.ts';
import { unwrap } from '../../core/result.ts';
import { INHERITED_NAME } from '../design/schema.ts';
import { Fields, refuse } from './fields.ts';
import type { Call, KerasLayer } from './graph.ts';
import type { StoredTensor } from './hdf5.ts';

/** Rows and columns added at [top, bottom, left, right]. */
export type Pads = readonly [number, number, number, number];

const NO_PADS: Pads = [0, 0, 0, 0];

/** What a Keras layer hands on, seen from here. */
export interface Tensor {
  readonly id: LayerId;
  /** Keras' number of axes, the batch included; a feature map has always three axes here. */
  readonly rank: number;
  /** Zeros around it, waiting for the window that takes them in. */
  readonly pads?: Pads;
  /** The channels as two axes, [groups, n], or [n, groups] once they are turned: on the way to a channel shuffle. */
  readonly parts?: { readonly groups: number; readonly turned: boolean };
}

/** Where weights come from. */
export interface WeightSource {
  /** The tensors of a layer in the order of `names`, null where one is missing. */
  find(layer: KerasLayer, names: readonly string[]): readonly (StoredTensor | null)[];
}

/** Where a parameter of ours comes from: a stored tensor, or one number everywhere. */
export interface Origin {
  readonly layer: KerasLayer;
  readonly tensor: StoredTensor | null;
  readonly constant?: number;
  /** The stored shape gets ones in front: a dense kernel that becomes a 1x1 convolution's. */
  readonly leadingOnes?: number;
  /** The file may have one number where each channel has its own here. */
  readonly repeated?: boolean;
}

/** Distributes Omit over the union of layers. */
type Plain<T> = T extends Layer ? Omit<T, 'id'> : never;

/** A network that grows layer by layer while a Keras graph is read. */
export class Conversion {
  readonly layers: Layer[] = [];
  readonly notes: string[] = [];
  /** By parameter key. */
  readonly origins = new Map<string, Origin>();
  /** Layers that only scale and shift images, by id: as their file calls them. */
  readonly scalings = new Map<LayerId, string>();
  readonly source: WeightSource | null;
  readonly #ids = new Set<LayerId>();
  readonly #tensors = new Map<Call, Tensor>();
  #maps: { readonly count: number; readonly byId: ReadonlyMap<LayerId, FeatureMap> } = {
    count: 0,
    byId: new Map(),
  };

  /** `majorVersion` is Keras': 2 and 3 give some names to different functions. */
  constructor(
    source: WeightSource | null,
    readonly majorVersion: number,
  ) {
    this.source = source;
  }

  set(call: Call, tensor: Tensor): void {
    this.#tensors.set(call, tensor);
  }

  tensorOf(call: Call): Tensor {
    const tensor = this.#tensors.get(call);
    if (!tensor) throw new Error(`${call.layer.name} was not read yet`);
    return tensor;
  }

  /** What a layer with one input reads, zeros around it still pending. */
  padded(call: Call): Tensor {
    return this.whole(this.#only(call), call.layer);
  }

  /** What a layer with one input reads, its channels perhaps in groups. */
  parted(call: Call): Tensor {
    const tensor = this.#only(call);
    return tensor.parts ? tensor : this.#unpadded(tensor, call.layer);
  }

  #only({ layer, inputs }: Call): Tensor {
    const [only] = inputs;
    if (only && inputs.length === 1) return this.tensorOf(only);
    return refuse(
      'input-count',
      `Layer ${layer.name} (${layer.className}) reads ${inputs.length} inputs; it needs exactly one.`,
      layer.name,
    );
  }

  /** The tensor, or a fault where its channels are in groups and `reader` knows only one axis of them. */
  whole(tensor: Tensor, reader: KerasLayer): Tensor {
    if (!tensor.parts) return tensor;
    return refuse(
      'parted-channels',
      `The channels are in groups at layer ${reader.name} (${reader.className}); only a Permute of [1, 2, 4, 3] and a Reshape to one axis of channels, a channel shuffle, can follow.`,
      reader.name,
    );
  }

  #unpadded(tensor: Tensor, reader: KerasLayer): Tensor {
    this.whole(tensor, reader);
    if (!tensor.pads || tensor.pads.every((pad) => pad === 0)) return { id: tensor.id, rank: tensor.rank };
    return refuse(
      'padding-without-window',
      `A ZeroPadding2D comes before layer ${reader.name} (${reader.className}); padding can be read only before a convolution or a max pooling, so set that layer's own padding instead.`,
      reader.name,
    );
  }

  /** The one input of a layer without a window. */
  /** Fails where the model hands on what is only on the way to a layer of ours. */
  checkOutput(call: Call): void {
    const { pads = NO_PADS } = this.whole(this.tensorOf(call), call.layer);
    if (pads.some((pad) => pad !== 0))
      refuse(
        'padding-without-window',
        `Layer ${call.layer.name} (${call.layer.className}) hands zeros around its map out of the model; padding can be read only before a convolution or a max pooling, so end the model with another layer.`,
        call.layer.name,
      );
  }

  input(call: Call): Tensor {
    return this.#unpadded(this.padded(call), call.layer);
  }

  inputs(call: Call): readonly Tensor[] {
    if (call.inputs.length < 2) {
      refuse(
        'input-count',
        `Layer ${call.layer.name} (${call.layer.className}) reads ${call.inputs.length === 1 ? '1 input' : `${call.inputs.length} inputs`}; it needs at least two layers, and a number is none.`,
        call.layer.name,
      );
    }
    return call.inputs.map((input) => this.#unpadded(this.tensorOf(input), call.layer));
  }

  /** A free id like `name`, which may be used up by a shared layer or by one of a nested model. */
  #idLike(name: string): LayerId {
    const cut = name.slice(0, 190);
    const base = INHERITED_NAME.test(cut) ? `layer_${cut}` : cut;
    let id = base;
    for (let n = 1; this.#ids.has(id); n++) id = `${base}_${n}`;
    this.#ids.add(id);
    return id;
  }

  add(name: string, layer: Plain<Layer>): LayerId {
    const id = this.#idLike(name);
    this.layers.push({ ...layer, id } as Layer);
    return id;
  }

  /** The feature map of a layer read so far. Throws the fault of shape inference. */
  mapOf(id: LayerId): FeatureMap {
    if (this.#maps.count !== this.layers.length) {
      const geometry = unwrap(inferGeometry({ name: 'model', layers: this.layers }));
      this.#maps = {
        count: this.layers.length,
        byId: new Map(this.layers.map((layer) => [layer.id, geometryAt(geometry, layer.id).ofm])),
      };
    }
    const map = this.#maps.byId.get(id);
    if (!map) throw new Error(`no feature map for ${id}`);
    return map;
  }

  /** Says where parameters of layer `id` come from, by our name for them and Keras' (null where Keras keeps none). */
  weights(
    layer: KerasLayer,
    wanted: readonly {
      readonly name: string;
      readonly to: readonly [LayerId, string];
      readonly leadingOnes?: number;
      readonly repeated?: boolean;
    }[],
  ): void {
    if (!this.source) return;
    const found = this.source.find(
      layer,
      wanted.map(({ name }) => name),
    );
    wanted.forEach(({ to: [id, parameter], leadingOnes = 0, repeated = false }, i) => {
      this.origins.set(parameterKey(id, parameter), {
        layer,
        tensor: found[i] ?? null,
        leadingOnes,
        repeated,
      });
    });
  }

  constant(layer: KerasLayer, id: LayerId, parameter: string, constant: number): void {
    this.origins.set(parameterKey(id, parameter), { layer, tensor: null, constant });
  }

  /** Numbers that the layer's settings hold. */
  numbers(layer: KerasLayer, id: LayerId, parameter: string, values: readonly number[]): void {
    const tensor = { shape: [values.length], read: () => Float32Array.from(values) };
    this.origins.set(parameterKey(id, parameter), { layer, tensor });
  }

  /** A window's padding, the zeros before it included. `same` adds what TensorFlow adds to the padded map. */
  windowPadding(
    tensor: Tensor,
    padding: 'same' | 'valid',
    window: { readonly size: readonly [number, number]; readonly strides: readonly [number, number] },
  ): Padding {
    const pads = tensor.pads ?? NO_PADS;
    if (pads.every((pad) => pad === 0)) return padding;
    if (padding === 'valid') return pads;
    const { height, width } = this.mapOf(tensor.id);
    const along = (extent: number, size: number, stride: number, before: number, after: number) => {
      const padded = extent + before + after;
      const total = Math.max(0, (Math.ceil(padded / stride) - 1) * stride + size - padded);
      return [before + Math.floor(total / 2), after + total - Math.floor(total / 2)] as const;
    };
    const rows = along(height, window.size[0], window.strides[0], pads[0], pads[1]);
    const columns = along(width, window.size[1], window.strides[1], pads[2], pads[3]);
    return [...rows, ...columns];
  }
}

export const fieldsOf = ({ name, config }: KerasLayer): Fields => new Fields(name, config);

/** Shapes of all parameters by key, and how many numbers they are together. */
export function expectedShapes(network: Network): {
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  readonly size: number;
} {
  const geometry = unwrap(inferGeometry(network));
  const shapes = new Map<string, readonly number[]>();
  let size = 0;
  for (const layer of network.layers) {
    for (const [name, shape] of Object.entries(parameterShapes(layer, geometryAt(geometry, layer.id)))) {
      shapes.set(parameterKey(layer.id, name), shape);
      size += shape.reduce((product, n) => product * n, 1);
    }
  }
  return { shapes, size };
}
