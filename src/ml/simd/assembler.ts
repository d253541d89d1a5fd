/**
 * Writes small WebAssembly modules: what the kernels in this folder need of the format (WebAssembly 2.0, sections 5.4
 * and 5.5), and nothing else. No tool has to be installed, and no compiled file lies in the repository.
 */

/** Bytes of an expression or of statements: operands first. */
export type Code = readonly number[];
/** A number is a constant. */
export type Operand = Code | Local | number;

const TYPES = { i32: 0x7f, v128: 0x7b } as const;
type Type = keyof typeof TYPES;

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const isLast = rest === (low & 0x40 ? -1 : 0);
    bytes.push(isLast ? low : low | 0x80);
    if (isLast) return bytes;
  }
}

/** A variable of a function: a parameter, or one that starts at 0. */
export class Local {
  readonly #index: Code;

  constructor(index: number) {
    this.#index = unsigned(index);
  }

  get get(): Code {
    return [0x20, ...this.#index];
  }

  set(value: Operand): Code {
    return [...codeOf(value), 0x21, ...this.#index];
  }
}

function codeOf(operand: Operand): Code {
  if (operand instanceof Local) return operand.get;
  return typeof operand === 'number' ? [0x41, ...signed(operand)] : operand;
}

const plain =
  (opcode: number) =>
  (...operands: readonly Operand[]): Code => [...operands.flatMap(codeOf), opcode];

export const add = plain(0x6a);
export const subtract = plain(0x6b);
export const multiply = plain(0x6c);
export const and = plain(0x71);
/** The smaller one, of addresses without a sign. */
export const smaller = (a: Local, b: Local): Code => [...a.get, ...b.get, ...a.get, ...b.get, 0x49, 0x1b];

const vector =
  (opcode: number) =>
  (...operands: readonly Operand[]): Code => [...operands.flatMap(codeOf), 0xfd, ...unsigned(opcode)];

/** Four floats at once. */
export const f32x4 = {
  add: vector(0xe4),
  subtract: vector(0xe5),
  multiply: vector(0xe6),
  divide: vector(0xe7),
  /** All bits where true, none where not. */
  equal: vector(0x41),
  greater: vector(0x44),
  and: vector(0x4e),
  constant: (value: number): Code => {
    const bytes = [...new Uint8Array(Float32Array.of(value, value, value, value).buffer)];
    return [0xfd, 0x0c, ...bytes];
  },
};

/** The alignment is only a hint: maps begin anywhere, as malloc gives them. */
const ALIGNMENT = 2;

export const load = (address: Operand, offset = 0): Code => [
  ...codeOf(address),
  0xfd,
  0x00,
  ALIGNMENT,
  ...unsigned(offset),
];

/** One float, four times. */
export const loadSplat = (address: Operand, offset = 0): Code => [
  ...codeOf(address),
  0xfd,
  0x09,
  ALIGNMENT,
  ...unsigned(offset),
];

export const store = (address: Operand, value: Operand, offset = 0): Code => [
  ...codeOf(address),
  ...codeOf(value),
  0xfd,
  0x0b,
  ALIGNMENT,
  ...unsigned(offset),
];

/** Runs the body while `at` is below `end`, which it approaches by `step`; both are unsigned. */
export const countUp = (at: Local, end: Operand, step: Operand, body: Code): Code => [
  ...[0x02, 0x40, 0x03, 0x40],
  ...[...at.get, ...codeOf(end), 0x4f, 0x0d, 0x01],
  ...body,
  ...at.set(add(at, step)),
  ...[0x0c, 0x00, 0x0b, 0x0b],
];

export interface FunctionCode {
  readonly name: string;
  readonly parameterCount: number;
  readonly locals: readonly Type[];
  readonly body: Code;
}

/** Makes a variable. */
export type Declare = () => Local;

/** A function whose parameters are all i32: addresses and counts. It returns nothing. */
export function define<const P extends string>(
  name: string,
  parameters: readonly P[],
  write: (parameters: Readonly<Record<P, Local>>, local: Readonly<Record<Type, Declare>>) => Code,
): FunctionCode {
  const locals: Type[] = [];
  const fresh =
    (type: Type): Declare =>
    () =>
      new Local(parameters.length + locals.push(type) - 1);
  const given = Object.fromEntries(parameters.map((parameter, i) => [parameter, new Local(i)]));
  const body = write(given as Record<P, Local>, { i32: fresh('i32'), v128: fresh('v128') });
  return { name, parameterCount: parameters.length, locals, body };
}

const sized = (bytes: Code): Code => [...unsigned(bytes.length), ...bytes];
const listed = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
const section = (id: number, items: readonly Code[]): Code => [id, ...sized(listed(items))];
const text = (value: string): Code => sized([...new TextEncoder().encode(value)]);

/** A module of functions that work on the memory imported as `env.memory`. */
export function assemble(functions: readonly FunctionCode[]): Uint8Array<ArrayBuffer> {
  const parameters = (count: number) => new Array<number>(count).fill(TYPES.i32);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(
      1,
      functions.map(({ parameterCount }) => [0x60, ...sized(parameters(parameterCount)), 0x00]),
    ),
    ...section(2, [[...text('env'), ...text('memory'), 0x02, 0x00, 0x00]]),
    ...section(
      3,
      functions.map((_, i) => unsigned(i)),
    ),
    ...section(
      7,
      functions.map(({ name }, i) => [...text(name), 0x00, ...unsigned(i)]),
    ),
    ...section(
      10,
      functions.map(({ locals, body }) =>
        sized([...listed(locals.map((type) => [0x01, TYPES[type]])), ...body, 0x0b]),
      ),
    ),
  ]);
}
