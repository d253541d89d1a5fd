import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dominates, hypervolume, paretoFront } from './pareto.ts';

const OBJECTIVES = [
  { name: 'accuracy', better: 'higher' },
  { name: 'latency', better: 'lower' },
] as const;

const points = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 })), {
  maxLength: 30,
});
const front = (all: readonly (readonly [number, number])[]) => paretoFront(all, (point) => point, OBJECTIVES);

test('no point of the front is dominated, every other point is, by one of the front', () => {
  fc.assert(
    fc.property(points, (all) => {
      const best = front(all);
      for (const point of all) {
        const beaten = best.some((other) => dominates(other, point, OBJECTIVES));
        expect(beaten).toBe(!best.includes(point));
      }
    }),
  );
});

test('a dominated point changes nothing', () => {
  fc.assert(
    fc.property(points, (all) => {
      fc.pre(all.length > 0);
      const [accuracy, latency] = all[0]!;
      expect(front([...all, [accuracy - 1, latency + 1]])).toEqual(front(all));
    }),
  );
});

test('the hypervolume of two steps is the area under them', () => {
  expect(
    hypervolume(
      [
        [2, 5],
        [4, 8],
      ],
      [0, 10],
      OBJECTIVES,
    ),
  ).toBe(2 * 5 + 2 * 2);
});

test('equal points do not push each other out', () => {
  const twins = [
    [3, 5],
    [3, 5],
    [2, 6],
  ] as const;
  expect(front(twins)).toEqual(twins.slice(0, 2));
});

test('a point whose values are not known is on no front and pushes nobody out', () => {
  expect(
    front([
      [Number.NaN, 1],
      [3, 5],
    ] as const),
  ).toEqual([[3, 5]]);
});

test('domination is never mutual, and passes on', () => {
  const point = fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 }));
  fc.assert(
    fc.property(point, point, point, (a, b, c) => {
      if (!dominates(a, b, OBJECTIVES)) return;
      expect(dominates(b, a, OBJECTIVES)).toBe(false);
      if (dominates(b, c, OBJECTIVES)) expect(dominates(a, c, OBJECTIVES)).toBe(true);
    }),
  );
});

test('hypervolume counts the cells that some point dominates', () => {
  fc.assert(
    fc.property(points, (all) => {
      let cells = 0;
      for (let accuracy = 1; accuracy <= 20; accuracy++)
        for (let latency = 0; latency < 20; latency++)
          if (all.some(([a, l]) => a >= accuracy && l <= latency)) cells++;
      expect(hypervolume(all, [0, 20], OBJECTIVES)).toBe(cells);
    }),
    { numRuns: 40 },
  );
});
