import type { Pair } from '../../core/network/network.ts';
import { refuse } from '../model/textModel.ts';
import type { TextMessage, TextValue } from './textFormat.ts';

/** Why a layer can't be read, as the end of a sentence: it is gathered with the others and told once. */
export class Unsupported extends Error {}

/** Reads the fields of a message; every fault names whose they are. */
export class Fields {
  readonly #message: TextMessage | null;
  readonly #owner: string;

  constructor(message: TextMessage | null, owner: string) {
    this.#message = message;
    this.#owner = owner;
  }

  refuse(what: string): never {
    return refuse('caffe-field', `${this.#owner}: ${what}; correct the prototxt.`, this.#owner);
  }

  #values(name: string): readonly TextValue[] {
    return this.#message?.fields.get(name) ?? [];
  }

  has(name: string): boolean {
    return this.#values(name).length > 0;
  }

  /** Protobuf's rule for a field that is written twice: the last one holds. */
  text(name: string): string | null {
    const last = this.#values(name).at(-1);
    return typeof last === 'string' ? last : null;
  }

  texts(name: string): readonly string[] {
    return this.#values(name).filter((value) => typeof value === 'string');
  }

  messages(name: string): readonly TextMessage[] {
    return this.#values(name).filter((value) => typeof value !== 'string');
  }

  /** The fields of a message inside; all its usual values where it is missing. */
  inside(name: string): Fields {
    return new Fields(this.messages(name).at(-1) ?? null, this.#owner);
  }

  #number(name: string, written: string): number {
    const value = Number(written);
    return written !== '' && Number.isFinite(value)
      ? value
      : this.refuse(`${name} is ${written.slice(0, 40)} and must be a number`);
  }

  number(name: string, usual: number): number {
    const written = this.text(name);
    return written === null ? usual : this.#number(name, written);
  }

  numbers(name: string): readonly number[] {
    return this.texts(name).map((written) => this.#number(name, written));
  }

  #whole(name: string, value: number, least: number): number {
    return Number.isInteger(value) && value >= least && value <= 1 << 24
      ? value
      : this.refuse(`${name} is ${value} and must be a whole number from ${least}`);
  }

  /** A whole number that must be there where no usual one is given. */
  whole(name: string, least: number, usual?: number): number {
    if (!this.has(name) && usual === undefined) return this.refuse(`${name} is missing`);
    return this.#whole(name, this.number(name, usual ?? 0), least);
  }

  truth(name: string, usual: boolean): boolean {
    const written = this.text(name);
    if (written === null) return usual;
    if (written === 'true' || written === '1') return true;
    if (written === 'false' || written === '0') return false;
    return this.refuse(`${name} is ${written.slice(0, 40)} and must be true or false`);
  }

  /** A word of an enumeration, written as word or as number. */
  word<Word extends string>(name: string, words: readonly Word[], usual: Word): Word {
    const written = this.text(name);
    if (written === null) return usual;
    const found = words.find((word, i) => word === written || String(i) === written);
    return found ?? this.refuse(`${name} is ${written.slice(0, 40)} and must be one of ${words.join(', ')}`);
  }

  /**
   * Rows and columns of a window: `kernel_h` and `kernel_w`, or one or two values of `kernel_size`. A missing one
   * is `usual`, or a fault where there is none.
   */
  pair(name: string, short: string, least: number, usual?: number): Pair {
    if (this.has(`${short}_h`) || this.has(`${short}_w`))
      return [this.whole(`${short}_h`, least, usual), this.whole(`${short}_w`, least, usual)];
    const [rows, columns, ...more] = this.numbers(name);
    if (more.length > 0) throw new Unsupported(`its ${name} has more than two values`);
    if (rows === undefined) {
      if (usual === undefined) return this.refuse(`${name} is missing`);
      return [usual, usual];
    }
    const checked = this.#whole(name, rows, least);
    return [checked, columns === undefined ? checked : this.#whole(name, columns, least)];
  }
}
