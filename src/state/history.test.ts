import { expect, test } from 'vitest';
import { beginHistory, record, redo, settle, undo } from './history.ts';

test('undo goes back one change, redo forward again', () => {
  const changed = record(record(beginHistory(1), 2), 3);
  expect(undo(changed).present).toBe(2);
  expect(redo(undo(changed)).present).toBe(3);
  expect(undo(undo(undo(changed))).present).toBe(1);
});

test('one drag is one step back', () => {
  let history = beginHistory(0);
  for (const value of [1, 2, 3]) history = record(history, value, 'threshold conv1');
  history = settle(history);
  history = record(history, 4, 'threshold conv1');
  expect(undo(history).present).toBe(3);
  expect(undo(undo(history)).present).toBe(0);
});

test('a new change forgets what was undone', () => {
  const history = record(undo(record(beginHistory(1), 2)), 5);
  expect(redo(history).present).toBe(5);
});
