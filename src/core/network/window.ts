import { fail, ok, type Result } from '../result.ts';
import type { FeatureMap, Layer, Padding, Pair } from './network.ts';
import type { LayerGeometry } from './shapes.ts';

/** The largest extent of a feature map that is still taken for a network and not for a broken file. */
const LARGEST_EXTENT = 1 << 20;

/** A whole number of at least 1 that a network's extents can be. */
export const positive = (value: number) => Number.isInteger(value) && value > 0 && value <= LARGEST_EXTENT;

/** "224x224x3" */
export const describeMap = (map: FeatureMap): string => `${map.height}x${map.width}x${map.channels}`;

interface Window {
  readonly kernelSize: Pair;
  readonly strides: Pair;
  readonly dilationRate: Pair;
  readonly padding: Padding;
}

/**
 * Output extent and padding of one axis. `same`: ceil(input / stride), the odd pixel of padding goes to the
 * end, as in TensorFlow.
 */
function slide(input: number, kernel: number, stride: number, padding: 'same' | 'valid' | Pair) {
  if (padding === 'same') {
    const output = Math.ceil(input / stride);
    const total = Math.max(0, (output - 1) * stride + kernel - input);
    return { output, before: Math.floor(total / 2), after: total - Math.floor(total / 2) };
  }
  const [before, after] = padding === 'valid' ? [0, 0] : padding;
  return { output: Math.floor((input + before + after - kernel) / stride) + 1, before, after };
}

/**
 * The output of a window that slides over a map, and its padding counted out. Fails where an attribute is no number
 * of pixels or the window does not fit.
 */
export function slideWindow(
  layer: Layer,
  ifm: FeatureMap,
  window: Window,
  channels: number,
): Result<{ ofm: FeatureMap; pads: LayerGeometry['pads'] }> {
  const { kernelSize, strides, dilationRate, padding } = window;
  const numbers = [...kernelSize, ...strides, ...dilationRate];
  if (!numbers.every(positive)) {
    return fail(
      'layer-attribute',
      `Layer ${layer.id} has kernel ${kernelSize.join('x')}, stride ${strides.join('x')} and dilation ${dilationRate.join('x')}; each must be a whole number of at least 1.`,
      layer.id,
    );
  }
  if (Array.isArray(padding) && !padding.every((p) => Number.isInteger(p) && p >= 0 && p <= LARGEST_EXTENT)) {
    return fail(
      'layer-attribute',
      `Layer ${layer.id} has padding ${padding.join(', ')}; use whole numbers from 0.`,
      layer.id,
    );
  }
  const explicit = typeof padding === 'string' ? null : padding;
  const along = (axis: 0 | 1, extent: number) =>
    slide(
      extent,
      (kernelSize[axis] - 1) * dilationRate[axis] + 1,
      strides[axis],
      explicit
        ? [explicit[2 * axis] as number, explicit[2 * axis + 1] as number]
        : (padding as 'same' | 'valid'),
    );
  const rows = along(0, ifm.height);
  const columns = along(1, ifm.width);
  if (rows.output < 1 || columns.output < 1) {
    return fail(
      'window-too-large',
      `Layer ${layer.id} slides a ${kernelSize.join('x')} window over a ${describeMap(ifm)} feature map, which is too small for it; make the kernel smaller or pad the input.`,
      layer.id,
    );
  }
  return ok({
    ofm: { height: rows.output, width: columns.output, channels },
    pads: [rows.before, rows.after, columns.before, columns.after],
  });
}
