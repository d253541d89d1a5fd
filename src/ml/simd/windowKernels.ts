import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Pair } from '../../core/network/network.ts';
import type { Window } from '../kernels/window.ts';
import type { Heap } from './heap.ts';
import { POOL_SIZES } from './poolGradient.ts';

const FLOAT = 4;
/** Floats of a vector: fewer channels than that have no kernels here. */
const LANES = 4;

type Shape4D = readonly [number, number, number, number];
const shapeOf = ({ shape }: TensorInfo) => shape as unknown as Shape4D;

/** Whether {@link maxPoolGradient} can do it. */
export const poolsSideBySide = ([rows, columns]: Pair, channels: number): boolean =>
  channels >= LANES && rows === columns && POOL_SIZES.some((size) => size === rows);

/** The gradient of max pooling in windows of `size` x `size` that lie side by side. */
export function maxPoolGradient(
  heap: Heap,
  dy: TensorInfo,
  x: TensorInfo,
  y: TensorInfo,
  size: number,
): TensorInfo {
  const [images, height, width, channels] = shapeOf(x);
  const [, rows, columns] = shapeOf(y);
  const dx = heap.output(x.shape);
  // pixels that no window reaches
  if (rows * size < height || columns * size < width) heap.view(dx).fill(0);
  const pixel = channels * FLOAT;
  const pooled = rows * columns * pixel;
  const whole = height * width * pixel;
  const [dyStart, xStart, yStart, dxStart] = [dy, x, y, dx].map((tensor) => heap.pointer(tensor)) as [
    number,
    number,
    number,
    number,
  ];
  for (let i = 0; i < images; i++)
    heap.call(
      `maxPoolGradient${size}`,
      dyStart + i * pooled,
      xStart + i * whole,
      yStart + i * pooled,
      dxStart + i * whole,
      rows,
      columns,
      pixel,
      width * pixel,
    );
  return dx;
}

/** Pixels that a tile of a gradient stays in registers for: more would leave the first cache. */
const TILE_PIXELS = 64;

/** How a sum over pixels is cut into parts: some images at a time, or some rows of one. */
function parts(images: number, rows: number, columns: number) {
  const imagesAtOnce = Math.min(images, Math.ceil(TILE_PIXELS / (rows * columns)));
  const rowsAtOnce = imagesAtOnce > 1 ? rows : Math.min(rows, Math.ceil(TILE_PIXELS / columns));
  return { imagesAtOnce, rowsAtOnce };
}

/** The gradient of a convolution for its filter, or of a depthwise one; null where there are too few channels. */
export function filterGradient(
  heap: Heap,
  x: TensorInfo,
  dy: TensorInfo,
  filterShape: Shape4D,
  { strides, dilations, pads }: Window,
  isDepthwise: boolean,
): TensorInfo | null {
  const [images, height, width, channels] = shapeOf(x);
  const [, rows, columns, filters] = shapeOf(dy);
  const [filterRows, filterColumns, , multiplier] = filterShape;
  if (filters < LANES || (isDepthwise && multiplier !== 1) || Math.min(...pads) < 0) return null;
  const gradient = heap.output(filterShape);
  const reach: Pair = [
    (rows - 1) * strides[0] + (filterRows - 1) * dilations[0] + 1,
    (columns - 1) * strides[1] + (filterColumns - 1) * dilations[1] + 1,
  ];
  const isInside = pads[0] === 0 && pads[2] === 0 && reach[0] <= height && reach[1] <= width;
  const [mapHeight, mapWidth] = isInside ? [height, width] : reach;
  const { imagesAtOnce, rowsAtOnce } = parts(images, rows, columns);
  const mapSize = mapHeight * mapWidth * channels;
  const line = Math.ceil(filters / LANES) * LANES;
  const taps = isDepthwise ? filterRows * filterColumns : filterRows * filterColumns * channels;
  heap.scratch([taps * line, isInside ? 0 : imagesAtOnce * mapSize], (sums = 0, padded = 0) => {
    heap.floats.fill(0, sums / FLOAT, sums / FLOAT + taps * line);
    if (!isInside) heap.floats.fill(0, padded / FLOAT, padded / FLOAT + imagesAtOnce * mapSize);
    const [xStart, dyStart] = [heap.pointer(x), heap.pointer(dy)];
    const xRow = mapWidth * channels * FLOAT;
    const dyRow = columns * filters * FLOAT;
    /** Window columns that lie side by side are taps of one call. */
    const isRow = !isDepthwise && dilations[1] === 1;
    const places = filterRows * (isRow ? 1 : filterColumns);
    const tapBytes = isDepthwise ? [] : [(isRow ? filterColumns : 1) * channels * FLOAT];
    const linesAPlace = taps / places;
    for (let image = 0; image < images; image += imagesAtOnce) {
      const count = Math.min(imagesAtOnce, images - image);
      const from = xStart + image * height * width * channels * FLOAT;
      if (!isInside) pad(heap, { from, to: padded, count, channels, size: [height, width], reach, pads });
      const map = isInside ? from : padded;
      for (let row = 0; row < rows; row += rowsAtOnce)
        for (let place = 0; place < places; place++) {
          const [r, c] = isRow ? [place, 0] : [Math.floor(place / filterColumns), place % filterColumns];
          heap.call(
            isDepthwise ? 'depthwiseGradient' : 'filterGradient',
            map + (row * strides[0] + r * dilations[0]) * xRow + c * dilations[1] * channels * FLOAT,
            dyStart + (image * rows + row) * dyRow,
            sums + place * linesAPlace * line * FLOAT,
            ...tapBytes,
            filters * FLOAT,
            count,
            Math.min(rowsAtOnce, rows - row),
            columns,
            mapSize * FLOAT,
            strides[0] * xRow,
            strides[1] * channels * FLOAT,
            rows * dyRow,
            dyRow,
            filters * FLOAT,
          );
        }
    }
    takeLines(heap.floats.subarray(sums / FLOAT, sums / FLOAT + taps * line), heap.view(gradient), filters);
  });
  return gradient;
}

interface Padding {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly channels: number;
  readonly size: Pair;
  /** Rows and columns of the padded map. */
  readonly reach: Pair;
  readonly pads: Window['pads'];
}

/** Copies images into the middle of zeroed, larger ones. */
function pad(heap: Heap, { from, to, count, channels, size, reach, pads }: Padding): void {
  const { floats } = heap;
  const [height, width] = size;
  const [top, , left] = pads;
  const rows = Math.min(height, reach[0] - top);
  const rowFloats = Math.min(width, reach[1] - left) * channels;
  if (rowFloats <= 0) return;
  for (let image = 0; image < count; image++)
    for (let row = 0; row < rows; row++) {
      const start = from / FLOAT + (image * height + row) * width * channels;
      const target = to / FLOAT + ((image * reach[0] + row + top) * reach[1] + left) * channels;
      floats.copyWithin(target, start, start + rowFloats);
    }
}

/** Lines of whole vectors, whose last one may hold the last four values, into lines without gaps. */
function takeLines(lines: Float32Array, into: Float32Array, length: number): void {
  const line = Math.ceil(length / LANES) * LANES;
  if (line === length) {
    into.set(lines);
    return;
  }
  const whole = line - LANES;
  for (let from = 0, to = 0; from < lines.length; from += line, to += length) {
    into.set(lines.subarray(from, from + whole), to);
    into.set(lines.subarray(from + line - (length - whole), from + line), to + whole);
  }
}
