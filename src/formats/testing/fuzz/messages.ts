import type { Random } from '../../../core/random.ts';
import { type Draft, decodeModel, encodeModel, type ModelMessage } from '../../onnx/messages.ts';
import { damagedBytes } from './bytes.ts';
import { oddText, oneIn, pick } from './draw.ts';

/** Numbers that an int64 field holds. */
const INTEGERS = [
  0,
  -1,
  1,
  2,
  3,
  255,
  65_536,
  2 ** 31 - 1,
  -(2 ** 31),
  2 ** 32,
  1e12,
  2 ** 53,
  -(2 ** 62),
  2 ** 62,
];
const FLOATS = [0, -0, -1, 1e38, -1e38, Number.NaN, Number.POSITIVE_INFINITY, 1e-45];

type Message = Record<string, unknown>;

interface Place {
  readonly holder: Message;
  readonly key: string;
}

/** Fields of all messages; the numbers of tensors count as one. */
function fieldsOf(message: unknown, places: Place[] = []): Place[] {
  if (typeof message !== 'object' || message === null || ArrayBuffer.isView(message)) return places;
  for (const key of Object.keys(message)) {
    places.push({ holder: message as Message, key });
    fieldsOf((message as Message)[key], places);
  }
  return places;
}

const sameKind = (a: unknown, b: unknown): boolean =>
  typeof a === typeof b &&
  Array.isArray(a) === Array.isArray(b) &&
  ArrayBuffer.isView(a) === ArrayBuffer.isView(b);

const FLOAT_KEYS: ReadonlySet<string> = new Set(['f', 'floats', 'floatData', 'doubleData']);

/** UTF-8 holds no half of a pair. */
const wellFormed = (text: string) => text.replace(/\p{Cs}/gu, '?');

function changeField({ holder, key }: Place, places: readonly Place[], random: Random): void {
  const value = holder[key];
  if (oneIn(4, random)) {
    // what another field of the same name or kind holds: a loop, a wrong operation, a foreign shape
    const same = places.filter((other) => other.key === key || oneIn(20, random));
    const other = pick(same.length > 0 ? same : places, random);
    const given = other.holder[other.key];
    if (given !== null && sameKind(given, value)) holder[key] = structuredClone(given);
  } else if (Array.isArray(value)) changeList(value, key, random);
  else if (ArrayBuffer.isView(value)) {
    const bytes = value as Uint8Array;
    holder[key] =
      bytes.length > 0 && !oneIn(8, random)
        ? damagedBytes(bytes, random)
        : new Uint8Array(random.integer(20));
  } else if (typeof value === 'string') holder[key] = wellFormed(oddText(random));
  else if (typeof value === 'number') holder[key] = pick(FLOAT_KEYS.has(key) ? FLOATS : INTEGERS, random);
  else if (typeof value === 'object' && !Array.isArray(holder) && oneIn(3, random)) holder[key] = null;
}

function changeList(list: unknown[], key: string, random: Random): void {
  if (list.length === 0) {
    if (/ints|dims|Data$/.test(key)) list.push(pick(INTEGERS, random));
    return;
  }
  const at = random.integer(list.length);
  const change = random.integer(oneIn(30, random) ? 5 : 4);
  if (change === 0) list.splice(at, 1);
  else if (change === 1) list.splice(at, 0, structuredClone(list[random.integer(list.length)]));
  else if (change === 2) {
    const other = random.integer(list.length);
    [list[at], list[other]] = [list[other], list[at]];
  } else if (change === 3) {
    if (typeof list[at] === 'number') list[at] = pick(FLOAT_KEYS.has(key) ? FLOATS : INTEGERS, random);
    else if (typeof list[at] === 'string') list[at] = wellFormed(oddText(random));
  } else for (let i = 0; i < 3000; i++) list.push(structuredClone(list[at]));
}

/** An ONNX file whose messages are whole and whose fields are damaged; one in three by its bytes only. */
export async function damagedMessages(
  bytes: Uint8Array,
  random: Random,
  other: Uint8Array,
): Promise<Uint8Array> {
  if (oneIn(3, random)) return damagedBytes(bytes, random, other);
  const model = await decodeModel(bytes, 'seed.onnx');
  if (!model.ok) throw new Error(model.error.message);
  for (let round = random.integer(4); round >= 0; round--) {
    const places = fieldsOf(model.value);
    changeField(pick(places, random), places, random);
  }
  const written = await encodeModel(model.value as Draft<ModelMessage>);
  return oneIn(8, random) ? damagedBytes(written, random, other) : written;
}
