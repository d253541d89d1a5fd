import { type EnterElement, type Selection, scaleLinear } from 'd3';
import type { LayerId } from '../core/network/network.ts';
import { createFrame, put, putText } from './frame.ts';
import { refreshRoving, tipText, wireItems } from './items.ts';
import {
  BOUND_NAMES,
  bottleneckOf,
  changeText,
  formatTime,
  orderRows,
  summary,
  timeOf,
  tipOf,
} from './latencyModel.ts';
import { drawLegend, type LegendEntry } from './legend.ts';
import { definePatterns } from './patterns.ts';
import { fitText, textWidth } from './text.ts';
import type { Chart, LatencyData, LatencyOptions, LatencyRow } from './types.ts';

export { summary, table } from './latencyModel.ts';

const ROW = 26;
const BAR = 8;
const EDGE = 6;

type Rows = Selection<SVGGElement, LatencyRow, SVGGElement, unknown>;

export function latencyBars(
  container: HTMLElement,
  first: LatencyData,
  firstOptions: LatencyOptions = {},
): Chart<LatencyData, LatencyOptions> {
  let data = first;
  let options = firstOptions;
  let marked: LayerId | null = null;
  const frame = createFrame(container, { kind: 'bars', scroll: 'y', minHeight: 160 }, () => draw());
  const patternOf = definePatterns(frame.group('patterns'));
  const body = frame.group('rows');
  const header = frame.group('header').attr('data-sticky', '').attr('aria-hidden', 'true');
  const backdrop = header.append('rect').attr('class', 'backdrop').node() as SVGRectElement;
  const legend = frame.group('legend', header);
  const axis = frame.group('axis', header);
  let legendKey = '';
  let legendHeight = 0;

  const stick = () =>
    put(header.node() as SVGGElement, 'transform', `translate(0,${frame.scroller.scrollTop})`);
  frame.scroller.addEventListener('scroll', stick, { passive: true });
  wireItems<LatencyRow>(body.node() as SVGGElement, frame.tooltip, {
    tip: (row) => tipOf(row, data, row.id === bottleneckOf(data)),
    layer: (row) => row.layerIds[0] ?? null,
    hover: (id) => options.onHover?.(id),
    pick: (row) => options.onPick?.(row.id),
  });

  function drawHeader(width: number): void {
    const bounds = [...new Set(data.rows.map((row) => row.bound))];
    const key = `${width}/${bounds.join()}/${data.names.before}/${data.names.after}`;
    if (key === legendKey) return;
    legendKey = key;
    const swatch = (style: string, className: string, fill: string | null): LegendEntry['sign'] => {
      return (group) => {
        const box = group.append('rect').attr('style', style).attr('class', className);
        box.attr('y', 1).attr('width', 14).attr('height', BAR);
        if (fill) group.append('rect').attr('y', 1).attr('width', 14).attr('height', BAR).attr('fill', fill);
      };
    };
    const plain = `--c: var(--bound-${bounds[0] ?? 'compute'})`;
    const entries: LegendEntry[] = [
      { label: data.names.before, sign: swatch(plain, 'bar-before', null) },
      { label: data.names.after, sign: swatch(plain, 'bar-after', null) },
      ...bounds.map((bound, i) => ({
        label: `${i === 0 ? 'bound by ' : ''}${BOUND_NAMES[bound]}`,
        sign: swatch(`--c: var(--bound-${bound})`, 'bar-after', patternOf(bound)),
      })),
      {
        label: 'bottleneck',
        sign: (group) => {
          group.append('path').attr('class', 'bottleneck-sign').attr('d', 'M4,0l9,5l-9,5z');
        },
      },
    ];
    legendHeight = drawLegend(legend, entries, { left: EDGE, right: width - EDGE, top: 2, align: 'left' });
  }

  function draw(): void {
    frame.describe(options.label ?? `${data.unit === 'cycles' ? 'Cycles' : 'Time'} per layer`, summary(data));
    const { width } = frame;
    drawHeader(width);
    const rows = orderRows(data, options.order);
    const slowest = bottleneckOf(data);
    const labelRoom = Math.min(
      width * 0.28,
      Math.max(30, ...rows.map((row) => textWidth(row.label, true))) + 14,
    );
    const values = rows.map((row) => formatTime(timeOf(row), data.unit));
    const valueRoom = Math.max(30, ...values.map((text) => textWidth(text, true)));
    const changeRoom = Math.max(30, ...rows.map((row) => textWidth(changeText(row), true)));
    const left = EDGE + labelRoom + 8;
    const right = width - EDGE - 4 - changeRoom - 8 - valueRoom - 12;
    const most = Math.max(1e-9, ...rows.map((row) => Math.max(row.before ?? 0, row.after ?? 0)));
    const x = scaleLinear([0, most], [left, Math.max(left + 20, right)]);
    const top = legendHeight + 24;
    frame.resize(width, Math.max(frame.height, top + rows.length * ROW + 4));
    const count = Math.max(2, Math.floor((right - left) / 56));
    const ticks = x.ticks(count);
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
      .text((tick) => formatTime(tick, data.unit));
    axis
      .selectAll<SVGTextElement, string>('text.axis-label')
      .data([data.unit])
      .join('text')
      .attr('class', 'axis-label')
      .attr('x', width - EDGE - 4)
      .attr('text-anchor', 'end')
      .attr('y', top - 9)
      .text((unit) => unit);
    body
      .selectAll<SVGLineElement, number>('line.grid-line')
      .data(ticks, String)
      .join((enter) => enter.insert('line', ':first-child'))
      .attr('class', (tick) => (tick === 0 ? 'grid-line is-base' : 'grid-line'))
      .attr('x1', x)
      .attr('x2', x)
      .attr('y1', top - 4)
      .attr('y2', top + rows.length * ROW);

    const drawn = body
      .selectAll<SVGGElement, LatencyRow>('g.row')
      .data(rows, (row) => row.id)
      .join(addRow);
    if (options.order === 'slowest') drawn.order();
    drawn.each(function (row, i) {
      const isBottleneck = row.id === slowest;
      put(this, 'transform', `translate(0,${top + i * ROW})`);
      put(this, 'style', `--c: var(--bound-${row.bound})`);
      put(this, 'aria-label', tipText(tipOf(row, data, isBottleneck)));
      this.classList.toggle('is-bottleneck', isBottleneck);
      const [back, sign, label, before, after, pattern, value, change, ring] = [...this.children];
      if (!(back && sign && label && before && after && pattern && value && change && ring)) return;
      put(back, 'width', width);
      put(ring, 'width', width - 4);
      put(sign, 'd', isBottleneck ? `M${EDGE},${ROW / 2 - 5}l8,5l-8,5z` : '');
      put(label, 'x', left - 8);
      putText(label, fitText(row.label, labelRoom - (isBottleneck ? 12 : 0), isBottleneck));
      const length = (time: number | null) => (time === null ? 0 : Math.max(1, x(time) - left));
      put(before, 'x', left);
      put(before, 'width', length(row.before));
      for (const bar of [after, pattern]) {
        put(bar, 'x', left);
        put(bar, 'width', length(row.after));
      }
      put(pattern, 'fill', patternOf(row.bound) ?? 'none');
      put(value, 'x', width - EDGE - 4 - changeRoom - 8);
      putText(value, values[i] ?? '');
      put(change, 'x', width - EDGE - 4);
      putText(change, changeText(row));
      change.classList.toggle('quiet', row.before === row.after);
    });
    mark(drawn);
    refreshRoving(body.node() as SVGGElement);
    stick();
  }

  function addRow(enter: Selection<EnterElement, LatencyRow, SVGGElement, unknown>): Rows {
    const row = enter.append('g').attr('class', 'row').attr('data-item', '').attr('tabindex', -1);
    row.attr('role', options.onPick ? 'button' : 'img');
    const middle = ROW / 2;
    row.append('rect').attr('class', 'row-back').attr('height', ROW);
    row.append('path').attr('class', 'bottleneck-sign');
    row
      .append('text')
      .attr('class', 'row-label')
      .attr('text-anchor', 'end')
      .attr('y', middle + 4);
    row
      .append('rect')
      .attr('class', 'bar-before')
      .attr('y', middle - BAR - 0.5)
      .attr('height', BAR);
    row
      .append('rect')
      .attr('class', 'bar-after')
      .attr('y', middle + 0.5)
      .attr('height', BAR);
    row
      .append('rect')
      .attr('class', 'bar-pattern')
      .attr('y', middle + 0.5)
      .attr('height', BAR);
    row
      .append('text')
      .attr('class', 'row-value')
      .attr('y', middle + 4);
    row
      .append('text')
      .attr('class', 'row-value')
      .attr('y', middle + 4);
    row
      .append('rect')
      .attr('class', 'focus-ring')
      .attr('x', 2)
      .attr('y', 1)
      .attr('rx', 3)
      .attr('height', ROW - 2);
    return row;
  }

  function mark(rows: Rows): void {
    rows.classed('is-marked', (row) => marked !== null && row.layerIds.includes(marked));
  }

  draw();
  return {
    svg: frame.svg,
    update(next, changes) {
      data = next;
      options = { ...options, ...changes };
      draw();
    },
    highlight(layerId) {
      marked = layerId;
      mark(body.selectAll<SVGGElement, LatencyRow>('g.row'));
    },
    dispose: frame.dispose,
  };
}
