import { formatInteger, formatPercent, formatSignificant } from '../core/quantity.ts';
import type { Tip } from './tooltip.ts';
import type { ChartOptions, Table } from './types.ts';

export interface ClassBar {
  readonly name: string;
  /** Images of the class in each part, in the order of `parts`. */
  readonly counts: readonly number[];
}

export interface ClassBarsData {
  /** At most three: "training", "validation", "test". */
  readonly parts: readonly string[];
  readonly bars: readonly ClassBar[];
  /** The bars that are drawn, from the first to before the last; all are in the table. */
  readonly shown?: { readonly from: number; readonly to: number };
  readonly empty?: string;
}

export type ClassBarsOptions = ChartOptions;

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

export const totalOf = ({ counts }: ClassBar): number => sum(counts);

/** Parts without an image are neither drawn nor listed. */
export const partsInUse = ({ parts, bars }: ClassBarsData): readonly number[] =>
  parts.map((_, part) => part).filter((part) => bars.some(({ counts }) => (counts[part] ?? 0) > 0));

export const shownBars = ({ bars, shown }: ClassBarsData): readonly ClassBar[] =>
  shown ? bars.slice(shown.from, shown.to) : bars;

export function tipOf(data: ClassBarsData, bar: ClassBar): Tip {
  const total = totalOf(bar);
  return {
    title: `${bar.name}: ${formatInteger(total)} images`,
    lines: partsInUse(data).map((part) => {
      const count = bar.counts[part] ?? 0;
      return `${formatInteger(count)} for ${data.parts[part]}${total > 0 ? `, ${formatPercent(count / total)}` : ''}`;
    }),
  };
}

export function summary(data: ClassBarsData): string {
  const { bars } = data;
  if (bars.length === 0) return data.empty ?? 'No images to count yet.';
  const parts = partsInUse(data).map(
    (part) => `${formatInteger(sum(bars.map(({ counts }) => counts[part] ?? 0)))} for ${data.parts[part]}`,
  );
  const order = [...bars].filter((bar) => totalOf(bar) > 0).sort((a, b) => totalOf(b) - totalOf(a));
  const [most, least] = [order[0], order.at(-1)];
  const spread =
    most && least && totalOf(most) > totalOf(least)
      ? ` ${most.name} has the most images, ${formatInteger(totalOf(most))}, and ${least.name} the fewest, ${formatInteger(totalOf(least))}: ${formatSignificant(totalOf(most) / totalOf(least))} to 1.`
      : ' All classes have as many images.';
  return `${formatInteger(sum(bars.map(totalOf)))} images of ${formatInteger(bars.length)} classes: ${parts.join(', ')}.${spread}`;
}

export function table(data: ClassBarsData): Table {
  const used = partsInUse(data);
  return {
    columns: ['class', ...used.map((part) => data.parts[part] ?? ''), 'together'],
    rows: data.bars.map((bar) => [bar.name, ...used.map((part) => bar.counts[part] ?? 0), totalOf(bar)]),
  };
}
