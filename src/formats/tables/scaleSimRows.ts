import type { Pair } from '../../core/network/network.ts';
import { LARGEST_LAYER_COUNT } from '../design/schema.ts';
import { refuse, refuseTooMany } from '../model/textModel.ts';
import { delimiterOf, parseCsv } from './csv.ts';

/** One row of a topology: a convolution without padding over an input map. */
export interface ScaleSimRow {
  readonly name: string;
  /** "Row 3 (Conv3)" */
  readonly label: string;
  readonly extents: Pair;
  readonly kernel: Pair;
  readonly channels: number;
  readonly filters: number;
  readonly strides: Pair;
  /** SCALE-Sim splits a row whose name holds DP into one of each channel. */
  readonly isDepthwise: boolean;
}

/** The columns SCALE-Sim reads, by place; a newer file may have a column more for the stride of the columns. */
export const HEADER = [
  'Layer name',
  'IFMAP Height',
  'IFMAP Width',
  'Filter Height',
  'Filter Width',
  'Channels',
  'Num Filter',
] as const;

/** SCALE-Sim tells depthwise rows by these letters in their names (topology_utils.py, `load_arrays_conv`). */
export const DEPTHWISE_MARK = 'DP';

const plain = (cell: string | undefined): string => (cell ?? '').trim().toLowerCase();

/** Whether a text is a SCALE-Sim topology: its header has the columns of input maps. */
export function isScaleSimText(text: string): boolean {
  const [header = []] = parseCsv(text.slice(0, 10_000), delimiterOf(text), 1).rows;
  const words = header.map(plain);
  return (
    words.includes('ifmap height') &&
    words.includes('ifmap width') &&
    words.some((word) => /^filter h/.test(word))
  );
}

function wholeAt(cells: readonly string[], at: number, column: string, label: string): number {
  const cell = plain(cells[at]);
  const value = Number(cell);
  if (cell !== '' && Number.isInteger(value) && value >= 1 && value <= 1 << 24) return value;
  return refuse(
    'scale-sim-cell',
    `${label}: ${column} is ${cell === '' ? 'empty' : cell.slice(0, 40)} and must be a whole number from 1.`,
    label,
  );
}

function rowOf(cells: readonly string[], number: number, hasTwoStrides: boolean): ScaleSimRow {
  const name = (cells[0] ?? '').trim();
  const label = `Row ${number}${name === '' ? '' : ` (${name.slice(0, 60)})`}`;
  const whole = (at: number, column: string) => wholeAt(cells, at, column, label);
  const extents: Pair = [whole(1, 'IFMAP Height'), whole(2, 'IFMAP Width')];
  const kernel: Pair = [whole(3, 'Filter Height'), whole(4, 'Filter Width')];
  if (kernel[0] > extents[0] || kernel[1] > extents[1])
    refuse(
      'scale-sim-cell',
      `${label} slides a ${kernel.join('x')} filter over an IFMAP of ${extents.join('x')}, which is smaller; IFMAP extents must include the padding.`,
      label,
    );
  const stride = whole(7, 'Strides');
  return {
    name,
    label,
    extents,
    kernel,
    channels: whole(5, 'Channels'),
    filters: whole(6, 'Num Filter'),
    strides: [stride, hasTwoStrides ? whole(8, 'Stride Width') : stride],
    isDepthwise: name.includes(DEPTHWISE_MARK),
  };
}

/** The rows of a topology; cells that mean nothing here are named in `notes`. Throws a FaultError. */
export function scaleSimRows(text: string, fileName: string, notes: string[]): readonly ScaleSimRow[] {
  const { rows, isCut } = parseCsv(text, delimiterOf(text), 2 * LARGEST_LAYER_COUNT);
  const [header = [], ...body] = rows;
  const words = header.map(plain);
  if (words[1] === 'm' && words[2] === 'n' && words[3] === 'k')
    refuse(
      'scale-sim-gemm',
      `${fileName} is a SCALE-Sim topology of matrix products (M, N, K), which has no feature maps; open one of convolutions.`,
      fileName,
    );
  if (!isScaleSimText(text) || words[1] !== 'ifmap height')
    refuse(
      'scale-sim-header',
      `${fileName} is no SCALE-Sim topology: its first line must be ${HEADER.join(', ')}, Strides.`,
      fileName,
    );
  const filled = body.filter((row) => row.some((cell) => cell.trim() !== ''));
  refuseTooMany(isCut ? Number.POSITIVE_INFINITY : filled.length, fileName);
  if (filled.length === 0) refuse('scale-sim-empty', `${fileName} holds no row below its header.`, fileName);
  const hasTwoStrides = /stride/.test(words[8] ?? '');
  const found = filled.map((cells, i) => rowOf(cells, i + 1, hasTwoStrides));
  if (filled.some((cells) => cells.slice(8).some((cell) => /^\d+:\d+$/.test(cell.trim()))))
    notes.push('The sparsity of the rows (N:M) is left out: networks here are dense.');
  return found;
}
