import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployNetwork } from '../core/network/deploy.ts';
import { type Network, outputsOf, type Weights } from '../core/network/network.ts';
import { presetById } from '../core/network/presets.ts';
import { geometryAt, geometryOf } from '../core/network/shapes.ts';
import { gated } from '../core/pruning/testing/networks.ts';
import { randomWeights } from '../core/pruning/testing/referenceInterpreter.ts';
import { createRandom } from '../core/random.ts';
import { unwrap } from '../core/result.ts';
import { writeKeras } from './keras/writeKeras.ts';
import { writeKeras3 } from './keras/writeKeras3.ts';
import { activations, expectClose, ourOutput, randomImage } from './onnx/testing/judge.ts';
import { writeOnnx } from './onnx/writeOnnx.ts';
import { writeQonnx } from './onnx/writeQonnx.ts';

/** Debian's, with python3-onnx and python3-h5py where they are installed. */
const PYTHON = '/usr/bin/python3';
/** A Python with Keras 3 and one of its backends; none is usual, and its tests are skipped. */
const KERAS_PYTHON = process.env.KERAS_PYTHON ?? '';

function imports(python: string, module: string): boolean {
  try {
    execFileSync(python, ['-c', `import ${module}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const hasOnnx = imports(PYTHON, 'onnx');
const hasH5py = imports(PYTHON, 'h5py');

const folder = mkdtempSync(join(tmpdir(), 'sweetspot-judges-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a script prints as JSON; throws with what it says on standard error. */
function judged(python: string, script: string, ...args: string[]): Record<string, unknown> {
  const out = execFileSync(python, ['-c', script, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, KERAS_BACKEND: process.env.KERAS_BACKEND ?? 'jax' },
  });
  return JSON.parse(out);
}

function saved(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

interface Example {
  readonly id: string;
  readonly network: Network;
  readonly weights: Weights;
}

const withWeights = (id: string, network: Network): Example => ({
  id,
  network,
  weights: randomWeights(network, createRandom(21).next),
});

const examples: readonly Example[] = [
  ...['lenet', 'tiny-resnet', 'tiny-mobilenet-v2', 'ds-cnn', 'mobilenet-v1-0.25', 'tfc'].map((id) => {
    const preset = presetById(id)!;
    return withWeights(id, preset.build(preset.input, preset.classCount));
  }),
  withWeights('gated', gated()),
  withWeights('activations', activations()),
];

const ONNX_SCRIPT = `
import json, sys, onnx
m = onnx.load(sys.argv[1])
full = sys.argv[2] == 'full'
onnx.checker.check_model(m, full_check=full)
i = onnx.shape_inference.infer_shapes(m, check_type=full, strict_mode=full)
dims = lambda v: [d.dim_value or d.dim_param for d in v.type.tensor_type.shape.dim]
print(json.dumps({
  'declared': [dims(v) for v in m.graph.output],
  'inferred': [dims(v) for v in i.graph.output],
  'known': len(i.graph.value_info),
  'domains': sorted({n.domain for n in m.graph.node}),
}))`;

/** Strict inference of shapes that no output declares, which the graph alone must lead to. */
const UNDECLARED_SCRIPT = ONNX_SCRIPT.replace(
  'i = onnx',
  "for o in m.graph.output: o.type.tensor_type.ClearField('shape')\ni = onnx",
);

describe.skipIf(!hasOnnx)("onnx's own checker (skipped without python3-onnx)", () => {
  test.each(examples.flatMap((one) => [false, true].map((deployed) => ({ ...one, deployed }))))(
    '$id as ONNX, deployed: $deployed, passes the full check, and strict inference finds our shapes',
    async ({ id, network, weights, deployed }) => {
      const path = saved(`${id}.onnx`, unwrap(await writeOnnx(network, weights, { deployed })));
      expect(judged(PYTHON, ONNX_SCRIPT, path, 'full').domains).toEqual(['']);
      const geometry = geometryOf(network);
      const channels = outputsOf(network).map((layer) => geometryAt(geometry, layer.id).ofm.channels);
      const { inferred } = judged(PYTHON, UNDECLARED_SCRIPT, path, 'full') as unknown as {
        inferred: number[][];
      };
      expect(inferred.map((dims) => dims[1])).toEqual(channels);
    },
  );

  test.each(examples.flatMap((one) => [1, 4, 8].map((bits) => ({ ...one, bits }))))(
    '$id as QONNX of $bits bits passes the check, which leaves other domains alone',
    async ({ id, network, weights, bits }) => {
      const written = await writeQonnx(network, weights, { weightBits: bits, activationBits: bits });
      const path = saved(`${id}.qonnx.onnx`, unwrap(written));
      const { domains } = judged(PYTHON, ONNX_SCRIPT, path, 'plain');
      expect(domains).toEqual(['', 'qonnx.custom_op.general']);
    },
  );

  test('a graph that is wrong fails the check', async () => {
    const { network, weights } = examples[0]!;
    const bytes = unwrap(await writeOnnx(network, weights));
    const name = Buffer.from(bytes).lastIndexOf('Relu');
    const broken = bytes.slice();
    broken[name] = 'X'.charCodeAt(0);
    expect(() => judged(PYTHON, ONNX_SCRIPT, saved('broken.onnx', broken), 'full')).toThrow(/Xelu/);
  });
});

const H5_SCRIPT = `
import io, json, sys, zipfile, h5py, hashlib
path = sys.argv[1]
found = {}
def visit(name, item):
  if isinstance(item, h5py.Dataset):
    assert item.dtype == 'float32'
    found[name] = [list(item.shape), hashlib.sha256(item[()].tobytes()).hexdigest()]
text = lambda value: value.decode() if isinstance(value, bytes) else value
if zipfile.is_zipfile(path):
  z = zipfile.ZipFile(path)
  f = h5py.File(io.BytesIO(z.read('model.weights.h5')), 'r')
  names = {key: text(group['vars'].attrs['name']) for key, group in f['layers'].items()}
  config = json.loads(z.read('config.json'))
else:
  f = h5py.File(path, 'r')
  names = {n: [text(w) for w in f['model_weights'][n].attrs['weight_names']] for n in map(text, f['model_weights'].attrs['layer_names'])}
  config = json.loads(f.attrs['model_config'])
f.visititems(visit)
print(json.dumps({'names': names, 'class': config['class_name'], 'layers': [l['name'] for l in config['config']['layers']], 'datasets': found}))`;

describe.skipIf(!hasH5py)('h5py (skipped without python3-h5py)', () => {
  let hash: (tensor: Weights[string]) => string;
  beforeAll(async () => {
    const { createHash } = await import('node:crypto');
    hash = ({ values }) =>
      createHash('sha256')
        .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
        .digest('hex');
  });
  const contentOf = (tensors: readonly Weights[string][]) =>
    tensors.map((tensor) => `${tensor.shape} ${hash(tensor)}`).sort();

  test.each(examples)('$id as .h5 has the names, the configuration and the weights', async (example) => {
    const { id, network, weights } = example;
    const path = saved(`${id}.h5`, unwrap(await writeKeras(network, weights)));
    const found = judged(PYTHON, H5_SCRIPT, path) as unknown as {
      names: Record<string, string[]>;
      class: string;
      layers: string[];
      datasets: Record<string, [number[], string]>;
    };
    expect(found.class).toBe('Functional');
    expect(Object.keys(found.names).toSorted()).toEqual(found.layers.toSorted());
    // every name leads to its dataset, and there are no others
    const paths = Object.entries(found.names).flatMap(([layer, own]) =>
      own.map((name) => `model_weights/${layer}/${name}`),
    );
    expect(paths.toSorted()).toEqual(Object.keys(found.datasets).toSorted());
    const stored = Object.values(found.datasets).map(([shape, digest]) => `${shape} ${digest}`);
    expect(stored.sort()).toEqual(contentOf(Object.values(weights)));
    const kernel = Object.keys(weights).find((key) => key.endsWith('/kernel'))!;
    const [layer = ''] = kernel.split('/');
    expect(found.datasets[`model_weights/${layer}/${layer}/kernel:0`]).toEqual([
      weights[kernel]!.shape,
      hash(weights[kernel]!),
    ]);
  });

  test.each(examples)('$id as .keras has a group a layer, named, with numbered weights', async (example) => {
    const { id, network, weights } = example;
    const path = saved(`${id}.keras`, unwrap(await writeKeras3(network, weights)));
    const found = judged(PYTHON, H5_SCRIPT, path) as unknown as {
      names: Record<string, string>;
      layers: string[];
      datasets: Record<string, [number[], string]>;
    };
    expect(Object.values(found.names).toSorted()).toEqual(found.layers.toSorted());
    for (const name of Object.keys(found.datasets)) expect(name).toMatch(/^layers\/[a-z0-9_]+\/vars\/\d$/);
    const stored = Object.values(found.datasets).map(([shape, digest]) => `${shape} ${digest}`);
    expect(stored.sort()).toEqual(contentOf(Object.values(weights)));
  });
});

const KERAS_SCRIPT = `
import json, sys, os
sys.stdout, out = sys.stderr, sys.stdout
import numpy as np, keras
m = keras.saving.load_model(sys.argv[1], compile=False)
x = np.array(json.load(open(sys.argv[2])), 'float32').reshape((1,) + tuple(m.inputs[0].shape[1:]))
y = m([x]) if isinstance(m.input, list) else m(x)
y = y[0] if isinstance(y, (list, tuple)) else y
print(json.dumps({'values': [float(v) for v in np.array(y).ravel()]}), file=out)`;

describe.skipIf(!KERAS_PYTHON)(
  'Keras 3 itself (skipped where KERAS_PYTHON names no Python that has it)',
  () => {
    test.each(examples.flatMap((one) => [false, true].map((deployed) => ({ ...one, deployed }))))(
      'loads $id, deployed: $deployed, and computes what we compute',
      async ({ network, weights, deployed }) => {
        const form = deployed ? deployNetwork(network, weights) : { network, weights };
        const image = randomImage(network, createRandom(6).next);
        const expected = ourOutput(network, weights, image);
        const fed = saved('image.json', new TextEncoder().encode(JSON.stringify([...image])));
        for (const [ending, write] of [
          ['h5', writeKeras],
          ['keras', writeKeras3],
        ] as const) {
          const path = saved(`judged.${ending}`, unwrap(await write(form.network, form.weights)));
          const { values } = judged(KERAS_PYTHON, KERAS_SCRIPT, path, fed) as unknown as { values: number[] };
          expectClose(values, expected, 1e-5);
        }
      },
      180_000,
    );
  },
);
