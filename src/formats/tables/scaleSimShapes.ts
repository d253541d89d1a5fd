import type { FeatureMap } from '../../core/network/network.ts';
import { describeMap } from '../../core/network/shapes.ts';
import { fitWindow, outputsOf } from './mapFit.ts';
import type { ScaleSimRow } from './scaleSimRows.ts';

/** A row of a dense layer: a filter as large as the map, which is a pixel or a row of one channel. */
export const lengthOf = ({ extents, kernel, channels }: ScaleSimRow): number | null => {
  const whole = extents[0] === kernel[0] && extents[1] === kernel[1];
  const vector = extents[0] === 1 && (extents[1] === 1 || channels === 1);
  return whole && vector ? extents[0] * extents[1] * channels : null;
};

export const sameMap = (a: FeatureMap, b: FeatureMap): boolean => describeMap(a) === describeMap(b);

/** A pixel beside a map of as many channels. */
export const isGate = (gate: FeatureMap, map: FeatureMap): boolean =>
  gate.height * gate.width === 1 && map.height * map.width > 1 && gate.channels === map.channels;

/**
 * The padding of a row whose extents are the map's own: none where the next row reads what is left then, else such that
 * the map keeps its extents.
 */
export function barePadding(row: ScaleSimRow, next: ScaleSimRow | undefined): 'same' | 'valid' {
  const [height, width] = outputsOf(row);
  const exact = next && lengthOf(next) === null && next.extents[0] === height && next.extents[1] === width;
  const whole = row.kernel[0] === row.extents[0] && row.kernel[1] === row.extents[1];
  if (exact || whole || row.kernel[0] * row.kernel[1] === 1) return 'valid';
  const same = {
    height: Math.ceil(row.extents[0] / row.strides[0]),
    width: Math.ceil(row.extents[1] / row.strides[1]),
    channels: 1,
  };
  const isValid =
    next &&
    lengthOf(next) === null &&
    next.channels === row.filters &&
    !fitWindow(same, next, false) &&
    fitWindow({ height, width, channels: 1 }, next, false);
  return isValid ? 'valid' : 'same';
}
