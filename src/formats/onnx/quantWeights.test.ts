import { expect, test } from 'vitest';
import { unwrap } from '../../core/result.ts';
import { readOnnx } from './readOnnx.ts';
import { modelBytes } from './testing/model.ts';
import { QONNX, type QuantChoice, quant } from './testing/quant.ts';

// docs/qonnx-custom-ops/intquant_v1.md of qonnx, "Rounding modes".
const ROUNDED = [5.5, 2.5, 1.6, 1.1, 1, -1, -1.1, -1.6, -2.5, -5.5];
const ROUNDINGS: Readonly<Record<string, readonly number[]>> = {
  ROUND: [6, 2, 2, 1, 1, -1, -1, -2, -2, -6],
  CEIL: [6, 3, 2, 2, 1, -1, -1, -1, -2, -5],
  FLOOR: [5, 2, 1, 1, 1, -1, -2, -2, -3, -6],
  UP: [6, 3, 2, 2, 1, -1, -2, -2, -3, -6],
  DOWN: [5, 2, 1, 1, 1, -1, -1, -1, -2, -5],
  HALF_UP: [6, 3, 2, 1, 1, -1, -1, -2, -3, -6],
  half_down: [5, 2, 2, 1, 1, -1, -1, -2, -2, -5],
};

test.each(Object.keys(ROUNDINGS))('weights rounded by %s are those of its documentation', async (mode) => {
  const bytes = await modelBytes({ input: ['N', 10], domains: [QONNX] }, (m) => {
    const weight = quant(m, m.given([10, 1], ROUNDED), {
      scale: [1],
      bits: [8],
      attributes: { rounding_mode: mode },
    });
    return m.node('MatMul', ['x', weight]);
  });
  const { weights } = unwrap(await readOnnx(bytes, 'rounded.onnx'));
  const [kernel] = Object.values(weights ?? {});
  expect([...(kernel?.values ?? [])]).toEqual(ROUNDINGS[mode]);
});

/** Filters of 1 x 1 x 1: what comes back are the numbers themselves. */
async function quantizedFilters(given: readonly number[], choice: QuantChoice) {
  const bytes = await modelBytes({ input: [1, 1, 4, 4], domains: [QONNX] }, (m) =>
    m.node('Conv', ['x', quant(m, m.given([given.length, 1, 1, 1], given), choice)]),
  );
  const { weights, layerBits, notes } = unwrap(await readOnnx(bytes, 'filters.onnx'));
  const [kernel] = Object.values(weights ?? {});
  const [bits] = Object.values(layerBits ?? {});
  return { numbers: [...(kernel?.values ?? [])], bits: bits?.weightBits, notes };
}

test('weights have a scale, a zero point and a bit width of each channel or of all', async () => {
  const given = [-9, 0.3, 9, 9];
  // 2 signed bits hold -2, -1, 0 and 1 steps, narrow ones no -2.
  const channels = await quantizedFilters(given, { scale: [0.5, 1, 2, 4], bits: [2] });
  expect(channels).toEqual({ numbers: [-1, 0, 2, 4], bits: 2, notes: [] });
  const narrow = await quantizedFilters(given, { scale: [0.5], bits: [2], attributes: { narrow: 1 } });
  expect(narrow.numbers).toEqual([-0.5, 0.5, 0.5, 0.5]);
  const unsigned = await quantizedFilters(given, { scale: [0.5], bits: [3], attributes: { signed: 0 } });
  expect(unsigned.numbers).toEqual([0, 0.5, 3.5, 3.5]);
  // Levels 0 to 3, of which the first stands for -1.
  const shifted = await quantizedFilters(given, {
    scale: [1],
    zero: [1],
    bits: [2],
    attributes: { signed: 0 },
  });
  expect(shifted.numbers).toEqual([-1, 0, 2, 2]);
  expect(shifted.notes.join()).toMatch(/zero point other than 0: Quant 'quant_1'.*FINN/);
  const widths = await quantizedFilters(given, { scale: [1], bits: [2, 3, 4, 5] });
  expect(widths).toMatchObject({ numbers: [-2, 0, 7, 9], bits: 5 });
  expect(widths.notes.join()).toMatch(/bit width of their own for each channel: Quant 'quant_1'/);
});

test('a quantizer that is not understood leaves its weights as they are, and says so', async () => {
  const fraction = await quantizedFilters([0.3, -0.7], { bits: [4.5] });
  expect(fraction.numbers.map((value) => Number(value.toFixed(4)))).toEqual([0.3, -0.7]);
  expect(fraction.notes).toEqual([
    expect.stringMatching(/^Quant 'quant_1' was left out: its bit width is \[4.5\]/),
  ]);
  const float = await quantizedFilters([0.3, -0.7], { opType: 'FloatQuant' });
  expect(float.notes).toEqual([expect.stringMatching(/^FloatQuant 'floatquant_1' was left out/)]);
  const mode = await quantizedFilters([0.3], { attributes: { rounding_mode: 'STOCHASTIC_ROUND' } });
  expect(mode.notes).toEqual([expect.stringMatching(/its rounding mode is STOCHASTIC_ROUND/)]);
});
