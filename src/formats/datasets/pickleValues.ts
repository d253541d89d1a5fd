/** A value of a pickle. Texts are bytes until somebody asks for them: Python 2 made no difference. */
export type PickleValue =
  | number
  | boolean
  | null
  | Uint8Array
  | PickleValue[]
  | Map<string, PickleValue>
  | PickleTuple
  | PickleGlobal
  | PickleArray;

export class PickleTuple {
  readonly items: readonly PickleValue[];
  constructor(items: readonly PickleValue[]) {
    this.items = items;
  }
}

/** A name of Python's, which stays a name: nothing is ever imported or called. */
export class PickleGlobal {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A numpy array, or while it is made its type; the bytes stay as they lie in the file. */
export class PickleArray {
  shape: readonly number[] = [];
  /** numpy's type code: u1, i8 and so on; its byte order, where it was told, stands before it. */
  type: string;
  bytes: Uint8Array = new Uint8Array(0);
  isType: boolean;
  constructor(type: string, isType: boolean) {
    this.type = type;
    this.isType = isType;
  }
}

/** Keys, types and class names are short; what is longer is refused before it costs time. */
const LONGEST_TEXT = 512;

/** A text of a pickle, or null for what is none. */
export const pickleText = (value: PickleValue | undefined): string | null =>
  value instanceof Uint8Array && value.length <= LONGEST_TEXT ? new TextDecoder().decode(value) : null;

/** Why a pickle is not read, as the end of a sentence. */
export class Refused extends Error {}
export const refuse = (why: string): never => {
  throw new Refused(why);
};

/** What may be "called": each of them only makes a plain value here. `spend` is told of copies before they are made. */
export function reduced(
  global: PickleValue,
  parameters: PickleValue,
  spend: (bytes: number) => void,
): PickleValue {
  if (!(global instanceof PickleGlobal) || !(parameters instanceof PickleTuple))
    return refuse('calls what is no function');
  const [first, second] = parameters.items;
  switch (global.name) {
    case 'numpy.core.multiarray._reconstruct':
    case 'numpy._core.multiarray._reconstruct':
      return new PickleArray('', false);
    case 'numpy.dtype':
      return new PickleArray(pickleText(first) ?? refuse('has an array without a type'), true);
    case 'numpy.core.numeric._frombuffer':
    case 'numpy._core.numeric._frombuffer': {
      // protocol 5: the bytes, the type, the shape and the order of an array
      const [bytes, type, shape, order] = parameters.items;
      const array = new PickleArray('', false);
      build(
        array,
        new PickleTuple([1, shape ?? null, type ?? null, pickleText(order) === 'F', bytes ?? null]),
      );
      return array;
    }
    case '_codecs.encode': {
      // how Python 3 writes bytes for protocol 2: a text whose characters are the bytes
      if (!(first instanceof Uint8Array) || pickleText(second) !== 'latin1')
        return refuse('has bytes in an unknown code');
      spend(first.length);
      const text = new TextDecoder().decode(first);
      return Uint8Array.from(text, (character) => character.charCodeAt(0));
    }
    default:
      return refuse(`asks for the Python function ${global.name.slice(0, 80)}, and none is ever run here`);
  }
}

/** Gives an array its shape, type and bytes (numpy's ndarray.__setstate__), or a type its byte order. */
export function build(target: PickleValue, state: PickleValue): void {
  if (!(target instanceof PickleArray) || !(state instanceof PickleTuple))
    throw new Refused('sets up an object that is no array');
  if (target.isType) {
    const order = pickleText(state.items[1]) ?? '';
    if (/^[<>]$/.test(order)) target.type = order + target.type.replace(/^[<>|=]/, '');
    return;
  }
  const [, shape, type, fortran, bytes] = state.items;
  if (!(shape instanceof PickleTuple) || !(type instanceof PickleArray) || !(bytes instanceof Uint8Array))
    throw new Refused('has an array without shape, type or bytes');
  if (!shape.items.every((extent) => typeof extent === 'number' && Number.isInteger(extent) && extent >= 0))
    throw new Refused('has an array of an impossible shape');
  if (fortran === true || fortran === 1) throw new Refused('has an array stored column by column');
  target.shape = shape.items as readonly number[];
  target.type = type.type;
  target.bytes = bytes;
}
