import { expect, test } from 'vitest';
import { writeHdf5 } from './hdf5.ts';
import { ownNames } from './parameterNames.ts';
import { readKeras } from './readKeras.ts';
import { decoderOf } from './storedNumbers.ts';

// Weights as others store them.

const message = async (bytes: Uint8Array) => {
  const result = await readKeras(bytes, 'm.h5');
  return result.ok ? '' : result.error.message;
};

const model = JSON.stringify({
  class_name: 'Sequential',
  config: {
    name: 'm',
    layers: [
      { class_name: 'InputLayer', config: { name: 'in', batch_input_shape: [null, 2] } },
      { class_name: 'Dense', config: { name: 'dense', units: 1 } },
    ],
  },
});
const tensor = (...shape: number[]) => ({
  shape,
  values: new Float32Array(shape.reduce((a, b) => a * b, 1)),
});

test('halves, bfloat16 and doubles become numbers', () => {
  const bytes = (...values: number[]) => Uint8Array.from(values);
  // 1, -2, the smallest half and infinity
  expect([...decoderOf(2, false)!(bytes(0, 0x3c, 0, 0xc0, 1, 0, 0, 0x7c))]).toEqual([
    1,
    -2,
    2 ** -24,
    Number.POSITIVE_INFINITY,
  ]);
  expect([...decoderOf(2, true)!(bytes(0x80, 0x3f, 0x20, 0xc0))]).toEqual([1, -2.5]);
  const doubles = new Uint8Array(Float64Array.of(0.5, -3).buffer);
  expect([...decoderOf(8, false)!(doubles)]).toEqual([0.5, -3]);
  const part = new Uint8Array(Float32Array.of(7, 8, 9).buffer).subarray(4);
  expect([...decoderOf(4, false)!(part)]).toEqual([8, 9]);
  expect(decoderOf(16, false)).toBeNull();
});

test('the longest scope that fits a layer is its own, with and without the models around it', () => {
  const names = ['left/conv/kernel', 'right/conv/kernel', 'right/conv/bias'];
  expect(ownNames(names, ['block', 'right'], 'conv')).toEqual(['right/conv/kernel', 'right/conv/bias']);
  expect(ownNames(names, ['block', 'left'], 'conv')).toEqual(['left/conv/kernel']);
  expect(ownNames(['conv/kernel:0', 'deep/conv/kernel:0'], ['block'], 'conv')).toEqual(['conv/kernel:0']);
  expect(ownNames(['model/a/b/kernel:0'], [], 'a/b')).toEqual(['model/a/b/kernel:0']);
  expect(ownNames(names, [], 'pool')).toEqual([]);
});

test('kernels that Theano turned around, and LoRA weights beside a kernel, are told', async () => {
  const weights = (names: readonly string[]) => ({
    attributes: { layer_names: ['dense'] },
    groups: {
      dense: {
        attributes: { weight_names: names.map((name) => `dense/${name}`) },
        groups: { dense: { datasets: Object.fromEntries(names.map((name) => [name, tensor(2, 1)])) } },
      },
    },
  });
  const saved = (backend: string, names: readonly string[]) =>
    writeHdf5({
      attributes: { model_config: model, backend },
      groups: { model_weights: weights(names) },
    });
  expect(await message(await saved('theano', ['kernel']))).toMatch(/^m.h5 was saved with Theano/);
  expect(await message(await saved('jax', ['kernel', 'bias', 'lora_kernel_a']))).toMatch(
    /^Layer dense has LoRA weights beside its kernel/,
  );
});
