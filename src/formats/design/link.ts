import { deflateSync, inflateSync } from 'fflate';
import type { Design } from '../../core/exploration/design.ts';
import { fail, type Result } from '../../core/result.ts';
import { crc32 } from '../crc32.ts';
import { parseDesign } from './parse.ts';
import { LATER_DATA, LATER_DESIGN, LATER_HARDWARE, LATER_RECIPE } from './schema.ts';

/** The version of the wrapping; the document inside has its own. */
const LINK_VERSION = 1;
const PREFIX = 'd=';
/** Checksum (4 bytes) and length (3 bytes) of the deflated document come before it. */
const HEADER = 7;
/** No design is larger; what unpacks to more is not one. */
const LARGEST_DOCUMENT = 1 << 20;
/** Longer than any browser keeps a link. */
const LONGEST_LINK = 1 << 20;

function toBase64Url(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

function fromBase64Url(text: string): Uint8Array {
  const whole = text.length % 4 === 1 ? text.slice(0, -1) : text; // one left-over letter carries no byte
  const binary = atob(whole.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

/** Without the entries that are what a reader assumes where they are absent. */
function without(record: object, defaults: object): object {
  const assumed = new Map(Object.entries(defaults).map(([key, value]) => [key, JSON.stringify(value)]));
  return Object.fromEntries(
    Object.entries(record).filter(([key, value]) => assumed.get(key) !== JSON.stringify(value)),
  );
}

/** A design as a link says it: choices that nobody touched are left out. */
const slim = (design: Design): object => ({
  ...without(design, LATER_DESIGN),
  data: without(design.data, LATER_DATA),
  recipe: without(design.recipe, LATER_RECIPE),
  fineTune: without(design.fineTune, LATER_RECIPE),
  hardware: without(design.hardware, LATER_HARDWARE),
});

/** The whole design as a URL fragment: `#d=1.` and the deflated JSON in base64url. */
export function encodeLink(design: Design): string {
  const packed = deflateSync(new TextEncoder().encode(JSON.stringify(slim(design))), { level: 9 });
  const bytes = new Uint8Array(HEADER + packed.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, crc32(packed));
  view.setUint8(4, packed.length >> 16);
  view.setUint16(5, packed.length & 0xffff);
  bytes.set(packed, HEADER);
  return `#${PREFIX}${LINK_VERSION}.${toBase64Url(bytes)}`;
}

const notOurs = () =>
  fail(
    'not-a-link',
    'This link holds no Sweetspot design; it should end in #d=1. and a long row of letters.',
  );
const cut = () =>
  fail(
    'cut-link',
    'This link to a design is cut off; copy it again in full, or ask the sender for the design file.',
  );
const changed = () =>
  fail(
    'changed-link',
    'This link to a design was changed on its way; copy it again, or ask the sender for the design file.',
  );

/** Signs that follow a link in a text. */
const ENDINGS = `.,;:!?)>]"'*`;

/** What chat programs and mails make of a fragment is undone: `%3D` for `=`, a full stop at the end. */
function cleaned(fragment: string): string {
  let text = fragment.slice(fragment.indexOf('#') + 1).trim();
  if (text.includes('%')) {
    try {
      text = decodeURIComponent(text);
    } catch {
      // Cut inside of an escape: what is left shows it.
    }
  }
  if (!text.startsWith(PREFIX)) return text;
  // counted from the end: a pattern that ends with $ tries every place of a long run of signs
  let end = text.length;
  while (ENDINGS.includes(text.charAt(end - 1)) && end > 0) end--;
  return text.slice(0, end);
}

/** Reads what {@link encodeLink} wrote: a fragment with or without `#`, or a whole address. Never throws. */
export function decodeLink(fragment: string): Result<Design> {
  if (fragment.length > LONGEST_LINK) return notOurs();
  const text = cleaned(fragment);
  const match = /^d=(\d{1,9})\.(.*)$/s.exec(text);
  if (!match) return /^d(=\d{0,9})?$/.test(text) ? cut() : notOurs();
  const [, version = '', payload = ''] = match;
  if (Number(version) > LINK_VERSION) {
    return fail(
      'newer-design',
      `This design was made by a newer Sweetspot (link version ${Number(version)}, this one reads up to ${LINK_VERSION}); open it with the newer one.`,
    );
  }
  if (Number(version) < 1) return notOurs();
  if (!/^[\w-]*$/.test(payload)) return changed();
  const bytes = fromBase64Url(payload);
  if (bytes.length <= HEADER) return cut();
  const view = new DataView(bytes.buffer);
  const length = (view.getUint8(4) << 16) | view.getUint16(5);
  const packed = bytes.subarray(HEADER);
  if (packed.length < length) return cut();
  if (packed.length > length || crc32(packed) !== view.getUint32(0)) return changed();
  return open(packed);
}

function open(packed: Uint8Array): Result<Design> {
  try {
    // With a buffer given, fflate drops what does not fit: a bomb fills it and costs no memory.
    const document = inflateSync(packed, { out: new Uint8Array(LARGEST_DOCUMENT + 1) });
    if (document.length > LARGEST_DOCUMENT) {
      return fail(
        'too-large',
        `This link unpacks to more than ${LARGEST_DOCUMENT} bytes, which no design needs; ask the sender for the design file.`,
      );
    }
    return parseDesign(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(document)));
  } catch {
    return changed();
  }
}
