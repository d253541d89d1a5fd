import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Layer, Network } from '../../core/network/network.ts';
import { PRESETS, presetById } from '../../core/network/presets.ts';
import { inferGeometry } from '../../core/network/shapes.ts';
import { unwrap } from '../../core/result.ts';
import { INHERITED_NAME } from '../design/schema.ts';
import { isLayerTableText, readLayerTable, writeLayerTable } from './layerTable.ts';

const read = (text: string) => unwrap(readLayerTable(text, 'net.csv'));
const refusal = (text: string): string => {
  const model = readLayerTable(text, 'net.csv');
  return model.ok ? 'read' : model.error.message;
};

describe('a network written and read again is the same', () => {
  test.each(PRESETS.map((preset) => [preset.id, preset] as const))('%s', (_, preset) => {
    const network = preset.build(preset.input, preset.classCount);
    const model = read(writeLayerTable(network));
    expect(model.network).toEqual(network);
    expect([model.weights, model.notes]).toEqual([null, []]);
  });

  const id = fc
    .oneof(
      fc.string({ minLength: 1, maxLength: 20 }),
      fc.constantFrom(
        '=1+1',
        "'a",
        '+',
        '-1',
        '@x',
        'a|b',
        'a\\',
        '"q"',
        'a;b',
        'a,b',
        'a\r\nb',
        ' s ',
        '\t',
        '\uFEFF',
      ),
    )
    .filter((text) => !INHERITED_NAME.test(text));
  const small = fc.integer({ min: 1, max: 3 });
  const pair = fc.tuple(small, small);
  const rows = fc.integer({ min: 0, max: 4 });
  const padding = fc.oneof(fc.constantFrom('same', 'valid'), fc.tuple(rows, rows, rows, rows));
  const share = fc.double({ min: 1e-9, max: 1, noNaN: true });
  const window = { strides: pair, padding };
  const weighted = { kernelSize: pair, dilationRate: pair, useBias: fc.boolean(), ...window };
  const draft = fc.oneof(
    fc.record({
      kind: fc.constant('conv2d'),
      filters: fc.constantFrom(4, 8),
      groups: fc.constantFrom(1, 2),
      ...weighted,
    }),
    fc.record({ kind: fc.constant('depthwiseConv2d'), depthMultiplier: small, ...weighted }),
    fc.record({ kind: fc.constant('dense'), units: small, useBias: fc.boolean() }),
    fc.record({ kind: fc.constantFrom('maxPool', 'averagePool'), poolSize: pair, ...window }),
    fc.record({ kind: fc.constant('batchNorm'), epsilon: share }),
    fc.record({ kind: fc.constant('l2Normalize'), epsilon: share }),
    fc.record({ kind: fc.constant('channelShuffle'), groups: fc.constantFrom(1, 2, 4) }),
    fc.record({ kind: fc.constant('dropout'), rate: share }),
    fc.record({ kind: fc.constant('leakyRelu'), slope: share }),
    fc.record({
      kind: fc.constant('upsample'),
      size: pair,
      interpolation: fc.constantFrom('nearest', 'bilinear'),
    }),
    fc.record({
      kind: fc.constantFrom(
        'relu',
        'relu6',
        'sigmoid',
        'tanh',
        'hardSigmoid',
        'hardSwish',
        'flatten',
        'softmax',
        'globalMaxPool',
        'globalAveragePool',
      ),
    }),
    fc.record({ kind: fc.constantFrom('add', 'multiply', 'concat') }),
  );
  const steps = fc.array(fc.tuple(draft, fc.nat(), fc.nat()), { maxLength: 12 });

  /** Layers of random kinds, each reading earlier ones; what does not fit is left out. */
  function grow(
    name: string,
    ids: readonly string[],
    drafts: readonly (readonly [object, number, number])[],
  ): Network {
    const shape = { height: 9, width: 8, channels: 4 };
    let layers: readonly Layer[] = [{ kind: 'input', id: ids[0]!, inputs: [], shape }];
    for (const [i, [one, a, b]] of drafts.entries()) {
      const kind = (one as { kind: string }).kind;
      const from = (n: number) => layers[n % layers.length]!.id;
      const inputs = ['add', 'multiply', 'concat'].includes(kind) ? [from(a), from(b)] : [from(a)];
      const grown = [...layers, { ...one, id: ids[i + 1]!, inputs } as unknown as Layer];
      if (inferGeometry({ name, layers: grown }).ok) layers = grown;
    }
    return { name, layers };
  }

  test('for any names and attributes', () => {
    const ids = fc.uniqueArray(id, { minLength: 13, maxLength: 13 });
    fc.assert(
      fc.property(id, ids, steps, (name, unique, drafts) => {
        const network = grow(name, unique, drafts);
        const model = read(writeLayerTable(network));
        expect(model.network).toEqual(network);
        expect(model.notes).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

test('no cell begins like a formula', () => {
  const shape = { height: 1, width: 1, channels: 1 };
  const ids = ['=HYPERLINK("http://x")', '@SUM', '-2+3', '+1'];
  const layers = ids.map(
    (id, i): Layer =>
      i === 0 ? { kind: 'input', id, inputs: [], shape } : { kind: 'relu', id, inputs: [ids[i - 1]!] },
  );
  const text = writeLayerTable({ name: '=cmd', layers });
  for (const line of text.split('\r\n'))
    for (const cell of line.split(',')) expect(cell).not.toMatch(/^"?[=+@-]/);
});

test('computed columns hold shapes, MACs and parameters', () => {
  const preset = presetById('lenet')!;
  const [header, , conv] = writeLayerTable(preset.build(preset.input, 10)).split('\r\n');
  expect(header).toMatch(
    /^layer,kind,reads,.*,output height,output width,output channels,MACs,parameters,network$/,
  );
  // 28*28*5*5*6 MACs, 5*5*6 + 6 parameters
  expect(conv).toMatch(/,28,28,6,117600,156,$/);
});

describe('tables of others', () => {
  const short =
    'Name;Type;Filters;Kernel size;Epsilon\na;Input;;;\nb;Conv2D;8;3;\nc;BatchNorm;;;0,01\nd;MaxPool;;2;\n';

  test('columns that are missing mean what is usual, a comma may be a decimal sign', () => {
    const text = short
      .replace('Name;', 'Input shape;Name;')
      .replace(/\n(?=[a-d];)/g, '\n;')
      .replace('\n;a', '\n8x8x3;a');
    const { network, notes } = read(text);
    expect(notes).toEqual([]);
    expect(network).toEqual({
      name: 'net',
      layers: [
        { kind: 'input', id: 'a', inputs: [], shape: { height: 8, width: 8, channels: 3 } },
        {
          kind: 'conv2d',
          id: 'b',
          inputs: ['a'],
          filters: 8,
          kernelSize: [3, 3],
          strides: [1, 1],
          padding: 'same',
          dilationRate: [1, 1],
          groups: 1,
          useBias: true,
        },
        { kind: 'batchNorm', id: 'c', inputs: ['b'], epsilon: 0.01 },
        { kind: 'maxPool', id: 'd', inputs: ['c'], poolSize: [2, 2], strides: [2, 2], padding: 'valid' },
      ],
    });
  });

  test('computed columns that differ and columns that mean nothing are noted', () => {
    const text =
      'layer,kind,shape,filters,MACs,parameters,color\ni,input,1x1x3,,0,0,red\nf,dense,,2,6,9,blue\n';
    expect(read(text).notes).toEqual([
      'Columns that mean nothing here were left out: color.',
      'Computed from the attributes, which hold: parameters of f is 9 in the table and 8 here.',
    ]);
  });

  test.each([
    ['', /must name the columns layer and kind/],
    ['layer,kind\n', /holds no layer below its header/],
    ['layer,kind\na,lstm\n', /Layer a: kind is lstm and must be one of input, conv2d/],
    ['layer,kind\na,input\n', /Layer a: shape is empty and must be height x width x channels/],
    ['layer,kind,shape\na,input,8x8\n', /shape is 8x8/],
    ['layer,kind,shape\n,input,8x8x3\n', /net.csv, layer 1: layer is empty/],
    ['layer,kind,shape,filters,kernel\na,input,8x8x3,,\nb,conv2d,,4,3xx\n', /Layer b: kernel is 3xx/],
    [
      'layer,kind,shape,filters,kernel\na,input,8x8x3,,\nb,conv2d,,four,3\n',
      /filters is four and must be a number/,
    ],
    ['layer,kind,shape,filters,kernel\na,input,8x8x3,,\nb,conv2d,,4,9\n', /read/],
    ['layer,kind,shape,kernel\na,input,8x8x3,\nb,maxPool,,9\n', /b slides a 9x9 window/],
    ['layer,kind,shape,reads\na,input,8x8x3,\nb,relu,,ghost\n', /b reads ghost/],
    ['layer,kind,shape\na,input,8x8x3\na,relu,\n', /Two layers are named a/],
    ['layer,kind,shape\na,input,8x8x3\n__proto__,relu,\n', /cannot be used/],
    [`layer,kind,shape\n${'a,input,8x8x3\n'.repeat(2001)}`, /more than 2000 layers/],
    [`layer,kind,shape\n${'\n'.repeat(1_000_000)}`, /more than 2000 layers/],
    [`layer,kind${','.repeat(1_000_000)}\n"`, /Layer|layer/],
    ['x'.repeat(17 * 2 ** 20), /more than 16 MB/],
  ])('is told in one sentence (%#)', (text, sentence) => {
    expect(refusal(text)).toMatch(sentence);
  });
});

test('a table cut off anywhere, or with letters missing, is read or told', () => {
  const preset = presetById('tiny-mobilenet-v2')!;
  const text = writeLayerTable(preset.build(preset.input, 10));
  for (let at = 0; at < text.length; at += 5) {
    expect(readLayerTable(text.slice(0, at), 'cut')).toHaveProperty('ok');
    expect(readLayerTable(text.slice(0, at) + text.slice(at + 1), 'holes')).toHaveProperty('ok');
  }
});

test('a layer table is told by its header', () => {
  expect(isLayerTableText('layer,kind\n')).toBe(true);
  expect(isLayerTableText('\uFEFF"Name";"Type";x\n')).toBe(true);
  expect(isLayerTableText('Layer name, IFMAP Height, IFMAP Width,\n')).toBe(false);
  expect(isLayerTableText('{"layer": 1, "kind": 2}')).toBe(false);
});
