import { LARGEST_LAYER_COUNT } from '../design/schema.ts';
import { type Config, isRecord, refuse } from './fields.ts';

/** One output of one call of a layer. */
export interface Reference {
  readonly name: string;
  readonly node: number;
  readonly tensor: number;
  /** Where a call is given a dictionary of inputs: its key. */
  readonly key?: string;
}

export interface LayerDefinition {
  readonly name: string;
  readonly className: string;
  readonly config: Config;
  /** The name that Keras 3's weight files give it. */
  readonly key: string;
  /** What each of its calls reads. */
  readonly nodes: readonly (readonly Reference[])[];
  /** Where the layer is a model itself. */
  readonly model: ModelDefinition | null;
}

export interface ModelDefinition {
  readonly name: string;
  readonly layers: readonly LayerDefinition[];
  readonly inputs: readonly Reference[];
  readonly outputs: readonly Reference[];
}

const MODEL_CLASSES = ['Sequential', 'Functional', 'Model'];
const DEEPEST = 32;

/** Keras' `to_snake_case`: `BatchNormalization` is batch_normalization, `Conv2D` conv2d. */
const snakeCase = (name: string): string =>
  name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();

/** Numbers equal names as Keras 3's `_save_container_state` does: conv2d, conv2d_1, conv2d_2. */
export function keyMaker(): (className: string) => string {
  const used = new Map<string, number>();
  return (className) => {
    const key = snakeCase(className);
    const count = used.get(key) ?? 0;
    used.set(key, count + 1);
    return count === 0 ? key : `${key}_${count}`;
  };
}

/** A Keras model's JSON: `model_config`, `config.json`, `to_json()`, `modelTopology`. Throws a FaultError. */
export function parseModel(json: unknown, depth = 0): ModelDefinition {
  if (!isRecord(json) || typeof json.class_name !== 'string') {
    return refuse('not-keras', 'This is no Keras model: it names no class_name; save it with model.save().');
  }
  if (depth > DEEPEST) {
    refuse(
      'nested-too-deep',
      `Models are nested more than ${DEEPEST} deep; save the model without nested ones.`,
    );
  }
  const { class_name: className, config } = json;
  if (!MODEL_CLASSES.includes(className)) {
    refuse(
      'unknown-model-class',
      `The model is of class ${className}, a class of its own; only Sequential and Functional models can be read, so rebuild it as one of them.`,
      className,
    );
  }
  // before Keras 2.2.3 a Sequential's config was its list of layers
  const body: Config = Array.isArray(config) ? { layers: config } : isRecord(config) ? config : {};
  const entries = body.layers;
  const name = typeof body.name === 'string' && body.name !== '' ? body.name : 'model';
  if (!Array.isArray(entries) || entries.length === 0) {
    return refuse('no-layers', `Model ${name} has no list of layers; save the model again.`, name);
  }
  if (entries.length > LARGEST_LAYER_COUNT) {
    refuse(
      'too-many-layers',
      `Model ${name} has ${entries.length} layers; at most ${LARGEST_LAYER_COUNT} can be read.`,
    );
  }
  const keyOf = keyMaker();
  const layers = entries.map((entry) => parseLayer(entry, keyOf, depth));
  checkNames(layers, name);
  if (className === 'Sequential') return chained(name, layers, body, json);
  return recounted({
    name,
    layers,
    inputs: references(body.input_layers),
    outputs: references(body.output_layers),
  });
}

/**
 * Keras 2 counts the call in which a nested model was built as its call 0, and leaves it out (`get_network_config`
 * of `engine/functional.py`): what reads the model then names calls 1 to n of n.
 */
function recounted(model: ModelDefinition): ModelDefinition {
  const all = [...model.layers.flatMap(({ nodes }) => nodes.flat()), ...model.outputs];
  const late = new Set(
    model.layers
      .filter(
        ({ model, nodes, name }) =>
          model && all.some((one) => one.name === name && one.node === nodes.length),
      )
      .map(({ name }) => name),
  );
  if (late.size === 0) return model;
  const earlier = (one: Reference) => (late.has(one.name) ? { ...one, node: one.node - 1 } : one);
  const layers = model.layers.map((layer) => ({
    ...layer,
    nodes: layer.nodes.map((node) => node.map(earlier)),
  }));
  return { ...model, layers, outputs: model.outputs.map(earlier) };
}

function checkNames(layers: readonly LayerDefinition[], model: string): void {
  const seen = new Set<string>();
  for (const { name } of layers) {
    if (seen.has(name))
      refuse('duplicate-layer', `Model ${model} has two layers named ${name}; give one another name.`, name);
    seen.add(name);
  }
}

function parseLayer(entry: unknown, keyOf: (className: string) => string, depth: number): LayerDefinition {
  if (!isRecord(entry) || typeof entry.class_name !== 'string') {
    return refuse('not-keras', 'A layer of the model names no class_name; save the model again.');
  }
  // somebody's own class may be called like one of Keras': "Custom>Dropout"
  const registered = entry.registered_name;
  const own = typeof registered === 'string' && registered.includes('>');
  const className = own ? registered : entry.class_name;
  const config = isRecord(entry.config) ? entry.config : {};
  const name = entry.name ?? config.name;
  if (typeof name !== 'string' || name === '') {
    return refuse('unnamed-layer', `A layer of class ${className} has no name; save the model again.`);
  }
  const isModel = MODEL_CLASSES.includes(className);
  return {
    name,
    className,
    config,
    key: keyOf(className),
    nodes: nodesOf(entry.inbound_nodes),
    model: isModel ? parseModel({ ...entry, config: entry.config }, depth + 1) : null,
  };
}

/** Keras 2: ["conv", 0, 0, {}]; an input or output layer has three entries. */
function isReference(value: unknown): value is readonly [string, number, number] {
  return (
    Array.isArray(value) &&
    typeof value[0] === 'string' &&
    Number.isInteger(value[1]) &&
    Number.isInteger(value[2])
  );
}

/**
 * Every reference in a value, in order. Keras 3 hides them in tensors with a `keras_history`, and takes dictionaries
 * in the order of their keys.
 */
function references(value: unknown, found: Reference[] = [], key?: string): Reference[] {
  if (isReference(value))
    found.push({ name: value[0], node: value[1], tensor: value[2], ...(key === undefined ? {} : { key }) });
  else if (Array.isArray(value)) for (const item of value) references(item, found);
  else if (isRecord(value)) {
    const history = isRecord(value.config) ? value.config.keras_history : undefined;
    if (isReference(history)) references(history, found, key);
    else for (const inner of Object.keys(value).sort()) references(value[inner], found, inner);
  }
  return found;
}

/** Keras 2 lists a call's inputs, Keras 3 its arguments; an input layer is called once with nothing. */
function nodesOf(value: unknown): readonly (readonly Reference[])[] {
  if (!Array.isArray(value) || value.length === 0) return [[]];
  return value.map((node) => references(node));
}

/** A Sequential as a graph: each layer reads the one before it. */
function chained(
  name: string,
  layers: readonly LayerDefinition[],
  body: Config,
  json: Config,
): ModelDefinition {
  const [first] = layers as [LayerDefinition];
  const reading = (layer: LayerDefinition, before: string | null): LayerDefinition => ({
    ...layer,
    nodes: [before === null ? [] : [{ name: before, node: 0, tensor: 0 }]],
  });
  const input = first.className === 'InputLayer' ? null : impliedInput(first, body, json);
  const chain = input ? [input, ...layers] : layers;
  const linked = chain.map((layer, i) => reading(layer, chain[i - 1]?.name ?? null));
  const at = (layer: LayerDefinition | undefined) => ({ name: layer?.name ?? '', node: 0, tensor: 0 });
  return { name, layers: linked, inputs: [at(linked[0])], outputs: [at(linked.at(-1))] };
}

/** Sequentials leave their input to the first layer, to what it was built for, or to the model around them. */
function impliedInput(first: LayerDefinition, body: Config, json: Config): LayerDefinition {
  const build = isRecord(json.build_config) ? json.build_config.input_shape : undefined;
  const inner = first.model?.layers[0];
  const config = inner?.className === 'InputLayer' ? inner.config : first.config;
  const shape = config.batch_input_shape ?? config.batch_shape ?? body.build_input_shape ?? build ?? null;
  return {
    name: `${first.name}_input`,
    className: 'InputLayer',
    config: { batch_input_shape: shape },
    key: 'input_layer',
    nodes: [[]],
    model: null,
  };
}
