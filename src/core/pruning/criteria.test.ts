import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NetworkBuilder } from '../network/builder.ts';
import { applyPlan } from './apply.ts';
import { CRITERIA } from './criteria.ts';
import { channelGroups } from './groups.ts';
import { planPruning } from './plan.ts';

const b = new NetworkBuilder('two layers', { height: 4, width: 4, channels: 1 });
b.conv(4, 1);
b.relu();
b.conv(2, 1);
b.globalAveragePool();
const network = b.build();
const groups = channelGroups(network);
const criterion = (id: string) => CRITERIA.find((candidate) => candidate.id === id)!;
const kernel = (values: readonly number[]) => ({
  'conv1/kernel': { shape: [1, 1, 1, values.length], values: Float32Array.from(values) },
});

test('filters with the smallest sum of absolute weights fall first (SX-16)', () => {
  const weights = kernel([-4, 1, 3, -2]);
  const scores = criterion('weight-sum').score({ network, groups, apozByActivation: {}, weights });
  expect([...scores.conv1!]).toEqual([0, 0.75, 0.25, 0.5]);
  const plan = planPruning(groups, scores, { thresholds: { conv1: 0.4 }, keepMultiple: 1 });
  expect(plan.keep.conv1).toEqual([0, 2]);
  expect(applyPlan(network, groups, plan).mapping.get('conv2')?.inputs).toEqual([0, 2]);
});

test('every criterion gives scores of 0 to 1 to the groups that can be pruned, and to no other', () => {
  const weight = fc.double({ min: -9, max: 9, noNaN: true });
  fc.assert(
    fc.property(fc.array(weight, { minLength: 4, maxLength: 4 }), (values) => {
      const apozByActivation = { relu1: values.map((value) => Math.abs(value) / 9) };
      for (const { score } of CRITERIA) {
        const scores = score({ network, groups, apozByActivation, weights: kernel(values) });
        expect(Object.keys(scores)).toEqual(['conv1']);
        for (const value of scores.conv1!) expect(value >= 0 && value <= 1).toBe(true);
      }
    }),
  );
});
