import { expect, test } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { unwrap } from '../../core/result.ts';
import { readOnnx } from './readOnnx.ts';
import { asRead, expectClose, onnxOutput, ourOutput, randomImage } from './testing/judge.ts';
import { type ModelMaker, modelBytes } from './testing/model.ts';
import { QONNX, quant } from './testing/quant.ts';

// Graphs as Brevitas (bnn_pynq, QCDQ) and qonnx write them. onnxruntime knows no Quant: where it judges, the same
// graph is built a second time with the numbers that QONNX' documentation gives, and without activations' quantizers.

const IMAGE = [1, 3, 12, 12] as const;
const scalar = (m: ModelMaker, value: number) => m.given([], [value]);

/** bnn_pynq's CNV with fewer layers: images to -1..1, signed quantizers behind batch norms, TensorNorm at the end. */
function smallCnv(m: ModelMaker, domain: string, weightBits: number, activationBits: number, plain: boolean) {
  const quantizer = (input: string, bits: number, attributes = {}) => {
    if (bits > 1) return quant(m, input, { bits: [bits], scale: [1 / 2 ** (bits - 1)], attributes, domain });
    return m.node('BipolarQuant', [input, scalar(m, 0.5)], {}, domain);
  };
  const activation = (input: string, bits = activationBits) => (plain ? input : quantizer(input, bits));
  const norm = (input: string, channels: number) => {
    const positive = m.given(
      [channels],
      Float32Array.from({ length: channels }, (_, i) => 1 + i),
    );
    const three = [1, 2, 3].map(() => m.random(channels)) as [string, string, string];
    return m.node('BatchNormalization', [input, ...three, positive]);
  };
  /** Weights as the file has them, or already quantized: halves for one bit, quarters from -1/2 to 1/4 for two. */
  const weights = (...dims: number[]) => {
    const levels = weightBits === 1 ? [-0.5, 0.5] : [-0.5, 0, 0.5];
    const size = dims.reduce((a, b) => a * b, 1);
    const random = createRandom(size).next;
    const drawn = Float32Array.from(
      { length: size },
      () => levels[Math.floor(random() * levels.length)] as number,
    );
    const given = m.given(dims, drawn);
    return plain ? given : quantizer(given, weightBits, { narrow: 1 });
  };
  let x = m.node('Sub', [m.node('Mul', ['x', scalar(m, 2)]), m.given([1], [1])]);
  x = activation(x, 8);
  x = activation(norm(m.node('Conv', [x, weights(8, 3, 3, 3)]), 8));
  x = activation(norm(m.node('Conv', [x, weights(8, 8, 3, 3)]), 8));
  x = m.node('MaxPool', [x], { kernel_shape: [2, 2], strides: [2, 2] });
  x = m.node('Reshape', [x, m.integers(1, -1)]);
  x = m.node('MatMul', [x, m.node('Transpose', [weights(6, 128)], { perm: [1, 0] })]);
  x = activation(norm(x, 6));
  x = m.node('Gemm', [x, weights(5, 6)], { transB: 1 });
  const deviation = m.node('Pow', [m.node('Add', [m.given([1], [3.9]), scalar(m, 0.1)]), scalar(m, 0.5)]);
  x = m.node('Div', [m.node('Sub', [x, m.given([1], [0.3])]), deviation]);
  return m.node('Add', [m.node('Mul', [x, m.given([1], [1.5])]), m.given([1], [0.1])]);
}

test.each([
  ['onnx.brevitas', 1, 1],
  ['finn.custom_op.general', 2, 2],
  [QONNX, 1, 2],
] as const)(
  "Brevitas' CNV in the domain %s, W%dA%d: bits by layer, and the function without activations",
  async (domain, weightBits, activationBits) => {
    const build = (plain: boolean) =>
      modelBytes({ input: IMAGE, outputDims: [1, 5], domains: plain ? [] : [domain] }, (m) =>
        smallCnv(m, domain, weightBits, activationBits, plain),
      );
    const bytes = await build(false);
    const { network, weights, layerBits, notes, source, normalization } = unwrap(
      await readOnnx(bytes, 'cnv.onnx'),
    );
    const weighted = network.layers.filter(({ kind }) => kind === 'conv2d' || kind === 'dense');
    expect(weighted).toHaveLength(4);
    expect(weighted.map(({ id }) => layerBits?.[id])).toEqual([
      ...Array.from({ length: 3 }, () => ({ weightBits, activationBits })),
      // Nothing quantizes the classes.
      { weightBits, activationBits: 32 },
    ]);
    // The product and the sum that make -1 to 1 of images from 0 to 1, and the quantizer behind them.
    expect(normalization).toEqual({ normalization: 'signed', standardization: null });
    expect(network.layers[1]?.kind).toBe('conv2d');
    const bitsOfImages = { weightBits: 8, activationBits: 8 };
    expect(layerBits?.[network.layers[0]?.id ?? '']).toEqual(bitsOfImages);
    expect(source).toMatch(/QONNX/);
    const told = notes.join('\n');
    expect(told).toMatch(
      /Only quantizers stand between layers with weights, and no activation: (?:Bipolar)?Quant/,
    );
    expect(/signs in the file/.test(told)).toBe(activationBits === 1);
    const image = randomImage(network, createRandom(3).next);
    const judged = await onnxOutput(await build(true), network, image);
    const read = asRead(image, network, normalization, 255);
    expectClose(ourOutput(network, weights ?? {}, read), judged, 1e-4);
  },
);

test("signed quantizers before a ReLU, or of eight bits, stand in nobody's place", async () => {
  const bytes = await modelBytes({ input: IMAGE, outputDims: [1, 4, 8, 8], domains: [QONNX] }, (m) => {
    const conv = (input: string, channels: number) =>
      m.node('Conv', [input, quant(m, m.random(4, channels, 3, 3))]);
    const a = quant(m, conv(quant(m, 'x', { bits: [8] }), 3));
    const b = quant(m, m.node('Relu', [a]), { attributes: { signed: 0 } });
    // Eight bits between two convolutions are a linear bottleneck.
    return conv(quant(m, conv(b, 4), { bits: [8] }), 4);
  });
  const { network, notes } = unwrap(await readOnnx(bytes, 'relu.onnx'));
  expect(network.layers.map(({ kind }) => kind)).toEqual(['input', 'conv2d', 'relu', 'conv2d', 'conv2d']);
  expect(notes).toEqual([expect.stringMatching(/^Quantizers of activations are kept as bits/)]);
});

test('QKeras: kernels are quantized as TensorFlow has them, one scale a filter, and transposed afterwards', async () => {
  const steps = [0.25, 0.5];
  const kernel = Float32Array.from({ length: 3 * 3 * 3 * 2 }, (_, i) => Math.sin(i));
  const build = (plain: boolean) =>
    modelBytes({ input: [1, 5, 5, 3], outputDims: [1, 'c'], domains: plain ? [] : [QONNX] }, (m) => {
      const last = (values: readonly number[]) => m.given([1, 1, 1, values.length], values);
      const levels = kernel.map((value, i) => {
        const step = steps[i % 2] as number;
        return Math.min(3, Math.max(-3, Math.round(value / step))) * step;
      });
      const hwio = plain
        ? m.given([3, 3, 3, 2], levels)
        : m.node(
            'Quant',
            [m.given([3, 3, 3, 2], kernel), last(steps), last([0, 0]), scalar(m, 3)],
            { signed: 1, narrow: 1 },
            QONNX,
          );
      const image = m.node('Transpose', ['x'], { perm: [0, 3, 1, 2] });
      const a = m.node('Conv', [image, m.node('Transpose', [hwio], { perm: [3, 2, 0, 1] })]);
      const b = m.node('Relu', [a]);
      const c = plain ? b : quant(m, b, { bits: [5], attributes: { signed: 0 }, opType: 'IntQuant' });
      const flat = m.node('Reshape', [m.node('Transpose', [c], { perm: [0, 2, 3, 1] }), m.integers(-1, 18)]);
      const matrix = m.given(
        [18, 2],
        Float32Array.from({ length: 36 }, (_, i) => (i % 3) / 2),
      );
      return m.node('MatMul', [flat, plain ? matrix : quant(m, matrix, { scale: [0.5], bits: [6] })]);
    });
  const { network, weights, layerBits } = unwrap(await readOnnx(await build(false), 'qkeras.onnx'));
  const [conv, , , dense] = network.layers.slice(1);
  expect([conv, dense].map((layer) => layerBits?.[layer?.id ?? ''])).toEqual([
    { weightBits: 3, activationBits: 5 },
    { weightBits: 6, activationBits: 32 },
  ]);
  const image = randomImage(network, createRandom(3).next);
  const judged = await onnxOutput(await build(true), network, image, 'nhwc');
  expectClose(ourOutput(network, weights ?? {}, image), judged, 1e-4);
});

test.each([
  ['version 1 divides by the bits it drops: AveragePool, Mul and Trunc are an average', 'v1'],
  ['version 2 keeps the size', 'v2'],
] as const)('Trunc of %s', async (_, version) => {
  const build = (plain: boolean) =>
    modelBytes({ input: IMAGE, outputDims: [1, 4, 2, 2], domains: plain ? [] : [QONNX] }, (m) => {
      const relu = m.node('Relu', [m.node('Conv', ['x', m.random(4, 3, 3, 3)])]);
      const a = plain ? relu : quant(m, relu, { bits: [2], scale: [0.5], attributes: { signed: 0 } });
      const pooled = m.node('AveragePool', [a], { kernel_shape: [4, 4], strides: [4, 4] });
      if (plain) return pooled;
      const total = version === 'v1' ? m.node('Mul', [pooled, scalar(m, 16)]) : pooled;
      const rest = version === 'v1' ? [2] : [0.5 * 16, 0, 2];
      const inputs = [0.5, 0, 6, ...rest].map((value) => scalar(m, value));
      return m.node('Trunc', [total, ...inputs], { rounding_mode: 'FLOOR' }, QONNX);
    });
  const { network, weights, layerBits } = unwrap(await readOnnx(await build(false), 'trunc.onnx'));
  expect(network.layers.map(({ kind }) => kind)).toEqual(['input', 'conv2d', 'relu', 'averagePool']);
  const pool = network.layers.at(-1);
  expect(layerBits?.[pool?.id ?? '']).toMatchObject({ activationBits: 2 });
  const image = randomImage(network, createRandom(3).next);
  expectClose(
    ourOutput(network, weights ?? {}, image),
    await onnxOutput(await build(true), network, image),
    1e-4,
  );
});

test('a quantized bias is read with its own steps, and the bits of the layer are those of its weights', async () => {
  const bytes = await modelBytes({ input: [1, 1, 4, 4], domains: [QONNX] }, (m) => {
    const bias = quant(m, m.given([2], [0.3, -0.13]), { scale: [0.125], bits: [16] });
    return m.node('Conv', ['x', quant(m, m.given([2, 1, 1, 1], [0.3, 1]), { bits: [3] }), bias]);
  });
  const { weights, layerBits } = unwrap(await readOnnx(bytes, 'bias.onnx'));
  expect([...(weights?.['conv_3/bias']?.values ?? [])]).toEqual([0.25, -0.125]);
  expect(layerBits?.conv_3).toEqual({ weightBits: 3, activationBits: 32 });
});

test.each([
  ['uint8 from 0', 2, 0],
  ['int8 from -128', 3, -128],
] as const)("onnxruntime's quantized files leave ReLUs to their quantizers: %s", async (_, type, lowest) => {
  const step = 0.02;
  const bytes = await modelBytes({ input: IMAGE, outputDims: [1, 4, 8, 8] }, (m) => {
    const zero = m.node('Cast', [scalar(m, lowest)], { to: type });
    const conv = m.node('Conv', ['x', m.random(4, 3, 3, 3), m.random(4)]);
    const whole = m.node('QuantizeLinear', [conv, scalar(m, step), zero]);
    const real = m.node('DequantizeLinear', [whole, scalar(m, step), zero]);
    return m.node(
      'Conv',
      [
        real,
        m.given(
          [4, 1, 3, 3],
          Float32Array.from({ length: 36 }, () => 0.1),
        ),
      ],
      { group: 4 },
    );
  });
  const { network, weights, layerBits, notes } = unwrap(await readOnnx(bytes, 'qdq.onnx'));
  expect(network.layers.map(({ kind }) => kind)).toEqual(['input', 'conv2d', 'relu', 'depthwiseConv2d']);
  expect(notes.join('\n')).toMatch(/became ReLUs, .*: QuantizeLinear 'quantizelinear_3'\./);
  expect(layerBits?.conv_2).toMatchObject({ activationBits: 8 });
  const image = randomImage(network, createRandom(3).next).map((value) => value / 4);
  // Nine numbers of weight 0.1, each rounded by half a step at most.
  const judged = await onnxOutput(bytes, network, image);
  expectClose(ourOutput(network, weights ?? {}, image), judged, 9 * 0.1 * (step / 2) + 1e-4);
});

test("FINN's streamlined graphs: thresholds are kept as bits, what FINN lowered is named", async () => {
  const bytes = await modelBytes(
    { input: IMAGE, outputDims: [1, 4, 8, 8], domains: ['finn.custom_op.general'] },
    (m) => {
      const conv = m.node('Conv', ['x', m.random(4, 3, 3, 3)]);
      const thresholds = m.random(4, 3);
      const a = m.node(
        'MultiThreshold',
        [conv, thresholds],
        { out_dtype: 'UINT2' },
        'finn.custom_op.general',
      );
      const b = m.node('Conv', [a, m.random(4, 4, 3, 3)]);
      const c = m.node('Im2Col', [b], {}, 'finn.custom_op.general');
      return m.node('MatMul', [c, m.random(4, 4)]);
    },
  );
  const { network, layerBits, notes } = unwrap(await readOnnx(bytes, 'streamlined.onnx'));
  expect(network.layers.map(({ kind }) => kind)).toEqual(['input', 'conv2d', 'conv2d']);
  expect(layerBits?.conv_1).toMatchObject({ activationBits: 2 });
  expect(notes).toEqual([
    "Im2Col 'im2col_4' was left out: no layer here computes it; the layers before it still work.",
    'With these, 1 node that only follows them was left out.',
    expect.stringMatching(
      /^FINN's thresholds hold activations and batch norms: MultiThreshold 'multithreshold_2'\./,
    ),
  ]);
});

test('operations on whole numbers are named one by one', async () => {
  const bytes = await modelBytes({ input: IMAGE, outputDims: [1, 4, 8, 8] }, (m) => {
    const conv = m.node('Conv', ['x', m.random(4, 3, 3, 3)]);
    const whole = m.node('QuantizeLinear', [conv, scalar(m, 0.1)]);
    return m.node('QLinearConv', [whole, scalar(m, 0.1), scalar(m, 0), m.random(4, 4, 1, 1)]);
  });
  const { network, notes } = unwrap(await readOnnx(bytes, 'qop.onnx'));
  expect(network.layers.map(({ kind }) => kind)).toEqual(['input', 'conv2d', 'relu']);
  expect(notes[0]).toBe(
    "QLinearConv 'qlinearconv_3' was left out: no layer here computes it; the layers before it still work.",
  );
});
