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
  const { apoz, ...counts } = first;
  expect(await evaluated('model.json')).toEqual(counts);
  expect(await evaluated('tiny.onnx', '--backend', 'cpu')).toEqual(counts);
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

test('what can not be converted or evaluated is one sentence', async () => {
  await expect(convertCommand.run(['preset:cnv', at('cnv.h5')])).rejects.toThrow(/add --seed 1 to draw them/);
  await expect(convertCommand.run(['preset:cnv', at('cnv.txt')])).rejects.toThrow(UsageError);
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
