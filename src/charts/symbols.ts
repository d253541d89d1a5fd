import {
  type SymbolType,
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond2,
  symbolSquare,
  symbolStar,
  symbolTriangle,
} from 'd3';
import type { Bound } from '../core/hardware/report.ts';
import type { LabelWish } from './dodge.ts';

/** About the area of the other charts' dots, so that no shape looks heavier than another. */
const AREA = 62;

const shape = (type: SymbolType, area = AREA): string => symbol(type, area)() ?? '';

/** d3 knows no triangle that points down. */
const POINTING_DOWN = 'M0,6.4L-5.5,-3.4H5.5Z';

/** A symbol a bound, so that a point tells its bound without its color. */
export const BOUND_SYMBOLS: Readonly<Record<Bound, string>> = {
  compute: shape(symbolCircle),
  alu: shape(symbolTriangle, 54),
  load: shape(symbolSquare, 54),
  memory: shape(symbolDiamond2, 60),
  store: POINTING_DOWN,
  stream: shape(symbolCross, 54),
  overhead: shape(symbolStar, 54),
};

/** Symbols for series, in order of use. */
export const SERIES_SYMBOLS: readonly string[] = [
  BOUND_SYMBOLS.compute,
  BOUND_SYMBOLS.load,
  BOUND_SYMBOLS.alu,
  BOUND_SYMBOLS.memory,
  POINTING_DOWN,
  BOUND_SYMBOLS.stream,
];

/** An upright cross: a value that is not there. */
export const CROSS = 'M-4,-4L4,4M-4,4L4,-4';

/** The places for a label around a symbol, best first. */
export function placesAround(x: number, y: number, width: number, far = 9): LabelWish['candidates'] {
  const size = { width, height: 14 };
  const [after, before, middle] = [x + far, x - far - width, x - width / 2];
  return [
    { ...size, x: after, y: y - 7 },
    { ...size, x: after, y: y - 17 },
    { ...size, x: middle, y: y - far - 14 },
    { ...size, x: before, y: y - 7 },
    { ...size, x: before, y: y - 17 },
    { ...size, x: after, y: y + 3 },
    { ...size, x: middle, y: y + far },
    { ...size, x: before, y: y + 3 },
  ];
}
