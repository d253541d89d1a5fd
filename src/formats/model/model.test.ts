import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { defaultDesign } from '../../core/exploration/defaultDesign.ts';
import type { Network, Weights } from '../../core/network/network.ts';
import { presetById } from '../../core/network/presets.ts';
import { unwrap } from '../../core/result.ts';
import { initializeWeights } from '../../ml/initialize.ts';
import { readModel, readModelFiles } from './readModel.ts';
import { endingOf, MODEL_FORMATS, type ModelFormat, writeModel } from './writeModel.ts';

const { hardware } = defaultDesign();
const preset = presetById('tiny-resnet')!;
const network = preset.build({ height: 32, width: 32, channels: 3 }, 10);
const weights = initializeWeights(network, 3);

const written = async (format: ModelFormat) => unwrap(await writeModel(format, network, weights, hardware));
const shapesOf = (model: { network: Network; weights: Weights | null }) =>
  Object.values(model.weights ?? {})
    .map(({ shape }) => shape.join('x'))
    .sort();

describe('every format that is written is read again by its content alone', () => {
  test.each(MODEL_FORMATS)('%s', async (format) => {
    const bytes = await written(format);
    expect(endingOf(format).length).toBeGreaterThan(0);
    const files =
      format === 'tfjs'
        ? Object.entries(unzipSync(bytes)).map(([name, content]) => ({ name, bytes: content }))
        : [{ name: 'somebody', bytes }];
    const model = unwrap(await readModelFiles(files));
    const convolutions = (layers: Network['layers']) =>
      layers.filter(({ kind }) => kind === 'conv2d' || kind === 'dense').length;
    expect(convolutions(model.network.layers)).toBe(convolutions(network.layers));
    if (format !== 'onnx-deployed' && format !== 'qonnx')
      expect(shapesOf(model)).toEqual(shapesOf({ network, weights }));
  });
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
