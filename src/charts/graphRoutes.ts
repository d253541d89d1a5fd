/** A connection as it is drawn, and where the sign for inserting on it stands. */
export interface Route {
  readonly path: string;
  readonly plus: { readonly x: number; readonly y: number };
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

const CORNER = 6;

/** A path along horizontal and vertical lines with rounded corners. */
function rounded(points: readonly Point[]): string {
  const text = (n: number) => String(Math.round(n * 10) / 10);
  const [first] = points;
  if (!first) return '';
  let path = `M${text(first.x)},${text(first.y)}`;
  for (let i = 1; i < points.length; i++) {
    const [before, at, after] = [points[i - 1], points[i], points[i + 1]];
    if (!before || !at) continue;
    const into = Math.hypot(at.x - before.x, at.y - before.y);
    const onward = after ? Math.hypot(after.x - at.x, after.y - at.y) : 0;
    const radius = Math.min(CORNER, into / 2, onward / 2);
    if (!after || radius < 0.5) {
      path += `L${text(at.x)},${text(at.y)}`;
      continue;
    }
    const start = {
      x: at.x + ((before.x - at.x) / into) * radius,
      y: at.y + ((before.y - at.y) / into) * radius,
    };
    const end = {
      x: at.x + ((after.x - at.x) / onward) * radius,
      y: at.y + ((after.y - at.y) / onward) * radius,
    };
    path += `L${text(start.x)},${text(start.y)}Q${text(at.x)},${text(at.y)} ${text(end.x)},${text(end.y)}`;
  }
  return path;
}

const midway = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** Straight on. */
export const straight = (from: Point, to: Point): Route => ({
  path: rounded([from, to]),
  plus: midway(from, to),
});

/** Out of a lane just behind a layer, and along another lane to the next. */
export function branchOff(from: Point, tap: number, to: Point): Route {
  const corner = { x: tap, y: to.y };
  return { path: rounded([from, { x: tap, y: from.y }, corner, to]), plus: midway(corner, to) };
}

/** Along its own lane up to the join, and into it from above or below. */
export function mergeInto(from: Point, join: Point, radius: number): Route {
  const corner = { x: join.x, y: from.y };
  const end = { x: join.x, y: join.y + (from.y > join.y ? radius : -radius) };
  return { path: rounded([from, corner, end]), plus: midway(from, corner) };
}

/** Out just behind a layer, along a height of its own, and into the join from above or below. */
export function skipOver(from: Point, tap: number, level: number, join: Point, radius: number): Route {
  const start = { x: Math.max(from.x, tap - 2 * CORNER), y: from.y };
  const [rise, fall] = [
    { x: tap, y: level },
    { x: join.x, y: level },
  ];
  const end = { x: join.x, y: join.y + (level > join.y ? radius : -radius) };
  return { path: rounded([start, { x: tap, y: from.y }, rise, fall, end]), plus: midway(rise, fall) };
}
