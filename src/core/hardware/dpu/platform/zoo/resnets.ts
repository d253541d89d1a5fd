import type { DpuOp } from '../../ops.ts';
import { image, OpTable } from './opTable.ts';

/**
 * Where a stage of a bottleneck ResNet halves the map. `first`: 1x1 of the first unit (He 2015 in Caffe, Keras);
 * `middle`: 3x3 of the first unit (torchvision, MLPerf); `last`: 3x3 of the last unit (TF-slim v1).
 */
export type ResnetStyle = 'first' | 'middle' | 'last';

const UNITS = { 50: [3, 4, 6, 3], 101: [3, 4, 23, 3], 152: [3, 8, 36, 3] } as const;

/** He et al. 2015 with bottleneck units. */
export function bottleneckResnet(
  depth: keyof typeof UNITS,
  style: ResnetStyle,
  extent = 224,
): readonly DpuOp[] {
  const t = new OpTable(image(extent));
  t.conv(64, 7, { stride: 2, padding: 3 });
  const pool = { first: 0, middle: 1, last: 'same' } as const;
  let trunk = t.maxPool(3, {
    stride: 2,
    padding: pool[style],
    whole: style === 'first' ? Math.ceil : Math.floor,
  });
  UNITS[depth].forEach((units, stage) => {
    const width = 64 * 2 ** stage;
    for (let unit = 0; unit < units; unit++) {
      const halves = style === 'last' ? unit === units - 1 && stage < 3 : unit === 0 && stage > 0;
      const stride = halves ? 2 : 1;
      const shortcut =
        t.mapOf(trunk).channels !== 4 * width
          ? t.conv(4 * width, 1, { stride, padding: 0, from: trunk })
          : stride === 2
            ? t.maxPool(1, { stride, padding: 0, from: trunk })
            : trunk;
      t.conv(width, 1, { stride: style === 'first' ? stride : 1, padding: 0, from: trunk });
      t.conv(width, 3, { stride: style === 'first' ? 1 : stride, padding: 1 });
      const branch = t.conv(4 * width, 1, { padding: 0 });
      trunk = t.add(branch, shortcut);
    }
  });
  t.globalAverage();
  t.dense(1000);
  return t.ops;
}

/** He et al. 2015 with two 3x3 convolutions a unit. */
export function resnet18(extent = 224): readonly DpuOp[] {
  const t = new OpTable(image(extent));
  t.conv(64, 7, { stride: 2, padding: 3 });
  let trunk = t.maxPool(3, { stride: 2, padding: 1, whole: Math.floor });
  [64, 128, 256, 512].forEach((width, stage) => {
    for (let unit = 0; unit < 2; unit++) {
      const stride = unit === 0 && stage > 0 ? 2 : 1;
      const shortcut = stride === 2 ? t.conv(width, 1, { stride, padding: 0, from: trunk }) : trunk;
      t.conv(width, 3, { stride, padding: 1, from: trunk });
      const branch = t.conv(width, 3, { padding: 1 });
      trunk = t.add(branch, shortcut);
    }
  });
  t.globalAverage();
  t.dense(1000);
  return t.ops;
}

/** Liu et al. 2017 (SphereFace-20): the zoo's ResNet20-face, 112x96. */
export function faceResnet20(): readonly DpuOp[] {
  const t = new OpTable(image(112, 96));
  [1, 2, 4, 1].forEach((units, stage) => {
    const width = 64 * 2 ** stage;
    let trunk = t.conv(width, 3, { stride: 2, padding: 1 });
    for (let unit = 0; unit < units; unit++) {
      t.conv(width, 3, { padding: 1 });
      trunk = t.add(t.conv(width, 3, { padding: 1 }), trunk);
    }
  });
  t.dense(512);
  return t.ops;
}
