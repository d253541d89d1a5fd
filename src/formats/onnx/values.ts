import type { FeatureMap, LayerId } from '../../core/network/network.ts';
import { FaultError } from '../../core/result.ts';

/** Numbers known without an image: initializers and what is computed from them. */
export interface Constant {
  readonly kind: 'constant';
  readonly dims: readonly number[];
  readonly values: Float32Array | Float64Array;
  /** Of the numbers' quantizer, if one made them, or of the whole numbers that the file holds. */
  readonly bits?: number;
  /** Whether they are of a type without negative numbers. */
  readonly unsigned?: boolean;
}

/** Rows and columns added by a Pad node and not read yet, [top, bottom, left, right]. */
export interface PendingPads {
  readonly pads: readonly [number, number, number, number];
  readonly value: number;
}

/** `extent` numbers of a map that lie `stride` apart in our memory: rows, columns, channels. */
export interface Run {
  readonly extent: number;
  readonly stride: number;
}

/** What one axis of a tensor runs over, the slowest first. */
export type Axis = readonly Run[];

/** What a layer of ours computes, seen through the eyes of ONNX. */
export interface MapValue {
  readonly kind: 'map';
  readonly source: LayerId;
  readonly map: FeatureMap;
  readonly batch: number;
  /** [N, C, H, W], [N, H, W, C] or [N, C]. */
  readonly layout: 'channelsFirst' | 'channelsLast' | 'vector';
  /**
   * A vector that ONNX flattened from NCHW: the maps it was, in order. Ours is flattened from NHWC. Null where
   * both orders are the same.
   */
  readonly flattened: readonly FeatureMap[] | null;
  /** The axes behind the batch, where a reshape or transposition made others than the layout's. */
  readonly view: readonly Axis[] | null;
  readonly pending: PendingPads | null;
  /** Between QuantizeLinear and DequantizeLinear, where a Clip says how many bits there are. */
  readonly whole?: boolean;
  /** What a minimum cut it off at that waits for its maximum: the two are a ReLU6. */
  readonly most?: number;
  /** Whether more than one node reads it: the layer that computes it must not change for one of them. */
  readonly shared: boolean;
}

/** The result of a node that was left out, or that reads one. */
export interface LostValue {
  readonly kind: 'lost';
}

/** On the way to an L2 normalization: something of each pixel of `of`, with one number a pixel from `sum` on. */
export interface NormValue {
  readonly kind: 'norm';
  readonly of: MapValue;
  readonly stage: 'square' | 'sum' | 'length';
  /** What it is at least, and what was added; 0 for nothing. */
  readonly least: number;
  readonly summand: number;
}

export type Value = Constant | MapValue | NormValue | LostValue;

export const LOST: LostValue = { kind: 'lost' };

/** A node with no counterpart here: it is left out and named. */
export class Unsupported extends Error {}

export const fault = (code: string, message: string, where: string): FaultError =>
  new FaultError({ code, message, where });

/** The largest array that is computed here (files hold larger ones, but compute none): 2^26 numbers. */
const LARGEST_COMPUTED = 2 ** 26;

/** What a file of any size may compute in all: 2^25 numbers, 256 MB. */
const ALLOWED = 2 ** 25;
/** And for each of its bytes: eight steps from a float32 of the file to the weight. */
const ALLOWED_PER_BYTE = 2;

/** What is left of that for the file that is being read; reading is one step without a pause. */
let allowance = Number.POSITIVE_INFINITY;

/** Begins a file of so many bytes: a small one that computes gigabytes from nothing is refused on the way. */
export function beginAllowance(bytes: number): void {
  allowance = ALLOWED + ALLOWED_PER_BYTE * bytes;
}

/** Counts the numbers that a node made, which stay in memory until the file is read. */
export function spendAllowance(count: number, label: string): void {
  allowance -= affordable(count, label);
}

/** `count`, or a thrown FaultError where an array of so many numbers is a damaged file's wish. */
export function affordable(count: number, label: string, most = LARGEST_COMPUTED): number {
  if (count <= Math.min(most, allowance)) return count;
  throw fault(
    'onnx-too-large',
    `${label} asks for an array of ${count} computed numbers; the file is damaged, or too large for a browser.`,
    label,
  );
}

export const sizeOf = (dims: readonly number[]): number => dims.reduce((product, n) => product * n, 1);

export const constant = (
  dims: readonly number[],
  values: Float32Array | Float64Array | readonly number[],
  bits?: number,
): Constant => ({
  kind: 'constant',
  dims,
  values:
    values instanceof Float32Array || values instanceof Float64Array ? values : Float64Array.from(values),
  ...(bits === undefined ? {} : { bits }),
});

export function dimsOf({ layout, batch, map, view }: MapValue): readonly number[] {
  if (view) return [batch, ...view.map((axis) => sizeOf(axis.map(({ extent }) => extent)))];
  if (layout === 'channelsFirst') return [batch, map.channels, map.height, map.width];
  if (layout === 'channelsLast') return [batch, map.height, map.width, map.channels];
  return [batch, map.channels];
}

export const channelAxis = ({ layout }: MapValue): number => (layout === 'channelsLast' ? 3 : 1);

export const isPixel = (map: FeatureMap): boolean => map.height === 1 && map.width === 1;

/** Where element i of ONNX's vector stands in ours: NCHW against NHWC, map by map. */
export function positionsOf(flattened: readonly FeatureMap[]): Uint32Array {
  const total = flattened.reduce((sum, map) => sum + map.height * map.width * map.channels, 0);
  const positions = new Uint32Array(total);
  let offset = 0;
  for (const { height, width, channels } of flattened) {
    const pixels = height * width;
    for (let c = 0; c < channels; c++)
      for (let p = 0; p < pixels; p++) positions[offset + c * pixels + p] = offset + p * channels + c;
    offset += pixels * channels;
  }
  return positions;
}

/** Rows of `width` numbers, one a channel of ONNX's vector, brought into our order. */
export function inOurOrder<T extends Float32Array | Float64Array>(
  rows: T,
  width: number,
  value: MapValue,
): T {
  if (!value.flattened) return rows;
  const positions = positionsOf(value.flattened);
  const ordered = rows.slice() as T;
  positions.forEach((to, from) => {
    ordered.set(rows.subarray(from * width, (from + 1) * width), to * width);
  });
  return ordered;
}

export const sameMap = (a: FeatureMap, b: FeatureMap): boolean =>
  a.height === b.height && a.width === b.width && a.channels === b.channels;

/** Whether two values number their channels alike, and lie in memory alike. */
export function sameOrder(a: MapValue, b: MapValue): boolean {
  if (a.layout !== b.layout || JSON.stringify(a.view) !== JSON.stringify(b.view)) return false;
  const [left, right] = [a.flattened ?? [], b.flattened ?? []];
  return left.length === right.length && left.every((map, i) => sameMap(map, right[i] as FeatureMap));
}
