import fc from 'fast-check';
import { expect, test } from 'vitest';
import { streamWindows } from './padding.ts';

const mapOf = (height: number, width: number): number[][] =>
  Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (_, column) => 1 + row * width + column),
  );

function reference(map: readonly (readonly number[])[], row: number, column: number): readonly number[] {
  const steps = [-1, 0, 1];
  return steps.flatMap((dy) => steps.map((dx) => map[row + dy]?.[column + dx] ?? 0));
}

test('both schemes give every window of the zero-padded map once (LI-11) (LI-12)', () => {
  const extent = fc.integer({ min: 1, max: 12 });
  fc.assert(
    fc.property(extent, extent, fc.constantFrom('direct', 'operation-separate'), (height, width, scheme) => {
      const map = mapOf(height, width);
      const given = streamWindows(map, scheme).filter(({ center }) => center !== null);
      expect(given.map(({ center }) => center)).toEqual(
        map.flatMap((values, row) => values.map((_, column) => [row, column])),
      );
      for (const { window, center } of given) expect(window).toEqual(reference(map, ...center!));
    }),
  );
});

test('direct padding of a 7x7 map streams 81 cycles, 32 of them without a window (LI-11)', () => {
  const cycles = streamWindows(mapOf(7, 7), 'direct');
  expect(cycles.length).toBe(81);
  expect(cycles.filter(({ window }) => window === null).length).toBe(32);
});

test('padding by parts gives a window every cycle once the first is there (LI-12)', () => {
  const cycles = streamWindows(mapOf(7, 7), 'operation-separate');
  expect(cycles.length).toBe(8 * 7 + 1);
  expect(cycles.findIndex(({ window }) => window !== null)).toBe(8);
  expect(cycles.slice(8).every(({ window }) => window !== null)).toBe(true);
});
