import { describe, expect, test } from 'vitest';
import { NetworkBuilder } from '../network/builder.ts';
import { networkCounts } from '../network/counts.ts';
import type { Network } from '../network/network.ts';
import { presetById } from '../network/presets.ts';
import { geometryAt, geometryOf } from '../network/shapes.ts';
import { channelGroups } from '../pruning/groups.ts';
import { unwrap } from '../result.ts';
import {
  epochLine,
  modelSizeOf,
  STUDENT_KINDS,
  studentOf,
  transferCounts,
  transferSet,
} from './distillation.ts';
import { narrowerCopy } from './narrower.ts';

const built = (id: string): Network => {
  const preset = presetById(id);
  if (!preset) throw new Error(`No preset ${id}`);
  return preset.build(preset.input, preset.classCount ?? 10);
};

test('sizes of source 002: 45.37 and 6.65 MB of weights, 6.82 times smaller (VT-22)', () => {
  expect(modelSizeOf(11_341_252).toFixed(2)).toBe('45.37');
  expect(modelSizeOf(1_662_076).toFixed(2)).toBe('6.65');
  expect((11_341_252 / 1_662_076).toFixed(2)).toBe('6.82');
  expect(modelSizeOf(1_000_000, 8)).toBe(1);
});

describe('a narrower copy', () => {
  const small = [
    'tiny-cnn',
    'lenet',
    'cnv',
    'tiny-resnet',
    'resnet-8',
    'tiny-mobilenet-v2',
    'tiny-shufflenet',
    'squeezenet-1.1',
    'mobilenet-v3-small',
    'resnet-18',
  ];

  test.each(small)('of %s at half the width holds together, with the classes it had', (id) => {
    const network = built(id);
    const narrow = unwrap(narrowerCopy(network, 0.5)).network;
    const [before, after] = [geometryOf(network), geometryOf(narrow)];
    expect(narrow.layers.map((layer) => layer.id)).toEqual(network.layers.map((layer) => layer.id));
    const last = network.layers.at(-1)!.id;
    expect(geometryAt(after, last).ofm).toEqual(geometryAt(before, last).ofm);
    const ratio = networkCounts(narrow).parameterCount / networkCounts(network).parameterCount;
    expect(ratio).toBeGreaterThan(0.2);
    expect(ratio).toBeLessThan(0.6);
  });

  test('has every convolution at the rounded share, but those of the classes', () => {
    const b = new NetworkBuilder('widths', { height: 8, width: 8, channels: 3 });
    b.convBlock(10, 3);
    b.convBlock(12, 3, { groups: 2 });
    b.convBlock(1, 1);
    b.globalAveragePool();
    b.dense(10);
    const widths = (factor: number) =>
      unwrap(narrowerCopy(b.build(), factor)).network.layers.flatMap((layer) =>
        layer.kind === 'conv2d' ? [layer.filters] : layer.kind === 'dense' ? [layer.units] : [],
      );
    expect(widths(1)).toEqual([10, 12, 1, 10]);
    expect(widths(0.5)).toEqual([6, 6, 1, 10]); // 10 stand in two groups of 5, of which 3 stay
    expect(widths(0.01)).toEqual([2, 2, 1, 10]);
  });

  test('by a factor that makes nothing narrower is refused', () => {
    for (const factor of [0, -1, 1.5, Number.NaN])
      expect(narrowerCopy(built('tiny-cnn'), factor).ok).toBe(false);
  });
});

describe('the five kinds of students (VT-19)', () => {
  const teacher = built('tiny-resnet');
  const all = networkCounts(teacher).parameterCount;

  test('are offered, and each tells its share of the parameters', () => {
    const group = channelGroups(teacher).groups.find(({ fixed }) => fixed === null)!;
    const plan = { keep: { [group.id]: [0, 1, 2, 3] } };
    const students = STUDENT_KINDS.map(({ kind }) => unwrap(studentOf(kind, teacher, { plan })));
    expect(students.map(({ kind }) => kind)).toEqual([
      'simplified',
      'quantized',
      'similar',
      'basic',
      'condensed',
    ]);
    for (const student of students) {
      expect(student.parameterCount).toBe(networkCounts(student.network).parameterCount);
      expect(student.parameterRatio).toBeCloseTo(student.parameterCount / all, 12);
    }
    const ratio = Object.fromEntries(students.map(({ kind, parameterRatio }) => [kind, parameterRatio]));
    expect(ratio).toMatchObject({ quantized: 1, similar: 1 });
    for (const kind of ['simplified', 'basic', 'condensed']) expect(ratio[kind]).toBeLessThan(1);
    expect(students[1]!.megabytes).toBeCloseTo(students[2]!.megabytes / 4, 12);
  });

  test('of basic operations has no convolution of several pixels behind the first', () => {
    const { network } = unwrap(studentOf('basic', teacher));
    const large = network.layers.filter((layer) => layer.kind === 'conv2d' && layer.kernelSize[0] > 1);
    expect(large.map(({ id }) => id)).toEqual(['conv1']);
    const geometry = geometryOf(network);
    for (const { id } of teacher.layers)
      expect(geometryAt(geometry, id).ofm).toEqual(geometryAt(geometryOf(teacher), id).ofm);
  });

  test('say why they can not be made', () => {
    const said = (...args: Parameters<typeof studentOf>) => {
      const result = studentOf(...args);
      return result.ok ? null : result.error.code;
    };
    expect(said('condensed', teacher)).toBe('no-plan');
    expect(said('condensed', teacher, { plan: { keep: { nobody: [0] } } })).toBe('foreign-plan');
    expect(said('quantized', teacher, { weightBits: 0 })).toBe('weight-bits');
    expect(said('basic', built('tfc'))).toBe('nothing-to-split');
  });
});

describe('a transfer set (VT-54)', () => {
  const labels = Uint8Array.from({ length: 300 }, (_, i) => (i % 10 === 0 ? 1 : 0));
  const training = Uint32Array.from({ length: 200 }, (_, i) => i);
  const of = (share: number, seed = 1) => unwrap(transferSet(labels, training, share, seed));

  test('has the share of every class, and lies in the larger one', () => {
    const tenth = of(0.1);
    expect(tenth).toHaveLength(20);
    expect([...tenth].filter((i) => labels[i] === 1)).toHaveLength(2);
    expect([...tenth].every((i) => of(0.5).includes(i))).toBe(true);
    expect(of(1)).toEqual(training);
    expect(of(0.001)).toHaveLength(2);
    expect(of(0.1, 2)).not.toEqual(tenth);
  });

  test('has as many images of each class as is foretold', () => {
    for (const share of [0.001, 0.1, 0.33, 1]) {
      const counted = [0, 1].map((label) => [...of(share)].filter((i) => labels[i] === label).length);
      expect(counted, `${share}`).toEqual(transferCounts([180, 20], share));
    }
    expect(transferCounts([0, 7, 1], 0.5)).toEqual([0, 4, 1]);
  });

  test('of no share or more than all is refused', () => {
    for (const share of [0, -0.1, 1.01, Number.NaN])
      expect(transferSet(labels, training, share, 1).ok, `${share}`).toBe(false);
  });
});

test('15 epochs print 15 lines (VT-21)', () => {
  expect(Array.from({ length: 15 }, (_, i) => epochLine(i + 1, 15, 0.5)).at(-1)).toBe(
    'Epoch 15/15, Loss: 0.5',
  );
});
