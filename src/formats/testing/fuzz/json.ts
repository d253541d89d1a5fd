import type { Random } from '../../../core/random.ts';
import { EXTREMES, oddText, oneIn, pick } from './draw.ts';
import { damagedText } from './text.ts';

type Json = Record<string, unknown>;

/** A place in a document: what holds the value, and its key there. */
interface Place {
  readonly holder: Json;
  readonly key: string;
}

/** What JSON.stringify can't write stands for itself until the text is there. */
const DEEP = '@deep@';
const RAW = /"@raw:([^"@]*)@"/g;
const RAW_NUMBERS = [
  'NaN',
  '-NaN',
  'Infinity',
  '-Infinity',
  '1e309',
  '-1e309',
  '-0',
  '01',
  '1.',
  '9'.repeat(400),
];

function placesIn(value: unknown, places: Place[] = []): Place[] {
  if (typeof value !== 'object' || value === null) return places;
  for (const key of Object.keys(value)) {
    places.push({ holder: value as Json, key });
    placesIn((value as Json)[key], places);
  }
  return places;
}

/** Whether `inner` holds `value` somewhere: then it may not be put into it. */
const holds = (inner: unknown, value: unknown): boolean =>
  inner === value ||
  (typeof inner === 'object' && inner !== null && Object.values(inner).some((v) => holds(v, value)));

function extreme(random: Random): unknown {
  return oneIn(3, random) ? `@raw:${pick(RAW_NUMBERS, random)}@` : pick(EXTREMES, random);
}

const otherKind = (random: Random): unknown =>
  pick([null, true, false, 0, '', [], {}, [[]], [null], { a: 1 }, 'None', [-1, -1]], random);

const valueAt = ({ holder, key }: Place) => holder[key];

type Change = (places: readonly Place[], random: Random) => void;

const ofKind = (places: readonly Place[], random: Random, kind: string): Place => {
  const fitting = places.filter((place) => typeof valueAt(place) === kind);
  return pick(fitting.length > 0 ? fitting : places, random);
};

const set = ({ holder, key }: Place, value: unknown) => {
  holder[key] = value;
};

const CHANGES: readonly Change[] = [
  (places, random) => set(ofKind(places, random, 'number'), extreme(random)),
  (places, random) => set(ofKind(places, random, 'number'), extreme(random)),
  (places, random) => set(ofKind(places, random, 'string'), oddText(random)),
  (places, random) => set(pick(places, random), otherKind(random)),
  // the text of another place: a class that exists, a name that exists twice, a loop
  (places, random) => set(ofKind(places, random, 'string'), valueAt(ofKind(places, random, 'string'))),
  (places, random) => {
    const { holder, key } = pick(places, random);
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
  },
  (places, random) => {
    const { holder, key } = pick(places, random);
    if (Array.isArray(holder)) holder.splice(Number(key), 0, holder[Number(key)]);
    else holder[pick(['__proto__', 'constructor', `${key}2`, oddText(random)], random)] = holder[key];
  },
  // a subtree in the place of another
  (places, random) => {
    const [from, to] = [pick(places, random), pick(places, random)];
    const copy: unknown = structuredClone(valueAt(from));
    if (!holds(valueAt(from), to.holder)) set(to, copy);
  },
  (places, random) => {
    const { holder } = pick(places, random);
    if (Array.isArray(holder)) holder.reverse();
  },
];

const RARE: readonly Change[] = [
  (places, random) => set(pick(places, random), DEEP),
  (places, random) => set(pick(places, random), 'x'.repeat(1_000_000)),
  (places, random) => set(pick(places, random), Array(100_000).fill(1)),
  (places, random) => {
    const { holder, key } = pick(places, random);
    if (Array.isArray(holder)) for (let i = 0; i < 5000; i++) holder.push(holder[Number(key)]);
  },
];

/** The text of a JSON document with one to four damages; some are of the text, not of the document. */
export function damagedJson(document: unknown, random: Random): string {
  const copy = { document: structuredClone(document) };
  for (let round = random.integer(4); round >= 0; round--) {
    const places = placesIn(copy);
    if (places.length > 0) pick(oneIn(40, random) ? RARE : CHANGES, random)(places, random);
  }
  const text = (JSON.stringify(copy.document) ?? 'undefined').replace(RAW, (_, raw: string) => raw);
  const depth = 100_000;
  const deep = oneIn(2, random)
    ? '['.repeat(depth) + ']'.repeat(depth)
    : `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
  const written = text.replace(`"${DEEP}"`, () => deep);
  return oneIn(6, random) ? damagedText(written.slice(0, 200_000), random) : written;
}
