import { fail, ok, type Result } from '../../core/result.ts';
import {
  build,
  PickleGlobal,
  PickleTuple,
  type PickleValue,
  pickleText,
  Refused,
  reduced,
  refuse,
} from './pickleValues.ts';

/** CIFAR-100's largest file has 300,000 instructions. */
const MOST_STEPS = 2_000_000;
const MARK = Symbol('mark');
type Slot = PickleValue | typeof MARK;

const latin1 = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes);

/** The machine of Python's pickletools, with those instructions that lists, texts, numbers and arrays need. */
class Machine {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #stack: Slot[] = [];
  readonly #memo = new Map<number, PickleValue>();
  #at = 0;
  #copied = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  #take(length: number): Uint8Array {
    if (this.#at + length > this.#bytes.length) refuse('is cut off');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** An unsigned little-endian number; what needs more than 53 bits is more than any file has. */
  #unsigned(length: 1 | 2 | 4 | 8): number {
    let value = 0;
    this.#take(length).forEach((byte, i) => {
      value += byte * 256 ** i;
    });
    return value;
  }

  /** Copies together are no larger than the file: a text recalled a million times is refused. */
  #spend(length: number): void {
    this.#copied += length;
    if (this.#copied > this.#bytes.length) refuse('repeats its own texts without end');
  }

  #line(): string {
    const end = this.#bytes.subarray(this.#at, this.#at + 256).indexOf(10);
    if (end < 0) refuse('has a name that does not end');
    return latin1(this.#take(end + 1).subarray(0, end));
  }

  #pop(): PickleValue {
    const slot = this.#stack.pop();
    return slot === undefined || slot === MARK ? refuse('takes a value where none is') : slot;
  }

  #popToMark(): PickleValue[] {
    const start = this.#stack.lastIndexOf(MARK);
    if (start < 0) return refuse('has an end of a list without its begin');
    return this.#stack.splice(start).slice(1) as PickleValue[];
  }

  #top(): PickleValue {
    const slot = this.#stack.at(-1);
    return slot === undefined || slot === MARK ? refuse('takes a value where none is') : slot;
  }

  #remember(index: number): void {
    this.#memo.set(index, this.#top());
  }

  #recall(index: number): void {
    const value = this.#memo.get(index);
    this.#stack.push(value === undefined ? refuse('recalls what was never said') : value);
  }

  #append(items: readonly PickleValue[]): void {
    const list = this.#top();
    if (!Array.isArray(list)) throw new Refused('appends to what is no list');
    for (const item of items) list.push(item);
  }

  #setItems(items: readonly PickleValue[]): void {
    const dictionary = this.#top();
    if (!(dictionary instanceof Map)) throw new Refused('adds entries to what is no dictionary');
    for (let i = 0; i + 1 < items.length; i += 2) {
      const key = items[i];
      dictionary.set(
        typeof key === 'number' ? String(key) : (pickleText(key) ?? refuse('has a key that is no text')),
        items[i + 1] ?? null,
      );
    }
  }

  #tuple(length: number): void {
    const items = Array.from({ length }, () => this.#pop()).reverse();
    this.#stack.push(new PickleTuple(items));
  }

  run(): PickleValue {
    for (let step = 0; step < MOST_STEPS; step++) {
      const code = this.#unsigned(1);
      if (code === 0x2e) return this.#pop(); // STOP
      this.#step(code);
    }
    return refuse(`has more than ${MOST_STEPS.toLocaleString('en-US')} instructions`);
  }

  #step(code: number): void {
    const stack = this.#stack;
    switch (code) {
      case 0x80: // PROTO
        if (this.#unsigned(1) > 5) refuse('is of a newer protocol than 5');
        return;
      case 0x95: // FRAME
        this.#unsigned(8);
        return;
      case 0x28:
        stack.push(MARK);
        return;
      case 0x4e:
        stack.push(null);
        return;
      case 0x88:
      case 0x89:
        stack.push(code === 0x88);
        return;
      case 0x4b:
        stack.push(this.#unsigned(1));
        return;
      case 0x4d:
        stack.push(this.#unsigned(2));
        return;
      case 0x4a: // BININT
        this.#take(4);
        stack.push(this.#view.getInt32(this.#at - 4, true));
        return;
      case 0x55: // SHORT_BINSTRING
      case 0x43: // SHORT_BINBYTES
      case 0x8c: // SHORT_BINUNICODE
        stack.push(this.#take(this.#unsigned(1)));
        return;
      case 0x54: // BINSTRING
      case 0x42: // BINBYTES
      case 0x58: // BINUNICODE
        stack.push(this.#take(this.#unsigned(4)));
        return;
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
      case 0x8d: // BINUNICODE8
        stack.push(this.#take(this.#unsigned(8)));
        return;
      case 0x5d:
        stack.push([]);
        return;
      case 0x7d:
        stack.push(new Map());
        return;
      case 0x61:
        this.#append([this.#pop()]);
        return;
      case 0x65:
        this.#append(this.#popToMark());
        return;
      case 0x73: {
        const value = this.#pop();
        this.#setItems([this.#pop(), value]);
        return;
      }
      case 0x75:
        this.#setItems(this.#popToMark());
        return;
      case 0x29:
        this.#tuple(0);
        return;
      case 0x85:
      case 0x86:
      case 0x87:
        this.#tuple(code - 0x84);
        return;
      case 0x74:
        stack.push(new PickleTuple(this.#popToMark()));
        return;
      case 0x63: // GLOBAL
        stack.push(new PickleGlobal(`${this.#line()}.${this.#line()}`));
        return;
      case 0x93: {
        const name = pickleText(this.#pop());
        stack.push(new PickleGlobal(`${pickleText(this.#pop())}.${name}`));
        return;
      }
      case 0x52: {
        const parameters = this.#pop();
        stack.push(reduced(this.#pop(), parameters, (length) => this.#spend(length)));
        return;
      }
      case 0x62: {
        const state = this.#pop();
        build(this.#top(), state);
        return;
      }
      case 0x71:
        this.#remember(this.#unsigned(1));
        return;
      case 0x72:
        this.#remember(this.#unsigned(4));
        return;
      case 0x94:
        this.#remember(this.#memo.size);
        return;
      case 0x68:
        this.#recall(this.#unsigned(1));
        return;
      case 0x6a:
        this.#recall(this.#unsigned(4));
        return;
      default:
        refuse(
          `has the instruction 0x${code.toString(16).padStart(2, '0')} at byte ${this.#at - 1}, which no data batch needs`,
        );
    }
  }
}

/**
 * Reads a pickle of protocol 2 to 5 as far as image batches need it: lists, dictionaries, tuples, texts, numbers and
 * numpy arrays, whose bytes are not copied. Nothing of it is executed: a name of Python's stays a name, and a file
 * that calls anything but numpy's own array maker is refused.
 */
export function unpickle(bytes: Uint8Array, fileName: string): Result<PickleValue> {
  try {
    return ok(new Machine(bytes).run());
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return fail(
      'broken-pickle',
      `${fileName} is a Python pickle that ${error.message}; choose the batches of CIFAR's Python version as they were downloaded.`,
      fileName,
    );
  }
}
