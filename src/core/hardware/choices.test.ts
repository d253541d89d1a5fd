import { expect, test } from 'vitest';
import { defaultDesign } from '../exploration/defaultDesign.ts';
import type { HardwareChoice } from '../exploration/design.ts';
import { presetById } from '../network/presets.ts';
import { unwrap } from '../result.ts';
import { estimate } from './estimate.ts';
import { CNV_DEFAULT_FOLDING } from './finn/publishedFoldings.ts';

const preset = presetById('cnv')!;
const cnv = preset.build(preset.input, 10);
const hardware = { ...defaultDesign().hardware, foldings: CNV_DEFAULT_FOLDING };

const report = (targetId: string, change: Partial<HardwareChoice> = {}) =>
  unwrap(estimate(cnv, targetId, { ...hardware, ...change }));
const row = (targetId: string, id: string, change: Partial<HardwareChoice> = {}) =>
  report(targetId, change).rows.find((found) => found.id === id)!;

test('a layer with bits of its own changes alone: its weights, and the input of the next', () => {
  const layerBits = { conv2: { weightBits: 4, activationBits: 2 } };
  const lut = (id: string, change = {}) => row('finn', id, change).resources!.lut;
  expect(lut('MVAU_hls_1', { layerBits })).toBeGreaterThan(lut('MVAU_hls_1'));
  const differing = report('finn', { layerBits }).rows.filter(
    (one, i) => JSON.stringify(one.resources) !== JSON.stringify(report('finn').rows[i]!.resources),
  );
  expect(differing.map(({ id }) => id)).toEqual(['MVAU_hls_1']);
  const wider = { conv2: { weightBits: 2, activationBits: 3 } };
  const changed = report('finn', { layerBits: wider }).rows.filter(
    (one, i) => one.resources!.lut !== report('finn').rows[i]!.resources!.lut,
  );
  expect(changed.map(({ id }) => id)).toContain('MVAU_hls_2');
});

test('weights in LUTs free block RAM, and no choice of memory or multiplier changes cycles', () => {
  const implementation = { memMode: 'internal_decoupled', ramStyle: 'distributed', resType: 'dsp' } as const;
  const implementations = { fc2: implementation };
  const [before, after] = [report('finn'), report('finn', { implementations })];
  expect(after.rows.map(({ cycles }) => cycles)).toEqual(before.rows.map(({ cycles }) => cycles));
  expect(after.resources!.bram18).toBeLessThan(before.resources!.bram18);
  expect(after.resources!.dsp).toBeGreaterThan(before.resources!.dsp);
});

test("SetFolding's width limit and its second pass are the user's choice", () => {
  const cycles = (setFolding: HardwareChoice['setFolding'], targetCycles = 500) =>
    report('finn', { foldings: {}, targetCycles, setFolding });
  const wide = cycles({ wwidthMax: 1000, twoPass: true });
  const narrow = cycles({ wwidthMax: 8, twoPass: true });
  const simd = (found: typeof wide) => found.rows.map(({ cycles: own }) => own);
  expect(simd(wide)).not.toEqual(simd(narrow));
  // One pass keeps parallelism that a slower node makes useless.
  const once = cycles({ wwidthMax: 36, twoPass: false }, 10);
  const twice = cycles({ wwidthMax: 36, twoPass: true }, 10);
  expect(once.initiationInterval).toBeLessThanOrEqual(twice.initiationInterval);
  expect(twice.resources!.lut).toBeLessThan(once.resources!.lut);
});

test('what does not fit on the chosen board is a violation that names the layer', () => {
  const [violation] = report('finn', { boardId: 'pynq-z1', foldings: {}, targetCycles: 500 }).violations;
  expect(violation?.message).toMatch(/^(LUT|BRAM18|DSP) [\d,]+ of [\d,]+ on Pynq-Z1, most of it in conv\d/);
  expect(report('finn', { boardId: 'u250', foldings: {}, targetCycles: 500 }).violations).toEqual([]);
});

test('a wider ALU shortens pooling and depthwise rows only, ISA0 adds one pixel at a time', () => {
  const tiny = presetById('tiny-mobilenet-v2')!;
  const network = tiny.build({ height: 64, width: 64, channels: 3 }, 10);
  const cycles = (dpu: Partial<HardwareChoice['dpu']>) => {
    const choice = { ...hardware, dpu: { ...hardware.dpu, ...dpu } };
    return unwrap(estimate(network, 'dpu-b4096', choice)).rows.map((one) => ({
      alu: one.terms.find(({ name }) => name === 'ALU')?.cycles ?? 0,
      convolution: one.terms.find(({ name }) => name === 'convolution')?.cycles ?? 0,
    }));
  };
  const [narrow, wide, old] = [cycles({ aluPixels: 1 }), cycles({ aluPixels: 8 }), cycles({ isa: 0 })];
  expect(narrow.map(({ convolution }) => convolution)).toEqual(wide.map(({ convolution }) => convolution));
  expect(narrow.filter(({ alu }, i) => alu > wide[i]!.alu).length).toBeGreaterThan(4);
  const recommended = cycles({});
  expect(old.filter(({ alu }, i) => alu > recommended[i]!.alu).length).toBeGreaterThan(0);
});

test('a DPU report carries the resources of one core, with the chosen options', () => {
  const base = report('dpu-b4096').resources!;
  expect(base).toEqual({ lut: 40865 + 4930, bram18: 2 * (249.5 + 7.5), uram: 0, dsp: 642 + 48 });
  const low = report('dpu-b4096', { dpu: { ...hardware.dpu, dspUsage: 'low', uram: true } }).resources!;
  expect(low).toMatchObject({ lut: 44583 + 4930, dsp: 514 + 48, uram: 23 });
});
