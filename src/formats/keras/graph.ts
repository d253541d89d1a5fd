import { LARGEST_LAYER_COUNT } from '../design/schema.ts';
import { type LayerDefinition, type ModelDefinition, parseModel, type Reference } from './definition.ts';
import { type Config, refuse } from './fields.ts';

/** A layer with the nested models that it lies in, outermost first. */
export interface KerasLayer {
  readonly name: string;
  readonly className: string;
  readonly config: Config;
  readonly path: readonly string[];
  /** The keys of Keras 3's weight files, from the outermost model to the layer itself. */
  readonly keys: readonly string[];
}

/** A layer applied once: shared layers are called several times. */
export interface Call {
  readonly layer: KerasLayer;
  readonly inputs: readonly Call[];
}

export interface KerasGraph {
  readonly name: string;
  /** Each call comes after those it reads, otherwise in the file's order. */
  readonly calls: readonly Call[];
  readonly outputs: readonly Call[];
}

/** Nested models deeper than this are a broken file. */
const DEEPEST = 32;

/** Lays nested models out flat, call by call. */
class Flattening {
  readonly calls: Call[] = [];
  #modelCount = 0;

  call(layer: KerasLayer, inputs: readonly Call[]): Call {
    if (this.calls.length >= LARGEST_LAYER_COUNT) {
      refuse(
        'too-many-layers',
        `The model has more than ${LARGEST_LAYER_COUNT} layers when nested models are unfolded; choose a smaller one.`,
      );
    }
    const call = { layer, inputs };
    this.calls.push(call);
    return call;
  }

  /** The outputs of a model that reads `inputs`, or its own input layers where that is null. */
  model(
    model: ModelDefinition,
    inputs: readonly Call[] | null,
    path: readonly string[],
    keys: readonly string[],
  ): readonly Call[] {
    if (path.length > DEEPEST || ++this.#modelCount > LARGEST_LAYER_COUNT) {
      refuse(
        'nested-too-deep',
        `Model ${model.name} is nested in itself or too often; save it without nested models.`,
        model.name,
      );
    }
    const done = new Map<string, readonly Call[]>();
    let waiting = model.layers.flatMap((layer) =>
      layer.nodes.map((references, node) => ({ layer, references, node })),
    );
    while (waiting.length > 0) {
      const left: typeof waiting = [];
      for (const one of waiting) {
        const read = one.references.map((reference) => this.#find(done, reference));
        if (read.every((call) => call !== null)) {
          const given = one.layer.model ? inOrder(one.layer.model, one.references, read) : read;
          done.set(`${one.node}:${one.layer.name}`, this.#apply(model, one.layer, given, inputs, path, keys));
        } else left.push(one);
      }
      if (left.length === waiting.length) refuseLoop(model, left[0]?.layer, left[0]?.references ?? []);
      waiting = left;
    }
    return model.outputs.map((reference) => {
      const found = this.#find(done, reference);
      if (found) return found;
      return refuse(
        'unknown-output',
        `Model ${model.name} names ${reference.name} as an output, which it does not have; save the model again.`,
        reference.name,
      );
    });
  }

  #find(done: ReadonlyMap<string, readonly Call[]>, { name, node, tensor }: Reference): Call | null {
    return done.get(`${node}:${name}`)?.[tensor] ?? null;
  }

  #apply(
    model: ModelDefinition,
    layer: LayerDefinition,
    read: readonly Call[],
    inputs: readonly Call[] | null,
    path: readonly string[],
    keys: readonly string[],
  ): readonly Call[] {
    const layerKeys = [...keys, layer.key];
    if (layer.model)
      return this.model(layer.model, read.length > 0 ? read : null, [...path, layer.name], layerKeys);
    const { name, className, config } = layer;
    if (className === 'InputLayer' && inputs) {
      const given = inputs[model.inputs.findIndex((reference) => reference.name === name)];
      if (given) return [given];
      refuse(
        'input-count',
        `Model ${model.name} is given ${inputs.length} inputs and none for its input layer ${name}; save the model again.`,
        name,
      );
    }
    return [this.call({ name, className, config, path, keys: layerKeys }, read)];
  }
}

/** A dictionary of inputs is told apart by its keys, which are the model's own or its input layers' names. */
function inOrder(
  { inputs }: ModelDefinition,
  references: readonly Reference[],
  read: readonly Call[],
): readonly Call[] {
  const places = inputs.map(({ key, name }) => {
    const byKey = references.findIndex((one) => one.key !== undefined && one.key === key);
    return byKey >= 0 ? byKey : references.findIndex((one) => one.key === name);
  });
  const known = inputs.length === read.length && !places.includes(-1);
  return known ? places.map((place) => read[place] as Call) : read;
}

function refuseLoop(
  model: ModelDefinition,
  layer: LayerDefinition | undefined,
  references: readonly Reference[],
): never {
  const unknown = references.find(({ name }) => !model.layers.some((other) => other.name === name));
  return refuse(
    unknown ? 'unknown-input' : 'cyclic-graph',
    unknown
      ? `Layer ${layer?.name} of model ${model.name} reads ${unknown.name}, which is not there; save the model again.`
      : `Layer ${layer?.name} of model ${model.name} waits for its own output; only graphs without loops can be read.`,
    layer?.name ?? model.name,
  );
}

/**
 * The layers of a Keras model in the order they compute, nested models laid out flat. Throws a FaultError
 * for loops, for references to nothing and for more layers than a design may have.
 */
export function flattenModel(json: unknown): KerasGraph {
  const model = parseModel(json);
  const flattening = new Flattening();
  const outputs = flattening.model(model, null, [], []);
  const wanted = new Set<Call>(outputs);
  for (const call of flattening.calls.toReversed()) {
    if (wanted.has(call)) for (const input of call.inputs) wanted.add(input);
  }
  return { name: model.name, calls: flattening.calls.filter((call) => wanted.has(call)), outputs };
}
