import { expect, test } from 'vitest';
import { NetworkBuilder } from '../../core/network/builder.ts';
import { parameterKey, type Weights } from '../../core/network/network.ts';
import { inferGeometry } from '../../core/network/shapes.ts';
import { randomWeights } from '../../core/pruning/testing/referenceInterpreter.ts';
import { createRandom } from '../../core/random.ts';
import { unwrap } from '../../core/result.ts';
import { readFinnGraph } from './finnGraph.ts';
import { type Draft, decodeModel, encodeModel, type ModelMessage } from './messages.ts';
import { readOnnx } from './readOnnx.ts';
import { modelBytes } from './testing/model.ts';
import { writeOnnx } from './writeOnnx.ts';
import { writeQonnx } from './writeQonnx.ts';

function small() {
  const b = new NetworkBuilder('small', { height: 6, width: 6, channels: 2 });
  b.convBlock(3, 3);
  b.maxPool(2);
  b.add(b.convBlock(3, 1), b.conv(3, 3, { bias: true }));
  b.flatten();
  b.dense(4);
  b.softmax();
  return b.build();
}

const network = small();
const weights = randomWeights(network, createRandom(1).next);
const plainBytes = async () => unwrap(await writeOnnx(network, weights));

/** Messages of the small network's file, changed and written again. */
async function changed(change: (model: ModelMessage) => Draft<ModelMessage>): Promise<Uint8Array> {
  return encodeModel(change(unwrap(await decodeModel(await plainBytes(), 'small.onnx'))));
}

async function messageOf(bytes: Uint8Array): Promise<string> {
  const result = await readOnnx(bytes, 'broken.onnx');
  if (result.ok) throw new Error(`Read as ${result.value.network.name}: ${result.value.notes.join(' ')}`);
  return result.error.message;
}

const IMAGE = ['N', 2, 6, 6] as const;

test('a file that is no ONNX file is named', async () => {
  expect(await messageOf(new TextEncoder().encode('{"format": "layers-model"}'))).toMatch(/^broken\.onnx /);
  expect(await messageOf(new Uint8Array(0))).toMatch(/holds no graph/);
});

test('a file cut off anywhere gives one sentence', async () => {
  const bytes = await plainBytes();
  for (let length = 0; length < bytes.length; length += 13)
    expect(await messageOf(bytes.subarray(0, length))).toMatch(/\.$/);
});

test('a circular graph names the two nodes', async () => {
  const bytes = await changed((model) => ({
    ...model,
    graph: {
      ...model.graph,
      node: model.graph?.node.map((node) =>
        node.name === 'conv1' ? { ...node, input: ['pool1', ...node.input.slice(1)] } : node,
      ),
    } as Draft<ModelMessage['graph']>,
  }));
  expect(await messageOf(bytes)).toMatch(/'conv1'.*depends on it.*circular/);
});

test('a missing initializer is named', async () => {
  const bytes = await changed((model) => ({
    ...model,
    graph: {
      ...model.graph,
      initializer: model.graph?.initializer.filter(({ name }) => name !== 'conv2/kernel'),
    } as Draft<ModelMessage['graph']>,
  }));
  expect(await messageOf(bytes)).toMatch(/^Conv 'conv2' reads conv2\/kernel, .*incomplete/);
});

test.each([
  ['negative', [-3, 2, 3, 3]],
  ['huge', [3, 2, 2 ** 40, 3]],
  ['other than its numbers', [3, 2, 3, 4]],
])('a kernel of %s dimensions is refused', async (_, dims) => {
  const bytes = await changed((model) => ({
    ...model,
    graph: {
      ...model.graph,
      initializer: model.graph?.initializer.map((tensor) =>
        tensor.name === 'conv1/kernel' ? { ...tensor, dims } : tensor,
      ),
    } as Draft<ModelMessage['graph']>,
  }));
  expect(await messageOf(bytes)).toMatch(/^Tensor conv1\/kernel has the shape/);
});

test.each([
  ['huge', ['N', 2, 2 ** 33, 6], /whole number/],
  ['negative', ['N', 2, -6, 6], /whole number/],
  ['open', ['N', 2, 'height', 6], /Axis 2 of the input x \(height\) has no fixed extent/],
  ['of three axes', [2, 6, 6], /has 3 axes/],
])('an input whose extents are %s is refused', async (_, input, message) => {
  const bytes = await modelBytes({ input }, (m) => m.node('Conv', ['x', m.random(3, 2, 3, 3)]));
  expect(await messageOf(bytes)).toMatch(message);
});

test('weights that are no numbers name their layer', async () => {
  const kernel = new Float32Array(54);
  kernel[17] = Number.NaN;
  const bytes = await modelBytes({ input: IMAGE }, (m) =>
    m.node('Conv', ['x', m.given([3, 2, 3, 3], kernel)]),
  );
  expect(await messageOf(bytes)).toMatch(/^The kernel of conv_1 holds NaN/);
});

test('weights in another file, an old operator set and a graph without an input are refused', async () => {
  const external = await changed((model) => ({
    ...model,
    graph: {
      ...model.graph,
      initializer: model.graph?.initializer.map((tensor) => ({
        ...tensor,
        rawData: new Uint8Array(0),
        dataLocation: 1,
        externalData: [{ key: 'location', value: 'small.data' }],
      })),
    } as Draft<ModelMessage['graph']>,
  }));
  expect(await messageOf(external)).toMatch(/lie in another file/);
  expect(await messageOf(await changed((model) => ({ ...model, opsetImport: [{ version: 6 }] })))).toMatch(
    /operator set 6/,
  );
  const constant = await modelBytes({ input: IMAGE }, (m) => m.node('Relu', [m.random(3, 3)]));
  expect(await messageOf(constant)).toMatch(/No node depends on an input/);
});

test('a FINN hardware graph is sent to its own reader, and other graphs are not read by that', async () => {
  const bytes = await modelBytes({ input: IMAGE }, (m) =>
    m.node('MVAU_hls', ['x'], { PE: 2 }, 'finn.custom_op.fpgadataflow.hls'),
  );
  expect(await messageOf(bytes)).toMatch(/FINN hardware graph \(MVAU_hls 'mvau_hls_1'\)/);
  const plain = await readFinnGraph(await plainBytes(), 'small.onnx');
  expect(plain).toMatchObject({ ok: false, error: { code: 'finn-graph' } });
});

test('a writer refuses weights that are missing or no numbers', async () => {
  const { [parameterKey('conv2', 'kernel')]: _, ...rest } = weights as Record<string, Weights[string]>;
  expect(await writeOnnx(network, rest as Weights)).toMatchObject({ ok: false, error: { where: 'conv2' } });
  const broken = { ...weights, 'fc1/bias': { shape: [4], values: Float32Array.of(1, 2, Number.NaN, 4) } };
  expect(await writeOnnx(network, broken)).toMatchObject({ ok: false, error: { where: 'fc1' } });
});

/** More by ONNX_MUTATIONS=10000. */
const mutations = Number(process.env.ONNX_MUTATIONS ?? 500);

test(`${mutations} damaged files are each read or refused in one sentence`, async () => {
  const random = createRandom(20);
  const originals = [
    await plainBytes(),
    unwrap(await writeQonnx(network, weights, { weightBits: 3, activationBits: 2 })),
    unwrap(await writeOnnx(network, weights, { deployed: true })),
  ];
  let refused = 0;
  for (let round = 0; round < mutations; round++) {
    const bytes = (originals[round % originals.length] as Uint8Array).slice();
    for (let hit = random.integer(6); hit >= 0; hit--)
      bytes[random.integer(bytes.length)] = random.integer(256);
    const cut = random.integer(4) === 0 ? bytes.subarray(0, random.integer(bytes.length)) : bytes;
    const result = await readOnnx(cut, 'broken.onnx');
    const records = await readFinnGraph(cut, 'broken.onnx');
    if (result.ok) expect(inferGeometry(result.value.network).ok).toBe(true);
    else {
      refused++;
      expect(result.error.message).toMatch(/^\S.*\.$/s);
    }
    expect(typeof records.ok).toBe('boolean');
  }
  expect(refused).toBeGreaterThan(mutations / 10);
});

test('constants that double with every node, and windows larger than memory, are refused', async () => {
  const doubled = await modelBytes({ input: IMAGE }, (m) => {
    let list = m.integers(1, 1);
    for (let n = 0; n < 40; n++) list = m.node('Concat', [list, list], { axis: 0 });
    return m.node('Reshape', ['x', list]);
  });
  expect(await messageOf(doubled)).toMatch(/asks for an array of \d+ computed numbers/);
  const far = 1 << 19;
  const window = await modelBytes({ input: IMAGE }, (m) =>
    m.node('AveragePool', ['x'], {
      kernel_shape: [far, far],
      pads: [far, far, far, far],
      count_include_pad: 1,
    }),
  );
  expect(await messageOf(window)).toMatch(/asks for an array|2\^31 values/);
});
