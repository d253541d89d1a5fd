import { expect, test } from 'vitest';
import { presetById } from '../../core/network/presets.ts';
import { channelGroups } from '../../core/pruning/groups.ts';
import { cachedCounts } from '../../state/derived.ts';
import { type StudentSources, studentRows, timesText } from './studentRows.ts';

const built = (id: string) => {
  const preset = presetById(id);
  if (!preset) throw new Error(`No preset ${id}`);
  return preset.build({ height: 32, width: 32, channels: 3 }, 10);
};
const [teacher, present] = [built('tiny-resnet'), built('tiny-cnn')];
const group = channelGroups(teacher).groups.find(({ fixed }) => fixed === null)!;
const plan = { keep: { [group.id]: [0, 1, 2, 3] } };

const rowsOf = (more: Partial<StudentSources> = {}) =>
  studentRows({ teacher, present, plan, factor: 0.5, presetId: 'tiny-cnn', classCount: 10, ...more });
const rowOf = (choice: string, more?: Partial<StudentSources>) =>
  rowsOf(more).find((row) => row.choice === choice)!;

test('the five kinds stand between the present network and a preset, each with its share of the parameters (VT-19)', () => {
  const rows = rowsOf();
  expect(rows.map(({ choice }) => choice)).toEqual([
    'present',
    'simplified',
    'quantized',
    'similar',
    'basic',
    'condensed',
    'preset',
  ]);
  const all = cachedCounts(teacher).parameterCount;
  for (const { made, choice } of rows) {
    if (!made.ok) throw new Error(`${choice}: ${made.error.message}`);
    const { parameterCount, macCount } = cachedCounts(made.value.network);
    expect(made.value).toMatchObject({ parameterCount, macCount, parameterRatio: parameterCount / all });
  }
});

test('a narrower share makes a smaller student, and one out of range says so', () => {
  const count = (factor: number) => {
    const { made } = rowOf('simplified', { factor });
    return made.ok ? made.value.parameterCount : made.error.code;
  };
  expect(count(0.25)).toBeLessThan(count(0.5) as number);
  expect(count(2)).toBe('width-factor');
});

test('a quantized copy is shown with its size and is not offered before it can learn rounded', () => {
  const { made, problem } = rowOf('quantized');
  expect(problem).toMatch(/Quantize room/);
  expect(made.ok && made.value.megabytes).toBeCloseTo(cachedCounts(teacher).parameterCount / 1e6, 12);
  for (const { choice, problem: other } of rowsOf()) if (choice !== 'quantized') expect(other).toBeNull();
});

test('a condensed student of another teacher tells that the thresholds are not its own', () => {
  const foreign = rowOf('condensed', { plan: null }).made;
  expect(foreign.ok ? null : foreign.error.code).toBe('other-network');
  const own = rowOf('condensed', { plan: null, present: teacher }).made;
  expect(own.ok ? null : own.error.code).toBe('no-plan');
});

test('sizes are set side by side as in source 002: 11,341,252 and 1,662,076 parameters (VT-22)', () => {
  expect(timesText(11_341_252, 1_662_076)).toBe('6.82 times smaller');
  expect(timesText(45.37, 6.65)).toBe('6.82 times smaller');
  expect(timesText(2, 3)).toBe('1.50 times larger');
  expect(timesText(5, 5)).toBe('the same');
});
