import type { Pair } from '../../network/network.ts';
import { FaultError, unwrap } from '../../result.ts';
import { type DataType, parseDataType } from './datatypes.ts';

/** Largest number taken for a dimension and not for a broken file. */
const LARGEST = 2 ** 31;

const shortened = (text: string) => (text.length > 80 ? `${text.slice(0, 79)}…` : text);

/** Reads attributes of one node; throws a FaultError naming the node, the attribute and what was expected. */
export class AttributeReader {
  readonly #attributes: Readonly<Record<string, unknown>>;
  readonly #where: string;

  constructor(attributes: Readonly<Record<string, unknown>>, where: string) {
    this.#attributes = attributes;
    this.#where = where;
  }

  fault(attribute: string, expected: string): FaultError {
    const value = this.#attributes[attribute];
    const found = value === undefined ? 'missing' : shortened(JSON.stringify(value));
    return new FaultError({
      code: 'finn-attribute',
      message: `${this.#where}: attribute ${attribute} is ${found}; give it ${expected}.`,
      where: this.#where,
    });
  }

  /** A whole number from `least` on. */
  integer(attribute: string, least: number, missing?: number): number {
    const value = this.#attributes[attribute] ?? missing;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= LARGEST)
      return value;
    throw this.fault(attribute, `a whole number of at least ${least}`);
  }

  flag(attribute: string, missing = false): boolean {
    const value = this.#attributes[attribute] ?? missing;
    if (value === 0 || value === false) return false;
    if (value === 1 || value === true) return true;
    throw this.fault(attribute, '0 or 1');
  }

  integers(attribute: string, least: number): readonly number[] {
    const value = this.#attributes[attribute];
    const fits = (n: unknown): n is number =>
      typeof n === 'number' && Number.isInteger(n) && n >= least && n <= LARGEST;
    if (Array.isArray(value) && value.length > 0 && value.every(fits)) return value;
    throw this.fault(attribute, `a list of whole numbers of at least ${least}`);
  }

  pair(attribute: string, missing?: Pair): Pair {
    if (missing && this.#attributes[attribute] === undefined) return missing;
    const [first, second, ...rest] = this.integers(attribute, 1);
    if (first === undefined || second === undefined || rest.length > 0)
      throw this.fault(attribute, 'two whole numbers');
    return [first, second];
  }

  /** One of a few words; an absent or empty attribute is the first of them. */
  word<T extends string>(attribute: string, words: readonly [T, ...T[]]): T {
    const value = this.#attributes[attribute] ?? '';
    if (value === '') return words[0];
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    throw this.fault(attribute, `one of ${words.join(', ')}`);
  }

  type(attribute: string, missing?: string): DataType {
    const value = this.#attributes[attribute] ?? missing;
    if (typeof value === 'string') return unwrap(parseDataType(value));
    throw this.fault(attribute, 'a FINN data type');
  }
}
