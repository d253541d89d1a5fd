import type { Tip } from './tooltip.ts';
import type { HeatmapCell, HeatmapData, Table } from './types.ts';

/** Largest share of the accent color in a cell: text on it stays readable in both themes. */
export const DEEPEST = 0.45;

/** Shade of a value: in proportion to it, the highest deepest. From zero, so that alike looks alike. */
export function shadeOf(data: HeatmapData): (value: number) => number {
  const high = Math.max(0, ...data.cells.map(({ value }) => value ?? 0));
  return (value) => (high > 0 ? (DEEPEST * Math.max(0, value)) / high : 0);
}

export function tipOf(cell: HeatmapCell, data: HeatmapData): Tip {
  return {
    title: cell.name === data.current ? `${cell.name}, the design's bits` : cell.name,
    lines: cell.details,
  };
}

export const isEmpty = (data: HeatmapData): boolean => data.cells.length === 0;

export const emptySentence = (data: HeatmapData): string => data.empty ?? 'Nothing to map yet.';

const said = (cell: HeatmapCell): string => `${cell.text.join(' ')} at ${cell.name}`;

export function summary(data: HeatmapData): string {
  if (isEmpty(data)) return emptySentence(data);
  const valued = data.cells.filter(({ value }) => value !== null);
  const ranked = [...valued].sort((a, b) => (a.value ?? 0) - (b.value ?? 0));
  const [low, high] = [ranked[0], ranked.at(-1)];
  const missing = data.cells.length - valued.length;
  const current = data.cells.find(({ name }) => name === data.current);
  return [
    `${data.quantity} over ${data.rowTitle} and ${data.columnTitle}.`,
    ...(low && high ? [`From ${said(low)} to ${said(high)}.`] : []),
    ...(missing > 0 ? [`${missing} of ${data.cells.length} cells have no value.`] : []),
    ...(current ? [`The design stands at ${current.name}: ${current.text.join(' ')}.`] : []),
  ].join(' ');
}

export function table(data: HeatmapData): Table {
  return {
    columns: [data.rowTitle, data.columnTitle, data.quantity, 'note'],
    rows: data.cells.map((cell) => [
      data.rows[cell.row] ?? '',
      data.columns[cell.column] ?? '',
      cell.value ?? '',
      cell.details.join('; '),
    ]),
  };
}

/** The cell that an arrow key leads to from another one; null at the edge and for other keys. */
export function neighbor(data: HeatmapData, from: HeatmapCell, key: string): HeatmapCell | null {
  const moves: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
  };
  const move = moves[key];
  if (!move) return null;
  const [row, column] = [from.row + move[0], from.column + move[1]];
  return data.cells.find((cell) => cell.row === row && cell.column === column) ?? null;
}
