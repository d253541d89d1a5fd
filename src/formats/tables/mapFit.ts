import type { FeatureMap, Pair } from '../../core/network/network.ts';

/** A pooling or enlargement that turns one map's extents into another's. */
export type Resize =
  | {
      readonly kind: 'maxPool';
      readonly size: number;
      readonly stride: number;
      readonly padding: 'valid' | 'same';
    }
  | { readonly kind: 'globalAveragePool' }
  | { readonly kind: 'upsample'; readonly factor: number };

/** Far more than networks pool at once. */
const LARGEST_FACTOR = 16;

const extentsOf = ({ height, width }: FeatureMap): Pair => [height, width];

/** What the poolings that networks use leave of a map, the likelier first. */
function poolings(map: FeatureMap): readonly { readonly resize: Resize; readonly extents: Pair }[] {
  const [height, width] = extentsOf(map);
  const found: { resize: Resize; extents: Pair }[] = [];
  for (let stride = 2; stride <= Math.min(LARGEST_FACTOR, Math.max(height, width)); stride++) {
    const each = (rule: (extent: number) => number): Pair => [rule(height), rule(width)];
    const add = (size: number, padding: 'valid' | 'same', extents: Pair) => {
      if (extents[0] >= 1 && extents[1] >= 1)
        found.push({ resize: { kind: 'maxPool', size, stride, padding }, extents });
    };
    add(
      stride,
      'valid',
      each((extent) => Math.floor(extent / stride)),
    );
    if (stride === 2)
      add(
        3,
        'valid',
        each((extent) => Math.floor((extent - 3) / 2) + 1),
      );
    add(
      stride,
      'same',
      each((extent) => Math.ceil(extent / stride)),
    );
  }
  return found;
}

/** Rows to add in all so that a window gives `outputs`; null where no padding below the kernel does. */
function padsFor(extent: number, kernel: number, stride: number, outputs: number): number | null {
  const pads = Math.max(0, (outputs - 1) * stride + kernel - extent);
  const fits = Math.floor((extent + pads - kernel) / stride) + 1 === outputs;
  return fits && pads <= 2 * (kernel - 1) ? pads : null;
}

export interface Window {
  readonly extents: Pair;
  readonly kernel: Pair;
  readonly strides: Pair;
}

/** How many results a window without padding gives over its own extents, along both axes. */
export const outputsOf = ({ extents, kernel, strides }: Window): Pair => [
  Math.floor((extents[0] - kernel[0]) / strides[0]) + 1,
  Math.floor((extents[1] - kernel[1]) / strides[1]) + 1,
];

export interface Fit {
  readonly resize: Resize | null;
  /** Rows and columns added in all. */
  readonly pads: Pair;
}

/**
 * How a window comes to its results from a map: with padding that its extents include, behind a pooling, or enlarged.
 * `isPadded` false: the extents are the map's own, and padding explains nothing. Null where nothing does.
 */
export function fitWindow(map: FeatureMap, window: Window, isPadded: boolean): Fit | null {
  const { kernel, strides } = window;
  const outputs = outputsOf(window);
  const tryExtents = (extents: Pair, resize: Resize | null): Fit | null => {
    if (!isPadded) return extents.join() === window.extents.join() ? { resize, pads: [0, 0] } : null;
    const rows = padsFor(extents[0], kernel[0], strides[0], outputs[0]);
    const columns = padsFor(extents[1], kernel[1], strides[1], outputs[1]);
    return rows === null || columns === null ? null : { resize, pads: [rows, columns] };
  };
  const own = extentsOf(map);
  const direct = tryExtents(own, null);
  if (direct) return direct;
  if (window.extents[0] <= own[0] || window.extents[1] <= own[1]) {
    for (const { resize, extents } of poolings(map)) {
      const fit = tryExtents(extents, resize);
      if (fit) return fit;
    }
  }
  // A gate of one pixel is no map to enlarge.
  if (own[0] === 1 && own[1] === 1) return null;
  for (let factor = 2; factor <= LARGEST_FACTOR; factor++) {
    const fit = tryExtents([own[0] * factor, own[1] * factor], { kind: 'upsample', factor });
    if (fit) return fit;
  }
  return null;
}

/** How a map gives a vector of `length`: its mean a channel, or all its values, behind a pooling if need be. */
export function fitVector(map: FeatureMap, length: number): { readonly resize: Resize | null } | null {
  const [height, width] = extentsOf(map);
  if (map.channels === length)
    return { resize: height === 1 && width === 1 ? null : { kind: 'globalAveragePool' } };
  if (height * width * map.channels === length) return { resize: null };
  const pooled = poolings(map).find(({ extents }) => extents[0] * extents[1] * map.channels === length);
  return pooled ? { resize: pooled.resize } : null;
}
