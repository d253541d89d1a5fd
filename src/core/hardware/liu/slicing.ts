import type { Work } from './cycles.ts';
import type { LiuSettings } from './engine.ts';

/** From the first to before the last. */
export type Range = readonly [from: number, to: number];

/** Weights that are in the engine at the same time. */
export interface WeightBlock {
  readonly channels: Range;
  /** For a depthwise convolution: which of a channel's filters. */
  readonly filters: Range;
  /** Positions in the kernel, row * width + column. */
  readonly taps: readonly number[];
}

function ranges(count: number, step: number): readonly Range[] {
  const found: Range[] = [];
  for (let from = 0; from < count; from += step) found.push([from, Math.min(count, from + step)]);
  return found;
}

const numbers = ([from, to]: Range): readonly number[] =>
  Array.from({ length: to - from }, (_, i) => from + i);

/** Kernel positions of one window each: squares of a standard kernel, PK in a row of a depthwise one. */
function tapGroups({ kind, kernelSize }: Work, pk: number): readonly (readonly number[])[] {
  const [height, width] = kernelSize;
  if (kind === 'depthwise') return ranges(height * width, pk).map(numbers);
  const side = Math.sqrt(pk);
  return ranges(height, side).flatMap((rows) =>
    ranges(width, side).map((columns) =>
      numbers(rows).flatMap((row) => numbers(columns).map((column) => row * width + column)),
    ),
  );
}

/**
 * The weights of one pass cut into blocks of at most PK taps, PC channels and PF filters (source 004, section 6,
 * slicing), in the order in which they are loaded. Weights of one group where a convolution has several.
 */
export function sliceWeights(work: Work, { pk, pc, pf }: LiuSettings): readonly WeightBlock[] {
  if (work.kind === 'outputUnit') return [];
  const filters = work.kind === 'depthwise' ? ranges(work.repeats, 1) : ranges(work.ofm.channels, pf);
  const taps = tapGroups(work, pk);
  return filters.flatMap((of) =>
    ranges(work.ifm.channels, pc).flatMap((channels) =>
      taps.map((group) => ({ channels, filters: of, taps: group })),
    ),
  );
}
