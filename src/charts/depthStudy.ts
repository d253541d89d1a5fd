import { line, scaleLinear, scaleLog } from 'd3';
import { formatCount, formatInteger } from '../core/quantity.ts';
import { drawAxes, yMargin } from './axis.ts';
import {
  emptySentence,
  formatFps,
  isEmpty,
  pointsOf,
  saturationDepth,
  summary,
  tipOf,
} from './depthModel.ts';
import { type Box, type LabelWish, placeLabels } from './dodge.ts';
import { createFrame, type Group, put } from './frame.ts';
import { refreshRoving, tipText, wireItems } from './items.ts';
import { drawLegend, type LegendEntry } from './legend.ts';
import { octaveTicks } from './logTicks.ts';
import { CROSS, placesAround, SERIES_SYMBOLS } from './symbols.ts';
import { textWidth } from './text.ts';
import type { Chart, DepthData, DepthOptions, DepthPoint, DepthSeries } from './types.ts';

export { summary, table } from './depthModel.ts';

const COLORS = 10;

interface Item {
  readonly key: string;
  readonly series: DepthSeries;
  readonly index: number;
  readonly point: DepthPoint;
  readonly x: number;
  readonly y: number;
}

export function depthStudy(
  container: HTMLElement,
  first: DepthData,
  firstOptions: DepthOptions = {},
): Chart<DepthData, DepthOptions> {
  let data = first;
  let options = firstOptions;
  const frame = createFrame(container, { kind: 'depth', minHeight: 200 }, () => draw());
  const legend = frame.group('legend');
  const axes = frame.group('axes');
  const lines = frame.group('lines').attr('aria-hidden', 'true');
  const ideal = lines.append('line').attr('class', 'ideal').node() as SVGLineElement;
  const layer = frame.group('points');
  const labels = frame.group('labels').attr('aria-hidden', 'true').attr('pointer-events', 'none');
  let legendKey = '';
  let legendHeight = 0;
  wireItems<Item>(layer.node() as SVGGElement, frame.tooltip, {
    tip: ({ point, series }) => tipOf(point, series, data),
    layer: () => null,
    hover: () => options.onHover?.(null),
    pick: ({ point }) => options.onPick?.(point.depth),
  });

  const classOf = (index: number) => `series-${index % COLORS}`;
  const symbolOf = (index: number) => SERIES_SYMBOLS[index % SERIES_SYMBOLS.length] ?? '';

  function drawSigns(width: number): void {
    const stuck = data.series.some((series) => pointsOf(series).some((p) => p.throughputFps === null));
    const key = JSON.stringify([width, stuck, data.series.map((series) => series.name)]);
    if (key === legendKey) return;
    legendKey = key;
    const draws = (className: string, d: string, sign?: string) => (group: Group) => {
      group.attr('class', className);
      group.append('path').attr('class', 'curve').attr('d', d);
      if (sign) {
        const symbol = group.append('path').attr('class', 'stop').attr('d', sign);
        symbol.attr('transform', 'translate(7.5,5) scale(0.8)');
      }
    };
    const entries: LegendEntry[] = data.series.map((series, i) => ({
      label: series.name,
      sign: draws(classOf(i), 'M0,5h15', symbolOf(i)),
    }));
    entries.push({
      label: 'ideal',
      sign: (group) => {
        group.append('path').attr('class', 'ideal').attr('d', 'M0,5h15');
      },
    });
    if (stuck) {
      entries.push({
        label: 'deadlock',
        sign: (group) => {
          group.append('path').attr('class', 'cross').attr('d', CROSS).attr('transform', 'translate(7,5)');
        },
      });
    }
    legendHeight = drawLegend(legend, entries, { left: 2, right: width - 4, top: 2, align: 'left' });
  }

  function draw(): void {
    frame.describe(options.label ?? 'Throughput over FIFO depth', summary(data));
    frame.empty(isEmpty(data) ? emptySentence(data) : null);
    const { width, height } = frame;
    drawSigns(width);
    const all = data.series.flatMap((series) => pointsOf(series));
    const depths = all.map((point) => point.depth);
    const [low, high] = depths.length > 0 ? [Math.min(...depths), Math.max(...depths)] : [1, 2];
    const most = Math.max(1e-9, data.idealFps, ...all.map((point) => point.throughputFps ?? 0));
    const [top, bottom] = [legendHeight + 34, height - 38];
    const y = scaleLinear([0, most * 1.03], [bottom, top]);
    const yTicks = y.ticks(Math.max(2, Math.floor((bottom - top) / 46)));
    const left = yMargin(yTicks.map((tick) => formatCount(tick)));
    const right = width - 16;
    // Points at the ends stand clear of the labels of the y axis and of the edge.
    const x = scaleLog([low, Math.max(high, low * 2)], [left + 12, right - 6]).base(2);
    drawAxes(
      axes,
      {
        label: 'FIFO depth (words, each step doubles)',
        ticks: octaveTicks(low, Math.max(high, low * 2), Math.max(2, Math.floor((right - left) / 40))).map(
          (tick) => ({ at: x(tick), label: formatInteger(tick) }),
        ),
      },
      {
        label: 'throughput (fps)',
        ticks: yTicks.map((tick) => ({ at: y(tick), label: formatCount(tick) })),
      },
      { width, height, margins: { top: top - 8, right: 16, bottom: 38, left } },
    );
    put(ideal, 'display', data.idealFps > 0 ? 'inline' : 'none');
    for (const [name, value] of Object.entries({ x1: left, x2: right })) put(ideal, name, value);
    for (const name of ['y1', 'y2']) put(ideal, name, y(data.idealFps));

    const items = itemsOf(x, y);
    const path = line<Item>()
      .x((item) => item.x)
      .y((item) => item.y)
      .defined((item) => item.point.throughputFps !== null);
    lines
      .selectAll<SVGPathElement, DepthSeries>('path.curve')
      .data(data.series)
      .join('path')
      .attr('class', (_series, i) => `curve ${classOf(i)}`)
      .attr('d', (series) => path(items.filter((item) => item.series === series)) ?? '');
    drawPoints(items);
    drawLabels(items, y(data.idealFps), {
      x: left,
      y: top - 18,
      width: width - left - 4,
      height: bottom - top + 14,
    });
  }

  /** Deadlocks of several series at one depth stand side by side on the zero line. */
  function itemsOf(x: (depth: number) => number, y: (fps: number) => number): Item[] {
    const stuckAt = new Map<number, number>();
    return data.series.flatMap((series, index) =>
      pointsOf(series).map((point): Item => {
        let shift = 0;
        if (point.throughputFps === null) {
          shift = 9 * (stuckAt.get(point.depth) ?? 0);
          stuckAt.set(point.depth, (stuckAt.get(point.depth) ?? 0) + 1);
        }
        const key = `${index} ${point.depth}`;
        return { key, series, index, point, x: x(point.depth) + shift, y: y(point.throughputFps ?? 0) };
      }),
    );
  }

  function drawPoints(items: readonly Item[]): void {
    const flat = new Map(data.series.map((series) => [series, saturationDepth(series)]));
    layer
      .selectAll<SVGGElement, Item>('g.point')
      .data(items, (item) => item.key)
      .join((enter) => {
        const point = enter.append('g').attr('data-item', '').attr('tabindex', -1);
        point.attr('role', options.onPick ? 'button' : 'img');
        point.append('circle').attr('class', 'hit').attr('r', 11);
        point.append('path');
        point.append('circle').attr('class', 'flat-ring').attr('r', 8);
        point.append('circle').attr('class', 'focus-ring').attr('r', 11);
        return point;
      })
      .order()
      .each(function (item) {
        const stuck = item.point.throughputFps === null;
        put(this, 'class', `point ${classOf(item.index)}`);
        this.classList.toggle('is-flat', flat.get(item.series) === item.point.depth);
        put(this, 'transform', `translate(${item.x.toFixed(1)},${item.y.toFixed(1)})`);
        put(this, 'aria-label', tipText(tipOf(item.point, item.series, data)));
        const symbol = this.children[1];
        if (!symbol) return;
        put(symbol, 'class', stuck ? 'cross' : 'stop');
        put(symbol, 'd', stuck ? CROSS : symbolOf(item.index));
      });
    refreshRoving(layer.node() as SVGGElement);
  }

  function drawLabels(items: readonly Item[], idealAt: number, bounds: Box): void {
    const texts = new Map<string, { text: string; className: string }>();
    const wishes: LabelWish[] = [];
    if (data.idealFps > 0) {
      const text = `ideal ${formatFps(data.idealFps)}`;
      const size = { width: textWidth(text), height: 14 };
      texts.set('ideal', { text, className: 'quiet' });
      const right = bounds.x + bounds.width - 12 - size.width;
      wishes.push({
        key: 'ideal',
        must: true,
        candidates: [
          { ...size, x: bounds.x + 4, y: idealAt - 16 },
          { ...size, x: right, y: idealAt - 16 },
        ],
      });
    }
    for (const item of items) {
      if (saturationDepth(item.series) !== item.point.depth) continue;
      const text = `flat from ${formatInteger(item.point.depth)}`;
      texts.set(item.key, { text, className: `series-label ${classOf(item.index)}` });
      const [below, others] = [item.y + 10, placesAround(item.x, item.y, textWidth(text, true), 11)];
      const size = { width: textWidth(text, true), height: 14 };
      wishes.push({
        key: item.key,
        candidates: [
          { ...size, x: item.x + 6, y: below },
          { ...size, x: item.x - size.width / 2, y: below + 4 },
          ...others,
        ],
      });
    }
    const obstacles: Box[] = items.map((item) => ({ x: item.x - 6, y: item.y - 6, width: 12, height: 12 }));
    for (const [i, from] of items.entries()) {
      const to = items[i + 1];
      if (to?.series !== from.series || from.point.throughputFps === null) continue;
      for (let part = 1; part < 10; part++) {
        const [px, py] = [from.x + ((to.x - from.x) * part) / 10, from.y + ((to.y - from.y) * part) / 10];
        obstacles.push({ x: px - 2, y: py - 2, width: 4, height: 4 });
      }
    }
    obstacles.push({ x: bounds.x, y: idealAt - 1, width: bounds.width, height: 2 });
    const placed = placeLabels(wishes, obstacles, bounds);
    labels
      .selectAll<SVGTextElement, string>('text')
      .data([...placed.keys()], String)
      .join('text')
      .attr('class', (key) => `halo ${texts.get(key)?.className ?? ''}`)
      .attr('x', (key) => placed.get(key)?.x ?? 0)
      .attr('y', (key) => (placed.get(key)?.y ?? 0) + 11)
      .text((key) => texts.get(key)?.text ?? '');
  }

  draw();
  return {
    svg: frame.svg,
    update(next, changes) {
      data = next;
      options = { ...options, ...changes };
      draw();
    },
    // A depth is one of every FIFO, and so of no layer.
    highlight() {},
    dispose: frame.dispose,
  };
}
