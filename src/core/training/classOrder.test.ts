import { expect, test } from 'vitest';
import { unwrap } from '../result.ts';
import { classOrder, inOrder } from './classOrder.ts';

test('classes in another order are found by their names, whatever their case', () => {
  expect(unwrap(classOrder(['cat', 'dog', 'owl'], ['Cat', ' dog', 'owl']))).toBeNull();
  const order = unwrap(classOrder(['cat', 'dog', 'owl'], ['owl', 'Cat', 'dog']));
  expect(order).toEqual([2, 0, 1]);
  const rows = Float64Array.of(0.1, 0.2, 0.7, 0.5, 0.3, 0.2);
  expect([...inOrder(rows, 3, order)]).toEqual([0.7, 0.1, 0.2, 0.2, 0.5, 0.3]);
  expect(inOrder(rows, 3, null)).toBe(rows);
});

test('other classes, more or fewer, and a name that stands for two are refused with the names of both', () => {
  const said = (trained: readonly string[], wanted: readonly string[]) => {
    const order = classOrder(trained, wanted);
    return order.ok ? '' : order.error.message;
  };
  expect(said(['rose', 'tulip', 'aster', 'lily'], ['car', 'bus', 'van', 'tram'])).toBe(
    'It was trained on other classes (rose, tulip, aster ...) than the images have (car, bus, van ...); where they mean the same, give them the same names in Data.',
  );
  expect(said(['a', 'b'], ['a', 'b', 'c'])).not.toBe('');
  expect(said(['a', 'b', 'c'], ['b', 'a'])).not.toBe('');
  expect(said(['a', 'a', 'b'], ['a', 'b', 'a'])).not.toBe('');
  expect(said(['a', 'a', 'b'], ['a', 'a', 'b'])).toBe('');
});
