import type { PlainLayer } from '../../core/network/network.ts';
import type { Conversion, Tensor } from './conversion.ts';
import { Fields, isRecord, refuse } from './fields.ts';
import type { KerasLayer } from './graph.ts';

/** Keras' names of activation functions that are a layer of ours. */
const KINDS: Readonly<Record<string, PlainLayer['kind']>> = {
  relu: 'relu',
  relu6: 'relu6',
  softmax: 'softmax',
  sigmoid: 'sigmoid',
  tanh: 'tanh',
  hard_sigmoid: 'hardSigmoid',
  hard_silu: 'hardSwish',
  hard_swish: 'hardSwish',
};

const KNOWN = [...Object.keys(KINDS), 'leaky_relu', 'silu', 'swish', 'linear'].join(', ');

/** "relu", or what Keras 3 and custom objects write: {"class_name": "function", "config": "relu6"}. */
function activationName(value: unknown): string | null {
  if (value === null) return 'linear';
  if (typeof value === 'string') return value;
  if (!isRecord(value)) return null;
  if (typeof value.config === 'string') return value.config;
  return typeof value.class_name === 'string' ? value.class_name.toLowerCase() : null;
}

/** x, or `slope` times x where it is negative; a slope of 0 is a ReLU. */
export function leakyRelu(
  to: Conversion,
  layer: KerasLayer,
  tensor: Tensor,
  slope: number,
  name: string,
): Tensor {
  if (slope < 0 || slope > 1) {
    refuse(
      'relu-settings',
      `Layer ${layer.name} (${layer.className}) multiplies negative values by ${slope}; only a slope from 0 to 1 can be read.`,
      layer.name,
    );
  }
  const inputs = [tensor.id];
  const id = to.add(name, slope === 0 ? { kind: 'relu', inputs } : { kind: 'leakyRelu', inputs, slope });
  return { ...tensor, id };
}

/** ReLU(max_value, negative_slope, threshold): here it has no bound, or 6, or a slope. */
export function reluLayer(
  to: Conversion,
  layer: KerasLayer,
  tensor: Tensor,
  fields: Fields,
  name: string,
): Tensor {
  const most = fields.raw('max_value');
  const slope = fields.number('negative_slope', 0);
  const threshold = fields.number('threshold', 0);
  if (threshold !== 0 || (most !== null && (most !== 6 || slope !== 0))) {
    refuse(
      'relu-settings',
      `Layer ${layer.name} is a ReLU with max_value ${JSON.stringify(most)?.slice(0, 40)}, negative_slope ${slope} and threshold ${threshold}; max_value must be 6 or none, the threshold 0, and a slope has no max_value.`,
      layer.name,
    );
  }
  if (most === null) return leakyRelu(to, layer, tensor, slope, name);
  return { ...tensor, id: to.add(name, { kind: 'relu6', inputs: [tensor.id] }) };
}

/** Keras 2 calls the slope alpha, Keras 3 negative_slope; both take 0.3 where it is not given. */
export const slopeOf = (fields: Fields): number =>
  fields.number('negative_slope', fields.number('alpha', 0.3));

/** A layer object given as an activation, with settings of its own; null where `value` is only a name. */
function activationObject(
  to: Conversion,
  layer: KerasLayer,
  tensor: Tensor,
  value: unknown,
  name: string,
): Tensor | null {
  if (!isRecord(value) || !isRecord(value.config)) return null;
  const fields = new Fields(layer.name, value.config);
  if (value.class_name === 'ReLU') return reluLayer(to, layer, tensor, fields, name);
  if (value.class_name === 'LeakyReLU') return leakyRelu(to, layer, tensor, slopeOf(fields), name);
  if (value.class_name === 'Softmax' && !fields.isLastAxis(tensor.rank)) fields.refuse('axis', '-1');
  return null;
}

/** A layer behind `tensor` for the function that a Keras layer names; none for `linear`. */
export function activate(
  to: Conversion,
  layer: KerasLayer,
  tensor: Tensor,
  value: unknown,
  name: string,
): Tensor {
  const object = activationObject(to, layer, tensor, value, name);
  if (object) return object;
  const wanted = activationName(value);
  if (wanted === 'linear') return tensor;
  const kind = wanted !== null && Object.hasOwn(KINDS, wanted) ? KINDS[wanted] : undefined;
  if (wanted === 'leaky_relu') return leakyRelu(to, layer, tensor, 0.2, name);
  if (wanted === 'silu' || wanted === 'swish') {
    const gate = to.add(`${name}_sigmoid`, { kind: 'sigmoid', inputs: [tensor.id] });
    return { id: to.add(name, { kind: 'multiply', inputs: [tensor.id, gate] }), rank: tensor.rank };
  }
  if (kind === 'hardSigmoid' && to.majorVersion < 3) {
    return refuse(
      'hard-sigmoid',
      `Layer ${layer.name} (${layer.className}) has Keras 2's hard_sigmoid, clip(0.2 x + 0.5, 0, 1), which is not known here; save the model with Keras 3, whose hard_sigmoid is clip(x / 6 + 0.5, 0, 1), or use sigmoid.`,
      layer.name,
    );
  }
  if (kind === undefined) {
    return refuse(
      'unknown-activation',
      `Layer ${layer.name} (${layer.className}) has the activation ${wanted ?? 'of an unknown form'}, which is not known here; ${KNOWN} work, so use one of them.`,
      layer.name,
    );
  }
  return { id: to.add(name, { kind, inputs: [tensor.id] }), rank: tensor.rank };
}

/** The activation that a layer has fused, as a layer named after both. */
export function fusedActivation(to: Conversion, layer: KerasLayer, tensor: Tensor): Tensor {
  const value = layer.config.activation ?? null;
  return activate(to, layer, tensor, value, `${layer.name}_${activationName(value) ?? 'activation'}`);
}
