import type { DpuOp } from '../../ops.ts';
import { image, OpTable, roundChannels } from './opTable.ts';

/** Howard et al. 2017; TensorFlow's has 1001 classes. */
export function mobileNetV1(alpha = 1, extent = 224, classes = 1001): readonly DpuOp[] {
  const width = (channels: number) => Math.max(8, Math.floor(channels * alpha));
  const t = new OpTable(image(extent));
  t.conv(width(32), 3, { stride: 2 });
  const blocks = [
    [64, 1],
    [128, 2],
    [128, 1],
    [256, 2],
    [256, 1],
    [512, 2],
    ...Array.from({ length: 5 }, () => [512, 1] as const),
    [1024, 2],
    [1024, 1],
  ] as const;
  for (const [filters, stride] of blocks) {
    t.depthwise(3, { stride });
    t.conv(width(filters), 1);
  }
  t.globalAverage();
  t.dense(classes);
  return t.ops;
}

/** Sandler et al. 2018; TensorFlow's has 1001 classes. */
export function mobileNetV2(alpha = 1, extent = 224, classes = 1001): readonly DpuOp[] {
  const t = new OpTable(image(extent));
  t.conv(roundChannels(32 * alpha), 3, { stride: 2 });
  for (const [expand, filters, units, firstStride] of [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ] as const) {
    for (let unit = 0; unit < units; unit++) {
      invertedResidual(t, expand, 3, roundChannels(filters * alpha), unit === 0 ? firstStride : 1);
    }
  }
  t.conv(Math.max(1280, roundChannels(1280 * alpha)), 1);
  t.globalAverage();
  t.dense(classes);
  return t.ops;
}

function invertedResidual(t: OpTable, expand: number, kernel: number, filters: number, stride: number): void {
  const [entry, inputs] = [t.last, t.channels];
  if (expand > 1) t.conv(expand * inputs, 1);
  t.depthwise(kernel, { stride });
  const projected = t.conv(filters, 1);
  if (stride === 1 && filters === inputs) t.add(projected, entry);
}

/** [fused, units, kernel, stride, expansion, filters] of each stage (tensorflow/tpu, efficientnet/edgetpu). */
const EDGE_STAGES = [
  [true, 1, 3, 1, 4, 24],
  [true, 2, 3, 2, 8, 32],
  [true, 4, 3, 2, 8, 48],
  [false, 5, 5, 2, 8, 96],
  [false, 4, 5, 1, 8, 144],
  [false, 2, 5, 2, 8, 192],
] as const;

/**
 * EfficientNet-EdgeTPU: early stages expand with a full 3x3 convolution instead of 1x1 and depthwise. Their 1x1
 * projection strides in TensorFlow; `stridesAt: 'expansion'` computes only the pixels it reads, which gives the
 * same result. Vitis AI seems to do so from 2.0 on: there S, M and L got 16, 12 and 14 % faster than in 1.4
 * (this model: 14, 11 and 11 %) while ResNet-50 stayed as it was. No document says so.
 */
export function efficientNetEdge(
  width: number,
  depth: number,
  extent: number,
  stridesAt: 'projection' | 'expansion' = 'expansion',
): readonly DpuOp[] {
  const t = new OpTable(image(extent));
  t.conv(roundChannels(32 * width), 3, { stride: 2 });
  EDGE_STAGES.forEach(([fused, units, kernel, firstStride, expand, wanted], stage) => {
    const filters = roundChannels(wanted * width);
    for (let unit = 0; unit < Math.ceil(units * depth - 1e-9); unit++) {
      const stride = unit === 0 ? firstStride : 1;
      if (!fused) {
        invertedResidual(t, expand, kernel, filters, stride);
        continue;
      }
      const [entry, inputs] = [t.last, t.channels];
      const early = stridesAt === 'expansion' ? stride : 1;
      // The first stage expands from its own width, and has no shortcut.
      t.conv(expand * (stage === 0 ? filters : inputs), kernel, { stride: early });
      const projected = t.conv(filters, 1, { stride: stride / early });
      if (stage > 0 && stride === 1 && filters === inputs) t.add(projected, entry);
    }
  });
  t.conv(roundChannels(1280 * width), 1);
  t.globalAverage();
  t.dense(1001);
  return t.ops;
}
