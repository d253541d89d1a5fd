import { parameterShapes } from '../network/counts.ts';
import {
  type Layer,
  type LayerId,
  type Network,
  parameterKey,
  type Weights,
  type WeightTensor,
} from '../network/network.ts';
import { type Geometry, geometryAt, inferGeometry } from '../network/shapes.ts';
import { ok, type Result } from '../result.ts';

/** Which weights of one network another one takes over. */
export interface CarriedWeights {
  /** Parameters of `kept`, by their keys in the new network; the tensors are shared, not copied. */
  readonly weights: Weights;
  /** Layers of the new network that keep their weights, in its order. */
  readonly kept: readonly LayerId[];
  /** Layers whose weights have to be drawn anew. */
  readonly fresh: readonly LayerId[];
}

const sameShape = (tensor: WeightTensor | undefined, shape: readonly number[]): tensor is WeightTensor =>
  tensor !== undefined && tensor.shape.join() === shape.join();

/** Those of a network's layers that have parameters. */
export const withWeights = (network: Network, geometry: Geometry): readonly Layer[] =>
  network.layers.filter(
    (layer) => Object.keys(parameterShapes(layer, geometryAt(geometry, layer.id))).length > 0,
  );

/** A parameter that changes nothing at 0 and so may join a layer that keeps the others. */
const isBias = (name: string) => name === 'bias';

/** A network with its weights. */
export interface WeightedNetwork {
  readonly network: Network;
  readonly weights: Weights;
}

/**
 * The weights that a network can take from another: a layer keeps them where one of the same id and kind had parameters
 * of all its shapes. A bias that a layer has now and did not have before starts at 0, which changes nothing, and one that
 * is gone is left behind.
 */
export function carryWeights(
  from: WeightedNetwork,
  to: Network,
  renamed: ReadonlyMap<LayerId, LayerId> = new Map(),
): Result<CarriedWeights> {
  const geometry = inferGeometry(to);
  if (!geometry.ok) return geometry;
  const kinds = new Map(from.network.layers.map(({ id, kind }) => [id, kind]));
  const weights: Record<string, WeightTensor> = {};
  const kept: LayerId[] = [];
  const fresh: LayerId[] = [];
  for (const layer of withWeights(to, geometry.value)) {
    const source = renamed.get(layer.id) ?? layer.id;
    const shapes = Object.entries(parameterShapes(layer, geometryAt(geometry.value, layer.id)));
    const found = shapes.map(([name, shape]): [string, WeightTensor | null] => {
      const tensor = from.weights[parameterKey(source, name)];
      if (sameShape(tensor, shape)) return [name, tensor];
      const zeros = tensor === undefined && isBias(name);
      return [name, zeros ? { shape, values: new Float32Array(shape[0] ?? 0) } : null];
    });
    if (kinds.get(source) !== layer.kind || found.some(([, tensor]) => tensor === null)) {
      fresh.push(layer.id);
      continue;
    }
    kept.push(layer.id);
    for (const [name, tensor] of found) if (tensor) weights[parameterKey(layer.id, name)] = tensor;
  }
  return ok({ weights, kept, fresh });
}

/** The one layer that only got another name, as [new, old]; null where more than that differs. */
function renamedLayer(before: Network, after: Network): readonly [LayerId, LayerId] | null {
  if (before.layers.length !== after.layers.length) return null;
  const old = new Set(before.layers.map(({ id }) => id));
  const now = new Set(after.layers.map(({ id }) => id));
  const gone = [...old].filter((id) => !now.has(id));
  const come = [...now].filter((id) => !old.has(id));
  const [was] = gone;
  const [is] = come;
  if (was === undefined || is === undefined || gone.length > 1 || come.length > 1) return null;
  const named = (id: LayerId) => (id === was ? is : id);
  const same = before.layers.every((layer, i) => {
    const expected = { ...layer, id: named(layer.id), inputs: layer.inputs.map(named) };
    return JSON.stringify(expected) === JSON.stringify(after.layers[i]);
  });
  return same ? [is, was] : null;
}

/**
 * What stays of a network's weights after an edit: those of every layer whose id and shapes stayed, and of a layer that was
 * only renamed. Where `fresh` is empty, they are complete: a removed activation, another stride or a dropout leaves all.
 */
export function weightsAfterEdit(before: WeightedNetwork, after: Network): Result<CarriedWeights> {
  const renamed = renamedLayer(before.network, after);
  return carryWeights(before, after, new Map(renamed ? [renamed] : []));
}

/** Whether no parameter of these layers differs in a single bit: what frozen layers promise. */
export function bitEqual(a: Weights, b: Weights, layers: Iterable<LayerId>): boolean {
  const wanted = new Set(layers);
  const ofLayers = (weights: Weights) =>
    Object.keys(weights).filter((key) => wanted.has(key.slice(0, key.lastIndexOf('/'))));
  const keys = new Set([...ofLayers(a), ...ofLayers(b)]);
  return [...keys].every((key) => {
    const [x, y] = [a[key]?.values, b[key]?.values];
    if (!x || !y || x.length !== y.length) return false;
    const [left, right] = [x, y].map((v) => new Uint32Array(v.slice().buffer)) as [Uint32Array, Uint32Array];
    return left.every((bits, i) => bits === right[i]);
  });
}

/** What source 002 prints every 30 steps: the mean loss since the last line, and the validation. */
export function progressLine(line: {
  readonly epoch: number;
  readonly epochs: number;
  readonly trainLoss: number;
  readonly validationLoss: number;
  readonly validationAccuracy: number;
}): string {
  const [train, loss, accuracy] = [line.trainLoss, line.validationLoss, line.validationAccuracy].map(
    (value) => value.toFixed(4),
  );
  return `Epoch: ${line.epoch}/${line.epochs} | Training Loss: ${train} | Validation Loss: ${loss} | Validation Accuracy: ${accuracy}`;
}
