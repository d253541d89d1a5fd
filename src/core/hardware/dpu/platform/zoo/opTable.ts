import type { FeatureMap, Pair } from '../../../../network/network.ts';
import type { DpuOp } from '../../ops.ts';

/** `same`: ceil(input / stride); a number: rows and columns added on every side; `ceil` counts a part of a window. */
type OpPadding = 'same' | 'valid' | number;

interface WindowOptions {
  readonly stride?: number;
  readonly padding?: OpPadding;
  readonly from?: string;
}

const extent = (input: number, kernel: number, stride: number, padding: OpPadding, whole = Math.floor) =>
  padding === 'same'
    ? Math.ceil(input / stride)
    : whole((input + (padding === 'valid' ? 0 : 2 * padding) - kernel) / stride) + 1;

/**
 * Writes the op table of a published network in a few lines: batch norms and activations are folded, ids count
 * (conv1, conv2 ...). Every method appends an op that reads the last one or `from`, and returns its id.
 */
export class OpTable {
  readonly #ops: DpuOp[] = [];
  readonly #maps = new Map<string, FeatureMap>();
  readonly #counts = new Map<string, number>();
  #last = 'input';

  constructor(input: FeatureMap) {
    this.#push({ kind: 'input', id: 'input', inputs: [], layerIds: [], ofm: input });
  }

  get ops(): readonly DpuOp[] {
    return this.#ops;
  }

  get last(): string {
    return this.#last;
  }

  mapOf(id: string): FeatureMap {
    const map = this.#maps.get(id);
    if (!map) throw new Error(`The op table has no ${id}`);
    return map;
  }

  get channels(): number {
    return this.mapOf(this.#last).channels;
  }

  #push(op: DpuOp): string {
    this.#ops.push(op);
    this.#maps.set(op.id, op.ofm);
    this.#last = op.id;
    return op.id;
  }

  #base(prefix: string, inputs: readonly string[], ofm: FeatureMap) {
    const count = (this.#counts.get(prefix) ?? 0) + 1;
    this.#counts.set(prefix, count);
    const id = `${prefix}${count}`;
    return { id, inputs, layerIds: [id], ofm };
  }

  #window(kernel: number, strides: number, ifm: FeatureMap) {
    return {
      ifm,
      kernelSize: [kernel, kernel] satisfies Pair,
      strides: [strides, strides] satisfies Pair,
    };
  }

  conv(filters: number, kernel: number, options: WindowOptions = {}): string {
    const { stride = 1, padding = 'same', from = this.#last } = options;
    const ifm = this.mapOf(from);
    const ofm = {
      height: extent(ifm.height, kernel, stride, padding),
      width: extent(ifm.width, kernel, stride, padding),
      channels: filters,
    };
    return this.#push({
      kind: 'convolution',
      ...this.#base('conv', [from], ofm),
      ...this.#window(kernel, stride, ifm),
    });
  }

  depthwise(kernel: number, { stride = 1, from = this.#last }: WindowOptions = {}): string {
    const ifm = this.mapOf(from);
    const ofm = {
      ...ifm,
      height: extent(ifm.height, kernel, stride, 'same'),
      width: extent(ifm.width, kernel, stride, 'same'),
    };
    return this.#push({
      kind: 'depthwise',
      ...this.#base('dw', [from], ofm),
      ...this.#window(kernel, stride, ifm),
    });
  }

  /** Caffe counts a part of a window: `whole` is then Math.ceil. */
  maxPool(kernel: number, options: WindowOptions & { readonly whole?: (value: number) => number } = {}) {
    const { stride = 1, padding = 'same', from = this.#last, whole = Math.ceil } = options;
    const ifm = this.mapOf(from);
    const ofm = {
      ...ifm,
      height: extent(ifm.height, kernel, stride, padding, whole),
      width: extent(ifm.width, kernel, stride, padding, whole),
    };
    return this.#push({
      kind: 'maxPool',
      ...this.#base('pool', [from], ofm),
      ...this.#window(kernel, stride, ifm),
    });
  }

  globalAverage(): string {
    const ifm = this.mapOf(this.#last);
    return this.#push({
      kind: 'averagePool',
      ...this.#base('gap', [this.#last], { height: 1, width: 1, channels: ifm.channels }),
      ifm,
      kernelSize: [ifm.height, ifm.width],
      strides: [1, 1],
    });
  }

  /** Flattens what it reads. */
  dense(units: number): string {
    const { height, width, channels } = this.mapOf(this.#last);
    return this.#push({
      kind: 'dense',
      ...this.#base('fc', [this.#last], { height: 1, width: 1, channels: units }),
      ...this.#window(1, 1, { height: 1, width: 1, channels: height * width * channels }),
    });
  }

  add(a: string, b: string): string {
    return this.#push({ kind: 'add', ...this.#base('add', [a, b], this.mapOf(a)) });
  }

  concat(...inputs: readonly string[]): string {
    const channels = inputs.reduce((sum, id) => sum + this.mapOf(id).channels, 0);
    const ofm = { ...this.mapOf(inputs[0] ?? 'input'), channels };
    return this.#push({ kind: 'concat', ...this.#base('concat', inputs, ofm) });
  }
}

export const image = (height: number, width = height): FeatureMap => ({ height, width, channels: 3 });

/** The nearest multiple of 8 that loses less than a tenth: how MobileNets and EfficientNets scale their widths. */
export function roundChannels(channels: number): number {
  const rounded = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return rounded < 0.9 * channels ? rounded + 8 : rounded;
}
