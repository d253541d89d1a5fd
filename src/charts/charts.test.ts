import { describe, expect, it } from 'vitest';
import * as apoz from './apozModel.ts';
import { binaryTicks, integerTicks } from './axis.ts';
import { BatchBins } from './batchBins.ts';
import { toCsv } from './csv.ts';
import { plainColor } from './export.ts';
import * as latency from './latencyModel.ts';
import * as learning from './learningModel.ts';
import * as pareto from './paretoModel.ts';
import * as stairs from './staircaseModel.ts';
import * as strip from './stripLayout.ts';
import type { ApozData, LatencyData, LearningData, ParetoData, StaircaseData, StripData } from './types.ts';

const conv5 = {
  id: 'g5',
  label: 'conv5',
  layerIds: ['conv5'],
  trained: Float64Array.of(0.9, 0.8, 0.8, 0.3),
  pruned: Float64Array.of(0.8, 0.3),
  threshold: 0.75,
  width: 4,
  kept: 2,
  removed: 2,
  roundedBack: 1,
  fixed: null,
};

describe('the APoZ distribution', () => {
  const data: ApozData = { groups: [conv5], selected: 'g5' };

  it('counts the channels above a threshold, not those at it', () => {
    expect(apoz.countAbove(conv5.trained, 0.8)).toBe(1);
    expect(apoz.countAbove(conv5.trained, 0)).toBe(4);
    expect(apoz.countAbove(conv5.trained, 1)).toBe(0);
    expect(apoz.countAbove([], 0.5)).toBe(0);
  });

  it('says what falls and what rounding gave back', () => {
    expect(apoz.fallSentence(conv5, 0.75)).toEqual(['conv5 at 0.75: 3 of 4 fall', '2 after rounding']);
  });

  it('counts by itself while the threshold runs ahead of the plan', () => {
    expect(apoz.fallSentence(conv5, 0.2)).toEqual(['conv5 at 0.20: 4 of 4 fall', '']);
  });

  it('gives the reason where a group cannot be pruned', () => {
    expect(apoz.fallSentence({ ...conv5, fixed: 'It feeds the output.' }, 0.5)[1]).toBe(
      'It feeds the output.',
    );
  });

  it('is summed up in sentences and a table', () => {
    expect(apoz.summary(data)).toBe(
      'APoZ of 4 channels in 1 groups, sorted within each group. 2 channels fall (50.0 %), the largest share in conv5 (2 of 4). conv5 at 0.75: 3 of 4 fall, 2 after rounding.',
    );
    expect(apoz.summary({ groups: [], selected: null })).toBe('No channel statistics yet.');
    expect(apoz.table(data).rows).toEqual([['conv5', 4, 0.75, 3, 2, 2, 0.9, 0.8, 0.3, '']]);
  });
});

describe('the bars', () => {
  const row = { layerIds: [], bound: 'compute', boundSentence: 'Compute bound.' } as const;
  const data: LatencyData = {
    unit: 'cycles',
    names: { before: 'trained', after: 'pruned' },
    rows: [
      { ...row, id: 'a', label: 'A', before: 1000, after: 500 },
      { ...row, id: 'b', label: 'B', before: 800, after: 800, bound: 'load' },
      { ...row, id: 'c', label: 'C', before: 2000, after: null },
    ],
  };

  it('take the slowest row that is still there for the bottleneck', () => {
    expect(latency.bottleneckOf(data)).toBe('b');
    expect(latency.bottleneckOf({ ...data, bottleneckId: 'a' })).toBe('a');
  });

  it('come in network order or the slowest first', () => {
    const ids = (order: 'network' | 'slowest') =>
      latency
        .orderRows(data, order)
        .map((r) => r.id)
        .join('');
    expect([ids('network'), ids('slowest')]).toEqual(['abc', 'cba']);
  });

  it('say the change, and what came and went', () => {
    expect(data.rows.map(latency.changeText)).toEqual(['−50 %', '±0 %', 'gone']);
    expect(latency.summary(data)).toContain('The bottleneck is B with 800 cycles, bound by load.');
    expect(latency.table(data).rows[2]).toEqual(['C', 2000, '', 'gone', 'compute', '', 'Compute bound.']);
  });
});

describe('the Pareto front', () => {
  const data: ParetoData = {
    empty: 'No designs yet.',
    points: [
      { id: 'b', label: 'W1A1', x: 7900, y: 79, onFront: true, current: false },
      { id: 'a', label: 'W4A4', x: 900, y: 92, onFront: true, current: true, yInterval: [90, 93.5] },
      { id: 'c', label: 'slow', x: 800, y: 70, onFront: false, current: false },
    ],
  };

  it('is summed up from its left end to its right end', () => {
    expect(pareto.summary(data)).toBe(
      '3 designs, 2 on the Pareto front of accuracy against throughput. The front goes from W4A4 with 92 % at 900 images/s to W1A1 with 79 % at 7.9 k images/s. This design: W4A4 with 92 % at 900 images/s, on the front.',
    );
    expect(pareto.summary({ ...data, points: [] })).toBe('No designs yet.');
  });

  it('has a table with the interval', () => {
    expect(pareto.table(data).rows[1]).toEqual(['W4A4', 900, 92, 90, 93.5, 'yes', 'yes']);
  });
});

describe('the staircase', () => {
  const data: StaircaseData = {
    label: 'conv5',
    layerIds: ['conv5'],
    widths: [8, 16, 24, 32],
    values: [10, 10, 20, 20],
    unit: 'cycles',
    now: 32,
    next: 16,
    planned: 24,
  };

  it('knows how many channels cost nothing, never more than there are now', () => {
    expect(stairs.freeUpTo(data, 24)).toBe(32);
    expect(stairs.freeUpTo({ ...data, now: 24 }, 24)).toBe(24);
    expect(stairs.freeSentence(data)).toBe('8 more channels are free');
    expect(stairs.freeSentence({ ...data, planned: 32 })).toBeNull();
  });

  it('says the next width that saves time, or that none does', () => {
    expect(stairs.summary(data)).toContain('The next width that saves time is 16 channels (10 cycles).');
    expect(stairs.summary({ ...data, next: null })).toContain('No smaller width saves time.');
    expect(stairs.table(data).rows.map((r) => r[2])).toEqual(['', 'next that saves time', 'planned', 'now']);
  });
});

describe('the learning curves', () => {
  const data: LearningData = {
    epochs: [
      { epoch: 1, trainLoss: 2, validationLoss: 2.1, trainAccuracy: 0.3, validationAccuracy: 0.4 },
      { epoch: 2, trainLoss: 1, validationLoss: 1.4, trainAccuracy: 0.6, validationAccuracy: 0.35 },
    ],
    batchLosses: [],
    batchesPerEpoch: 10,
    plannedEpochs: 5,
    empty: 'Not trained yet.',
  };

  it('are summed up with the last and the best epoch', () => {
    expect(learning.summary(data)).toBe(
      '2 of 5 epochs. Training loss 1, accuracy 60.0 % at epoch 2. Validation accuracy 35.0 %. Best validation accuracy 40.0 % at epoch 1.',
    );
    expect(learning.table(data).rows[0]).toEqual([1, 2, 2.1, 0.3, 0.4]);
  });

  it('bin the batch losses the same way in one go and in pieces', () => {
    const losses = Array.from({ length: 1000 }, (_, i) => Math.sin(i) + 2);
    const growing: number[] = [];
    const [pieces, whole] = [new BatchBins(), new BatchBins()];
    for (let i = 0; i < losses.length; i += 70) {
      growing.push(...losses.slice(i, i + 70));
      pieces.update(growing, 1000, 80);
    }
    whole.update(losses, 1000, 80);
    expect(pieces.path(0, (v) => v)).toBe(whole.path(0, (v) => v));
    expect(pieces.highestMean()).toBeCloseTo(whole.highestMean());
  });

  it('start again when another run begins, and skip what is not a number', () => {
    const bins = new BatchBins();
    bins.update([9, 9, 9], 4, 2);
    bins.update([1, Number.NaN], 4, 2);
    expect(bins.highestMean()).toBe(1);
  });
});

describe('the network strip', () => {
  const block = (id: string, inputs: string[], before: number, after: number, kind = 'conv2d') => ({
    id,
    label: id,
    kind,
    inputs,
    height: 8,
    width: 8,
    before,
    after,
  });
  const data: StripData = {
    selected: 'b',
    layers: [
      block('in', [], 3, 3, 'input'),
      block('a', ['in'], 64, 64),
      block('b', ['a'], 64, 16),
      block('sum', ['b', 'a'], 64, 16, 'add'),
    ],
  };

  it('fits the room where it can, and scrolls where it cannot', () => {
    expect(strip.stripLayout(data, 600, 100).width).toBeLessThanOrEqual(600);
    const many = Array.from({ length: 80 }, (_, i) => block(`l${i}`, i ? [`l${i - 1}`] : [], 512, 512));
    expect(strip.stripLayout({ layers: many, selected: null }, 600, 100).width).toBeGreaterThan(600);
  });

  it('draws what is kept to the scale of what was there', () => {
    const b = strip.stripLayout(data, 600, 100).blocks[2]!;
    expect(b.after / b.box.width).toBeCloseTo(16 / 64);
  });

  it('bends an edge that skips layers into an arc and names its kind', () => {
    const edges = strip.stripLayout(data, 600, 100).edges;
    expect(edges.map((edge) => [edge.key, edge.join])).toEqual([
      ['in>a', null],
      ['a>b', null],
      ['b>sum', null],
      ['a>sum', 'add'],
    ]);
  });

  it('keeps labels of one row apart', () => {
    const many = Array.from({ length: 30 }, (_, i) => block(`convolution ${i}`, [], 16, 16));
    const { blocks } = strip.stripLayout({ layers: many, selected: null }, 300, 100);
    expect(blocks.some((b) => b.labelRow === null)).toBe(true);
    expect(new Set(blocks.map((b) => b.labelRow))).toEqual(new Set([0, 1, null]));
  });

  it('is summed up by what it loses', () => {
    expect(strip.summary(data)).toBe(
      '3 blocks in the order of the network. 1 residual additions. 1 lose channels: b 64 to 16. Selected: b.',
    );
    expect(strip.table(data).rows[3]).toEqual(['sum', 'add', 8, 8, 64, 16, 'b a']);
  });
});

describe('a CSV', () => {
  it('quotes what would break a line or a cell', () => {
    expect(
      toCsv({
        columns: ['a,b', 'c'],
        rows: [
          ['say "hi"', 1.5],
          ['two\nlines', Number.NaN],
        ],
      }),
    ).toBe('"a,b",c\r\n"say ""hi""",1.5\r\n"two\nlines",\r\n');
  });

  it('lets no text run as a formula, but keeps negative numbers', () => {
    const cells = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '=HYPERLINK("x")'];
    const lines = toCsv({ columns: ['x'], rows: [...cells.map((cell) => [cell]), [-3]] }).split('\r\n');
    expect(lines).toEqual([
      'x',
      "'=1+1",
      "'+1",
      "'-1",
      "'@SUM(A1)",
      "'\t=1",
      `"'=HYPERLINK(""x"")"`,
      '-3',
      '',
    ]);
  });
});

it('turns colors that drawing programs do not know into rgb()', () => {
  expect(plainColor('color(srgb 1 0.5 0)')).toBe('rgb(255, 128, 0)');
  expect(plainColor('color(srgb 1 0.5 0 / 0.25)')).toBe('rgba(255, 128, 0, 0.25)');
  expect(plainColor('rgb(1, 2, 3)')).toBe('rgb(1, 2, 3)');
});

it('puts ticks where channels and epochs are whole', () => {
  expect(binaryTicks(256, 4)).toEqual([0, 64, 128, 192, 256]);
  expect(integerTicks(14, 8)).toEqual([0, 2, 4, 6, 8, 10, 12, 14]);
});
