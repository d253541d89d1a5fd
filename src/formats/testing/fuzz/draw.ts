import type { Random } from '../../../core/random.ts';

/** One of a list, which holds at least one. */
export function pick<T>(list: readonly T[], random: Random): T {
  if (list.length === 0) throw new Error('Nothing to pick from');
  return list[random.integer(list.length)] as T;
}

/** True once in `n`. */
export const oneIn = (n: number, random: Random): boolean => random.integer(n) === 0;

/** Numbers that sizes, counts and offsets of a damaged file are: at, below and beyond what their types hold. */
export const EXTREMES: readonly number[] = [
  0,
  -0,
  -1,
  1,
  0.5,
  -2.5,
  255,
  65_536,
  1e6,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  2 ** 32,
  2 ** 53,
  -(2 ** 53),
  2 ** 63,
  1e12,
  1e300,
  5e-324,
];

/** Texts that names and types of a damaged or hostile file are. */
export function oddText(random: Random): string {
  return pick(
    [
      () => '',
      () => ' ',
      () => '__proto__',
      () => 'constructor',
      () => 'toString',
      () => '\u0000\uFFFF\uD800',
      () => '../../etc/passwd',
      () => '<img src=x onerror=alert(1)>',
      () => '-1',
      () => '1e309',
      () => 'NaN',
      () => 'x'.repeat(1 + random.integer(400)),
      () => 'long '.repeat(oneIn(8, random) ? 200_000 : 200),
      () => '\n\n',
    ],
    random,
  )();
}
