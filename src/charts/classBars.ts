import { type EnterElement, type Selection, scaleLinear } from 'd3';
import { formatInteger } from '../core/quantity.ts';
import {
  type ClassBar,
  type ClassBarsData,
  type ClassBarsOptions,
  partsInUse,
  shownBars,
  summary,
  tipOf,
  totalOf,
} from './classBarsModel.ts';
import { createFrame, put, putText } from './frame.ts';
import { refreshRoving, tipText, wireItems } from './items.ts';
import { drawLegend } from './legend.ts';
import { definePatterns } from './patterns.ts';
import { fitText, textWidth } from './text.ts';
import type { Chart } from './types.ts';

export { summary, table } from './classBarsModel.ts';

const ROW = 20;
const BAR = 11;
const EDGE = 6;
/** Color and lines of each part. */
const SIGNS = [
  { color: 'var(--layer-0)', lines: null },
  { color: 'var(--layer-3)', lines: 'load' },
  { color: 'var(--layer-1)', lines: 'stream' },
] as const;

type Rows = Selection<SVGGElement, ClassBar, SVGGElement, unknown>;

/** How many images of each class are for what: one bar a class, its parts side by side. */
export function classBars(
  container: HTMLElement,
  first: ClassBarsData,
  firstOptions: ClassBarsOptions = {},
): Chart<ClassBarsData, ClassBarsOptions> {
  let data = first;
  let options = firstOptions;
  const frame = createFrame(container, { kind: 'bars', scroll: 'y', minHeight: 120 }, () => draw());
  const patternOf = definePatterns(frame.group('patterns'));
  const body = frame.group('rows');
  const header = frame.group('header').attr('data-sticky', '').attr('aria-hidden', 'true');
  const backdrop = header.append('rect').attr('class', 'backdrop').node() as SVGRectElement;
  const legend = frame.group('legend', header);
  const axis = frame.group('axis', header);
  const signOf = (part: number) => SIGNS[part] ?? SIGNS[0];
  const linesOf = (part: number) => {
    const { lines } = signOf(part);
    return lines === null ? null : patternOf(lines);
  };

  const stick = () =>
    put(header.node() as SVGGElement, 'transform', `translate(0,${frame.scroller.scrollTop})`);
  frame.scroller.addEventListener('scroll', stick, { passive: true });
  wireItems<ClassBar>(body.node() as SVGGElement, frame.tooltip, {
    tip: (bar) => tipOf(data, bar),
    layer: () => null,
    hover: () => {},
  });

  function drawHeader(width: number): number {
    const entries = partsInUse(data).map((part) => ({
      label: data.parts[part] ?? '',
      sign: (group: Parameters<typeof drawLegend>[0]) => {
        for (const fill of [null, linesOf(part)]) {
          const box = group.append('rect').attr('y', 0).attr('width', 14).attr('height', 9);
          if (fill) box.attr('fill', fill);
          else box.attr('style', `--c: ${signOf(part).color}`).attr('class', 'bar-after');
        }
      },
    }));
    return drawLegend(legend, entries, { left: EDGE, right: width - EDGE, top: 2, align: 'left' });
  }

  function draw(): void {
    frame.describe(options.label ?? 'Images by class and part', summary(data));
    const bars = shownBars(data);
    frame.empty(bars.length === 0 ? summary(data) : null);
    const { width } = frame;
    const top = drawHeader(width) + 24;
    const names = bars.map((bar) => textWidth(bar.name));
    const labelRoom = Math.min(width * 0.34, Math.max(30, ...names));
    const valueRoom = Math.max(24, ...bars.map((bar) => textWidth(formatInteger(totalOf(bar)))));
    const left = EDGE + labelRoom + 8;
    const right = Math.max(left + 20, width - EDGE - valueRoom - 8);
    // as long as the longest of all classes, so that pages can be compared
    const x = scaleLinear([0, Math.max(1, ...data.bars.map(totalOf))], [left, right]);
    // the last ones would lie under the axis' name
    const free = width - EDGE - textWidth('images') - 4;
    const ticks = x
      .ticks(Math.max(2, Math.floor((right - left) / 64)))
      .filter((tick) => Number.isInteger(tick) && x(tick) + textWidth(formatInteger(tick)) / 2 < free);
    frame.resize(width, Math.max(frame.height, top + bars.length * ROW + 4));
    put(backdrop, 'width', width);
    put(backdrop, 'height', top - 4);
    axis
      .selectAll<SVGTextElement, number>('text.tick-label')
      .data(ticks, String)
      .join('text')
      .attr('class', 'tick-label')
      .attr('text-anchor', 'middle')
      .attr('x', x)
      .attr('y', top - 9)
      .text(formatInteger);
    axis
      .selectAll<SVGTextElement, string>('text.axis-label')
      .data(['images'])
      .join('text')
      .attr('class', 'axis-label')
      .attr('x', width - EDGE)
      .attr('text-anchor', 'end')
      .attr('y', top - 9)
      .text(String);
    body
      .selectAll<SVGLineElement, number>('line.grid-line')
      .data(ticks, String)
      .join((enter) => enter.insert('line', ':first-child'))
      .attr('class', (tick) => (tick === 0 ? 'grid-line is-base' : 'grid-line'))
      .attr('x1', x)
      .attr('x2', x)
      .attr('y1', top - 4)
      .attr('y2', top + bars.length * ROW);
    body
      .selectAll<SVGGElement, ClassBar>('g.row')
      .data([...bars])
      .join(addRow)
      .each(function (bar, i) {
        put(this, 'transform', `translate(0,${top + i * ROW})`);
        put(this, 'aria-label', tipText(tipOf(data, bar)));
        const [back, label, value, ring, ...segments] = [...this.children];
        if (!(back && label && value && ring)) return;
        put(back, 'width', width);
        put(ring, 'width', width - 4);
        put(label, 'x', left - 8);
        putText(label, fitText(bar.name, labelRoom));
        put(value, 'x', width - EDGE);
        putText(value, formatInteger(totalOf(bar)));
        let from = 0;
        bar.counts.slice(0, SIGNS.length).forEach((count, part) => {
          const to = from + count;
          for (const segment of segments.slice(2 * part, 2 * part + 2)) {
            put(segment, 'x', x(from));
            put(segment, 'width', count > 0 ? Math.max(1, x(to) - x(from)) : 0);
          }
          from = to;
        });
        for (const segment of segments.slice(2 * bar.counts.length)) put(segment, 'width', 0);
      });
    refreshRoving(body.node() as SVGGElement);
    stick();
  }

  function addRow(enter: Selection<EnterElement, ClassBar, SVGGElement, unknown>): Rows {
    const row = enter.append('g').attr('class', 'row').attr('data-item', '').attr('tabindex', -1);
    row.attr('role', 'img');
    row.append('rect').attr('class', 'row-back').attr('height', ROW);
    const text = (className: string) =>
      row
        .append('text')
        .attr('class', className)
        .attr('text-anchor', 'end')
        .attr('y', ROW / 2 + 4);
    text('row-label');
    text('row-value');
    row
      .append('rect')
      .attr('class', 'focus-ring')
      .attr('x', 2)
      .attr('y', 1)
      .attr('rx', 3)
      .attr('height', ROW - 2);
    const y = (ROW - BAR) / 2;
    SIGNS.forEach(({ color }, part) => {
      row
        .append('rect')
        .attr('class', 'bar-after')
        .attr('style', `--c: ${color}`)
        .attr('y', y)
        .attr('height', BAR);
      row
        .append('rect')
        .attr('class', 'bar-pattern')
        .attr('fill', linesOf(part) ?? 'none')
        .attr('y', y)
        .attr('height', BAR);
    });
    return row;
  }

  draw();
  return {
    svg: frame.svg,
    update(next, changes) {
      data = next;
      options = { ...options, ...changes };
      draw();
    },
    highlight() {},
    dispose: frame.dispose,
  };
}
