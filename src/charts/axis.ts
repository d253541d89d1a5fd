import type { Group, Margins } from './frame.ts';
import { textWidth } from './text.ts';

export interface Tick {
  readonly at: number;
  readonly label: string;
}

export interface Axis {
  readonly ticks: readonly Tick[];
  readonly label: string;
}

/** Steps that read well for channels: 8, 16, 32, 64 ... */
export function binaryTicks(max: number, count: number): number[] {
  let step = 1;
  while (max / step > count) step *= 2;
  const ticks: number[] = [];
  for (let at = 0; at <= max; at += step) ticks.push(at);
  return ticks;
}

/** Whole numbers: 0, 2, 4 ... */
export function integerTicks(max: number, count: number): number[] {
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
  const step = steps.find((s) => max / s <= count) ?? max;
  const ticks: number[] = [];
  for (let at = 0; at <= max; at += step) ticks.push(at);
  return ticks;
}

/** Left margin for these labels, with room for the axis label above them. */
export const yMargin = (labels: readonly string[]): number =>
  Math.ceil(Math.max(16, ...labels.map((label) => textWidth(label)))) + 12;

interface PlotSize {
  readonly width: number;
  readonly height: number;
  readonly margins: Margins;
}

/**
 * Horizontal grid lines with their labels, labels below, the x axis' name under them and the y axis' name
 * above its labels (level, so that nobody has to tilt the head).
 */
export function drawAxes(layer: Group, x: Axis, y: Axis, { width, height, margins }: PlotSize): void {
  const right = width - margins.right;
  const bottom = height - margins.bottom;
  layer.attr('aria-hidden', 'true');
  layer
    .selectAll<SVGLineElement, Tick>('line.grid-line')
    .data(y.ticks, (tick) => tick.label)
    .join('line')
    .attr('class', (tick) => (Math.abs(tick.at - bottom) < 1 ? 'grid-line is-base' : 'grid-line'))
    .attr('x1', margins.left)
    .attr('x2', right)
    .attr('y1', (tick) => tick.at)
    .attr('y2', (tick) => tick.at);
  layer
    .selectAll<SVGTextElement, Tick>('text.y-tick')
    .data(y.ticks, (tick) => tick.label)
    .join('text')
    .attr('class', 'tick-label y-tick')
    .attr('text-anchor', 'end')
    .attr('dy', '0.32em')
    .attr('x', margins.left - 7)
    .attr('y', (tick) => tick.at)
    .text((tick) => tick.label);
  const free = withoutOverlap(x.ticks);
  layer
    .selectAll<SVGTextElement, Tick>('text.x-tick')
    .data(free, (tick) => tick.label)
    .join('text')
    .attr('class', 'tick-label x-tick')
    .attr('text-anchor', (tick) => (tick.at + textWidth(tick.label) / 2 > width ? 'end' : 'middle'))
    .attr('x', (tick) => tick.at)
    .attr('y', bottom + 15)
    .text((tick) => tick.label);
  const names = [
    { key: 'x', text: x.label, at: [(margins.left + right) / 2, bottom + 30], anchor: 'middle' },
    { key: 'y', text: y.label, at: [2, margins.top - 10], anchor: 'start' },
  ];
  layer
    .selectAll<SVGTextElement, (typeof names)[number]>('text.axis-label')
    .data(names, (name) => name.key)
    .join('text')
    .attr('class', 'axis-label')
    .attr('text-anchor', (name) => name.anchor)
    .attr('x', (name) => name.at[0] ?? 0)
    .attr('y', (name) => name.at[1] ?? 0)
    .text((name) => name.text);
}

function withoutOverlap(ticks: readonly Tick[]): Tick[] {
  const kept: Tick[] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const tick of ticks) {
    const half = textWidth(tick.label) / 2;
    if (tick.at - half < end + 6) continue;
    kept.push(tick);
    end = tick.at + half;
  }
  return kept;
}
