import { describeMap } from '../../core/network/shapes.ts';
import { fusedActivation } from './activations.ts';
import { fieldsOf } from './conversion.ts';
import { refuse } from './fields.ts';
import type { LayerReader } from './layers.ts';
import { joined, parted } from './shuffle.ts';

/** An extent in a sentence; the file may have anything in its place. */
const shownExtent = (extent: unknown): string =>
  typeof extent === 'object' && extent !== null
    ? JSON.stringify(extent).slice(0, 40)
    : String(extent ?? 'open');

/** Images [h, w, c], images of one channel [h, w], or vectors [n]. */
export const inputLayer: LayerReader = ({ layer }, to) => {
  const shape = layer.config.batch_input_shape ?? layer.config.batch_shape ?? null;
  const extents = Array.isArray(shape) ? shape.slice(1) : null;
  if (!extents || extents.length === 0 || extents.length > 3) {
    return refuse(
      'input-shape',
      `The input ${layer.name} ${extents ? `has the shape [${extents.map(shownExtent).join(', ')}]` : 'has no shape'}; give the model an input of [height, width, channels] and save it again.`,
      layer.name,
    );
  }
  const open = extents.some((extent) => extent === null);
  if (open || !extents.every((extent) => Number.isInteger(extent))) {
    refuse(
      'input-shape',
      `The input ${layer.name} has the shape [${extents.map(shownExtent).join(', ')}]; give each extent a number and save the model again.`,
      layer.name,
    );
  }
  const [height, width, channels] =
    extents.length === 1 ? [1, 1, extents[0]] : extents.length === 2 ? [...extents, 1] : extents;
  const id = to.add(layer.name, { kind: 'input', inputs: [], shape: { height, width, channels } });
  return { id, rank: extents.length + 1 };
};

/** On a feature map of more than one pixel Keras multiplies pixel by pixel: a 1x1 convolution. */
export const dense: LayerReader = (call, to) => {
  const { layer } = call;
  const fields = fieldsOf(layer);
  const tensor = to.input(call);
  const { height, width } = to.mapOf(tensor.id);
  const inputs = [tensor.id];
  const useBias = fields.truth('use_bias', true);
  const units = fields.whole('units');
  const isVector = height === 1 && width === 1;
  if (tensor.rank === 3) {
    refuse(
      'dense-on-rows',
      `Dense layer ${layer.name} works on the rows of a ${height}x${width} image; put a Flatten before it.`,
      layer.name,
    );
  }
  const one = [1, 1] as const;
  const id = isVector
    ? to.add(layer.name, { kind: 'dense', inputs, units, useBias })
    : to.add(layer.name, {
        kind: 'conv2d',
        inputs,
        filters: units,
        kernelSize: one,
        strides: one,
        dilationRate: one,
        padding: 'valid',
        groups: 1,
        useBias,
      });
  to.weights(layer, [
    { name: 'kernel', to: [id, 'kernel'], leadingOnes: isVector ? 0 : 2 },
    ...(useBias ? [{ name: 'bias', to: [id, 'bias'] as const }] : []),
  ]);
  return fusedActivation(to, layer, { id, rank: tensor.rank });
};

export const flatten: LayerReader = (call, to) => {
  fieldsOf(call.layer).channelsLast();
  return { id: to.add(call.layer.name, { kind: 'flatten', inputs: [to.input(call).id] }), rank: 2 };
};

/** A flatten, nothing where only axes of length 1 come or go, or a part of a channel shuffle. */
export const reshape: LayerReader = (call, to) => {
  const { layer } = call;
  const tensor = to.parted(call);
  const map = to.mapOf(tensor.id);
  const size = map.height * map.width * map.channels;
  const target = layer.config.target_shape;
  const known = Array.isArray(target) ? target.filter((extent) => extent !== -1) : [];
  const rest = size / known.reduce((product: number, extent) => product * Number(extent), 1);
  const shape = Array.isArray(target) ? target.map((extent) => (extent === -1 ? rest : extent)) : [];
  const rank = shape.length + 1;
  if (tensor.parts) return joined(to, layer, tensor, map, shape);
  const groups = parted(map, shape, tensor);
  if (groups) return groups;
  const own = [map.height, map.width, map.channels];
  const same = shape.length === 3 ? shape.join() === own.join() : map.height * map.width === 1;
  if (same && (shape.length === 3 || (shape.length === 1 && shape[0] === size)))
    return { id: tensor.id, rank };
  const vector = shape.length === 1 || (shape.length === 3 && shape[0] === 1 && shape[1] === 1);
  if (vector && shape.at(-1) === size)
    return { id: to.add(layer.name, { kind: 'flatten', inputs: [tensor.id] }), rank };
  return refuse(
    'reshape',
    `Layer ${layer.name} reshapes ${describeMap(map)} to [${shape.join(', ')}]; only a Reshape that flattens, one that changes nothing, or those of a channel shuffle can be read.`,
    layer.name,
  );
};
