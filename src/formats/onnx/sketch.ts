import {
  type FeatureMap,
  type Layer,
  type LayerId,
  type Network,
  parameterKey,
  type Weights,
  type WeightTensor,
} from '../../core/network/network.ts';
import { geometryAt, inferGeometry } from '../../core/network/shapes.ts';
import { FaultError } from '../../core/result.ts';
import { INHERITED_NAME } from '../design/schema.ts';
import { countNotFinite } from '../model/checkedModel.ts';
import { bitOwner } from './bitOwner.ts';
import { fault, type MapValue, sizeOf } from './values.ts';

/** A layer whose id and inputs are not known yet. */
export type LayerDraft = Layer extends infer L ? (L extends Layer ? Omit<L, 'id' | 'inputs'> : never) : never;

const LONGEST_ID = 200;

/** Something about one node that is told about all such nodes together. */
export interface Mark {
  readonly kind: 'relus' | 'signed' | 'thresholds' | 'zeros' | 'widths' | 'logarithms';
  readonly label: string;
  /** The layer it concerns. */
  readonly id?: LayerId;
}

/** The network while it is being read, layer by layer, with the shapes known so far. */
export class NetworkSketch {
  readonly #layers = new Map<LayerId, Layer>();
  readonly #maps = new Map<LayerId, FeatureMap>();
  readonly #owners = new Map<LayerId, LayerId | null>();
  readonly #weights: Record<string, WeightTensor> = {};
  readonly weightBits = new Map<LayerId, number>();
  readonly activationBits = new Map<LayerId, number>();
  readonly notes: string[] = [];
  readonly marks: Mark[] = [];
  readonly #affine = new Map<LayerId, string>();

  #freeId(wanted: string): LayerId {
    const clean =
      wanted
        .replace(/^\/+/, '')
        .replaceAll('/', '.')
        .slice(0, LONGEST_ID - 8) || 'layer';
    const base = INHERITED_NAME.test(clean) ? `${clean}_` : clean;
    let id = base;
    for (let n = 2; this.#layers.has(id); n++) id = `${base}_${n}`;
    return id;
  }

  /** Appends a layer; throws a FaultError where its input's shape does not suit it. */
  push(wantedId: string, draft: LayerDraft, inputs: readonly LayerId[]): Layer {
    const id = this.#freeId(wantedId);
    const layer = { ...draft, id, inputs } as Layer;
    const sources = [...new Set(inputs)].map(
      (input): Layer => ({ kind: 'input', id: input, inputs: [], shape: this.mapOf(input) }),
    );
    const geometry = inferGeometry({ name: id, layers: [...sources, layer] });
    if (!geometry.ok) throw new FaultError(geometry.error);
    this.#layers.set(id, layer);
    this.#maps.set(id, geometryAt(geometry.value, id).ofm);
    const [first] = inputs;
    const before = first === undefined ? null : (this.#owners.get(first) ?? null);
    this.#owners.set(id, bitOwner(layer, before));
    return layer;
  }

  mapOf(id: LayerId): FeatureMap {
    const map = this.#maps.get(id);
    if (!map) throw new Error(`No layer ${id}`);
    return map;
  }

  layer(id: LayerId): Layer | undefined {
    return this.#layers.get(id);
  }

  /** Another layer of the same shape in the place of one. */
  replace(layer: Layer): void {
    this.#layers.set(layer.id, layer);
  }

  /** How many layers read one so far. */
  readersOf(id: LayerId): number {
    return [...this.#layers.values()].filter(({ inputs }) => inputs.includes(id)).length;
  }

  /** Takes a layer out that nothing reads any more, with its numbers and the sentence about it. */
  remove(id: LayerId): void {
    this.#layers.delete(id);
    for (const key of Object.keys(this.#weights))
      if (key.slice(0, key.lastIndexOf('/')) === id) delete this.#weights[key];
    const at = this.notes.indexOf(this.#affine.get(id) ?? '');
    if (at >= 0) this.notes.splice(at, 1);
  }

  /** Keeps that `id` is a sum or product with a constant, and the sentence that says so. */
  noteAffine(id: LayerId, sentence: string): void {
    this.#affine.set(id, sentence);
    this.note(sentence);
  }

  /** Takes out a layer between two others: what read it reads what it read, and bits noted at it are noted there. */
  bypass(id: LayerId): void {
    const [source = ''] = this.#layers.get(id)?.inputs ?? [];
    for (const layer of this.#layers.values())
      if (layer.inputs.includes(id))
        this.replace({ ...layer, inputs: layer.inputs.map((one) => (one === id ? source : one)) } as Layer);
    for (const bits of [this.weightBits, this.activationBits]) {
      const known = bits.get(id);
      if (known !== undefined) bits.set(source, known);
      bits.delete(id);
    }
    this.remove(id);
  }

  isAffine(id: LayerId): boolean {
    return this.#affine.has(id);
  }

  parameter(id: LayerId, name: string): WeightTensor | undefined {
    return this.#weights[parameterKey(id, name)];
  }

  /** Numbers of one parameter, in our layout. Throws a FaultError where one is no number. */
  setParameter(id: LayerId, name: string, shape: readonly number[], numbers: ArrayLike<number>): void {
    // not `from`, which asks an iterator for each of millions
    const values = new Float32Array(numbers);
    const broken = countNotFinite(values);
    if (broken > 0)
      throw fault(
        'onnx-weights',
        `The ${name} of ${id} holds ${values.find((value) => !Number.isFinite(value))}, which is no number to compute with (${broken.toLocaleString('en-US')} of ${values.length.toLocaleString('en-US')} are none); train and export the model again.`,
        id,
      );
    if (values.length !== sizeOf(shape))
      throw fault(
        'onnx-weights',
        `The ${name} of ${id} holds ${values.length} numbers instead of ${sizeOf(shape)}; the file is damaged.`,
        id,
      );
    this.#weights[parameterKey(id, name)] = { shape, values };
  }

  /** Bits of an activation, kept at the layer that made its numbers. */
  setActivationBits(value: MapValue, bits: number): void {
    this.activationBits.set(this.#owners.get(value.source) ?? value.source, bits);
  }

  mark(kind: Mark['kind'], label: string, id?: LayerId): void {
    this.marks.push({ kind, label, ...(id === undefined ? {} : { id }) });
  }

  note(sentence: string): void {
    if (!this.notes.includes(sentence)) this.notes.push(sentence);
  }

  network(name: string): Network {
    return { name, layers: [...this.#layers.values()] };
  }

  weights(): Weights {
    return this.#weights;
  }
}
