import * as v from 'valibot';
import {
  type Layer,
  type Network,
  parameterKey,
  type Weights,
  type WeightTensor,
} from '../../core/network/network.ts';
import { networkSchema } from '../design/schema.ts';
import { countNotFinite } from '../model/checkedModel.ts';
import type { ImportedModel } from '../model/imported.ts';
import { leadingNormalization, type ScalingLayer, withoutLayers } from '../model/leadingNormalization.ts';
import { normalizationIn } from '../model/normalizationRecord.ts';
import { Conversion, expectedShapes, type Origin, type WeightSource } from './conversion.ts';
import { isRecord, refuse } from './fields.ts';
import { flattenModel, type KerasGraph } from './graph.ts';
import { readerOf } from './layers.ts';

/** Which Keras wrote a model, and to what: "2.4.0" and "HDF5". */
export interface SavedBy {
  readonly version: unknown;
  readonly form: string;
  /** The network's name where the file keeps one that Keras would not take. */
  readonly title?: unknown;
  /** Our own record of how images reach it. */
  readonly normalization?: unknown;
}

/** Files without a version are as old as Keras 2. */
const majorOf = (version: unknown): number => Number.parseInt(String(version), 10) || 2;

const sourceOf = ({ version, form }: SavedBy): string =>
  typeof version === 'string' && version.length < 40 ? `Keras ${version}, ${form}` : `Keras, ${form}`;

const nameOf = (graph: KerasGraph, { title }: SavedBy): string =>
  (typeof title === 'string' && title !== '' ? title : graph.name).slice(0, 200);

/** Numbers in all parameters together: 1 GiB as floats, twice VGG-16. */
const MOST_PARAMETERS = 2 ** 28;

const READABLE =
  'convolutions, dense layers, poolings, batch norms, activations, additions, concatenations, channel shuffles, flattening, padding and dropout can be read';

/** Names all classes that can't be read at once, so that they can be replaced at once. */
function checkClasses({ calls }: KerasGraph): void {
  const unknown = new Map<string, string>();
  for (const { layer } of calls) if (!readerOf(layer.className)) unknown.set(layer.name, layer.className);
  if (unknown.size === 0) return;
  const first = [...unknown].slice(0, 5).map(([name, className]) => `${name} (${className})`);
  const more = unknown.size > 5 ? ` and ${unknown.size - 5} more` : '';
  const several = unknown.size > 1;
  refuse(
    'unsupported-layer',
    `${several ? 'The layers' : 'The layer'} ${first.join(', ')}${more} can't be read; replace ${several ? 'them' : 'it'}: ${READABLE}.`,
    [...unknown.keys()][0],
  );
}

/** Names all layers whose weights Keras quantized: their kernels are whole numbers with scales beside them. */
function checkQuantized({ calls }: KerasGraph): void {
  const quantized = calls.filter(({ layer: { config } }) => {
    const policy = isRecord(config.dtype) ? config.dtype.class_name : null;
    return isRecord(config.quantization_config) || /^Quantized/.test(String(policy));
  });
  const names = [...new Set(quantized.map(({ layer }) => layer.name))];
  if (names.length === 0) return;
  const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
  refuse(
    'quantized-layer',
    `${names.length > 1 ? 'The layers' : 'The layer'} ${names.slice(0, 5).join(', ')}${more} ${names.length > 1 ? 'are' : 'is'} quantized by Keras; save the model before quantize() instead, floats of 16, 32 and 64 bits can be read.`,
    names[0],
  );
}

/** The limits of a design hold for imported networks too, or they could not be shared or saved. */
function checkLimits(network: Network): void {
  const parsed = v.safeParse(networkSchema, network, { abortEarly: true });
  if (parsed.success) return;
  const [issue] = parsed.issues;
  const [, index, ...rest] = (issue.path ?? []).map(({ key }) => key);
  const layer = network.layers[Number(index)];
  refuse(
    'beyond-limits',
    `${layer ? `Layer ${layer.id}` : 'The network'}: ${rest.join('.') || 'its description'} ${issue.message}, or a design can't hold it.`,
    layer?.id,
  );
}

function readTensor(key: string, wanted: readonly number[], origin: Origin | undefined): WeightTensor {
  const size = wanted.reduce((product, n) => product * n, 1);
  if (origin?.constant !== undefined) {
    return { shape: wanted, values: new Float32Array(size).fill(origin.constant) };
  }
  const name = origin?.layer.name ?? key;
  if (!origin?.tensor) {
    return refuse(
      'missing-weights',
      `The file has no weights for ${key}, of layer ${name}; save the whole model again.`,
      name,
    );
  }
  if (origin.repeated && origin.tensor.shape.every((extent) => extent === 1)) {
    const [value = Number.NaN] = origin.tensor.read();
    return { shape: wanted, values: new Float32Array(size).fill(value) };
  }
  const shape = [...Array<number>(origin.leadingOnes ?? 0).fill(1), ...origin.tensor.shape];
  if (shape.join() !== wanted.join()) {
    refuse(
      'weights-shape',
      `The weights for ${key} are ${shape.join('x')} and should be ${wanted.join('x')}; the file's weights belong to another network.`,
      name,
    );
  }
  const values = origin.tensor.read();
  if (values.length !== size)
    refuse('missing-weights', `The weights for ${key} are cut off; save the model again.`, name);
  const broken = countNotFinite(values);
  if (broken > 0) {
    refuse(
      'not-finite',
      `The weights for ${key} hold values that are no numbers (NaN or infinity), ${broken.toLocaleString('en-US')} of ${size.toLocaleString('en-US')}, as after a training that diverged; train again from an earlier checkpoint.`,
      name,
    );
  }
  return { shape: wanted, values };
}

function readWeights(network: Network, origins: ReadonlyMap<string, Origin>): Weights {
  const { shapes, size } = expectedShapes(network);
  if (size > MOST_PARAMETERS) {
    refuse(
      'too-large',
      `The network has ${size.toLocaleString('en-US')} parameters, more than the ${MOST_PARAMETERS.toLocaleString('en-US')} that are read; choose a smaller one.`,
    );
  }
  return Object.fromEntries(
    [...shapes].map(([key, shape]) => [key, readTensor(key, shape, origins.get(key))]),
  );
}

/** What a Rescaling or a Normalization does, where the file has its numbers. */
function scalingOf(layer: Layer, to: Conversion): ScalingLayer | null {
  const label = to.scalings.get(layer.id);
  const [input] = layer.inputs;
  if (label === undefined || input === undefined) return null;
  const { channels } = to.mapOf(input);
  const keys = ['gamma', 'beta', 'movingMean', 'movingVariance'].map((name) => parameterKey(layer.id, name));
  if (!keys.every((key) => to.origins.has(key))) return null;
  const [gamma, beta, mean, variance] = keys.map(
    (key) => readTensor(key, [channels], to.origins.get(key)).values,
  );
  const transforms = Array.from({ length: channels }, (_, c) => {
    const scale = Number(gamma?.[c]) / Math.sqrt(Number(variance?.[c]));
    return { scale, offset: Number(beta?.[c]) - Number(mean?.[c]) * scale };
  });
  return { label, transforms };
}

function noteSharing({ calls, outputs }: KerasGraph, notes: string[]): void {
  const seen = new Map<object, number>();
  for (const { layer } of calls) {
    const key = layer.config;
    seen.set(key, (seen.get(key) ?? 0) + 1);
    if (seen.get(key) === 2)
      notes.push(
        `Layer ${layer.name} is used more than once; each use is a layer of its own here, with the same weights.`,
      );
  }
  for (const output of new Set(outputs)) {
    if (calls.some(({ inputs }) => inputs.includes(output)))
      notes.push(
        `${output.layer.name} is an output of the model that other layers read; here only the last layers are outputs.`,
      );
  }
}

/**
 * A Keras model's JSON, and its weights where there are some, as a network. Throws a FaultError, one sentence
 * that names the layer.
 */
export function importModel(json: unknown, weights: WeightSource | null, from: SavedBy): ImportedModel {
  const graph = flattenModel(json);
  checkClasses(graph);
  checkQuantized(graph);
  const to = new Conversion(weights, majorOf(from.version));
  noteSharing(graph, to.notes);
  for (const call of graph.calls) {
    const reader = readerOf(call.layer.className);
    if (reader) to.set(call, reader(call, to));
  }
  for (const output of graph.outputs) to.checkOutput(output);
  const whole: Network = { name: nameOf(graph, from), layers: to.layers };
  checkLimits(whole);
  const recorded = normalizationIn(from.normalization);
  const { choice, folded, notes } = leadingNormalization(whole, (layer) => scalingOf(layer, to), recorded);
  const network = withoutLayers(whole, folded);
  for (const [id, label] of to.scalings)
    if (!folded.includes(id)) to.notes.push(`${label} is read as a batch norm that does the same.`);
  const { shapes } = expectedShapes(network);
  if (shapes.size === 0 && to.layers.length < 2)
    refuse('empty-network', `Model ${graph.name} has no layer behind its input; save the whole model.`);
  return {
    network,
    weights: weights ? readWeights(network, to.origins) : null,
    ...(choice ? { normalization: choice } : {}),
    source: sourceOf(from),
    notes: [...to.notes, ...notes],
  };
}
