import { fail, ok, type Result } from '../../result.ts';

/** The sums a tree makes of its products (source 004, Fig. 6). */
export type AdderMode = 'depthwise' | 'pointwise' | 'standard';

/** What one basic unit does: two sums of PK products, or one of PC (Fig. 5). */
export type UnitMode = '2-way' | '1-way' | 'idle';

export interface AdderTree {
  readonly outputs: readonly number[];
  readonly units: readonly UnitMode[];
}

/** The paper's tree: 9 products of each of 16 channels, 144 in all; there is one tree for each of the PF filters. */
export const ADDER_TREE = { pk: 9, pc: 16, units: 9 } as const;

/** Two inputs at a time, as adders in a tree do. */
function pairwise(values: readonly number[]): number {
  let level = values;
  while (level.length > 1) {
    const next: number[] = [];
    for (let i = 0; i < level.length; i += 2) next.push((level[i] ?? 0) + (level[i + 1] ?? 0));
    level = next;
  }
  return level[0] ?? 0;
}

/** A basic unit in 2-way 9-in mode. */
const twoWay = (first: readonly number[], second: readonly number[]): readonly [number, number] => [
  pairwise(first),
  pairwise(second),
];

/**
 * The configurable adder tree of section 3.3 of source 004. `products[channel][tap]` are the 144 products of
 * one filter: taps are the 3x3 window's (standard, depthwise) or nine pixels (pointwise). Outputs: 16 sums over
 * the window (depthwise), 9 sums over the channels (pointwise), or one over everything (standard), for which the
 * ninth unit adds what the other eight give.
 */
export function addUp(mode: AdderMode, products: readonly (readonly number[])[]): Result<AdderTree> {
  const { pk, pc, units } = ADDER_TREE;
  if (products.length !== pc || products.some((taps) => taps.length !== pk))
    return fail('products', `The adder tree takes ${pc} channels of ${pk} products; bring that many.`);
  if (mode === 'pointwise') {
    const outputs = Array.from({ length: units }, (_, tap) => pairwise(products.map((p) => p[tap] ?? 0)));
    return ok({ outputs, units: Array<UnitMode>(units).fill('1-way') });
  }
  const sums: number[] = [];
  const last = units - 1;
  for (let unit = 0; unit < last; unit++)
    sums.push(...twoWay(products[2 * unit] ?? [], products[2 * unit + 1] ?? []));
  const busy = Array<UnitMode>(last).fill('2-way');
  return mode === 'depthwise'
    ? ok({ outputs: sums, units: [...busy, 'idle'] })
    : ok({ outputs: [pairwise(sums)], units: [...busy, '1-way'] });
}
