export interface Objective {
  readonly name: string;
  readonly better: 'higher' | 'lower';
}

/** True where `a` is at least as good as `b` in every objective and better in one. Values in objective order. */
export function dominates(
  a: readonly number[],
  b: readonly number[],
  objectives: readonly Objective[],
): boolean {
  let betterSomewhere = false;
  for (let i = 0; i < objectives.length; i++) {
    const gain =
      ((a[i] ?? Number.NaN) - (b[i] ?? Number.NaN)) * (objectives[i]?.better === 'higher' ? 1 : -1);
    if (!(gain >= 0)) return false;
    if (gain > 0) betterSomewhere = true;
  }
  return betterSomewhere;
}

/**
 * The points no other point dominates, in their given order. Equal points all stay; a point with a value that
 * is not a number is on no front, since nothing can be compared with it.
 */
export function paretoFront<Point>(
  points: readonly Point[],
  valuesOf: (point: Point) => readonly number[],
  objectives: readonly Objective[],
): Point[] {
  const values = points.map(valuesOf);
  return points.filter((_, i) => {
    const own = values[i] ?? [];
    if (objectives.some((_, k) => Number.isNaN(own[k] ?? Number.NaN))) return false;
    return !values.some((other) => dominates(other, own, objectives));
  });
}

/**
 * The area that a two-objective set dominates, bounded by a reference point worse than all of them (Zitzler
 * and Thiele 1998). Points not better than the reference add nothing.
 */
export function hypervolume(
  points: readonly (readonly [number, number])[],
  reference: readonly [number, number],
  objectives: readonly [Objective, Objective],
): number {
  const gain = (value: number, axis: 0 | 1) =>
    (value - reference[axis]) * (objectives[axis].better === 'higher' ? 1 : -1);
  const gains = points
    .map(([x, y]) => [gain(x, 0), gain(y, 1)] as const)
    .filter(([x, y]) => x > 0 && y > 0)
    .sort((a, b) => b[0] - a[0]);
  let area = 0;
  let height = 0;
  for (const [x, y] of gains) {
    if (y <= height) continue;
    area += x * (y - height);
    height = y;
  }
  return area;
}
