import { expect, test } from 'vitest';
import type { Network } from '../../core/network/network.ts';
import { TRAINED_PRESETS } from '../../core/network/presets.ts';
import {
  concatAdd,
  crossedConcats,
  curved,
  depthMultiplier,
  enlarged,
  gated,
  grouped,
  normalized,
  shuffled,
} from '../../core/pruning/testing/networks.ts';
import { randomWeights } from '../../core/pruning/testing/referenceInterpreter.ts';
import { createRandom } from '../../core/random.ts';
import { unwrap } from '../../core/result.ts';
import { readOnnx } from './readOnnx.ts';
import { activations, expectClose, onnxOutput, ourOutput, randomImage, shapeOf } from './testing/judge.ts';
import { writeOnnx } from './writeOnnx.ts';

const TOLERANCE = 1e-4;

/** Logits tell more than probabilities that are all close to 0 or 1. */
const withoutSoftmax = (network: Network): Network => ({
  ...network,
  layers: network.layers.filter(({ kind }) => kind !== 'softmax'),
});

const presets = TRAINED_PRESETS.map((preset) => ({
  id: preset.id,
  // The reference loops are slow: a large image adds pixels, no kinds of layers.
  network: withoutSoftmax(
    preset.build(
      preset.input.height > 100 ? { height: 64, width: 64, channels: 3 } : preset.input,
      preset.classCount,
    ),
  ),
}));

const networks = [
  ...presets,
  ...[
    concatAdd(),
    crossedConcats(),
    depthMultiplier(),
    grouped(),
    curved(),
    enlarged(),
    gated(),
    shuffled(),
    normalized(),
    activations(),
  ].map((network) => ({
    id: network.name,
    network,
  })),
];

test.each(networks)(
  '$id: onnxruntime computes from the exported file what we compute',
  async ({ network }) => {
    const random = createRandom(7);
    const weights = randomWeights(network, random.next);
    const image = randomImage(network, random.next);
    const bytes = unwrap(await writeOnnx(network, weights));
    const expected = ourOutput(network, weights, image);
    expectClose(await onnxOutput(bytes, network, image), expected, TOLERANCE);

    const again = unwrap(await readOnnx(bytes, `${network.name}.onnx`));
    expect(again.notes).toEqual([]);
    expect(shapeOf(again.network)).toEqual(shapeOf(network));
    expectClose(ourOutput(again.network, again.weights ?? {}, image), expected, TOLERANCE);
  },
);

test.each(networks)(
  '$id: deployed, without dropout and foldable batch norms, it computes the same',
  async ({ network }) => {
    const random = createRandom(11);
    const weights = randomWeights(network, random.next);
    const image = randomImage(network, random.next);
    const bytes = unwrap(await writeOnnx(network, weights, { deployed: true }));
    expectClose(await onnxOutput(bytes, network, image), ourOutput(network, weights, image), TOLERANCE);
    const kinds = unwrap(await readOnnx(bytes, 'deployed.onnx')).network.layers.map(({ kind }) => kind);
    expect(kinds).not.toContain('dropout');
    const before = network.layers.filter(({ kind }) => kind === 'batchNorm').length;
    expect(kinds.filter((kind) => kind === 'batchNorm').length).toBeLessThanOrEqual(before);
  },
);
