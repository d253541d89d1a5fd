import type { DpuOp } from '../../ops.ts';
import { image, OpTable } from './opTable.ts';

/** Simonyan and Zisserman 2014, configuration D. */
export function vgg16(extent = 224): readonly DpuOp[] {
  const t = new OpTable(image(extent));
  for (const [convolutions, filters] of [
    [2, 64],
    [2, 128],
    [3, 256],
    [3, 512],
    [3, 512],
  ] as const) {
    for (let i = 0; i < convolutions; i++) t.conv(filters, 3, { padding: 1 });
    t.maxPool(2, { stride: 2, padding: 0 });
  }
  for (const units of [4096, 4096, 1000]) t.dense(units);
  return t.ops;
}

/** [1x1, 3x3 reduced, 3x3, 5x5 reduced, 5x5, behind the pool] of each module. */
const INCEPTION_V1: Readonly<Record<string, readonly [number, number, number, number, number, number]>> = {
  '3a': [64, 96, 128, 16, 32, 32],
  '3b': [128, 128, 192, 32, 96, 64],
  '4a': [192, 96, 208, 16, 48, 64],
  '4b': [160, 112, 224, 24, 64, 64],
  '4c': [128, 128, 256, 24, 64, 64],
  '4d': [112, 144, 288, 32, 64, 64],
  '4e': [256, 160, 320, 32, 128, 128],
  '5a': [256, 160, 320, 32, 128, 128],
  '5b': [384, 192, 384, 48, 128, 128],
};

/** Szegedy et al. 2014. TF-slim has 3x3 kernels where the paper has 5x5, and a 2x2 last pool. */
export function inceptionV1(largeKernel: 3 | 5 = 3, extent = 224): readonly DpuOp[] {
  const t = new OpTable(image(extent));
  t.conv(64, 7, { stride: 2, padding: 3 });
  t.maxPool(3, { stride: 2 });
  t.conv(64, 1);
  t.conv(192, 3, { padding: 1 });
  t.maxPool(3, { stride: 2 });
  for (const [name, [plain, reduce3, filters3, reduce5, filters5, pooled]] of Object.entries(INCEPTION_V1)) {
    if (name === '4a') t.maxPool(3, { stride: 2 });
    if (name === '5a') t.maxPool(largeKernel === 5 ? 3 : 2, { stride: 2 });
    const from = t.last;
    const a = t.conv(plain, 1, { from });
    t.conv(reduce3, 1, { from });
    const b = t.conv(filters3, 3);
    t.conv(reduce5, 1, { from });
    const c = t.conv(filters5, largeKernel);
    t.maxPool(3, { padding: 1, whole: Math.floor, from });
    const d = t.conv(pooled, 1);
    t.concat(a, b, c, d);
  }
  t.globalAverage();
  t.dense(1000);
  return t.ops;
}

/** Iandola et al. 2016, version 1.1. */
export function squeezeNet(extent = 224): readonly DpuOp[] {
  const t = new OpTable(image(extent));
  t.conv(64, 3, { stride: 2, padding: 'valid' });
  t.maxPool(3, { stride: 2, padding: 0 });
  [16, 16, 32, 32, 48, 48, 64, 64].forEach((squeezed, i) => {
    const from = t.conv(squeezed, 1);
    const a = t.conv(4 * squeezed, 1, { from });
    const b = t.conv(4 * squeezed, 3, { from });
    t.concat(a, b);
    if (i === 1 || i === 3) t.maxPool(3, { stride: 2, padding: 0 });
  });
  t.conv(1000, 1);
  t.globalAverage();
  return t.ops;
}
