import {
  type ConvolutionCost,
  type ConvolutionSize,
  type KernelSet,
  separableCost,
  standardCost,
} from '../core/network/convolutionCosts.ts';
import type { LayerId } from '../core/network/network.ts';
import { formatInteger } from '../core/quantity.ts';
import type { Tip } from './tooltip.ts';
import type { ChartOptions, Table } from './types.ts';

export interface KernelsData {
  readonly label: string;
  readonly layerIds: readonly LayerId[];
  /** Null where there is no convolution; `empty` says why. */
  readonly convolution: { readonly size: ConvolutionSize; readonly asBuilt: ConvolutionCost } | null;
  readonly empty?: string;
}

export type KernelsOptions = ChartOptions;

/** Kernels of one size, and whether the layer is made of them. */
export interface DrawnKernels {
  readonly set: KernelSet;
  readonly isBuilt: boolean;
}

export const NAMES: Readonly<Record<KernelSet['kind'], string>> = {
  standard: 'Standard',
  grouped: 'Grouped',
  depthwise: 'Depthwise',
  pointwise: 'Pointwise',
};

/** Standard, depthwise and pointwise kernels for the layer's sizes; what it is made of takes the place of its kind. */
export function drawnKernels({ convolution }: KernelsData): readonly DrawnKernels[] {
  if (!convolution) return [];
  const { size, asBuilt } = convolution;
  const built = asBuilt.kernels;
  const sets = [...standardCost(size).kernels, ...separableCost(size).kernels].map(
    (set) => built.find(({ kind }) => kind === set.kind) ?? set,
  );
  const others = built.filter(({ kind }) => sets.every((set) => set.kind !== kind));
  return [...sets, ...others].map((set) => ({ set, isBuilt: built.includes(set) }));
}

export const sizeText = ({ height, width, depth }: KernelSet): string => `${height}x${width}x${depth}`;

export const countText = ({ count }: KernelSet): string =>
  `${formatInteger(count)} ${count === 1 ? 'kernel' : 'kernels'}`;

export const weightText = ({ weightCount }: KernelSet): string =>
  `${formatInteger(weightCount)} ${weightCount === 1 ? 'weight' : 'weights'}`;

export function tipOf({ set, isBuilt }: DrawnKernels): Tip {
  return {
    title: `${NAMES[set.kind]}${isBuilt ? ', as it is built' : ''}`,
    lines: [
      `${countText(set)} of ${sizeText(set)}: ${weightText(set)}`,
      `${formatInteger(set.macCount)} MACs a frame`,
    ],
  };
}

export const emptySentence = (data: KernelsData): string => data.empty ?? 'No convolution is chosen.';

export function summary(data: KernelsData): string {
  const drawn = drawnKernels(data);
  if (drawn.length === 0) return emptySentence(data);
  const said = drawn.map(({ set, isBuilt }) => {
    const name = NAMES[set.kind].toLowerCase();
    return `${name}${isBuilt ? ' (as it is built)' : ''} ${countText(set)} of ${sizeText(set)}, ${weightText(set)}`;
  });
  return `Kernels of ${data.label}: ${said.join('; ')}.`;
}

export function table(data: KernelsData): Table {
  return {
    columns: ['convolution', 'height', 'width', 'channels', 'kernels', 'weights', 'MACs', 'note'],
    rows: drawnKernels(data).map(({ set, isBuilt }) => [
      NAMES[set.kind].toLowerCase(),
      set.height,
      set.width,
      set.depth,
      set.count,
      set.weightCount,
      set.macCount,
      isBuilt ? 'as it is built' : '',
    ]),
  };
}

/** Largest size of a tap on screen, and the room for depth. */
const TAP = 13;
const DEPTH_STEP = 6;
/** A kernel runs back into the picture at this slope. */
const BACK = [0.8, -0.5] as const;
/** From one kernel of a deck to the next, and how many of them are drawn at most. */
const DECK = [9, 9] as const;
const DECK_SIZE = 3;

export interface KernelBox {
  readonly front: string;
  readonly top: string;
  readonly side: string;
  readonly grid: string;
}

export interface KernelDrawing {
  /** The one that stands behind all others first. */
  readonly boxes: readonly KernelBox[];
  readonly width: number;
  readonly height: number;
}

/** Depth grows with its logarithm: 512 channels would leave the page. */
export const depthLength = (depth: number): number => 3 + DEPTH_STEP * Math.log2(depth);

/** A deck of at most three kernels as boxes, with lines between the taps, as large as the room allows. */
export function kernelDrawing(set: KernelSet, roomWidth: number, roomHeight: number): KernelDrawing {
  const shown = Math.min(DECK_SIZE, set.count);
  const [back, rise] = [BACK[0] * depthLength(set.depth), -BACK[1] * depthLength(set.depth)];
  const [decked, sunk] = [(shown - 1) * DECK[0], (shown - 1) * DECK[1]];
  const byWidth = (roomWidth - back - decked) / set.width;
  const byHeight = (roomHeight - rise - sunk) / set.height;
  const tap = Math.max(1, Math.min(TAP, byWidth, byHeight));
  const [w, h] = [tap * set.width, tap * set.height];
  const boxes = Array.from({ length: shown }, (_, i): KernelBox => {
    const [x, y] = [i * DECK[0], rise + i * DECK[1]];
    const points = (...all: readonly (readonly [number, number])[]) =>
      `M${all.map(([px, py]) => `${px.toFixed(1)},${py.toFixed(1)}`).join('L')}Z`;
    const columns = Array.from(
      { length: set.width - 1 },
      (_none, c) => `M${(x + (c + 1) * tap).toFixed(1)},${y.toFixed(1)}v${h.toFixed(1)}`,
    );
    const rows = Array.from(
      { length: set.height - 1 },
      (_none, r) => `M${x.toFixed(1)},${(y + (r + 1) * tap).toFixed(1)}h${w.toFixed(1)}`,
    );
    return {
      front: points([x, y], [x + w, y], [x + w, y + h], [x, y + h]),
      top: points([x, y], [x + back, y - rise], [x + w + back, y - rise], [x + w, y]),
      side: points([x + w, y], [x + w + back, y - rise], [x + w + back, y + h - rise], [x + w, y + h]),
      grid: [...columns, ...rows].join(''),
    };
  });
  return { boxes, width: w + back + decked, height: h + rise + sunk };
}
