import { expect, test } from 'vitest';
import { defaultDesign } from '../core/exploration/defaultDesign.ts';
import type { Entry } from '../state/designStore.ts';
import type { Model } from '../state/modelStore.ts';
import { apozData, stripData } from './chartData.ts';

const design = defaultDesign();
const rising = (n: number) => Float64Array.from({ length: n }, (_, i) => i / n);

const model: Model = {
  id: 'm',
  network: design.network,
  weights: {},
  origin: 'trained',
  epochs: 1,
  backend: null,
  curves: null,
  validation: null,
  apoz: {
    byActivation: { relu1: rising(16), relu2: rising(32), relu3: rising(64) },
    imageCount: 1,
    seconds: 1,
  },
};

function entryWith(thresholds: Record<string, number>): Entry {
  return {
    design: { ...design, pruning: { thresholds, keepMultiple: 4 } },
    modelId: 'm',
    baselineModelId: 'm',
  };
}

test('a group whose threshold removes nothing keeps all its channels', () => {
  const { groups } = apozData(entryWith({}), model, 'conv2');
  expect(groups.map(({ id, width, kept, removed }) => [id, width, kept, removed])).toEqual([
    ['conv1', 16, 16, 0],
    ['conv2', 32, 32, 0],
    ['conv3', 64, 64, 0],
  ]);
});

test('curves descend; what rounding takes back is told apart from what falls (SX-50)', () => {
  const { groups } = apozData(entryWith({ conv1: 0.6 }), model, 'conv1');
  const conv1 = groups[0]!;
  // APoZ 10/16 ... 15/16 are above 0.6: six channels, of which two stay to keep twelve.
  expect(conv1).toMatchObject({ kept: 12, removed: 4, roundedBack: 2, threshold: 0.6 });
  expect([...conv1.trained]).toEqual([...conv1.trained].sort((a, b) => b - a));
  expect(conv1.pruned).toHaveLength(12);
  expect(conv1.pruned[0]).toBeCloseTo(11 / 16);
});

test('the strip leaves out layers that change no shape and connects what is left', () => {
  const { layers } = stripData(design.network, design.network, null);
  expect(layers.map(({ id }) => id)).toEqual([
    'input',
    'conv1',
    'pool1',
    'conv2',
    'pool2',
    'conv3',
    'gap1',
    'fc1',
  ]);
  expect(layers.find(({ id }) => id === 'pool1')?.inputs).toEqual(['conv1']);
});
