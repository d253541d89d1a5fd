import type { Layer, LayerId, Padding, Pair } from '../../core/network/network.ts';
import { refuse } from '../model/textModel.ts';
import { unguarded } from './csv.ts';
import type { AttributeColumn } from './layerTableColumns.ts';

const KINDS: Readonly<Record<Layer['kind'], true>> = {
  input: true,
  conv2d: true,
  depthwiseConv2d: true,
  dense: true,
  maxPool: true,
  averagePool: true,
  globalAveragePool: true,
  globalMaxPool: true,
  batchNorm: true,
  dropout: true,
  upsample: true,
  channelShuffle: true,
  l2Normalize: true,
  leakyRelu: true,
  relu: true,
  relu6: true,
  sigmoid: true,
  tanh: true,
  hardSigmoid: true,
  hardSwish: true,
  add: true,
  multiply: true,
  concat: true,
  flatten: true,
  softmax: true,
};

const KIND_BY_WORD = new Map(Object.keys(KINDS).map((kind) => [kind.toLowerCase(), kind as Layer['kind']]));

/** Ids of a `reads` cell: separated as `writeLayerTable` does. */
export function readIds(cell: string): readonly LayerId[] {
  const ids: string[] = [];
  let id = '';
  for (let at = 0; at < cell.length; at++) {
    const letter = cell.charAt(at);
    if (letter === '|') {
      ids.push(id);
      id = '';
    } else id += letter === '\\' ? cell.charAt(++at) : letter;
  }
  return [...ids, id];
}

/** One row of a layer table: its cells by column, and faults that name layer and column. */
export class LayerRow {
  readonly #cell: (column: string) => string;
  readonly #where: string;

  constructor(cell: (column: string) => string, where: string) {
    this.#cell = cell;
    this.#where = where;
  }

  refuse(column: string, expected: string): never {
    const cell = this.#cell(column).slice(0, 40);
    return refuse(
      'table-cell',
      `${this.#where}: ${column} is ${cell === '' ? 'empty' : cell} and must be ${expected}.`,
      this.#where,
    );
  }

  text(column: string): string {
    return unguarded(this.#cell(column));
  }

  #trimmed(column: AttributeColumn): string {
    return this.#cell(column).trim();
  }

  /** A number, also with the comma of other languages. */
  #number(column: AttributeColumn, usual?: number): number {
    const cell = this.#trimmed(column);
    if (cell === '' && usual !== undefined) return usual;
    const value = Number(cell.replace(/^([^.,]*),([^.,]*)$/, '$1.$2'));
    return cell !== '' && Number.isFinite(value) ? value : this.refuse(column, 'a number');
  }

  #numbers(column: AttributeColumn, separator: RegExp): readonly number[] {
    return this.#trimmed(column)
      .split(separator)
      .map((part) => (/^\d{1,9}$/.test(part) ? Number(part) : Number.NaN));
  }

  /** "3x3", or 3 for both. */
  #pair(column: AttributeColumn, usual?: Pair): Pair {
    if (this.#trimmed(column) === '' && usual) return usual;
    const [rows, columns = rows, ...more] = this.#numbers(column, /\s*[x×*]\s*/i);
    if (rows === undefined || columns === undefined || more.length > 0 || !(rows + columns >= 0))
      return this.refuse(column, 'rows x columns such as 3x3');
    return [rows, columns];
  }

  #padding(usual: Padding): Padding {
    const cell = this.#trimmed('padding').toLowerCase();
    if (cell === '') return usual;
    if (cell === 'same' || cell === 'valid') return cell;
    const [top, bottom = top, left = top, right = top, ...more] = this.#numbers('padding', /\s+/);
    const sides = [top, bottom, left, right].map((rows) => rows ?? Number.NaN) as [
      number,
      number,
      number,
      number,
    ];
    return more.length === 0 && sides.every((rows) => rows >= 0)
      ? sides
      : this.refuse('padding', 'same, valid or rows added at top, bottom, left and right such as 1 1 1 1');
  }

  #truth(column: AttributeColumn, usual: boolean): boolean {
    const cell = this.#trimmed(column).toLowerCase();
    if (cell === '') return usual;
    if (['yes', 'true', '1'].includes(cell)) return true;
    return ['no', 'false', '0'].includes(cell) ? false : this.refuse(column, 'yes or no');
  }

  kind(): Layer['kind'] {
    const word = this.#cell('kind').trim().toLowerCase();
    return KIND_BY_WORD.get(word) ?? this.refuse('kind', `one of ${[...KIND_BY_WORD.values()].join(', ')}`);
  }

  #window(usual: Padding, stride: Pair): { readonly strides: Pair; readonly padding: Padding } {
    return { strides: this.#pair('stride', stride), padding: this.#padding(usual) };
  }

  /**
   * The layer of this row. Empty cells mean what is usual: stride 1 (a pooling's own size), padding same (valid for
   * pooling), no dilation, one group, a bias, epsilon 0.001 (1e-10 of
   * `l2Normalize`), rate 0.5, size 2x2 nearest.
   */
  layer(id: LayerId, inputs: readonly LayerId[]): Layer {
    const kind = this.kind();
    const base = { id, inputs };
    switch (kind) {
      case 'input': {
        const [height, width, channels, ...more] = this.#numbers('shape', /\s*[x×*]\s*/i);
        if (!height || !width || !channels || more.length > 0)
          return this.refuse('shape', 'height x width x channels such as 32x32x3');
        return { kind, ...base, shape: { height, width, channels } };
      }
      case 'conv2d':
      case 'depthwiseConv2d': {
        const common = {
          ...base,
          kernelSize: this.#pair('kernel'),
          ...this.#window('same', [1, 1]),
          dilationRate: this.#pair('dilation', [1, 1]),
          useBias: this.#truth('bias', true),
        };
        return kind === 'conv2d'
          ? { kind, ...common, filters: this.#number('filters'), groups: this.#number('groups', 1) }
          : { kind, ...common, depthMultiplier: this.#number('multiplier', 1) };
      }
      case 'dense':
        return { kind, ...base, units: this.#number('filters'), useBias: this.#truth('bias', true) };
      case 'maxPool':
      case 'averagePool': {
        const poolSize = this.#pair('kernel');
        return { kind, ...base, poolSize, ...this.#window('valid', poolSize) };
      }
      case 'batchNorm':
        return { kind, ...base, epsilon: this.#number('epsilon', 1e-3) };
      case 'channelShuffle':
        return { kind, ...base, groups: this.#number('groups') };
      case 'l2Normalize':
        return { kind, ...base, epsilon: this.#number('epsilon', 1e-10) };
      case 'dropout':
        return { kind, ...base, rate: this.#number('rate', 0.5) };
      case 'upsample': {
        const word = this.#trimmed('interpolation').toLowerCase();
        const interpolation =
          word === '' || word === 'nearest'
            ? 'nearest'
            : word === 'bilinear'
              ? word
              : this.refuse('interpolation', 'nearest or bilinear');
        return { kind, ...base, size: this.#pair('size', [2, 2]), interpolation };
      }
      case 'leakyRelu':
        return { kind, ...base, slope: this.#number('slope') };
      default:
        return { kind, ...base };
    }
  }
}
