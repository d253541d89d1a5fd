import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { Layer, Weights } from '../../core/network/network.ts';
import { presetById, TRAINED_PRESETS } from '../../core/network/presets.ts';
import { curved, enlarged, gated } from '../../core/pruning/testing/networks.ts';
import { unwrap } from '../../core/result.ts';
import { initializeWeights } from '../../ml/initialize.ts';
import { readKeras } from './readKeras.ts';
import { writeKeras, writeKerasJson } from './writeKeras.ts';
import { writeKeras3 } from './writeKeras3.ts';

/** Keras counts the zeros that it pads with into an average. */
const isPaddedAverage = (layer: Layer) =>
  layer.kind === 'averagePool' && typeof layer.padding !== 'string' && layer.padding.some((pad) => pad > 0);

const all = [
  ...TRAINED_PRESETS.map(({ id, build, input, classCount }) => ({ id, network: build(input, classCount) })),
  ...[curved(), enlarged(), gated()].map((network) => ({ id: network.name, network })),
];

const networks = all.filter(({ network }) => !network.layers.some(isPaddedAverage));

/** Weights as text, which is compared in no time. */
const bytesOf = (weights: Weights) =>
  Object.entries(weights).map(
    ([key, { shape, values }]) =>
      `${key} ${shape} ${Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64')}`,
  );

describe.each([
  ['.h5', writeKeras],
  ['.keras', writeKeras3],
])('a network written to %s and read again', (ending, write) => {
  test.each(networks)('$id is the same, with the same weights', async ({ id, network }) => {
    const weights = initializeWeights(network, 5);
    const bytes = unwrap(await write(network, weights));
    const again = unwrap(await readKeras(bytes, `${id}${ending}`));
    expect(again.notes).toEqual([]);
    expect(again.network).toEqual(network);
    expect(bytesOf(again.weights!)).toEqual(bytesOf(weights));
    expect(again.source).toMatch(ending === '.h5' ? /^Keras [23].*HDF5$/ : /^Keras 3.*\.keras$/);
  });
});

test.each(networks)('$id is the same as Keras JSON, which has no weights', async ({ id, network }) => {
  for (const version of [2, 3] as const) {
    const bytes = unwrap(await writeKerasJson(network, version));
    const again = unwrap(await readKeras(bytes, `${id}.json`));
    expect(again).toMatchObject({ network, weights: null, notes: [] });
    if (version === 3) expect(again.source).toBe('Keras 3.0.0, JSON');
  }
});

test.each(all.filter(({ network }) => network.layers.some(isPaddedAverage)))(
  '$id pads its averages without counting the padding, which is told',
  async ({ network }) => {
    for (const result of [
      await writeKeras(network, initializeWeights(network, 5)),
      await writeKeras3(network, initializeWeights(network, 5)),
      await writeKerasJson(network),
    ])
      expect(result).toMatchObject({ ok: false, error: { code: 'padded-pool' } });
  },
);

test('a .keras file has three members, whose JSON is the same every time', async () => {
  const network = presetById('tiny-resnet')!.build({ height: 16, width: 16, channels: 3 }, 4);
  const weights = initializeWeights(network, 1);
  const bytes = unwrap(await writeKeras3(network, weights));
  const members = unzipSync(bytes);
  expect(Object.keys(members)).toEqual(['metadata.json', 'config.json', 'model.weights.h5']);
  // HDF5 notes the second in which a dataset was made, so the weights' bytes may differ.
  const again = unzipSync(unwrap(await writeKeras3(network, weights)));
  for (const name of ['metadata.json', 'config.json']) expect(again[name]).toEqual(members[name]);
  const missing = await writeKeras3(network, {});
  expect(missing).toMatchObject({ ok: false, error: { code: 'weights-mismatch' } });
});
