import { parameterShapes } from '../../network/counts.ts';
import {
  type Layer,
  type LayerId,
  type Network,
  parameterKey,
  type UpsampleLayer,
  type Weights,
} from '../../network/network.ts';
import { type Geometry, geometryAt, geometryOf, type LayerGeometry } from '../../network/shapes.ts';
import { assertNever } from '../../result.ts';

/** Outputs of every layer for one image, NHWC without the batch. */
export type Outputs = ReadonlyMap<LayerId, Float64Array>;

type Visit = (output: number, input: number, tap: number) => void;

/** Calls back for every (output pixel, input pixel, kernel tap) of a window that lies inside the map. */
function slide(
  { ifm, ofm, pads }: LayerGeometry,
  kernel: readonly [number, number],
  strides: readonly [number, number],
  dilation: readonly [number, number],
  visit: Visit,
): void {
  for (let oy = 0; oy < ofm.height; oy++)
    for (let ox = 0; ox < ofm.width; ox++)
      for (let ky = 0; ky < kernel[0]; ky++)
        for (let kx = 0; kx < kernel[1]; kx++) {
          const y = oy * strides[0] - pads[0] + ky * dilation[0];
          const x = ox * strides[1] - pads[2] + kx * dilation[1];
          if (y < 0 || x < 0 || y >= ifm.height || x >= ifm.width) continue;
          visit(oy * ofm.width + ox, y * ifm.width + x, ky * kernel[1] + kx);
        }
}

const at = (values: ArrayLike<number>, index: number): number => {
  const value = values[index];
  if (value === undefined) throw new Error(`No value at ${index} of ${values.length}`);
  return value;
};

const addTo = (values: Float64Array, index: number, value: number) => {
  values[index] = at(values, index) + value;
};

/**
 * Forward pass in the plainest loops that can be written, in double precision: slow, but easy to believe.
 * Every input layer reads `image`, or the next of `furtherImages` while there are some.
 */
export function forward(
  network: Network,
  weights: Weights,
  image: Float64Array,
  mask: ReadonlyMap<LayerId, readonly number[]> = new Map(),
  furtherImages: readonly Float64Array[] = [],
): Outputs {
  const geometry = geometryOf(network);
  const outputs = new Map<LayerId, Float64Array>();
  const images = [image, ...furtherImages];
  for (const layer of network.layers) {
    const inputs = layer.inputs.map((id) => outputs.get(id) ?? new Float64Array(0));
    const values =
      layer.kind === 'input' ? (images.shift() ?? image).slice() : run(layer, geometry, inputs, weights);
    const { channels } = geometryAt(geometry, layer.id).ofm;
    for (const channel of mask.get(layer.id) ?? [])
      for (let i = channel; i < values.length; i += channels) values[i] = 0;
    outputs.set(layer.id, values);
  }
  return outputs;
}

function run(
  layer: Exclude<Layer, { kind: 'input' }>,
  geometry: Geometry,
  inputs: readonly Float64Array[],
  weights: Weights,
): Float64Array {
  const place = geometryAt(geometry, layer.id);
  const { ifm, ofm } = place;
  const input = inputs[0] ?? new Float64Array(0);
  const parameter = (name: string) => weights[parameterKey(layer.id, name)]?.values ?? new Float32Array(0);
  const output = new Float64Array(ofm.height * ofm.width * ofm.channels);
  const biased = () => {
    const bias = parameter('bias');
    return bias.length === 0 ? output : output.map((value, i) => value + at(bias, i % bias.length));
  };
  switch (layer.kind) {
    case 'conv2d': {
      const kernel = parameter('kernel');
      const depth = ifm.channels / layer.groups;
      const share = layer.filters / layer.groups;
      slide(place, layer.kernelSize, layer.strides, layer.dilationRate, (o, i, tap) => {
        for (let f = 0; f < layer.filters; f++)
          for (let c = 0; c < depth; c++) {
            const channel = Math.floor(f / share) * depth + c;
            const weight = at(kernel, (tap * depth + c) * layer.filters + f);
            addTo(output, o * layer.filters + f, weight * at(input, i * ifm.channels + channel));
          }
      });
      return biased();
    }
    case 'depthwiseConv2d': {
      const kernel = parameter('depthwiseKernel');
      const multiplier = layer.depthMultiplier;
      slide(place, layer.kernelSize, layer.strides, layer.dilationRate, (o, i, tap) => {
        for (let f = 0; f < ofm.channels; f++) {
          const pixel = at(input, i * ifm.channels + Math.floor(f / multiplier));
          addTo(output, o * ofm.channels + f, at(kernel, tap * ofm.channels + f) * pixel);
        }
      });
      return biased();
    }
    case 'dense': {
      const kernel = parameter('kernel');
      for (let c = 0; c < ifm.channels; c++)
        for (let u = 0; u < layer.units; u++)
          addTo(output, u, at(input, c) * at(kernel, c * layer.units + u));
      return biased();
    }
    case 'maxPool':
      output.fill(Number.NEGATIVE_INFINITY);
      slide(place, layer.poolSize, layer.strides, [1, 1], (o, i) => {
        for (let c = 0; c < ofm.channels; c++)
          output[o * ofm.channels + c] = Math.max(
            at(output, o * ofm.channels + c),
            at(input, i * ofm.channels + c),
          );
      });
      return output;
    case 'averagePool': {
      const taken = new Float64Array(ofm.height * ofm.width);
      slide(place, layer.poolSize, layer.strides, [1, 1], (o, i) => {
        addTo(taken, o, 1);
        for (let c = 0; c < ofm.channels; c++)
          addTo(output, o * ofm.channels + c, at(input, i * ofm.channels + c));
      });
      return output.map((sum, i) => sum / at(taken, Math.floor(i / ofm.channels)));
    }
    case 'globalAveragePool':
      input.forEach((value, i) => {
        addTo(output, i % ofm.channels, value / (ifm.height * ifm.width));
      });
      return output;
    case 'globalMaxPool':
      output.fill(Number.NEGATIVE_INFINITY);
      input.forEach((value, i) => {
        output[i % ofm.channels] = Math.max(at(output, i % ofm.channels), value);
      });
      return output;
    case 'batchNorm': {
      const [gamma, beta, mean, variance] = ['gamma', 'beta', 'movingMean', 'movingVariance'].map(parameter);
      if (!gamma || !beta || !mean || !variance) return output;
      return input.map((value, i) => {
        const c = i % ofm.channels;
        const scale = at(gamma, c) / Math.sqrt(at(variance, c) + layer.epsilon);
        return (value - at(mean, c)) * scale + at(beta, c);
      });
    }
    case 'relu':
      return input.map((value) => Math.max(0, value));
    case 'relu6':
      return input.map((value) => Math.min(6, Math.max(0, value)));
    case 'upsample':
      return upsampled(layer, place, input);
    case 'channelShuffle': {
      const size = ofm.channels / layer.groups;
      return output.map((_, i) => {
        const c = i % ofm.channels;
        return at(input, i - c + (c % layer.groups) * size + Math.floor(c / layer.groups));
      });
    }
    case 'l2Normalize': {
      const scale = parameter('scale');
      return input.map((value, i) => {
        const pixel = i - (i % ofm.channels);
        const length = Math.hypot(...input.subarray(pixel, pixel + ofm.channels));
        return (at(scale, i % ofm.channels) * value) / Math.max(length, layer.epsilon);
      });
    }
    case 'leakyRelu':
      return input.map((value) => (value > 0 ? value : layer.slope * value));
    case 'sigmoid':
      return input.map((value) => 1 / (1 + Math.exp(-value)));
    case 'tanh':
      return input.map((value) => Math.tanh(value));
    case 'hardSigmoid':
      return input.map(hardSigmoid);
    case 'hardSwish':
      return input.map((value) => value * hardSigmoid(value));
    case 'add':
      return input.map((_, i) => inputs.reduce((sum, part) => sum + at(part, i), 0));
    case 'multiply':
      // A gate's values repeat at every pixel: NHWC, its index is the channel.
      return output.map((_, i) => inputs.reduce((product, part) => product * at(part, i % part.length), 1));
    case 'concat': {
      const pixels = ofm.height * ofm.width;
      let offset = 0;
      for (const part of inputs) {
        const channels = part.length / pixels;
        part.forEach((value, i) => {
          output[Math.floor(i / channels) * ofm.channels + offset + (i % channels)] = value;
        });
        offset += channels;
      }
      return output;
    }
    case 'softmax':
      return softmax(input, ofm.channels);
    case 'flatten':
    case 'dropout':
      return input.slice();
    default:
      return assertNever(layer);
  }
}

/** Each output pixel from where its center lies in the input: the square it is in, or the four centers around it. */
function upsampled(
  { size, interpolation }: UpsampleLayer,
  { ifm, ofm }: LayerGeometry,
  input: Float64Array,
): Float64Array {
  const pixel = (y: number, x: number, c: number) => {
    const row = Math.min(ifm.height - 1, Math.max(0, y));
    const column = Math.min(ifm.width - 1, Math.max(0, x));
    return at(input, (row * ifm.width + column) * ifm.channels + c);
  };
  return Float64Array.from({ length: ofm.height * ofm.width * ofm.channels }, (_, i) => {
    const c = i % ofm.channels;
    const place = Math.floor(i / ofm.channels);
    const y = (Math.floor(place / ofm.width) + 0.5) / size[0] - 0.5;
    const x = ((place % ofm.width) + 0.5) / size[1] - 0.5;
    if (interpolation === 'nearest') return pixel(Math.round(y), Math.round(x), c);
    const [top, left] = [Math.floor(y), Math.floor(x)];
    const row = (at: number) => (left + 1 - x) * pixel(at, left, c) + (x - left) * pixel(at, left + 1, c);
    return (top + 1 - y) * row(top) + (y - top) * row(top + 1);
  });
}

/** Howard et al. 2019, section 5.2. */
const hardSigmoid = (value: number): number => Math.min(6, Math.max(0, value + 3)) / 6;

function softmax(input: Float64Array, channels: number): Float64Array {
  const powers = input.map((value) => Math.exp(value));
  return powers.map((power, i) => {
    const pixel = Math.floor(i / channels) * channels;
    return power / powers.subarray(pixel, pixel + channels).reduce((sum, value) => sum + value, 0);
  });
}

/** Weights of a size that keeps the signal's size through the layers; `next` gives numbers in 0..1. */
export function randomWeights(network: Network, next: () => number): Weights {
  const geometry = geometryOf(network);
  const entries = network.layers.flatMap((layer) =>
    Object.entries(parameterShapes(layer, geometryAt(geometry, layer.id))).map(([name, shape]) => {
      const fanIn = name.endsWith('ernel')
        ? Math.max(
            1,
            shape.slice(0, -1).reduce((a, b) => a * b, 1),
          )
        : 16;
      const reach = Math.sqrt(6 / fanIn);
      const draw = () => (name === 'movingVariance' ? 0.5 + next() : (2 * next() - 1) * reach);
      const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, draw);
      return [parameterKey(layer.id, name), { shape, values }] as const;
    }),
  );
  return Object.fromEntries(entries);
}
