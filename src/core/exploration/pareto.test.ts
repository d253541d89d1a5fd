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
