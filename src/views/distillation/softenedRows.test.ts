import { expect, test } from 'vitest';
import type { Prediction } from '../../workers/protocol.ts';
import { mostTelling, softenedRows } from './softenedRows.ts';

/** Predictions of two images of three classes. */
const said = (...rows: readonly (readonly number[])[]): Prediction =>
  ({
    probabilities: Float32Array.from(rows.flat()),
    labels: Uint8Array.of(0, 1),
    classCount: 3,
    indices: Uint32Array.of(7, 9),
  }) as unknown as Prediction;

test('at T = 1 an image has what the teacher says, and at T = 2 the square roots in proportion', () => {
  const { rows, spreadPlain, spreadSoftened } = softenedRows([said([1, 0, 0], [0.04, 0.64, 0.32])], 1, 2);
  expect(rows.map(({ label }) => label)).toEqual([1, 2, 0]);
  expect(rows[0]!.plain).toBeCloseTo(0.64, 6);
  const roots = [0.2, 0.8, Math.sqrt(0.32)];
  expect(rows[0]!.softened).toBeCloseTo(0.8 / roots.reduce((a, b) => a + b), 6);
  expect(spreadSoftened).toBeGreaterThan(spreadPlain);
  expect(spreadSoftened).toBeLessThan(3);
});

test('two teachers are averaged after they were softened (VT-54)', () => {
  const [first, second] = [said([0.9, 0.1, 0], [0, 1, 0]), said([0.1, 0.9, 0], [0, 1, 0])];
  const { rows } = softenedRows([first, second], 0, 4);
  for (const { label, plain, softened } of rows) {
    expect(plain).toBeCloseTo(label === 2 ? 0 : 0.5, 6);
    expect(softened).toBeCloseTo(label === 2 ? 0 : 0.5, 6);
  }
});

test('the first image shown is the most uncertain one that the teachers have right', () => {
  expect(mostTelling([said([0.5, 0.3, 0.2], [0, 1, 0])])).toBe(0);
  expect(mostTelling([said([1, 0, 0], [0.3, 0.4, 0.3])])).toBe(1);
  expect(mostTelling([said([0.3, 0.4, 0.3], [0, 1, 0])])).toBe(1);
});
