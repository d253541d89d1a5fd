/** The arguments are wrong: exit code 2. */
export class UsageError extends Error {}

export interface Command {
  /** One line: the name, its arguments and options. */
  readonly usage: string;
  /** What goes to standard output. Throws a FaultError for bad input, a UsageError for bad arguments. */
  run(args: readonly string[]): Promise<string>;
}

export const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** The one positional argument. */
export function onlyInput(positionals: readonly string[]): string {
  const [input, extra] = positionals;
  if (input === undefined) throw new UsageError('no input was given');
  if (extra !== undefined) throw new UsageError(`one input at a time: ${extra} is too many`);
  return input;
}

const cellOf = (value: string | number): string => {
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

export const asCsv = (columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  `${[columns, ...rows].map((row) => row.map(cellOf).join(',')).join('\n')}\n`;

/** Columns aligned with spaces, numbers to the right. */
export function asTable(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const all = [columns, ...rows].map((row) =>
    row.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en-US') : cell)),
  );
  const widths = columns.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  const right = columns.map((_, i) => typeof rows[0]?.[i] === 'number');
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (right[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return `${all.map(line).join('\n')}\n`;
}
