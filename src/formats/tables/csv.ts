/** A table of texts: RFC 4180, with the delimiters of spreadsheets in other languages too. */
export interface CsvTable {
  readonly rows: readonly (readonly string[])[];
  /** True where reading stopped at `mostRows`. */
  readonly isCut: boolean;
}

const DELIMITERS = [',', ';', '\t'] as const;

/** Cells of a row that are still a table's. */
const MOST_CELLS = 500;

/** The delimiter that the first line holds most of, outside quotes. */
export function delimiterOf(text: string): string {
  const [line = ''] = text.slice(0, 10_000).split(/[\r\n]/, 1);
  const bare = line.replace(/"[^"]*"/g, '');
  const count = (delimiter: string) => bare.split(delimiter).length;
  return [...DELIMITERS].sort((a, b) => count(b) - count(a))[0] as string;
}

/** Cells of a CSV text, read until `mostRows` rows. Quotes inside a cell that is not quoted stay as they are. */
export function parseCsv(text: string, delimiter: string, mostRows: number): CsvTable {
  const rows: string[][] = [];
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    if (rows.length === mostRows) return { rows, isCut: true };
    const row: string[] = [];
    for (;;) {
      let cell = '';
      if (text[at] === '"') {
        // A quote in a quoted cell is written twice.
        for (at++; at < text.length; ) {
          const end = text.indexOf('"', at);
          const stop = end < 0 ? text.length : end;
          cell += text.slice(at, stop);
          at = stop + 1;
          if (text[at] !== '"') break;
          cell += '"';
          at++;
        }
      }
      const start = at;
      while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') at++;
      cell += text.slice(start, at);
      if (row.length < MOST_CELLS) row.push(cell);
      if (text[at] !== delimiter) break;
      at++;
    }
    if (text[at] === '\r') at++;
    if (text[at] === '\n') at++;
    rows.push(row);
  }
  return { rows, isCut: false };
}

/** What a spreadsheet would take for a formula (OWASP, CSV injection), and the sign that keeps it a text. */
const FORMULA = /^['=+\-@\t\r\n＝＋－＠]/;

/** A name as a cell's text: what begins like a formula gets an apostrophe, which {@link unguarded} takes away. */
export const guarded = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);

export const unguarded = (cell: string): string => (cell.startsWith("'") ? cell.slice(1) : cell);

const quoted = (cell: string): string =>
  /[",;\t\r\n]|^\s|\s$|^\uFEFF/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;

/** Rows of cells as RFC 4180 has them: commas, CRLF, quotes where they are needed. */
export const csvText = (rows: readonly (readonly (string | number)[])[]): string =>
  rows.map((row) => `${row.map((cell) => quoted(String(cell))).join(',')}\r\n`).join('');
