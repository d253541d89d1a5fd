import { refuse } from '../model/textModel.ts';

/** A message of protobuf's text format: its fields by name, each with its values in the order of the file. */
export interface TextMessage {
  readonly fields: ReadonlyMap<string, readonly TextValue[]>;
  /** Where it begins, for sentences. */
  readonly line: number;
}

/** Numbers and words of enumerations stay as they are written; strings lose their quotes. */
export type TextValue = string | TextMessage;

interface Open extends TextMessage {
  readonly fields: Map<string, TextValue[]>;
  readonly closedBy: '}' | '>' | null;
}

/** A layer of Caffe nests four deep. */
const DEEPEST = 64;
/** A network of 2,000 layers has a hundred thousand. */
const MOST_VALUES = 1_000_000;

const TOKEN =
  /[ \t\r\n\f\v\uFEFF]+|#[^\n]*|([A-Za-z_][\w.]*)|([-+]?[0-9.][\w.+-]*|-\s*[A-Za-z]+)|(["'])|([{}<>:;,[\]])/y;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

type Token = { readonly kind: 'word' | 'number' | 'string' | 'mark' | 'end'; readonly text: string };

/** Cuts a text into tokens, one at a time. */
class Scanner {
  line = 1;
  #at = 0;
  readonly #text: string;
  readonly #fileName: string;

  constructor(text: string, fileName: string) {
    this.#text = text;
    this.#fileName = fileName;
  }

  refuse(what: string): never {
    return refuse(
      'caffe-text',
      `${this.#fileName}, line ${this.line}: ${what}; it is cut off or no prototxt.`,
      this.#fileName,
    );
  }

  /** The text between quotes; both kinds may quote, and none spans lines. */
  #string(quote: string): Token {
    let text = '';
    for (let at = this.#at; at < this.#text.length; at++) {
      const letter = this.#text.charAt(at);
      if (letter === quote) {
        this.#at = at + 1;
        return { kind: 'string', text };
      }
      if (letter === '\n') break;
      if (letter === '\\') {
        const escaped = this.#text.charAt(++at);
        text += ESCAPES[escaped] ?? escaped;
      } else text += letter;
    }
    return this.refuse('a text in quotes has no end');
  }

  next(): Token {
    while (this.#at < this.#text.length) {
      TOKEN.lastIndex = this.#at;
      const match = TOKEN.exec(this.#text);
      if (!match) return this.refuse(`${JSON.stringify(this.#text.charAt(this.#at))} is out of place`);
      this.#at = TOKEN.lastIndex;
      const [space, word, number, quote, mark] = match;
      if (word !== undefined) return { kind: 'word', text: word };
      if (number !== undefined) return { kind: 'number', text: number.replace(/\s/g, '') };
      if (quote !== undefined) return this.#string(quote);
      if (mark !== undefined) return { kind: 'mark', text: mark };
      for (const letter of space) if (letter === '\n') this.line++;
    }
    return { kind: 'end', text: 'the end' };
  }
}

/**
 * Reads protobuf's text format without a schema: nested messages in {} or <>, repeated fields, lists in [], strings
 * in both quotes, comments. Throws a FaultError that names the line. Nesting is kept on a list of its own, so that
 * no depth overflows the stack.
 */
export function parseTextFormat(text: string, fileName: string): TextMessage {
  const scanner: Scanner = new Scanner(text, fileName);
  const root: Open = { fields: new Map(), line: 1, closedBy: null };
  const open: Open[] = [root];
  let values = 0;
  let field: string | null = null;
  let inList = false;
  let colon = false;
  /** The list whose last text goes on where another text follows it at once. */
  const last: { texts: TextValue[] | null } = { texts: null };

  const add = (value: TextValue) => {
    if (++values > MOST_VALUES) scanner.refuse('it has more than a million values, more than a network');
    const { fields } = open.at(-1) as Open;
    const list = fields.get(field ?? '');
    if (list) list.push(value);
    else fields.set(field ?? '', [value]);
    last.texts = fields.get(field ?? '') ?? null;
    if (!inList) field = null;
  };

  for (let token = scanner.next(); ; token = scanner.next()) {
    const current = open.at(-1) as Open;
    const { kind, text: written } = token;
    const opens = written === '{' || written === '<';
    if (kind === 'end') break;
    if (field === null) {
      if (kind === 'word') {
        field = written;
        colon = false;
        last.texts = null;
      } else if (kind === 'mark' && written === current.closedBy) {
        open.pop();
        inList = false;
      } else if (kind === 'string') {
        // Texts beside each other are one.
        const { texts } = last;
        const before = texts?.at(-1);
        if (!texts || typeof before !== 'string') scanner.refuse('a text stands without a field');
        texts[texts.length - 1] = before + written;
      } else if (!(kind === 'mark' && (written === ',' || written === ';')))
        scanner.refuse(`${written} stands where a field's name should`);
    } else if (kind === 'mark' && opens) {
      const message: Open = { fields: new Map(), line: scanner.line, closedBy: written === '{' ? '}' : '>' };
      if (inList) scanner.refuse('a list of messages is not understood; repeat the field instead');
      add(message);
      open.push(message);
      if (open.length > DEEPEST) scanner.refuse(`messages nest deeper than ${DEEPEST}`);
    } else if (!colon && !inList && kind === 'mark' && written === ':') colon = true;
    else if (colon && !inList && kind === 'mark' && written === '[') inList = true;
    else if (inList && kind === 'mark' && written === ']') {
      inList = false;
      field = null;
    } else if (inList && kind === 'mark' && written === ',') continue;
    else if (colon && kind !== 'mark') add(written);
    else scanner.refuse(`${written} stands where the value of ${field} should`);
  }
  if (open.length > 1) scanner.refuse(`the message that begins in line ${open.at(-1)?.line} has no end`);
  if (field !== null) scanner.refuse(`the field ${field} has no value`);
  return root;
}
