import { expect, test } from 'vitest';
import { defaultDesign } from '../../core/exploration/defaultDesign.ts';
import type { Network } from '../../core/network/network.ts';
import { presetById } from '../../core/network/presets.ts';
import { initializeWeights } from '../../ml/initialize.ts';
import { newRun } from '../../state/actions/runs.ts';
import type { Model } from '../../state/modelStore.ts';
import type { TrainingRun } from '../../state/runsStore.ts';
import { startChoices } from './startChoices.ts';

const design = defaultDesign();
const built = (id: string, classCount: number): Network => {
  const preset = presetById(id)!;
  return preset.build(preset.input, classCount);
};
const tiny = built('tiny-cnn', 10);

function ran(modelId: string, network: Network, changes: Partial<TrainingRun> = {}): TrainingRun {
  const begun = {
    design: { ...design, network },
    recipe: design.recipe,
    kind: 'train',
    backend: null,
  } as const;
  return { ...newRun({ ...begun, modelId }), result: 'finished', name: modelId, ...changes };
}

function opened(id: string, network: Network, weights = initializeWeights(network, 1)): Model {
  const measured = { epochs: 0, backend: null, curves: null, validation: null, apoz: null };
  return { id, network, weights, origin: 'imported', ...measured };
}

const flowers = { ...design.data, source: { kind: 'flowers', imageCount: 100, seed: 1 } } as const;
const all = (sources: Partial<Parameters<typeof startChoices>[0]>) =>
  startChoices({ network: tiny, data: flowers, runs: [], models: {}, startModelId: null, ...sources });

test('weights of kept runs are offered on other images, with how many layers fit (VT-05)', () => {
  const [same, other, ...none] = all({
    runs: [
      ran('two classes', built('tiny-cnn', 2)),
      ran('ten classes', tiny),
      ran('gone', tiny, { modelId: null }),
    ],
  });
  expect(none).toEqual([]);
  expect(same).toMatchObject({ modelId: 'ten classes', freshCount: 0, knowsImages: false });
  expect(other).toMatchObject({ modelId: 'two classes', freshCount: 1, keptCount: same!.keptCount - 1 });
});

test('weights that know some of the validation images are told', () => {
  const runs = [ran('run', tiny)];
  const knows = (data: typeof design.data) => all({ runs, data })[0]?.knowsImages;
  expect(knows({ ...design.data, splitSeed: 9 })).toBe(true);
  expect(knows({ ...design.data, validationShare: 0.3 })).toBe(true);
  expect(knows(design.data)).toBe(false);
  expect(knows({ ...design.data, normalization: 'unit' })).toBe(false);
});

test('weights that were trained with pixels of another range say which', () => {
  const found = (data: typeof design.data) => all({ runs: [ran('run', tiny)], data })[0]?.otherPixels;
  expect(found(design.data)).toBeNull();
  expect(found({ ...design.data, normalization: 'none' })).toBe('−1 to 1');
  const halves = { mean: [127.5], deviation: [127.5] };
  expect(found({ ...design.data, normalization: 'standardized', standardization: halves })).toBeNull();
});

test('weights of files are offered once, however often the images were changed, and what runs is not', () => {
  const weights = initializeWeights(tiny, 1);
  const models = { a: opened('a', tiny, weights), b: opened('b', tiny, weights), c: opened('c', tiny) };
  const found = all({ models, runs: [ran('now', tiny, { result: 'running' })] });
  expect(found.map(({ modelId }) => modelId)).toEqual(['b', 'c']);
  expect(found[0]?.name).toBe(`${tiny.name} from a file`);
  expect(all({ models, startModelId: 'a' }).map(({ modelId }) => modelId)).toEqual(['a', 'c']);
});

test('weights of which no layer fits are not offered', () => {
  const models = { d: opened('d', built('tfc', 10)) };
  const kept = all({ models });
  expect(kept.every(({ keptCount }) => keptCount > 0)).toBe(true);
});
