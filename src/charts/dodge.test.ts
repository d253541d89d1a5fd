import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assignRows, inside, overlaps, placeLabels, spread } from './dodge.ts';

const bounds = { x: 0, y: 0, width: 200, height: 100 };
const box = fc.record({
  x: fc.integer({ min: -20, max: 200 }),
  y: fc.integer({ min: -20, max: 100 }),
  width: fc.integer({ min: 1, max: 60 }),
  height: fc.constant(14),
});

it('places no label over another or outside the bounds', () => {
  fc.assert(
    fc.property(fc.array(fc.array(box, { minLength: 1, maxLength: 4 }), { maxLength: 12 }), (all) => {
      const wishes = all.map((candidates, i) => ({ key: String(i), candidates, must: i % 3 === 0 }));
      const placed = [...placeLabels(wishes, [], bounds).values()];
      for (const [i, a] of placed.entries()) {
        expect(inside(a, bounds)).toBe(true);
        for (const b of placed.slice(i + 1)) expect(overlaps(a, b)).toBe(false);
      }
    }),
  );
});

it('covers an obstacle only with a label that must be seen', () => {
  const candidates = [{ x: 10, y: 10, width: 20, height: 14 }];
  const place = (must: boolean) => placeLabels([{ key: 'a', candidates, must }], candidates, bounds).size;
  expect([place(true), place(false)]).toEqual([1, 0]);
});

it('spreads positions by the gap, keeps their order and stays in range', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -50, max: 150 }), { minLength: 1, maxLength: 8 }), (wanted) => {
      const at = spread(wanted, 10, 0, 100);
      const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]! || a - b);
      order.slice(1).forEach((i, n) => {
        expect(at[i]! - at[order[n]!]!).toBeGreaterThanOrEqual(10 - 1e-9);
      });
      for (const y of at) expect(y >= -1e-9 && y <= 100 + 1e-9).toBe(true);
    }),
  );
});

it('leaves a label out when no row has room for it', () => {
  const spans = [0, 5, 10, 40].map((from) => ({ from, to: from + 20 }));
  expect(assignRows(spans, 2)).toEqual([0, 1, null, 0]);
});
