import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LossOptions, softened, softmaxCrossEntropy } from './loss.ts';

const SOURCE = { temperature: 2, softWeight: 0.25, hardWeight: 0.75 };

const lossOf = (logits: readonly number[], label: number, options: LossOptions) =>
  softmaxCrossEntropy(Float32Array.from(logits), Uint8Array.of(label), logits.length, options);

test('the loss of source 002: soft 2.7726, with labels 0.6931, together 1.2130 (VT-20)', () => {
  const shares = softened([2, 0], 2, 2);
  const part = (softWeight: number, hardWeight: number) =>
    lossOf([0, 0], 0, { soft: { shares, temperature: 2, softWeight, hardWeight } }).lossSum;
  expect(part(1, 0)).toBeCloseTo(2.7726, 4);
  expect(part(0, 1)).toBeCloseTo(Math.LN2, 4);
  expect(part(0.25, 0.75)).toBeCloseTo(1.213, 4);
});

test('smoothing spreads its share over all classes, and class weights multiply', () => {
  const logits = [1, -0.5, 0.25];
  const log = [...softened(logits, 3, 1)].map(Math.log);
  const smooth = lossOf(logits, 1, { labelSmoothing: 0.3 }).lossSum;
  expect(smooth).toBeCloseTo(-(0.1 * log[0]! + 0.8 * log[1]! + 0.1 * log[2]!), 10);
  const weighted = lossOf(logits, 1, { classWeights: [1, 2.5, 1] });
  expect(weighted.lossSum).toBeCloseTo(-2.5 * log[1]!, 10);
  expect(weighted.gradient[1]).toBeCloseTo(2.5 * (Math.exp(log[1]!) - 1), 6);
});

test('logits of any size overflow nothing', () => {
  const { lossSum, gradient } = lossOf([1e30, -1e30], 0, {
    labelSmoothing: 0,
    soft: { ...SOURCE, shares: softened([1e4, -1e4], 2, 2) },
  });
  expect(lossSum).toBe(0);
  expect([...gradient]).toEqual([0, 0]);
});

describe('the gradient is that of the mean loss', () => {
  const classes = 4;
  const number = fc.double({ min: -4, max: 4, noNaN: true });
  const options = fc.record({
    labelSmoothing: fc.constantFrom(0, 0.1, 0.5),
    classWeights: fc.constantFrom<readonly number[] | undefined>(undefined, [0.5, 2, 1, 3]),
    soft: fc.option(
      fc
        .tuple(fc.array(number, { minLength: 8, maxLength: 8 }), fc.constantFrom(1, 2, 5))
        .map(([teacher, temperature]) => ({
          ...SOURCE,
          temperature,
          shares: softened(teacher, classes, temperature),
        })),
      { nil: undefined },
    ),
  });

  test('along every logit, for any smoothing, class weights and teacher', () => {
    fc.assert(
      fc.property(fc.array(number, { minLength: 8, maxLength: 8 }), options, (values, chosen) => {
        const labels = Uint8Array.of(1, 3);
        const logits = Float32Array.from(values);
        const { gradient } = softmaxCrossEntropy(logits, labels, classes, chosen);
        for (let i = 0; i < logits.length; i++) {
          const at = (step: number) => {
            const moved = logits.slice();
            moved[i] = logits[i]! + step;
            return softmaxCrossEntropy(moved, labels, classes, chosen).lossSum / labels.length;
          };
          const step = 2 ** -9; // exact in float32 for logits below 8 up to its last digits
          expect(Math.abs((at(step) - at(-step)) / (2 * step) - gradient[i]!)).toBeLessThan(2e-3);
        }
      }),
      { numRuns: 60 },
    );
  });
});
