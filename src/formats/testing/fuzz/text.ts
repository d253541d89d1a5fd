import type { Random } from '../../../core/random.ts';
import { EXTREMES, oddText, oneIn, pick } from './draw.ts';

const NUMBERS = [
  ...EXTREMES.map(String),
  'NaN',
  'Infinity',
  '-Infinity',
  '1e309',
  '0x10',
  '1_000',
  '٣',
  '--1',
];

/** Words, numbers, spaces and single signs: whatever the language, its tokens are among them or made of them. */
const TOKEN = /[A-Za-z_][\w./]*|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|\s+|./gis;

type Change = (tokens: string[], random: Random) => void;

const indexWhere = (tokens: readonly string[], random: Random, test: RegExp): number => {
  const places = tokens.flatMap((token, i) => (test.test(token) ? [i] : []));
  return places.length > 0 ? pick(places, random) : random.integer(tokens.length);
};

const CHANGES: readonly Change[] = [
  (tokens, random) => {
    tokens[indexWhere(tokens, random, /\d/)] = pick(NUMBERS, random);
  },
  (tokens, random) => {
    tokens[indexWhere(tokens, random, /\d/)] = pick(NUMBERS, random);
  },
  (tokens, random) => {
    tokens[indexWhere(tokens, random, /^[a-z]/i)] = oddText(random);
  },
  // another word of the same text: a type, a name or a key in the wrong place
  (tokens, random) => {
    tokens[indexWhere(tokens, random, /^\w/)] = tokens[indexWhere(tokens, random, /^\w/)] as string;
  },
  (tokens, random) => {
    tokens.splice(random.integer(tokens.length), 1 + random.integer(3));
  },
  (tokens, random) => {
    const at = random.integer(tokens.length);
    const part = tokens.slice(at, at + 1 + random.integer(oneIn(3, random) ? 200 : 5));
    tokens.splice(random.integer(tokens.length), 0, ...part);
  },
  (tokens, random) => {
    const [a, b] = [random.integer(tokens.length), random.integer(tokens.length)];
    [tokens[a], tokens[b]] = [tokens[b] as string, tokens[a] as string];
  },
  (tokens, random) => {
    tokens.splice(
      random.integer(tokens.length),
      0,
      pick(['{', '}', '[', ']', '"', "'", ',', ':', ';', '\n', '\r', '#', '\u0000', '\uFEFF'], random),
    );
  },
  (tokens, random) => {
    tokens.length = 1 + random.integer(tokens.length);
  },
];

/** Rare: a hundred thousand of the same sign, or of the same line. */
const FLOODS: readonly Change[] = [
  (tokens, random) => {
    const sign = pick(['[', '{', '(', 'a {', '"', '\n', ',', ' ', '9', '{"a":', '/*', '#'], random);
    tokens.splice(random.integer(tokens.length), 0, sign.repeat(100_000));
  },
  (tokens, random) => {
    const at = random.integer(tokens.length);
    const part = tokens.slice(at, at + 40).join('');
    tokens.splice(at, 0, part.repeat(1 + Math.floor(500_000 / (part.length + 1))));
  },
];

/** A text with one to four damages by tokens. */
export function damagedText(text: string, random: Random): string {
  const tokens = text.match(TOKEN) ?? [''];
  for (let round = random.integer(4); round >= 0; round--) {
    pick(oneIn(100, random) ? FLOODS : CHANGES, random)(tokens, random);
    if (tokens.length === 0) tokens.push('');
  }
  return tokens.join('');
}
