import { expect, test } from 'vitest';
import type { Model } from '../../state/modelStore.ts';
import type { TrainingRun } from '../../state/runsStore.ts';
import { epochChoices, stoppedAt } from './epochChoices.ts';

const made = { id: 'made', epochs: 3 } as Model;
const taken = { id: 'taken', epochs: 2, ofRun: 'r' } as Model;

const runWith = (result: TrainingRun['result']): TrainingRun =>
  ({
    id: 'r',
    modelId: 'made',
    result,
    earlierEpochs: 0,
    recipe: { epochs: 5 },
    curves: { epochs: [{ epoch: 2, validationAccuracy: 0.5 }] },
  }) as unknown as TrainingRun;

test('the weights of a run that came to its end are those of its last epoch, so the one before is offered', () => {
  expect(epochChoices(made, runWith('finished'), [1, 2, 3]).first).toBe(2);
  expect(epochChoices(made, runWith('finished'), [3]).first).toBeNull();
});

test('a run stopped within an epoch can be gone back to the only one that it has', () => {
  expect(epochChoices(made, runWith('stopped'), [1]).first).toBe(1);
  expect(epochChoices(made, runWith('stopped'), []).first).toBeNull();
});

test('from an epoch that was taken the others can still be gone to, and it is named', () => {
  const { options, first } = epochChoices(taken, runWith('finished'), [1, 2, 3]);
  expect(first).toBe(3);
  expect(options.map(({ label }) => label)).toEqual([
    'epoch 1',
    'epoch 2, validation 50.0 %, these weights',
    'epoch 3',
  ]);
});

test('only what was stopped or interrupted, and has epochs left, is continued', () => {
  expect(stoppedAt(made, runWith('stopped'), [1, 2])).toBe(2);
  expect(stoppedAt(made, runWith('stopped'), [4, 5])).toBeNull();
  expect(stoppedAt(made, runWith('interrupted'), [1, 2])).toBe(2);
  expect(stoppedAt(made, runWith('finished'), [1, 2])).toBeNull();
  expect(stoppedAt(made, runWith('failed'), [1, 2])).toBeNull();
  expect(stoppedAt(taken, runWith('stopped'), [1, 2])).toBeNull();
  expect(stoppedAt(null, undefined, [])).toBeNull();
});
