import { channelTransforms, type NormalizationChoice } from '../../../core/data/normalizationChoice.ts';
import { NetworkBuilder } from '../../../core/network/builder.ts';
import { type Network, outputsOf, type Weights } from '../../../core/network/network.ts';
import { geometryAt, geometryOf } from '../../../core/network/shapes.ts';
import { forward } from '../../../core/pruning/testing/referenceInterpreter.ts';

/** A network with every activation, its vector flattened from several pixels before them. */
export function activations(): Network {
  const b = new NetworkBuilder('activations', { height: 8, width: 6, channels: 3 });
  b.conv(4, 3, { bias: true });
  b.leakyRelu(0.1);
  b.conv(4, [1, 3], { stride: [2, 1], padding: 1 });
  b.hardSwish();
  b.maxPool([3, 2], { stride: 2, padding: 'same' });
  b.conv(5, 3);
  const map = b.hardSigmoid();
  const gate = b.sigmoid(b.conv(5, 1, {}, b.globalAveragePool(map)));
  b.multiply(gate, map);
  b.upsample([2, 1]);
  b.upsample(2, 'bilinear');
  b.averagePool(3, { stride: 1, padding: 'same' });
  b.flatten();
  b.batchNorm();
  b.tanh();
  b.dense(7);
  b.sigmoid();
  b.dense(3);
  return b.build();
}

const inputShape = (network: Network) => {
  const input = network.layers.find((layer) => layer.kind === 'input');
  if (input?.kind !== 'input') throw new Error(`${network.name} has no input`);
  return input.shape;
};

/** NHWC, -1..1. */
export function randomImage(network: Network, next: () => number): Float64Array {
  const { height, width, channels } = inputShape(network);
  return Float64Array.from({ length: height * width * channels }, () => 2 * next() - 1);
}

/** An image of bytes (or of `1 / bytes` of them) as the network reads it; as it is where nothing is said. */
export function asRead(
  image: Float64Array,
  network: Network,
  choice: NormalizationChoice | undefined,
  bytes = 1,
): Float64Array {
  if (!choice) return image;
  const { channels } = inputShape(network);
  const transforms = channelTransforms(choice, channels);
  return image.map((value, i) => {
    const { scale = 1, offset = 0 } = transforms[i % channels] ?? {};
    return value * bytes * scale + offset;
  });
}

/** The first output of our own plainest loops, NHWC. */
export function ourOutput(network: Network, weights: Weights, image: Float64Array): Float64Array {
  const [output] = outputsOf(network);
  const values = forward(network, weights, image).get(output?.id ?? '');
  if (!values) throw new Error(`${network.name} has no output`);
  return values;
}

function transposed(values: ArrayLike<number>, from: 'nhwc' | 'nchw', channels: number): Float32Array {
  const pixels = values.length / channels;
  const result = new Float32Array(values.length);
  for (let c = 0; c < channels; c++)
    for (let p = 0; p < pixels; p++) {
      const [first, last] = [c * pixels + p, p * channels + c];
      if (from === 'nhwc') result[first] = values[last] as number;
      else result[last] = values[first] as number;
    }
  return result;
}

/** What onnxruntime computes from the file's bytes, NHWC: WebAssembly on one thread. */
export async function onnxOutput(
  bytes: Uint8Array,
  network: Network,
  image: Float64Array,
  layout: 'nchw' | 'nhwc' = 'nchw',
): Promise<Float32Array> {
  const { env, InferenceSession, Tensor } = await import('onnxruntime-web');
  env.wasm.numThreads = 1;
  env.logLevel = 'error';
  const session = await InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  const { height, width, channels } = inputShape(network);
  const [name = ''] = session.inputNames;
  const fed =
    layout === 'nchw'
      ? new Tensor('float32', transposed(image, 'nhwc', channels), [1, channels, height, width])
      : new Tensor('float32', Float32Array.from(image), [1, height, width, channels]);
  const results = await session.run({ [name]: fed });
  const [outputName = ''] = session.outputNames;
  const { data } = results[outputName] as { data: Float32Array };
  await session.release();
  const [output] = outputsOf(network);
  return transposed(data, 'nchw', geometryAt(geometryOf(network), output?.id ?? '').ofm.channels);
}

/** Throws where a value is further than `tolerance` from what is expected. */
export function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  if (found.length !== expected.length)
    throw new Error(`${found.length} values instead of ${expected.length}`);
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [found[i] as number, expected[i] as number];
    if (!(Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b))))
      throw new Error(`Value ${i} is ${a} instead of ${b}`);
  }
}

/** Everything about a network but ids and the words of its paddings, which may be rows, `same` or `valid`. */
export function shapeOf(network: Network): readonly object[] {
  const geometry = geometryOf(network);
  const places = new Map(network.layers.map(({ id }, i) => [id, i]));
  return network.layers.map((layer) => ({
    ...layer,
    id: places.get(layer.id),
    inputs: layer.inputs.map((id) => places.get(id)),
    padding: geometryAt(geometry, layer.id).pads,
    ofm: geometryAt(geometry, layer.id).ofm,
  }));
}
