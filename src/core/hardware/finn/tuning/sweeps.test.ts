import { describe, expect, test } from 'vitest';
import { defaultDesign } from '../../../exploration/defaultDesign.ts';
import { paretoFront } from '../../../exploration/pareto.ts';
import { presetById } from '../../../network/presets.ts';
import { unwrap } from '../../../result.ts';
import { estimate, finnOptions } from '../../estimate.ts';
import { runToEnd } from '../fifo/simulate.ts';
import { boardById } from './boards.ts';
import {
  type BitsCell,
  bitsMap,
  fasterWithMoreBits,
  foldingSweep,
  frontCandidates,
  linearFit,
  type SweepPoint,
} from './sweeps.ts';
import { CEILINGS, tuneDesign } from './tuneDesign.ts';

const { hardware } = defaultDesign();
const preset = presetById('cnv')!;
const cnv = preset.build(preset.input, 10);
const binary = { ...hardware, weightBits: 1, activationBits: 1 };
const layers = cnv.layers.filter(({ kind }) => kind === 'conv2d' || kind === 'dense').map(({ id }) => id);
const [first = ''] = layers;
const sweep = unwrap(foldingSweep(cnv, finnOptions(binary), first));
const valuesOf = (points: readonly SweepPoint[], key: 'pe' | 'simd') => [
  ...new Set(points.map((p) => p[key])),
];
const lineOf = (key: 'pe' | 'simd', value: number) => sweep.points.filter((point) => point[key] === value);

describe('the folding sweep of the first CNV layer', () => {
  test('offers the foldings that FINN builds, and no other', () => {
    expect(valuesOf(sweep.points, 'pe')).toEqual([1, 2, 4, 8, 16, 32, 64]);
    expect(valuesOf(sweep.points, 'simd')).toEqual([1, 3, 9, 27]);
    expect(sweep.sharedSimd).toBe(3);
    expect(sweep.points).toContainEqual(expect.objectContaining({ pe: 16, simd: 3, cycles: 32_400 }));
  });

  test('LUT is linear in PE on every line of SIMD, which sets slope and offset: R² at least 0.99 (BO-25)', () => {
    const fits = valuesOf(sweep.points, 'simd').map((simd) => {
      const line = lineOf('simd', simd);
      return linearFit(
        line.map(({ pe }) => pe),
        line.map(({ lut }) => lut),
      )!;
    });
    for (const { r2 } of fits) expect(r2).toBeGreaterThanOrEqual(0.99);
    for (const [i, { slope }] of fits.slice(1).entries()) expect(slope).toBeGreaterThan(fits[i]!.slope);
  });

  // The thesis' measured LUT falls first at PE up to 16; FINN's formula has no term that could.
  test('LUT never falls with SIMD in the estimate, at large PE nor at small (BO-26)', () => {
    for (const pe of valuesOf(sweep.points, 'pe')) {
      const lut = lineOf('pe', pe).map((point) => point.lut);
      for (const [i, value] of lut.slice(1).entries()) expect(value).toBeGreaterThan(lut[i]!);
      if (pe <= 16) continue;
      const simd = lineOf('pe', pe).map((point) => point.simd);
      expect(linearFit(simd, lut)!.r2).toBeGreaterThanOrEqual(0.99);
    }
  });

  test('is the row of the estimate at the folding in force, whatever the clock (BO-40)', () => {
    const foldings = { [first]: { pe: 32, simd: 3 } };
    const at = (hertz: number) => {
      const choice = { ...binary, foldings, clockHertz: { finn: hertz } };
      const report = unwrap(estimate(cnv, 'finn', choice));
      const { points, now, nodeName } = unwrap(foldingSweep(cnv, finnOptions(choice), first));
      const { pe, simd, cycles, ...used } = points.find((p) => p.pe === now.pe && p.simd === now.simd)!;
      const row = report.rows.find(({ id }) => id === nodeName)!;
      expect([pe, simd, cycles, used]).toEqual([32, 3, row.cycles, row.resources]);
      return points;
    };
    expect(at(300e6)).toEqual(at(100e6));
  });
});

test.each(layers)('%s: every point of the sweep is what a design with that folding is estimated at', (id) => {
  const options = finnOptions(binary);
  const { points, sharedSimd, nodeName } = unwrap(foldingSweep(cnv, options, id));
  const shared = points.filter(({ simd }) => simd <= sharedSimd && sharedSimd % simd === 0);
  const { pe, simd, cycles, ...used } = shared[Math.floor(shared.length / 2)]!;
  const report = unwrap(estimate(cnv, 'finn', { ...binary, foldings: { [id]: { pe, simd } } }));
  const row = report.rows.find((one) => one.id === nodeName)!;
  expect([row.cycles, row.resources]).toEqual([cycles, used]);
});

test('a depthwise unit folds its kernel once all channels are parallel, and its window follows', () => {
  const mobile = presetById('tiny-mobilenet-v2')!;
  const network = mobile.build(mobile.input, mobile.classCount);
  const { points, sharedSimd } = unwrap(foldingSweep(network, finnOptions(binary), 'dw1'));
  expect(sharedSimd).toBe(9);
  const widest = Math.max(...points.map(({ pe }) => pe));
  for (const { pe, simd } of points) if (simd > 1) expect(pe).toBe(widest);
  expect(points.filter(({ simd }) => simd > 1)).toHaveLength(2);
});

test('a layer without a folding is refused with what to do', () => {
  const swept = foldingSweep(cnv, finnOptions(binary), 'input');
  expect(swept).toMatchObject({ ok: false, error: { code: 'finn-sweep-layer', where: 'input' } });
});

describe('linearFit', () => {
  test('finds a line, and how far points are from one', () => {
    expect(linearFit([1, 2, 4], [5, 7, 11])).toEqual({ slope: 2, offset: 3, r2: 1 });
    expect(linearFit([0, 1, 2], [0, 1, 0])!.r2).toBeCloseTo(0, 12);
    expect(linearFit([1, 2, 3], [4, 4, 4])).toEqual({ slope: 0, offset: 4, r2: 1 });
  });

  test('is silent where any line fits, or none', () => {
    expect(linearFit([1, 2], [3, 4])).toBeNull();
    expect(linearFit([2, 2, 2], [3, 4, 5])).toBeNull();
  });
});

describe.each(['ultra96', 'pynq-z1'])('the bits map of CNV on %s', (boardId) => {
  const board = boardById(boardId)!;
  const clockHertz = 100e6;
  const seen: number[] = [];
  const map = unwrap(
    runToEnd(bitsMap(cnv, { board, ceilings: 'whole-chip', clockHertz }, (done) => seen.push(done))),
  );
  const cellAt = (w: number, a: number) =>
    map.cells.find((cell) => cell.weightBits === w && cell.activationBits === a)!;
  const fpsAt = (w: number, a: number) => unwrap(cellAt(w, a).found).throughputFps;

  test('is 5 by 5, within every budget, and as fast as the search in Fold automatically (BO-36)', () => {
    expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => i + 1));
    for (const { weightBits, activationBits, found } of map.cells) {
      const { used, cycles } = unwrap(found);
      for (const key of ['lut', 'bram18', 'dsp', 'uram'] as const)
        expect(used[key]).toBeLessThanOrEqual(map.limits[key]);
      // The thesis' cells are 80 to 91 % full where FINN's default folding takes 38 %.
      expect(used.lut / map.budget.lut).toBeGreaterThan(0.75);
      if (weightBits !== activationBits) continue;
      const search = { weightBits, activationBits, layerBits: {}, board, ceilings: CEILINGS['whole-chip'] };
      const tuned = unwrap(runToEnd(tuneDesign(cnv, 'optimal', { ...search, clockHertz })));
      expect(tuned.cycles).toBe(cycles);
    }
  });

  test('more bits never make CNV faster', () => {
    expect(fasterWithMoreBits(map.cells)).toEqual([]);
    for (let w = 1; w <= 5; w++)
      for (let a = 1; a < 5; a++) {
        expect(fpsAt(w, a + 1)).toBeLessThanOrEqual(fpsAt(w, a));
        expect(fpsAt(a + 1, w)).toBeLessThanOrEqual(fpsAt(a, w));
      }
  });

  test('only cells that nothing with as many bits outruns may lie on a front', () => {
    const candidates = frontCandidates(map.cells);
    expect(candidates).toContain(cellAt(5, 5));
    for (const { weightBits: w, activationBits: a } of map.cells) {
      const beaten = map.cells.some(
        (other) =>
          other !== cellAt(w, a) &&
          other.weightBits >= w &&
          other.activationBits >= a &&
          fpsAt(other.weightBits, other.activationBits) >= fpsAt(w, a),
      );
      expect(candidates.includes(cellAt(w, a))).toBe(!beaten);
    }
    // W1A2 and W2A2 run alike: the second weight bit is free.
    expect(fpsAt(1, 2)).toBe(fpsAt(2, 2));
    expect(candidates).not.toContain(cellAt(1, 2));
  });
});

test('the front of throughput and accuracy drops the dominated point only (BO-38)', () => {
  const objectives = [
    { name: 'k img/s', better: 'higher' },
    { name: 'accuracy', better: 'higher' },
  ] as const;
  const points = [
    [1, 90],
    [2, 85],
    [1.5, 80],
  ];
  expect(paretoFront(points, (point) => point, objectives)).toEqual([
    [1, 90],
    [2, 85],
  ]);
});

test('4 bits of both are faster than 3 of weights where FINN builds units in RTL and counts no LUT for them', () => {
  const { build, input, classCount } = presetById('resnet-8')!;
  const network = build(input, classCount);
  const board = boardById('pynq-z1')!;
  const { cells } = unwrap(runToEnd(bitsMap(network, { board, ceilings: 'recommended', clockHertz: 100e6 })));
  const faster = fasterWithMoreBits(cells).map((cell) => [cell.weightBits, cell.activationBits]);
  expect(faster).toContainEqual([4, 4]);
  for (const [weightBits, activationBits] of faster) {
    expect(Math.min(weightBits!, activationBits!)).toBeGreaterThanOrEqual(4);
    const bits = { ...hardware, weightBits: weightBits!, activationBits: activationBits! };
    const report = unwrap(estimate(network, 'finn', bits));
    const rtl = report.rows.filter(({ engine }) => engine === 'MVAU_rtl');
    expect(rtl.length).toBeGreaterThan(0);
    for (const { resources } of rtl) expect(resources!.lut).toBe(0);
  }
});

test('a network too large for the board has cells that do not fit, with the resource in words', () => {
  const large = presetById('vgg-16')!;
  const network = large.build(large.input, large.classCount);
  const search = { board: boardById('pynq-z1')!, ceilings: 'recommended', clockHertz: 100e6 } as const;
  const map = unwrap(runToEnd(bitsMap(network, search)));
  const missing = map.cells.filter(({ found }) => !found.ok);
  expect(missing.length).toBe(25);
  for (const { found } of missing)
    expect(!found.ok && found.error.message).toMatch(/(LUT|BRAM18|DSP).*Pynq-Z1|Pynq-Z1.*(LUT|BRAM18|DSP)/);
  expect(frontCandidates(map.cells)).toEqual([] satisfies BitsCell[]);
});
