import { describe, expect, it } from 'vitest';
import { defaultDesign } from '../exploration/defaultDesign.ts';
import type { HardwareChoice } from '../exploration/design.ts';
import type { Network } from '../network/network.ts';
import { presetById } from '../network/presets.ts';
import { unwrap } from '../result.ts';
import { dpuArchitecture } from './dpu/architectures.ts';
import type { ConvolutionOp } from './dpu/ops.ts';
import { engineView } from './engineView.ts';
import { dpuAxes } from './engineViewDpu.ts';
import { liuAxes } from './engineViewLiu.ts';
import { activeCells, axisOf, builtCells, lossSentence } from './engineViewParts.ts';
import { estimate } from './estimate.ts';
import { CNV_DEFAULT_FOLDING } from './finn/publishedFoldings.ts';
import type { Work } from './liu/cycles.ts';
import { LIU_DEFAULTS } from './liu/engine.ts';

const build = (id: string, classes = 10): Network => {
  const preset = presetById(id)!;
  return preset.build(preset.input, classes);
};
const cnv = build('cnv');
const hardware: HardwareChoice = { ...defaultDesign().hardware, foldings: CNV_DEFAULT_FOLDING };

function view(targetId: string, rowId: string, network = cnv, choice = hardware) {
  const report = unwrap(estimate(network, targetId, choice));
  return unwrap(engineView({ report, rowId, network, hardware: choice }));
}

const convolution = (height: number, inputs: number, outputs: number): ConvolutionOp => ({
  kind: 'convolution',
  id: 'conv',
  inputs: ['input'],
  layerIds: ['conv'],
  kernelSize: [1, 1],
  strides: [1, 1],
  ifm: { height, width: height, channels: inputs },
  ofm: { height, width: height, channels: outputs },
});

describe('an axis of lanes', () => {
  it('is filled round after round, and the last one takes what is left', () => {
    expect(axisOf('OCP', 'output channels', 20, 16)).toMatchObject({
      rounds: 2,
      active: 16,
      used: 4,
      spread: '16, then 4',
    });
    expect(axisOf('PP', 'rows', 8, 8)).toMatchObject({ rounds: 1, active: 8, used: 8, spread: '8' });
    expect(axisOf('PP', 'rows', 30, 8).spread).toBe('3 × 8, then 6');
    expect(axisOf('PP', 'rows', 32, 8).spread).toBe('4 × 8');
    expect(axisOf('PK', 'taps', 0, 9)).toMatchObject({ rounds: 0, active: 0, used: 0, spread: 'at rest' });
  });

  it('is blamed where it wastes the most lanes', () => {
    const axes = [axisOf('PP', 'rows', 30, 8), axisOf('OCP', 'channels', 20, 16)];
    expect(lossSentence(axes)).toBe('Most lanes are lost at OCP: 20 channels take 2 rounds of 16.');
    expect(lossSentence([axisOf('PP', 'rows', 32, 8)])).toBe('No lane is left over.');
    expect(lossSentence([axisOf('PD', 'pixels', 600, 16, 6)])).toContain('reaches 6 of 16');
  });
});

describe('the DPU', () => {
  it('does 18 MACs a cycle with PP 2 and ICP = OCP 3 (VT-42)', () => {
    const small = { ...dpuArchitecture('B512'), pixelParallelism: 2, channelParallelism: 3 };
    const axes = dpuAxes(convolution(4, 6, 6), small);
    expect(axes.map(({ name, size }) => [name, size])).toEqual([
      ['PP', 2],
      ['ICP', 3],
      ['OCP', 3],
    ]);
    expect(builtCells(axes)).toBe(18);
    expect(activeCells(axes)).toBe(18);
  });

  it('uses 16, then 4 of its 16 lanes for 20 output channels on a B4096 (VT-42)', () => {
    const axes = dpuAxes(convolution(8, 16, 20), dpuArchitecture('B4096'));
    expect(axes[2]).toMatchObject({ name: 'OCP', size: 16, rounds: 2, active: 16, used: 4 });
    expect(builtCells(axes)).toBe(2048);
  });

  it('has a share of the time for every block, and of the room for its buffers (VT-40)', () => {
    const { blocks, multipliers, busyShare, title } = view('dpu-b4096', 'conv2');
    expect(title).toBe('B4096 convolution engine: PP 8 × ICP 16 × OCP 16');
    expect(multipliers).toBe(2048);
    expect(blocks.map(({ name }) => name)).toEqual(['Start', 'Load', 'Buffers', 'Convolution']);
    const report = unwrap(estimate(cnv, 'dpu-b4096', hardware));
    const row = report.rows.find(({ id }) => id === 'conv2')!;
    const cycles = row.terms.find(({ name }) => name === 'convolution')!.cycles;
    expect(blocks[3]!.share).toBeCloseTo(cycles / row.cycles, 12);
    expect(busyShare).toBeCloseTo(row.macCount / (2048 * cycles), 12);
    // 28 rows of a map 28 wide, in 4 rounds of 8: 4 x 28 x 4 channel blocks; the input has 30 rows.
    expect(blocks[2]).toMatchObject({ of: 'room', share: (4 * 30 * 4) / 2048 });
  });

  it('computes a pool in the ALU, whose lanes multiply nothing', () => {
    const { axes, multipliers, cell, blocks } = view('dpu-b4096', 'pool1');
    expect(axes.map(({ name, size }) => [name, size])).toEqual([
      ['ALU_PP', 4],
      ['ICP', 16],
    ]);
    expect([multipliers, cell]).toEqual([0, 'lanes']);
    expect(blocks.map(({ name }) => name)).toContain('ALU');
    expect(blocks.map(({ name }) => name)).not.toContain('Convolution');
  });

  it('merges kernel columns into few input channels', () => {
    const [, icp] = view('dpu-b4096', 'conv1').axes;
    expect(icp).toMatchObject({ count: 9, used: 9, rounds: 1 });
  });

  it('fills the lanes of one row of eight for a dense layer, and says what is lost', () => {
    const { axes, sentence } = view('dpu-b4096', 'fc1');
    expect(axes[0]).toMatchObject({ name: 'PP', used: 1, size: 8 });
    expect(sentence).toContain('Most lanes are lost at PP: output rows fill 1 of 8.');
  });
});

describe('FINN', () => {
  it('has a sliding window and PE lanes of SIMD multipliers for a convolution (BO-22)', () => {
    const { axes, blocks, multipliers, sentence } = view('finn', 'MVAU_hls_0');
    const { pe, simd } = CNV_DEFAULT_FOLDING.conv1!;
    expect(axes.map(({ name, size, rounds }) => [name, size, rounds])).toEqual([
      ['PE', pe, 64 / pe],
      ['SIMD', simd, 27 / simd],
    ]);
    expect(multipliers).toBe(pe * simd);
    expect(blocks.map(({ name }) => name)).toEqual(['Sliding window', 'MVAU']);
    expect(sentence).not.toContain('no sliding window');
  });

  it('has no sliding window for a dense layer (BO-22)', () => {
    const { blocks, sentence, axes } = view('finn', 'MVAU_hls_6');
    expect(blocks.map(({ name }) => name)).toEqual(['MVAU']);
    expect(axes[1]!.count).toBe(256);
    expect(sentence).toContain('It needs no sliding window.');
  });

  it('draws the same hardware for the sliding window as for the unit behind it', () => {
    expect(view('finn', 'ConvolutionInputGenerator_rtl_1')).toEqual(view('finn', 'MVAU_hls_1'));
  });

  it('gives every block its share of the time between two frames: each layer has hardware of its own (BO-06)', () => {
    const report = unwrap(estimate(cnv, 'finn', hardware));
    const slowest = view('finn', report.bottleneckId).blocks;
    expect(Math.max(...slowest.map(({ share }) => share))).toBe(1);
    expect(slowest.every((block) => block.of === 'frame')).toBe(true);
    expect(view('finn', 'MVAU_hls_3').sentence).toContain('hardware of its own');
    expect(view('dpu-b4096', 'conv4').sentence).toContain('One engine computes all 11 rows in turn');
  });

  it('multiplies nothing in a max pool', () => {
    expect(view('finn', 'StreamingMaxPool_hls_0')).toMatchObject({ multipliers: 0, cell: 'lanes' });
  });

  it('needs as many cycles as its folds say', () => {
    const report = unwrap(estimate(cnv, 'finn', hardware));
    for (const row of report.rows.filter(({ engine }) => engine.startsWith('MVAU'))) {
      const { axes, busyShare } = view('finn', row.id);
      const folds = axes.reduce((product, { rounds }) => product * rounds, 1);
      expect(row.cycles % folds, row.id).toBe(0);
      expect(busyShare, row.id).toBe(1);
    }
  });
});

describe('the Liu engine', () => {
  const map = { height: 56, width: 56, channels: 96 };
  const work = (kind: Work['kind'], kernel: number): Work => ({
    kind,
    ifm: map,
    ofm: map,
    kernelSize: [kernel, kernel],
    pads: [1, 1, 1, 1],
    repeats: 1,
  });

  it('keeps 2,304, 2,304 and 864 of its 2,304 multipliers active (LI-05)', () => {
    const axes = [work('standard', 3), work('pointwise', 1), work('depthwise', 3)].map((one) =>
      liuAxes(one, LIU_DEFAULTS),
    );
    expect(axes.map(activeCells)).toEqual([2304, 2304, 864]);
    expect(axes.map(builtCells)).toEqual([2304, 2304, 2304]);
    expect(axes.map((one) => one.map(({ name }) => name).join(' '))).toEqual([
      'PK PC PF',
      'PV PC PF',
      'PK PC PD',
    ]);
  });

  it('covers a 5x5 kernel with windows of 9, 6, 6 and 4 taps', () => {
    const [pk] = liuAxes(work('standard', 5), LIU_DEFAULTS);
    expect(pk).toMatchObject({ rounds: 4, active: 9, used: 4, count: 25, spread: '9, 6, 6, 4' });
  });

  it('tells the bytes that go in and out, and the mode of its adder trees (LI-04)', () => {
    const network = build('mobilenet-v2', 1000);
    const report = unwrap(estimate(network, 'liu', hardware));
    for (const kind of ['standard', 'pointwise', 'depthwise'] as const) {
      const row = report.rows.find(({ engine }) => engine === kind)!;
      const { blocks, title } = view('liu', row.id, network);
      expect(title).toContain(kind);
      expect(blocks.find(({ name }) => name === 'Adder trees')!.detail).toContain(`${kind} mode`);
      const weights = blocks.find(({ name }) => name === 'Weight load')!;
      expect(weights.detail).toMatch(/ (k|M)?B in [\d,]+ cycles/);
      const cycles = row.terms.find(({ name }) => name === 'weight load')!.cycles;
      expect(weights.share).toBeCloseTo(cycles / row.cycles, 12);
    }
  });

  it('uses no more of the multipliers on average than in a full round', () => {
    const network = build('mobilenet-v2', 1000);
    const report = unwrap(estimate(network, 'liu', hardware));
    for (const row of report.rows) {
      const { busyShare, activeCells: active, multipliers, axes } = view('liu', row.id, network);
      expect(busyShare, row.id).toBeLessThanOrEqual(active / multipliers + 1e-12);
      expect(builtCells(axes), row.id).toBe(2304);
    }
  });
});

describe('other rows', () => {
  it('of a processor have shares of computing, memory and calls, and no lanes', () => {
    const report = unwrap(estimate(cnv, 'tegra-x2-gpu', hardware));
    const row = report.rows[0]!;
    const { axes, blocks, multipliers } = view('tegra-x2-gpu', row.id);
    expect([axes.length, multipliers]).toEqual([0, 0]);
    const share = (name: string) => blocks.find((block) => block.name === name)?.share ?? 0;
    expect(Math.max(share('Compute'), share('Memory')) + share('Calls')).toBeCloseTo(1, 12);
  });

  it('can all be drawn, of every family and of a network with branches', () => {
    for (const network of [cnv, build('mobilenet-v2', 1000)]) {
      for (const targetId of ['dpu-b512', 'finn', 'liu', 'tegra-x2-cpu']) {
        const report = unwrap(estimate(network, targetId, { ...hardware, foldings: {} }));
        for (const { id } of report.rows) {
          const drawn = view(targetId, id, network, { ...hardware, foldings: {} });
          expect(drawn.sentence.endsWith('.'), `${targetId} ${id}: ${drawn.sentence}`).toBe(true);
          expect(drawn.busyShare, `${targetId} ${id}`).toBeLessThanOrEqual(1);
          for (const { share } of drawn.blocks) expect(share >= 0 && share <= 1, id).toBe(true);
        }
      }
    }
  });

  it('that do not exist are told', () => {
    const report = unwrap(estimate(cnv, 'finn', hardware));
    const missing = engineView({ report, rowId: 'conv99', network: cnv, hardware });
    expect(missing).toMatchObject({ ok: false, error: { code: 'no-row' } });
  });
});
