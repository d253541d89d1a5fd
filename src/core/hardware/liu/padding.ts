import type { PaddingScheme } from './engine.ts';

/** What the matrix buffer gives in one cycle of a map's stream. */
export interface StreamCycle {
  /** The 3x3 window, row by row; null where it joins pixels of two rows, or nothing is there yet. */
  readonly window: readonly number[] | null;
  /** [row, column] of the window's center. */
  readonly center: readonly [number, number] | null;
}

const ZERO_COLUMN = [0, 0, 0] as const;
type Column = readonly [number, number, number];

const windowOf = (columns: readonly Column[]): readonly number[] =>
  [0, 1, 2].flatMap((row) => columns.map((column) => column[row] ?? 0));

/** Zeros are written into the map, and every pixel of it streams: windows between two rows are invalid (Fig. 8). */
function directStream(map: readonly (readonly number[])[]): readonly StreamCycle[] {
  const [height, width] = [map.length, map[0]?.length ?? 0];
  const pixel = (row: number, column: number): number => map[row - 1]?.[column - 1] ?? 0;
  const cycles: StreamCycle[] = [];
  let columns: readonly Column[] = [ZERO_COLUMN, ZERO_COLUMN, ZERO_COLUMN];
  for (let row = 0; row < height + 2; row++)
    for (let column = 0; column < width + 2; column++) {
      columns = [...columns.slice(1), [pixel(row - 2, column), pixel(row - 1, column), pixel(row, column)]];
      const valid = row >= 2 && column >= 2;
      cycles.push(
        valid ? { window: windowOf(columns), center: [row - 2, column - 2] } : { window: null, center: null },
      );
    }
  return cycles;
}

/**
 * Only a bottom row of zeros streams. Multiplexers give zeros above the map; where the first pixel of a row comes
 * in, the newest column is read as zeros (the right edge of the row before), where the second comes in, the oldest is
 * (the left edge). One more cycle empties the buffer (Fig. 9).
 */
function separateStream(map: readonly (readonly number[])[]): readonly StreamCycle[] {
  const [height, width] = [map.length, map[0]?.length ?? 0];
  const pixel = (row: number, column: number): number => map[row]?.[column] ?? 0;
  const cycles: StreamCycle[] = [];
  let columns: readonly Column[] = [ZERO_COLUMN, ZERO_COLUMN, ZERO_COLUMN];
  for (let cycle = 0; cycle <= (height + 1) * width; cycle++) {
    const [row, column] = [Math.floor(cycle / width), cycle % width];
    columns = [...columns.slice(1), [pixel(row - 2, column), pixel(row - 1, column), pixel(row, column)]];
    const index = cycle - 1 - width;
    if (index < 0) {
      cycles.push({ window: null, center: null });
      continue;
    }
    const center = [Math.floor(index / width), index % width] as const;
    const [oldest = ZERO_COLUMN, middle = ZERO_COLUMN, newest = ZERO_COLUMN] = columns;
    const left = center[1] === 0 ? ZERO_COLUMN : oldest;
    const right = center[1] === width - 1 ? ZERO_COLUMN : newest;
    cycles.push({ window: windowOf([left, middle, right]), center });
  }
  return cycles;
}

/**
 * The reshape unit cycle by cycle: the 3x3 windows, stride 1, of a map with one pixel of padding (source 004,
 * section 3.5). (H+2)(W+2) cycles with `direct`. With `operation-separate` (H+1)W and one more, in which the last
 * window leaves; eq. 2 leaves that one out.
 */
export const streamWindows = (
  map: readonly (readonly number[])[],
  scheme: PaddingScheme,
): readonly StreamCycle[] => (scheme === 'direct' ? directStream(map) : separateStream(map));
