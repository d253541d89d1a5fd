import { scaleLinear } from 'd3';
import type { LayerId } from '../core/network/network.ts';
import { formatCount, formatInteger, formatPercent } from '../core/quantity.ts';
import { createFrame, put, putText } from './frame.ts';
import { type KindFill, kindFills } from './ganttFills.ts';
import { wireLaneKeys } from './ganttKeys.ts';
import {
  busyShares,
  byLane,
  type DrawnBar,
  emptySentence,
  kindOf,
  mergeBars,
  summary,
  tipOf,
} from './ganttModel.ts';
import { refreshRoving, tipText, wireItems } from './items.ts';
import { drawLegend, type LegendEntry } from './legend.ts';
import { fitText, textWidth } from './text.ts';
import type { Chart, GanttData, GanttLane, GanttOptions } from './types.ts';

export { summary, table } from './ganttModel.ts';

const ROW = 28;
const BAR = 18;
const QUIET = 6;
const EDGE = 6;
const BUSY = 'busy';
/** Shorter bars are joined: one pixel can be told from its neighbor only on a good screen. */
const LEAST = 2;

interface Item {
  readonly lane: GanttLane;
  readonly bar: DrawnBar;
}

export function gantt(
  container: HTMLElement,
  first: GanttData,
  firstOptions: GanttOptions = {},
): Chart<GanttData, GanttOptions> {
  let data = first;
  let options = firstOptions;
  let marked: LayerId | null = null;
  const frame = createFrame(container, { kind: 'gantt', scroll: 'y', minHeight: 140 }, () => draw());
  const defs = frame.group('fills').append('defs');
  const grid = frame.group('grid').attr('aria-hidden', 'true');
  const body = frame.group('lanes');
  const bodyNode = body.node() as SVGGElement;
  const header = frame.group('header').attr('data-sticky', '').attr('aria-hidden', 'true');
  const backdrop = header.append('rect').attr('class', 'backdrop').node() as SVGRectElement;
  const legend = frame.group('legend', header);
  const axis = frame.group('axis', header);
  let fills = new Map<string, KindFill>();
  let legendKey = '';
  let legendHeight = 0;

  const stick = () =>
    put(header.node() as SVGGElement, 'transform', `translate(0,${frame.scroller.scrollTop})`);
  frame.scroller.addEventListener('scroll', stick, { passive: true });
  wireLaneKeys(bodyNode);
  wireItems<Item>(bodyNode, frame.tooltip, {
    tip: ({ bar, lane }) => tipOf(bar, lane, data),
    layer: ({ lane }) => lane.layerIds[0] ?? null,
    hover: (id) => options.onHover?.(id),
    pick: ({ lane }) => options.onPick?.(lane.id),
  });

  function drawSigns(width: number): void {
    const key = JSON.stringify([width, data.kinds]);
    if (key === legendKey) return;
    legendKey = key;
    fills = kindFills(defs as unknown as Parameters<typeof kindFills>[0], data.kinds);
    const entries = data.kinds.map((kind): LegendEntry => {
      const tall = kind.quiet ? 4 : 10;
      return {
        label: kind.label,
        sign: (group) => {
          const rect = group.append('rect').attr('width', 14).attr('height', tall);
          rect.attr('y', (10 - tall) / 2).attr('fill', fills.get(kind.id)?.fill ?? 'none');
        },
      };
    });
    legendHeight = drawLegend(legend, entries, { left: EDGE, right: width - EDGE, top: 2, align: 'left' });
  }

  function draw(): void {
    frame.describe(options.label ?? 'Schedule', summary(data));
    frame.empty(data.lanes.length === 0 ? emptySentence(data) : null);
    const { width } = frame;
    drawSigns(width);
    const room = Math.min(width * 0.28, Math.max(30, ...data.lanes.map((lane) => textWidth(lane.label))) + 4);
    const left = EDGE + room + 8;
    const right = width - EDGE - textWidth(BUSY) - 14;
    const end = Math.max(1, data.end);
    const x = scaleLinear([0, end], [left, Math.max(left + 20, right)]);
    const top = legendHeight + 26;
    frame.resize(width, Math.max(frame.height, top + data.lanes.length * ROW + 4));
    const floor = top + data.lanes.length * ROW;
    const ticks = x.ticks(Math.max(2, Math.floor((right - left) / 64)));
    put(backdrop, 'width', width);
    put(backdrop, 'height', top - 4);
    drawAxis(ticks, x, { width, top, floor, left, right });

    const perPixel = end / Math.max(1, x(end) - left);
    const bars = byLane(data);
    const shares = busyShares(data);
    body
      .selectAll<SVGGElement, GanttLane>('g.lane')
      .data(data.lanes, (lane) => lane.id)
      .join((enter) => {
        const lane = enter.append('g').attr('class', 'lane').attr('role', 'group');
        lane.append('rect').attr('class', 'lane-back').attr('height', ROW);
        lane.append('text').attr('class', 'lane-label').attr('text-anchor', 'end');
        lane.append('text').attr('class', 'lane-busy quiet').attr('text-anchor', 'end');
        lane.append('g').attr('class', 'bars');
        return lane;
      })
      .order()
      .each(function (lane, i) {
        put(this, 'transform', `translate(0,${top + i * ROW})`);
        put(this, 'aria-label', lane.label);
        const [back, label, busy, group] = [...this.children];
        if (!(back && label && busy && group)) return;
        put(back, 'width', width);
        put(label, 'x', left - 8);
        put(label, 'y', ROW / 2 + 4);
        putText(label, fitText(lane.label, room));
        put(busy, 'x', width - EDGE);
        put(busy, 'y', ROW / 2 + 4);
        putText(busy, formatPercent(shares.get(lane.id) ?? 0, 0));
        drawBars(group as SVGGElement, lane, mergeBars(bars.get(lane.id) ?? [], LEAST * perPixel), x);
      });
    mark();
    refreshRoving(bodyNode);
    stick();
  }

  /** Written by hand and not with a join: a schedule has thousands of bars, and a resize draws them all. */
  function drawBars(parent: SVGGElement, lane: GanttLane, bars: DrawnBar[], x: (at: number) => number): void {
    while (parent.children.length > bars.length) parent.lastElementChild?.remove();
    bars.forEach((bar, i) => {
      const known = parent.children[i] as SVGGElement | undefined;
      const item = known ?? addBar(parent);
      (item as SVGGElement & { __data__: Item }).__data__ = { lane, bar }; // where d3 keeps an element's datum
      const [rect, ring, text] = [...item.children];
      if (!(rect && ring)) return;
      const quiet = kindOf(data, bar.kind).quiet === true;
      const tall = quiet ? QUIET : BAR;
      const from = x(bar.start);
      const length = Math.max(1, x(bar.end) - from);
      // A hair of surface between two bars, but never at the cost of seeing the bar.
      const shown = length > 4 ? length - 1 : length;
      put(item, 'class', `bar ${fills.get(bar.kind)?.className ?? ''}`);
      put(item, 'data-start', bar.start);
      put(item, 'aria-label', tipText(tipOf(bar, lane, data)));
      for (const element of [rect, ring]) {
        put(element, 'x', from.toFixed(2));
        put(element, 'y', (ROW - tall) / 2);
        put(element, 'width', shown.toFixed(2));
        put(element, 'height', tall);
      }
      put(rect, 'fill', fills.get(bar.kind)?.fill ?? 'currentColor');
      const share = bar.count === 1 || bar.end <= bar.start ? 1 : bar.filled / (bar.end - bar.start);
      put(rect, 'opacity', (0.35 + 0.65 * Math.min(1, share)).toFixed(2));
      const fits = !quiet && bar.label !== '' && textWidth(bar.label) + 8 <= shown;
      if (!fits) text?.remove();
      else {
        const label = text ?? item.appendChild(document.createElementNS(item.namespaceURI ?? '', 'text'));
        put(label, 'class', 'bar-label');
        put(label, 'x', (from + shown / 2).toFixed(1));
        put(label, 'y', ROW / 2 + 4);
        putText(label, bar.label);
      }
    });
  }

  function addBar(parent: SVGGElement): SVGGElement {
    const make = (name: string) => document.createElementNS(parent.namespaceURI ?? '', name);
    const item = make('g') as SVGGElement;
    put(item, 'data-item', '');
    put(item, 'tabindex', -1);
    put(item, 'role', options.onPick ? 'button' : 'img');
    const ring = make('rect');
    put(ring, 'class', 'focus-ring');
    item.append(make('rect'), ring);
    parent.append(item);
    return item;
  }

  function drawAxis(
    ticks: readonly number[],
    x: (at: number) => number,
    at: { width: number; top: number; floor: number; left: number; right: number },
  ): void {
    const said = (tick: number) => (tick < 10_000 ? formatInteger(tick) : formatCount(tick));
    const clear = (tick: number) => x(tick) + textWidth(said(tick)) / 2 < at.right + 8;
    grid
      .selectAll<SVGLineElement, number>('line')
      .data(ticks, String)
      .join('line')
      .attr('class', (tick) => (tick === 0 ? 'grid-line is-base' : 'grid-line'))
      .attr('x1', x)
      .attr('x2', x)
      .attr('y1', at.top - 4)
      .attr('y2', at.floor);
    axis
      .selectAll<SVGTextElement, number>('text.tick-label')
      .data(ticks.filter(clear), String)
      .join('text')
      .attr('class', 'tick-label')
      .attr('text-anchor', 'middle')
      .attr('x', x)
      .attr('y', at.top - 9)
      .text(said);
    const names = [
      { text: data.unit, x: EDGE, anchor: 'start' },
      { text: BUSY, x: at.width - EDGE, anchor: 'end' },
    ];
    axis
      .selectAll<SVGTextElement, (typeof names)[number]>('text.axis-label')
      .data(names)
      .join('text')
      .attr('class', 'axis-label')
      .attr('text-anchor', (name) => name.anchor)
      .attr('x', (name) => name.x)
      .attr('y', at.top - 9)
      .text((name) => name.text);
  }

  function mark(): void {
    body
      .selectAll<SVGGElement, GanttLane>('g.lane')
      .classed('is-marked', (lane) => marked !== null && lane.layerIds.includes(marked));
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
      mark();
    },
    dispose: frame.dispose,
  };
}
