import type { NormalizationChoice } from '../data/normalizationChoice.ts';
import { fail, ok, type Result } from '../result.ts';

/** How a network that learned elsewhere is shown this design's images, and what its outputs are called here. */
export interface Viewpoint {
  /** How pixels reach it; null where they do as in the design. */
  readonly normalization: NormalizationChoice | null;
  /** See {@link classOrder}. */
  readonly classOrder: readonly number[] | null;
}

/** Class names are the same whatever their case and the spaces around them. */
const keyOf = (name: string): string => name.trim().toLowerCase();

/** Names that are told in a sentence. */
const MOST_TOLD = 3;

function told(names: readonly string[]): string {
  const shown = names.slice(0, MOST_TOLD).map((name) => name.slice(0, 40));
  return names.length > MOST_TOLD ? `${shown.join(', ')} ...` : shown.join(', ');
}

/**
 * Where a network that was trained on classes of one order has those of another one: output `order[k]` is class k of
 * `wanted`. Null where both orders are the same; a fault where the classes are not.
 */
export function classOrder(
  trained: readonly string[],
  wanted: readonly string[],
): Result<readonly number[] | null> {
  const [own, others] = [trained.map(keyOf), wanted.map(keyOf)];
  if (own.length === others.length && own.every((name, k) => name === others[k])) return ok(null);
  const places = new Map(own.map((name, k) => [name, k]));
  const order = others.map((name) => places.get(name) ?? -1);
  if (places.size === others.length && new Set(order).size === others.length && !order.includes(-1))
    return ok(order);
  return fail(
    'other-classes',
    `It was trained on other classes (${told(trained)}) than the images have (${told(wanted)}); where they mean the same, give them the same names in Data.`,
  );
}

/** Rows of one value a class with their columns in another order: column k is what was column `order[k]`. */
export function inOrder<Values extends Float32Array | Float64Array>(
  rows: Values,
  classCount: number,
  order: readonly number[] | null | undefined,
): Values {
  if (!order) return rows;
  const moved = rows.slice() as Values;
  for (let start = 0; start < rows.length; start += classCount)
    for (let k = 0; k < classCount; k++) moved[start + k] = rows[start + (order[k] as number)] as number;
  return moved;
}
