import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UsageError } from './command.ts';
import { convertCommand } from './convert.ts';
import { estimateCommand } from './estimate.ts';
import { evaluateCommand } from './evaluate.ts';
import { inspectCommand } from './inspect.ts';

const folder = mkdtempSync(join(tmpdir(), 'sweetspot-models-'));
const at = (name: string) => join(folder, name);

/** Four records of CIFAR-10: a class and a colored image each. */
function cifar(): string {
  const records = new Uint8Array(4 * 3073);
  for (let i = 0; i < 4; i++) {
    records[i * 3073] = i;
    for (let k = 1; k < 3073; k++) records[i * 3073 + k] = (k * (i + 3)) % 256;
  }
  writeFileSync(at('four.bin'), records);
  return at('four.bin');
}

test('a preset goes through .h5, TensorFlow.js and ONNX and is judged alike in each', async () => {
  await convertCommand.run(['preset:tiny-cnn', at('tiny.h5'), '--seed', '4']);
  const written = await convertCommand.run([at('tiny.h5'), at('model.json')]);
  expect(written).toContain('group1-shard1of1.bin');
  await convertCommand.run([at('model.json'), at('tiny.onnx')]);
  const data = cifar();
  const evaluated = async (name: string, ...more: string[]) =>
    JSON.parse(
      await evaluateCommand.run([at(name), '--data', data, '--normalize', 'signed', '--json', ...more]),
    );
  const first = await evaluated('tiny.h5', '--apoz');
  expect(first).toMatchObject({ total: 4 });
  expect(first.accuracy).toBe(first.correct / 4);
  expect(Object.values(first.apoz).every((mean) => Number(mean) >= 0 && Number(mean) <= 1)).toBe(true);
  expect(Object.keys(first.apoz)).toEqual(['relu1', 'relu2', 'relu3']);
  const { apoz, ...numbers } = first;
  expect(numbers).toMatchObject({ topK: [first.accuracy, ...first.topK.slice(1)] });
  const [low, high] = first.accuracyInterval;
  expect(low <= first.accuracy && first.accuracy <= high).toBe(true);
  expect(await evaluated('model.json')).toEqual(numbers);
  // another backend rounds otherwise
  const { loss, expectedCalibrationError: _, ...counts } = numbers;
  const onCpu = await evaluated('tiny.onnx', '--backend', 'cpu');
  expect(onCpu).toMatchObject(counts);
  expect(onCpu.loss).toBeCloseTo(loss, 4);
  const unit = await evaluateCommand.run([
    at('tiny.h5'),
    '--data',
    data,
    '--normalize',
    'unit',
    '--apoz',
    '--json',
  ]);
  expect(JSON.parse(unit).apoz).not.toEqual(apoz);
});

test('every command takes a model file, told by its content', async () => {
  await convertCommand.run(['preset:tiny-cnn', at('any.h5'), '--seed', '4']);
  writeFileSync(at('renamed.bin'), readFileSync(at('any.h5')));
  const ofPreset = JSON.parse(await inspectCommand.run(['preset:tiny-cnn', '--json']));
  expect(JSON.parse(await inspectCommand.run([at('renamed.bin'), '--json']))).toEqual(ofPreset);
  const target = ['--target', 'dpu-b4096', '--json'];
  expect(await estimateCommand.run([at('renamed.bin'), ...target])).toBe(
    await estimateCommand.run(['preset:tiny-cnn', ...target]),
  );
  await convertCommand.run([at('any.h5'), at('design.json')]);
  expect(JSON.parse(await inspectCommand.run([at('design.json'), '--json']))).toEqual(ofPreset);
});

test('every format is written by its ending or by --format, and read again', async () => {
  await convertCommand.run(['preset:ds-cnn', at('ds.h5'), '--seed', '2']);
  const wanted = JSON.parse(await inspectCommand.run(['preset:ds-cnn', '--json']));
  for (const args of [
    [at('ds.keras')],
    [at('ds.onnx')],
    [at('ds.qonnx.onnx')],
    [at('w2a4.onnx'), '--format', 'qonnx', '--bits', 'W2A4'],
    [at('ds.json'), '--format', 'keras-json'],
    [at('ds3.json'), '--format', 'keras3-json'],
  ]) {
    const [file = ''] = args;
    expect((await convertCommand.run([at('ds.h5'), ...args])).trim()).toBe(file);
    expect(JSON.parse(await inspectCommand.run([file, '--json'])).totals, file).toEqual(wanted.totals);
  }
  await convertCommand.run([at('w2a4.onnx'), at('bits.json')]);
  const { hardware } = JSON.parse(readFileSync(at('bits.json'), 'utf8'));
  expect(hardware.layerBits.conv1).toEqual({ weightBits: 2, activationBits: 4 });
  await convertCommand.run([at('w2a4.onnx'), at('again.qonnx.onnx')]);
  await convertCommand.run([at('again.qonnx.onnx'), at('again.json')]);
  expect(JSON.parse(readFileSync(at('again.json'), 'utf8')).hardware.layerBits).toEqual(hardware.layerBits);
});

test('deployed files have no dropout and no batch norm that folds, and are judged alike', async () => {
  const told = await convertCommand.run(['preset:ds-cnn', at('run.keras'), '--seed', '2', '--deployed']);
  expect(told).toBe(`! Dropout was left out: dropout1, dropout2.\n${at('run.keras')}\n`);
  // folding needs no weights where none are written
  await convertCommand.run(['preset:ds-cnn', at('run.json'), '--deployed']);
  const inspected = JSON.parse(await inspectCommand.run([at('run.json'), '--json']));
  expect(JSON.parse(await inspectCommand.run([at('run.keras'), '--json']))).toEqual(inspected);
  const full = JSON.parse(await inspectCommand.run(['preset:ds-cnn', '--json']));
  expect(inspected.totals.parameterCount).toBeLessThan(full.totals.parameterCount);
  expect(inspected.totals.macCount).toBe(full.totals.macCount);
});

test('tables of layers need no weights', async () => {
  await convertCommand.run(['preset:tiny-cnn', at('tiny.csv')]);
  const [columns, ...rows] = readFileSync(at('tiny.csv'), 'utf8').trim().split(/\r?\n/);
  expect(columns).toContain('kind');
  expect(rows.some((row) => row.startsWith('conv1,conv2d'))).toBe(true);
  await convertCommand.run(['preset:tiny-cnn', at('topology.csv'), '--format', 'scale-sim']);
  const topology = readFileSync(at('topology.csv'), 'utf8').trim().split(/\r?\n/);
  expect(topology[0]).toMatch(/^Layer name/i);
  expect(topology.slice(1).map((row) => row.split(',')[0])).toEqual(['conv1', 'conv2', 'conv3', 'fc1']);
});

test('the normalization of the images travels from file to file, and decides what an evaluation shows', async () => {
  const seed = ['--seed', '4'];
  const standardized = '120,110,100/60,61,62';
  await convertCommand.run(['preset:tiny-cnn', at('std.h5'), ...seed, '--normalization', standardized]);
  await convertCommand.run([at('std.h5'), at('std.onnx')]);
  await convertCommand.run([at('std.onnx'), at('inside.keras'), '--normalize-inside']);
  await convertCommand.run([at('inside.keras'), at('std.json')]);
  const wanted = {
    normalization: 'standardized',
    standardization: { mean: [120, 110, 100], deviation: [60, 61, 62] },
  };
  for (const name of ['std.h5', 'std.onnx', 'inside.keras'])
    expect(JSON.parse(await inspectCommand.run([at(name), '--json'])).normalization, name).toEqual(wanted);
  expect(await inspectCommand.run([at('std.onnx')])).toContain('Pixels reach it as mean 120, 110, 100');
  expect(JSON.parse(readFileSync(at('std.json'), 'utf8')).data).toMatchObject(wanted);
  const data = ['--data', cifar(), '--apoz', '--json'];
  const own = await evaluateCommand.run([at('std.onnx'), ...data]);
  expect(await evaluateCommand.run([at('std.h5'), ...data, '--normalization', standardized])).toBe(own);
  expect(await evaluateCommand.run([at('std.h5'), ...data, '--normalization', 'none'])).not.toBe(own);
  await convertCommand.run(['preset:tiny-cnn', at('plain.h5'), ...seed]);
  expect(JSON.parse(await inspectCommand.run([at('plain.h5'), '--json']))).not.toHaveProperty(
    'normalization',
  );
  await expect(convertCommand.run([at('plain.h5'), at('p.onnx'), '--normalize-inside'])).rejects.toThrow(
    /does not say how pixels reach it; add --normalization/,
  );
  await expect(convertCommand.run([at('plain.h5'), at('p.csv'), '--normalize-inside'])).rejects.toThrow(
    UsageError,
  );
  await expect(
    convertCommand.run([at('plain.h5'), at('p.onnx'), '--normalization', '1,2/0,1']),
  ).rejects.toThrow(/1,2\/0,1 is no normalization; give none, unit, signed/);
});

test('what can not be converted or evaluated is one sentence', async () => {
  await expect(convertCommand.run(['preset:cnv', at('cnv.h5')])).rejects.toThrow(/add --seed 1 to draw them/);
  await expect(convertCommand.run(['preset:cnv', at('cnv.txt')])).rejects.toThrow(UsageError);
  await expect(convertCommand.run(['preset:cnv', at('cnv.onnx'), '--format', 'caffe'])).rejects.toThrow(
    /there is no format caffe; choose one of keras-h5/,
  );
  await expect(convertCommand.run(['preset:cnv', at('cnv.onnx'), '--bits', 'W2A4'])).rejects.toThrow(
    /--bits is for QONNX/,
  );
  await expect(
    convertCommand.run(['preset:cnv', at('cnv.qonnx.onnx'), '--seed', '1', '--bits', '2']),
  ).rejects.toThrow(/2 names no bits/);
  await expect(
    convertCommand.run(['preset:cnv', at('w0.qonnx.onnx'), '--seed', '1', '--bits', 'W0A4']),
  ).rejects.toThrow(/0 is no number of bits/);
  await expect(convertCommand.run(['preset:tiny-cnn', at('no/folder.h5'), '--seed', '1'])).rejects.toThrow(
    /can't be written \(ENOENT\)/,
  );
  const data = ['--data', cifar()];
  await expect(evaluateCommand.run(['preset:cnv', ...data])).rejects.toThrow(/network without weights/);
  await expect(evaluateCommand.run([at('none.h5'), ...data])).rejects.toThrow(/There is no file/);
  await expect(evaluateCommand.run(['preset:cnv'])).rejects.toThrow(UsageError);
  await expect(evaluateCommand.run(['preset:cnv', ...data, '--normalize', 'odd'])).rejects.toThrow(
    /none, unit, signed/,
  );
  writeFileSync(at('cut.h5'), readFileSync(at('any.h5')).subarray(0, 3000));
  await expect(inspectCommand.run([at('cut.h5')])).rejects.toThrow(
    /cut\.h5 is an HDF5 file that can't be read whole/,
  );
});

const model = join(import.meta.dirname, '../../../shared/models/mlperf_tiny_resnet8_cifar10.h5');

describe.skipIf(!existsSync(model))('the MLPerf Tiny ResNet-8', () => {
  test('classifies images of another size and color no better than it can: MNIST, made to fit', async () => {
    const shared = join(import.meta.dirname, '../../../shared/data');
    const files = ['images-idx3', 'labels-idx1'].flatMap((part) => [
      '--data',
      join(shared, `mnist-test-1000-${part}-ubyte.gz`),
    ]);
    const evaluation = JSON.parse(await evaluateCommand.run([model, ...files, '--json']));
    expect(evaluation.total).toBe(1000);
    expect(evaluation.accuracy).toBeLessThan(0.3);
  });
});
