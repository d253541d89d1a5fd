import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { defaultDesign } from '../../core/exploration/defaultDesign.ts';
import { NetworkBuilder } from '../../core/network/builder.ts';
import { deployNetwork } from '../../core/network/deploy.ts';
import type { Network, Weights } from '../../core/network/network.ts';
import { presetById } from '../../core/network/presets.ts';
import { unwrap } from '../../core/result.ts';
import { initializeWeights } from '../../ml/initialize.ts';
import type { ImportedModel } from './imported.ts';
import { readModel, readModelFiles } from './readModel.ts';
import { endingOf, MODEL_FORMATS, type ModelFormat, writeModel } from './writeModel.ts';

const { hardware } = defaultDesign();
const preset = presetById('ds-cnn')!;
const network = preset.build(preset.input, preset.classCount);
const weights = initializeWeights(network, 3);

const written = async (format: ModelFormat, deployed = false) =>
  unwrap(await writeModel(format, network, weights, { bits: hardware, deployed }));
const shapesOf = (model: { network: Network; weights: Weights | null }) =>
  Object.values(model.weights ?? {})
    .map(({ shape }) => shape.join('x'))
    .sort();

describe('every format that is written is read again by its content alone', () => {
  test.each(MODEL_FORMATS.flatMap((format) => [false, true].map((deployed) => ({ format, deployed }))))(
    '$format, deployed: $deployed',
    async ({ format, deployed }) => {
      const { bytes, notes } = await written(format, deployed);
      expect(notes).toEqual(deployed ? ['Dropout was left out: dropout1, dropout2.'] : []);
      expect(endingOf(format).length).toBeGreaterThan(0);
      const unzipped = () =>
        Object.entries(unzipSync(bytes)).map(([name, content]) => ({ name, bytes: content }));
      const given = [[{ name: 'somebody', bytes }], ...(format === 'tfjs' ? [unzipped()] : [])];
      for (const files of given) compare(unwrap(await readModelFiles(files)), deployed);
    },
  );

  function compare(model: ImportedModel, deployed: boolean): void {
    const form = deployed ? deployNetwork(network, weights) : { network, weights };
    expect(model.network.layers.map(({ kind }) => kind)).toEqual(form.network.layers.map(({ kind }) => kind));
    expect(shapesOf(model)).toEqual(shapesOf(form));
  }
});

test('what cannot be folded, and what FINN cannot build, is told', async () => {
  const b = new NetworkBuilder('odd', { height: 4, width: 4, channels: 2 });
  b.conv(3, 3);
  b.relu();
  b.batchNorm();
  b.conv(2, 1);
  b.sigmoid();
  const odd = b.build();
  const options = { bits: hardware, deployed: true };
  const { notes } = unwrap(await writeModel('qonnx', odd, initializeWeights(odd, 1), options));
  expect(notes).toEqual([
    expect.stringMatching(/^Batch norm bn1 stays/),
    expect.stringMatching(/^FINN can't build activations other than ReLU and ReLU6 \(sigmoid1\)/),
  ]);
});

test('a design is a model too: its network, without weights', async () => {
  const bytes = new TextEncoder().encode(JSON.stringify(defaultDesign()));
  const model = unwrap(await readModel({ name: 'design.json', bytes }));
  expect(model.network).toEqual(defaultDesign().network);
  expect(model.weights).toBeNull();
});

test.each([
  [[], /No file was chosen/],
  [[{ name: 'a.onnx', bytes: new Uint8Array(0) }], /a.onnx is empty/],
  [
    [
      { name: 'a.h5', bytes: new Uint8Array(4) },
      { name: 'b.h5', bytes: new Uint8Array(4) },
    ],
    /2 files were chosen and none is a TensorFlow.js model.json/,
  ],
])('what is no model is refused with a sentence (%#)', async (files, sentence) => {
  const model = await readModelFiles(files);
  expect(!model.ok && model.error.message).toMatch(sentence);
});
