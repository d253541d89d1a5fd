import type { ScaleLinear } from 'd3';
import { type Box, type LabelWish, placeLabels } from './dodge.ts';
import { formatAccuracy, formatSparsity, formatWatts, pointAt, pointsOf } from './sparsityModel.ts';
import { placesAround } from './symbols.ts';
import { textWidth } from './text.ts';
import type { SparsityData, SparsityPoint } from './types.ts';

export type Scale = ScaleLinear<number, number>;

/** One of the two lines. The shape of its mark tells it apart without its color, as its dashes do. */
export interface Curve {
  readonly key: 'power' | 'accuracy';
  readonly name: string;
  readonly mark: string;
  value(point: SparsityPoint): number;
  format(value: number): string;
}

export const CURVES: readonly Curve[] = [
  {
    key: 'power',
    name: 'power',
    mark: 'M-4.5,0a4.5,4.5 0 1 0 9,0a4.5,4.5 0 1 0 -9,0',
    value: (point) => point.powerWatts,
    format: formatWatts,
  },
  {
    key: 'accuracy',
    name: 'Top-1 accuracy',
    mark: 'M-4,-4H4V4H-4Z',
    value: (point) => point.accuracyPercent,
    format: formatAccuracy,
  },
];

/** Clear room on both sides of a line's name, so that it does not read on from the value beside it. */
const NAME_GAP = 6;

export interface SparsityLabel {
  readonly key: string;
  readonly text: string;
  readonly className: string;
  /** Left end of the baseline in pixels. */
  readonly x: number;
  readonly y: number;
}

export interface LabelRoom {
  readonly x: Scale;
  readonly y: Readonly<Record<Curve['key'], Scale>>;
  /** The plot, where names and values go. */
  readonly bounds: Box;
  /** The drawing's right end in pixels. */
  readonly width: number;
}

const square = (x: number, y: number, size: number): Box => ({
  x: x - size / 2,
  y: y - size / 2,
  width: size,
  height: size,
});

/** What no label should cover: both lines, and the marks and the line of the chosen sparsity. */
function obstaclesOf(data: SparsityData, chosen: SparsityPoint | null, { x, y, bounds }: LabelRoom): Box[] {
  const [left = 0, right = 0] = x.range();
  const boxes: Box[] = [];
  for (const curve of CURVES) {
    const at = (point: SparsityPoint) => y[curve.key](curve.value(point));
    for (let px = left; px <= right; px += 6) {
      const point = pointAt(data, x.invert(px));
      if (point) boxes.push(square(px, at(point), 4));
    }
    if (chosen) boxes.push(square(x(chosen.sparsity), at(chosen), 12));
  }
  if (chosen) boxes.push({ x: x(chosen.sparsity) - 1, y: bounds.y, width: 2, height: bounds.height });
  return boxes;
}

/** Around the mark, then farther over and under it where a line runs through the near places. */
function placesOfValue(px: number, py: number, width: number): readonly Box[] {
  const size = { width, height: 14 };
  const farther = [-24, -31, 10, 17].flatMap((dy) =>
    [px + 8, px - 8 - width].map((left) => ({ ...size, x: left, y: py + dy })),
  );
  return [...placesAround(px, py, width), ...farther];
}

/** Over and under the line, from its right end to its left; farther away only where nothing nearer is free. */
function placesOfName(curve: Curve, data: SparsityData, { x, y }: LabelRoom): Box[] {
  const size = { width: textWidth(curve.name, true) + 2 * NAME_GAP, height: 14 };
  const [left = 0, right = 0] = x.range();
  const ways = Math.max(0, right - left - 6 - size.width);
  const along = [1, 0.8, 0.6, 0.4, 0.2, 0].flatMap((part) => {
    const px = left + 3 + part * ways;
    const near = pointAt(data, x.invert(px + size.width / 2));
    return near ? [{ px, py: y[curve.key](curve.value(near)) }] : [];
  });
  return [[-20, 8], [-28], [16]].flatMap((offsets) =>
    along.flatMap(({ px, py }) => offsets.map((dy) => ({ ...size, x: px, y: py + dy }))),
  );
}

/** The names of the lines, and the chosen sparsity with its two values. */
export function labelsOf(data: SparsityData, chosen: SparsityPoint | null, room: LabelRoom): SparsityLabel[] {
  if (pointsOf(data).length === 0) return [];
  const { x, y, bounds } = room;
  const texts = new Map<string, { text: string; className: string; inset: number }>();
  const wishes: LabelWish[] = [];
  for (const curve of CURVES) {
    if (!chosen) break;
    const text = curve.format(curve.value(chosen));
    const key = `value-${curve.key}`;
    texts.set(key, { text, className: `label-${curve.key}`, inset: 0 });
    const py = y[curve.key](curve.value(chosen));
    const candidates = placesOfValue(x(chosen.sparsity), py, textWidth(text, true));
    wishes.push({ key, must: true, candidates });
  }
  for (const curve of CURVES) {
    texts.set(curve.key, { text: curve.name, className: `label-${curve.key}`, inset: NAME_GAP });
    wishes.push({ key: curve.key, must: true, candidates: placesOfName(curve, data, room) });
  }
  const placed = placeLabels(wishes, obstaclesOf(data, chosen, room), bounds);
  const labels = [...placed].map(([key, box]): SparsityLabel => {
    const { text = '', className = '', inset = 0 } = texts.get(key) ?? {};
    return { key, text, className, x: box.x + inset, y: box.y + 11 };
  });
  if (!chosen) return labels;
  const text = formatSparsity(chosen.sparsity);
  const width = textWidth(text, true);
  const left = Math.min(x(chosen.sparsity) - width / 2, room.width - 2 - width);
  return [...labels, { key: 'chosen', text, className: '', x: left, y: bounds.y + bounds.height + 17 }];
}
