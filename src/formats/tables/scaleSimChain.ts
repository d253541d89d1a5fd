import type { FeatureMap, LayerId, Padding, Pair } from '../../core/network/network.ts';
import { describeMap } from '../../core/network/shapes.ts';
import { refuse, someOf } from '../model/textModel.ts';
import { NetworkSketch } from '../onnx/sketch.ts';
import { fitVector, fitWindow, type Resize } from './mapFit.ts';
import type { ScaleSimRow } from './scaleSimRows.ts';
import { barePadding, isGate, lengthOf, sameMap } from './scaleSimShapes.ts';

/** What a row gives. */
interface Output {
  readonly id: LayerId;
  readonly map: FeatureMap;
  isRead: boolean;
}

/** A row's input: a map, and what lies between. */
interface Source {
  readonly id: LayerId;
  readonly pads: Pair;
}

/** Maps that are looked at as inputs of a branch; a network branches from near. */
const NEAREST = 64;

/** Builds a network row by row; the maps that a topology does not name are found by their shapes. */
export class ScaleSimChain {
  readonly sketch = new NetworkSketch();
  /** How far it came, where it throws. */
  rowsJoined = 0;
  readonly #outputs: Output[] = [];
  readonly #told = new Map<string, string[]>();
  readonly #isPadded: boolean;

  /** `isPadded`: whether IFMAP extents include the padding, as SCALE-Sim computes with them. */
  constructor(isPadded: boolean) {
    this.#isPadded = isPadded;
  }

  #tell(what: string, row: ScaleSimRow): void {
    const names = this.#told.get(what);
    if (names) names.push(row.name || row.label);
    else this.#told.set(what, [row.name || row.label]);
  }

  /** One sentence for each thing that the topology does not say. */
  notes(): readonly string[] {
    return [...this.#told].map(([what, rows]) => `${what}: ${someOf(rows)}.`);
  }

  #resized(source: LayerId, resize: Resize | null, row: ScaleSimRow): LayerId {
    if (!resize) return source;
    const id = row.name || row.label;
    if (resize.kind === 'globalAveragePool') {
      this.#tell('A global average pooling was put before', row);
      return this.sketch.push(`${id}_gap`, { kind: 'globalAveragePool' }, [source]).id;
    }
    if (resize.kind === 'upsample') {
      this.#tell('An enlargement was put before', row);
      const size: Pair = [resize.factor, resize.factor];
      return this.sketch.push(`${id}_up`, { kind: 'upsample', size, interpolation: 'nearest' }, [source]).id;
    }
    this.#tell('A max pooling was put before', row);
    const { size, stride, padding } = resize;
    const pool = { poolSize: [size, size], strides: [stride, stride], padding } as const;
    return this.sketch.push(`${id}_pool`, { kind: 'maxPool', ...pool }, [source]).id;
  }

  /** Where a row's input comes from when it is the given map; null where its shape does not explain it. */
  #from(output: Output, row: ScaleSimRow, channels: number): (() => Source) | null {
    const length = lengthOf(row);
    if (length !== null) {
      const fit = fitVector(output.map, length);
      return fit && (() => ({ id: this.#resized(output.id, fit.resize, row), pads: [0, 0] }));
    }
    if (output.map.channels !== channels) return null;
    const fit = fitWindow(output.map, row, this.#isPadded);
    return fit && (() => ({ id: this.#resized(output.id, fit.resize, row), pads: fit.pads }));
  }

  /** Several maps as one: added, put side by side, or gated. */
  #joined(kind: 'add' | 'concat' | 'multiply', parts: readonly Output[], row: ScaleSimRow): Output {
    const words = {
      add: 'Maps of one shape that nothing else reads were added before',
      concat: 'Maps of one height and width were put side by side before',
      multiply: 'A gate of one value a channel was applied before',
    };
    this.#tell(words[kind], row);
    for (const part of parts) part.isRead = true;
    const ids = parts.map(({ id }) => id);
    const { id } = this.sketch.push(`${row.name || row.label}_${kind}`, { kind }, ids);
    const joined = { id, map: this.sketch.mapOf(id), isRead: true };
    // Branches may read it later; the row that it was made for comes behind it.
    this.#outputs.push(joined);
    return joined;
  }

  /** The last maps that nothing reads yet, as many as give `channels` together. */
  #sideBySide(channels: number): readonly Output[] | null {
    const parts: Output[] = [];
    let sum = 0;
    for (const output of this.#outputs.slice(-NEAREST).toReversed()) {
      if (output.isRead) continue;
      const [first = output] = parts;
      if (output.map.height !== first.map.height || output.map.width !== first.map.width) continue;
      parts.unshift(output);
      sum += output.map.channels;
      if (sum >= channels) break;
    }
    return sum === channels && parts.length > 1 ? parts : null;
  }

  #use(output: Output, row: ScaleSimRow, channels: number): Source | null {
    const source = this.#from(output, row, channels)?.() ?? null;
    if (source) output.isRead = true;
    return source;
  }

  /** The last map, with those beside it that have its shape. */
  #fromLast(last: Output, row: ScaleSimRow): Source | null {
    if (!this.#from(last, row, row.channels)) return null;
    const beside = this.#outputs
      .slice(-NEAREST)
      .filter((one) => one !== last && !one.isRead && sameMap(one.map, last.map));
    const sum = beside.length > 0 ? this.#joined('add', [...beside, last], row) : last;
    return this.#use(sum, row, row.channels);
  }

  #fromSideBySide(row: ScaleSimRow): Source | null {
    const parts = this.#sideBySide(lengthOf(row) ?? row.channels);
    const [first] = parts ?? [];
    if (!parts || !first) return null;
    const map = { ...first.map, channels: parts.reduce((sum, part) => sum + part.map.channels, 0) };
    if (!this.#from({ ...first, map }, row, row.channels)) return null;
    return this.#use(this.#joined('concat', parts, row), row, row.channels);
  }

  #fromEarlier(last: Output, row: ScaleSimRow): Source | null {
    for (const output of this.#outputs.slice(-NEAREST - 1, -1).toReversed()) {
      if (lengthOf(row) !== null && output.map.channels !== lengthOf(row)) continue;
      if (!this.#from(output, row, row.channels)) continue;
      if (!last.isRead && isGate(last.map, output.map)) {
        output.isRead = true;
        return this.#use(this.#joined('multiply', [output, last], row), row, row.channels);
      }
      this.#tell('Read from an earlier map of fitting shape', row);
      return this.#use(output, row, row.channels);
    }
    return null;
  }

  /** Padding, by what the next row needs where extents do not include it. */
  #padding(row: ScaleSimRow, pads: Pair, next: ScaleSimRow | undefined): Padding {
    if (!this.#isPadded) {
      const padding = barePadding(row, next);
      if (padding === 'same')
        this.#tell('Padded so that the map keeps its extents, which SCALE-Sim does not count', row);
      return padding;
    }
    if (pads[0] === 0 && pads[1] === 0) return 'valid';
    const [rows, columns] = pads;
    return [Math.floor(rows / 2), Math.ceil(rows / 2), Math.floor(columns / 2), Math.ceil(columns / 2)];
  }

  #push(row: ScaleSimRow, source: Source, groups: number, depthwise: boolean, next?: ScaleSimRow): void {
    const id = row.name.replace(/_DP$/, '') || row.label;
    const map = this.sketch.mapOf(source.id);
    let pushed: LayerId;
    if (lengthOf(row) !== null && !depthwise && groups === 1) {
      const isVector = map.height === 1 && map.width === 1;
      const input = isVector
        ? source.id
        : this.sketch.push(`${id}_flatten`, { kind: 'flatten' }, [source.id]).id;
      pushed = this.sketch.push(id, { kind: 'dense', units: row.filters, useBias: false }, [input]).id;
    } else {
      const common = {
        kernelSize: row.kernel,
        strides: row.strides,
        padding: this.#padding(row, source.pads, next),
        dilationRate: [1, 1],
        useBias: false,
      } as const;
      pushed = this.sketch.push(
        id,
        depthwise
          ? { kind: 'depthwiseConv2d', depthMultiplier: row.filters, ...common }
          : { kind: 'conv2d', filters: row.filters, groups, ...common },
        [source.id],
      ).id;
    }
    this.#outputs.push({ id: pushed, map: this.sketch.mapOf(pushed), isRead: false });
  }

  #begin(row: ScaleSimRow): void {
    const length = lengthOf(row);
    const [height, width] = length === null ? row.extents : [1, 1];
    const shape = { height, width, channels: length ?? row.channels };
    const { id } = this.sketch.push('input', { kind: 'input', shape }, []);
    this.#outputs.push({ id, map: shape, isRead: false });
  }

  /** One channel of one filter, as some topologies write a depthwise convolution whose channels are all alike. */
  #isOneOfMany(row: ScaleSimRow, last: Output, next: ScaleSimRow | undefined): boolean {
    const one = row.channels === 1 && row.filters === 1 && last.map.channels > 1 && lengthOf(row) === null;
    return one && (/dw|depth/i.test(row.name) || next?.channels === last.map.channels);
  }

  step(row: ScaleSimRow, next: ScaleSimRow | undefined): void {
    if (this.#outputs.length === 0) this.#begin(row);
    const last = this.#outputs.at(-1) as Output;
    const isOne = this.#isOneOfMany(row, last, next);
    if (isOne) this.#tell('Written for one channel, and read for all channels before it', row);
    const wanted = isOne ? { ...row, channels: last.map.channels } : row;
    const depthwise = row.isDepthwise || isOne;
    const source =
      this.#fromLast(last, wanted) ?? this.#fromSideBySide(wanted) ?? this.#fromEarlier(last, wanted);
    if (source) this.#push(wanted, source, 1, depthwise, next);
    else if (!this.#stepInGroups(last, row, next))
      refuse(
        'scale-sim-row',
        `${row.label} reads ${row.extents.join('x')}x${row.channels}, and neither padding, pooling nor a branch makes that of ${describeMap(last.map)} before it; put rows in the order of the network.`,
        row.label,
      );
    this.rowsJoined++;
  }

  /** Fewer channels than there are: as many groups of them as fit. */
  #stepInGroups(last: Output, row: ScaleSimRow, next: ScaleSimRow | undefined): boolean {
    const groups = last.map.channels / row.channels;
    if (!Number.isInteger(groups) || groups < 2 || row.filters % groups !== 0 || row.isDepthwise)
      return false;
    // A 1x1 window over one pixel is a convolution when it has groups.
    const fit = fitWindow(last.map, row, this.#isPadded);
    if (!fit) return false;
    last.isRead = true;
    this.#tell('Read in groups, as it takes a part of the channels before', row);
    const id = this.#resized(last.id, fit.resize, row);
    this.#push(row, { id, pads: fit.pads }, groups, false, next);
    return true;
  }
}
