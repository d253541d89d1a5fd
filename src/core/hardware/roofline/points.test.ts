import { describe, expect, test } from 'vitest';
import { defaultDesign } from '../../exploration/defaultDesign.ts';
import { NetworkBuilder } from '../../network/builder.ts';
import { squeezenetSsd300, vggSsd300 } from '../../network/presets/detection.ts';
import { presetById } from '../../network/presets.ts';
import { unwrap } from '../../result.ts';
import { estimateDpu } from '../dpu/estimate.ts';
import { estimateFinn, type FinnOptions } from '../finn/estimate.ts';
import { LIU_DEFAULTS } from '../liu/engine.ts';
import { estimateLiu } from '../liu/estimate.ts';
import type { HardwareReport } from '../report.ts';
import { ROOFLINE_DEVICES, TEGRA_X2_GPU } from './devices.ts';
import { estimateRoofline } from './estimate.ts';
import { platformOf, platformOfDevice, platformOfLiu } from './platform.ts';
import { attainableOpsPerSecond, rooflineOf } from './points.ts';

const { hardware } = defaultDesign();
const VOC = { height: 300, width: 300, channels: 3 };

const presetNetwork = (id: string) => {
  const preset = presetById(id)!;
  return preset.build(preset.input, preset.classCount);
};

const dpuReport = (id: string, architecture: 'B512' | 'B4096' = 'B4096') =>
  unwrap(estimateDpu(presetNetwork(id), { architecture, clockHertz: 300e6 }));

function finnReport(id: string, options: Partial<FinnOptions> = {}): HardwareReport {
  const bits = { foldings: {}, targetCycles: 20_000, weightBits: 1, activationBits: 1 };
  return unwrap(estimateFinn(presetNetwork(id), { ...bits, ...options, clockHertz: 100e6 }));
}

describe('peaks, bandwidths and ridges', () => {
  test('a B4096 at 300 MHz computes 1.23 TOP/s and its ports move 12.3 GB/s', () => {
    const platform = unwrap(platformOf('dpu-b4096', hardware));
    expect(platform.peakOpsPerSecond).toBe(2 * 8 * 16 * 16 * 300e6);
    expect(platform.bandwidthBytesPerSecond).toBe(41 * 300e6);
  });

  test('a smaller architecture has a lower peak and narrower ports, a slower clock less of both', () => {
    const b512 = unwrap(platformOf('dpu-b512', hardware));
    expect(b512.peakOpsPerSecond).toBe(512 * 300e6);
    expect(b512.bandwidthBytesPerSecond).toBe(20.5 * 300e6);
    const slow = unwrap(platformOf('dpu-b512', { ...hardware, clockHertz: { 'dpu-b512': 150e6 } }));
    expect(slow.peakOpsPerSecond).toBe(512 * 150e6);
    expect(slow.bandwidthBytesPerSecond).toBe(20.5 * 150e6);
  });

  test("source 004's engine moves 48 bytes a cycle through three DMAs of 16, and 16 where nothing overlaps", () => {
    const of = (overlap: 'maps' | 'none') =>
      platformOfLiu({ ...LIU_DEFAULTS, bytesPerCycle: 16, overlap }).bandwidthBytesPerSecond /
      LIU_DEFAULTS.clockHertz;
    expect(of('maps')).toBeCloseTo(48, 9);
    expect(of('none')).toBeCloseTo(16, 9);
  });

  test("the peak of source 004's engine is 691.2 GOPS (LI-34)", () => {
    expect(unwrap(platformOf('liu', { ...hardware, clockHertz: { liu: 150e6 } })).peakOpsPerSecond).toBe(
      691.2e9,
    );
  });

  test('FINN has 64 bits a cycle on the Pynq-Z1, 128 on the ZCU104 and 512 on the U250', () => {
    const of = (boardId: string) =>
      unwrap(platformOf('finn', { ...hardware, boardId })).bandwidthBytesPerSecond / 100e6;
    expect(['pynq-z1', 'zcu104', 'u250'].map(of)).toEqual([8, 16, 64]);
  });

  test('every device of the catalog is a target, and an unknown one is refused', () => {
    for (const device of ROOFLINE_DEVICES)
      expect(unwrap(platformOf(device.id, hardware)).peakOpsPerSecond).toBe(device.peakOpsPerSecond);
    expect(platformOf('abacus', hardware)).toMatchObject({ ok: false, error: { code: 'unknown-target' } });
  });

  test('what is attainable is the lower of peak and intensity times bandwidth (VT-50)', () => {
    const roof = { peakOpsPerSecond: 1000, bandwidthBytesPerSecond: 10 };
    expect([1, 99, 100, 101, Number.POSITIVE_INFINITY].map((x) => attainableOpsPerSecond(roof, x))).toEqual([
      10, 990, 1000, 1000, 1000,
    ]);
  });
});

describe('a point a layer under the roof', () => {
  test('a GPU layer stands at its own operations per byte and per second (VT-50)', () => {
    const report = unwrap(estimateRoofline(vggSsd300(VOC, 21), TEGRA_X2_GPU));
    const { points, ridge } = rooflineOf(report, platformOfDevice(TEGRA_X2_GPU));
    expect(points.length).toBe(report.rows.length);
    expect(ridge).toBeCloseTo(750.08 / 59.7, 2);
    const conv2 = points.find(({ id }) => id === 'conv2')!;
    const ops = 2 * 90_000 * 9 * 64 * 64;
    expect(conv2.opsPerByte).toBeCloseTo(ops / (4 * (2 * 90_000 * 64 + 9 * 64 * 64 + 64)), 6);
    expect(conv2.opsPerSecond).toBeCloseTo(ops / (ops / (0.6015 * 750.08e9) + 161.1e-6), -6);
    expect(conv2.sentence).toMatch(
      /^Compute bound: 144 operations per byte, right of the ridge at 12\.6, at 5\d %/,
    );
  });

  test.each(['cnv', 'vgg-16', 'squeezenet-1.1', 'resnet-50-v1', 'mobilenet-v1', 'mobilenet-v2'])(
    'no layer of %s is above the roof of a DPU',
    (id) => {
      for (const architecture of ['B512', 'B4096'] as const) {
        const report = dpuReport(id, architecture);
        const roofline = rooflineOf(report, unwrap(platformOf(report.targetId, hardware)));
        expect(roofline.points.length).toBe(report.rows.length);
        for (const point of roofline.points)
          expect(point.opsPerSecond, point.id).toBeLessThanOrEqual(
            1.000001 * (point.opsPerByte === 0 ? 0 : attainableOpsPerSecond(roofline, point.opsPerByte)),
          );
      }
    },
  );

  test.each(['mobilenet-v1', 'mobilenet-v2', 'resnet-50-v1'])(
    "no layer of %s is above the roof of source 004's engine",
    (id) => {
      for (const overlap of ['all', 'maps', 'none'] as const) {
        const report = unwrap(estimateLiu(presetNetwork(id), { overlap }));
        const roofline = rooflineOf(report, platformOfLiu({ ...LIU_DEFAULTS, overlap }));
        for (const point of roofline.points.filter(({ macCount }) => macCount > 0))
          expect(point.opsPerSecond, point.id).toBeLessThanOrEqual(
            1.000001 * attainableOpsPerSecond(roofline, point.opsPerByte),
          );
      }
    },
  );

  test('no layer is above the roof of a CPU or GPU', () => {
    for (const device of ROOFLINE_DEVICES) {
      const roofline = rooflineOf(
        unwrap(estimateRoofline(squeezenetSsd300(VOC, 21), device)),
        platformOfDevice(device),
      );
      for (const point of roofline.points.filter(({ macCount }) => macCount > 0))
        expect(point.opsPerSecond).toBeLessThan(attainableOpsPerSecond(roofline, point.opsPerByte));
    }
  });

  test("a dense layer of the DPU is memory bound by its weights' one use, and says so", () => {
    const report = dpuReport('vgg-16');
    const { points } = rooflineOf(report, unwrap(platformOf('dpu-b4096', hardware)));
    const dense = points.find(({ layerIds }) => layerIds.includes('fc1'))!;
    expect(dense.bound).toBe('load');
    expect(dense.opsPerByte).toBeCloseTo(2, 1);
    expect(dense.sentence).toMatch(
      /^Memory bound \(loading\): 2 operations per byte, left of the ridge at 99\.9, at 1 % of the peak; it would take 50 times/,
    );
  });

  test('a layer that multiplies nothing has no place and says why', () => {
    const report = unwrap(estimateRoofline(vggSsd300(VOC, 21), TEGRA_X2_GPU));
    const relu = rooflineOf(report, platformOfDevice(TEGRA_X2_GPU)).points.find(({ id }) => id === 'relu1')!;
    expect(relu.opsPerByte).toBe(0);
    expect(relu.opsPerSecond).toBe(0);
    expect(relu.sentence).toMatch(/^It multiplies nothing and moves 46\.1 MB, so that it has no place/);
  });

  test('a layer whose bytes nobody counted gets no intensity', () => {
    const report = dpuReport('cnv');
    const uncounted = { ...report, rows: report.rows.map(({ trafficBytes: _, ...row }) => row) };
    const { points } = rooflineOf(uncounted, unwrap(platformOf('dpu-b4096', hardware)));
    expect(points[1]!.opsPerByte).toBeNaN();
    expect(points[1]!.sentence).toContain('its bytes are not counted');
  });
});

describe('FINN', () => {
  const platform = unwrap(platformOf('finn', hardware));

  test('only the image and the result cross DRAM: 3,072 bytes and one label of CNV', () => {
    const report = finnReport('cnv');
    const moving = report.rows.filter((row) => row.trafficBytes !== 0);
    expect(moving.map(({ trafficBytes }) => trafficBytes)).toEqual([3072, 1]);
    expect(moving.map(({ id }) => id)).toEqual([report.rows[0]!.id, report.rows.at(-1)!.id]);
  });

  test('a network without a label at its end writes every output in its bits', () => {
    const b = new NetworkBuilder('no label', { height: 8, width: 8, channels: 4 });
    b.convBlock(16, 3);
    const report = unwrap(
      estimateFinn(b.build(), {
        foldings: {},
        targetCycles: 10_000,
        weightBits: 2,
        activationBits: 2,
        clockHertz: 100e6,
      }),
    );
    expect(report.rows.at(-1)!.trafficBytes).toBe((8 * 8 * 16 * 2) / 8);
  });

  test('external weights are streamed once for every output position', () => {
    const external = { memMode: 'external', ramStyle: 'auto', resType: 'auto' } as const;
    const report = finnReport('cnv', { implementations: { conv2: external, fc1: external } });
    const of = (id: string) => report.rows.find((row) => row.layerIds[0] === id && row.macCount > 0)!;
    // Bipolar weights beside binary inputs are counted in xnor mode, in one bit each.
    expect(of('conv2').trafficBytes).toBe(of('conv2').macCount / 8);
    expect(of('fc1').trafficBytes).toBe((256 * 512) / 8);
    expect(of('conv3').trafficBytes).toBe(0);
  });

  test('the peak is that of its units, 2 * PE * SIMD operations a cycle each', () => {
    const foldings = { conv1: { pe: 16, simd: 3 }, conv2: { pe: 32, simd: 32 } };
    const report = finnReport('cnv', { foldings });
    const { points, peakOpsPerSecond } = rooflineOf(report, platform);
    const units = report.rows.filter(({ macCount }) => macCount > 0);
    expect(points.length).toBe(1 + units.length);
    const conv2 = units.find((row) => row.layerIds[0] === 'conv2')!;
    expect((2 * conv2.macCount) / conv2.cycles).toBe(2 * 32 * 32);
    const lanes = units.reduce((sum, row) => sum + row.macCount / row.cycles, 0);
    expect(peakOpsPerSecond).toBeCloseTo(2 * lanes * 100e6, 0);
  });

  test('the whole accelerator is one point, its units are on the chip, and the slowest sets the pace', () => {
    const report = finnReport('cnv');
    const { points } = rooflineOf(report, platform);
    const [whole, ...units] = points;
    expect(whole!.id).toBe('accelerator');
    expect(whole!.macCount).toBe(59_461_376);
    expect(whole!.opsPerByte).toBeCloseTo((2 * 59_461_376) / 3073, 6);
    expect(whole!.opsPerSecond).toBeCloseTo(2 * 59_461_376 * report.throughputFps, 0);
    for (const unit of units) expect(unit.opsPerByte).toBe(Number.POSITIVE_INFINITY);
    for (const unit of units) {
      const row = report.rows.find(({ id }) => id === unit.id)!;
      expect(unit.sentence.includes('would save logic'), unit.id).toBe(
        2 * row.cycles <= report.initiationInterval,
      );
    }
    const rates = units.reduce((sum, { opsPerSecond }) => sum + opsPerSecond, 0);
    expect(rates).toBeCloseTo(whole!.opsPerSecond, 0);
    const pacing = points.find(({ id }) => id === report.bottleneckId);
    if (pacing) expect(pacing.sentence).toContain('it sets the pace');
    expect(whole!.sentence).toMatch(/sets the pace/);
  });

  test('TFC in 64 cycles a frame waits for the 98 its image takes through the DMA', () => {
    const report = finnReport('tfc', { targetCycles: 65 });
    expect(report.initiationInterval).toBe(64);
    const whole = rooflineOf(report, platform).points[0]!;
    expect(whole.bound).toBe('memory');
    expect(whole.sentence).toMatch(/takes 98 cycles, more than .* with 64 cycles a frame/);
  });
});
