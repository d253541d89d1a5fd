import { describe, expect, test } from 'vitest';
import { NetworkBuilder } from '../../core/network/builder.ts';
import { unwrap } from '../../core/result.ts';
import { writeLayerTable } from '../tables/layerTable.ts';
import { writeScaleSim } from '../tables/scaleSim.ts';
import { readModel } from './readModel.ts';

const builder = new NetworkBuilder('net', { height: 8, width: 8, channels: 3 });
builder.convRelu(4, 3);
const network = builder.build();
const open = (text: string, name = 'somebody') => readModel({ name, bytes: new TextEncoder().encode(text) });

describe('texts are told by their content', () => {
  test.each([
    [writeLayerTable(network), 'a layer table'],
    [`\uFEFF${writeLayerTable(network)}`, 'a layer table'],
    [writeScaleSim(network), 'SCALE-Sim topology'],
    [
      '# a comment\nname: "net"\ninput: "data"\ninput_dim: 1\ninput_dim: 3\ninput_dim: 8\ninput_dim: 8\nlayer { name: "r" type: "ReLU" bottom: "data" top: "r" }',
      'Caffe prototxt',
    ],
  ])('%#: %.20s', async (text, source) => {
    const model = unwrap(await open(text));
    expect(model.source).toBe(source);
    expect(model.network.layers.length).toBeGreaterThan(1);
  });
});

test('a table keeps the network as it is', async () => {
  expect(unwrap(await open(writeLayerTable(network))).network).toEqual(network);
});

test('a huge text is refused before it is decoded, other texts as before', async () => {
  const bytes = new Uint8Array(17 * 2 ** 20).fill(0x20);
  bytes.set(new TextEncoder().encode('layer,kind\n'));
  const huge = await readModel({ name: 'big.csv', bytes });
  expect(!huge.ok && huge.error.message).toMatch(/big.csv is a text of more than 16 MB/);
  const prose = await open('Dear diary');
  expect(prose.ok).toBe(false);
});

test('a fault names the file', async () => {
  const solver = await open('base_lr: 0.01\nnet: "a.prototxt"', 'solver.prototxt');
  expect(!solver.ok && solver.error.message).toMatch(/^solver.prototxt is a solver/);
});
