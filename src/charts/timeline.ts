import { type Selection, scaleLinear } from 'd3';
import type { LayerId } from '../core/network/network.ts';
import { formatSignificant } from '../core/quantity.ts';
import { drawAxes, yMargin } from './axis.ts';
import { type Box, type LabelWish, placeLabels } from './dodge.ts';
import { createFrame, type Group, put } from './frame.ts';
import { refreshRoving, tipText, wireItems } from './items.ts';
import { drawLegend, type LegendEntry } from './legend.ts';
import { textWidth } from './text.ts';
import {
  durationMs,
  emptySentence,
  formatGops,
  isEmpty,
  peaksOf,
  seriesOf,
  summary,
  tipOf,
  totalMs,
} from './timelineModel.ts';
import type { Chart, TimelineBar, TimelineData, TimelineOptions, TimelineSeries } from './types.ts';

export { summary, table } from './timelineModel.ts';

type Scale = (value: number) => number;
type Bars = Selection<SVGGElement, TimelineBar, SVGGElement, unknown>;

/** Low bars, and layers without operations, can still be pointed at. */
const LEAST_HIT = 12;

/** The outline of all the bars together. */
function outline(bars: readonly TimelineBar[], x: Scale, y: Scale): string {
  const base = y(0).toFixed(1);
  let path = '';
  for (const [i, bar] of bars.entries()) {
    const [from, to, top] = [x(bar.startMs), x(bar.endMs), y(bar.gops)];
    path += `${i === 0 ? `M${from.toFixed(1)},${base}` : ''}L${from.toFixed(1)},${top.toFixed(1)}H${to.toFixed(1)}`;
  }
  return path && `${path}V${base}`;
}

export function timelineChart(
  container: HTMLElement,
  first: TimelineData,
  firstOptions: TimelineOptions = {},
): Chart<TimelineData, TimelineOptions> {
  let data = first;
  let options = firstOptions;
  let marked: LayerId | null = null;
  const frame = createFrame(container, { kind: 'timeline', minHeight: 200 }, () => draw());
  const legend = frame.group('legend');
  const axes = frame.group('axes');
  // Two tab stops, one a series; the outline lies under the filled bars for the pointer, over them for the eye.
  const layers = { before: frame.group('bars before'), after: frame.group('bars after') };
  const lines = frame.group('lines').attr('aria-hidden', 'true').attr('pointer-events', 'none');
  const skyline = lines.append('path').attr('class', 'skyline').node() as SVGPathElement;
  const labels = frame.group('labels').attr('aria-hidden', 'true').attr('pointer-events', 'none');
  let legendKey = '';
  let legendHeight = 0;
  for (const name of ['before', 'after'] as const) {
    wireItems<TimelineBar>(layers[name].node() as SVGGElement, frame.tooltip, {
      tip: (bar) => tipOf(bar, data[name] ?? data.after, data),
      layer: (bar) => bar.layerIds[0] ?? null,
      hover: (id) => options.onHover?.(id),
      pick: (bar) => options.onPick?.(bar.id),
    });
  }

  function drawSigns(width: number): void {
    const key = JSON.stringify([width, data.before?.name, data.after.name, peaksOf(data).length]);
    if (key === legendKey) return;
    legendKey = key;
    const box = (className: string) => (group: Group) => {
      const rect = group.append('rect').attr('class', className);
      rect.attr('x', 0.5).attr('y', 0.5).attr('width', 14).attr('height', 9);
    };
    const entries: LegendEntry[] = [
      ...(data.before ? [{ label: data.before.name, sign: box('skyline') }] : []),
      { label: data.after.name, sign: box('bar-fill') },
      {
        label: peaksOf(data).length > 1 ? 'peaks' : 'peak',
        sign: (group) => {
          group.append('path').attr('class', 'peak').attr('d', 'M0,5h15');
        },
      },
      {
        label: 'area = operations',
        sign: (group) => {
          group
            .append('rect')
            .attr('class', 'area-sign')
            .attr('x', 1)
            .attr('y', 3)
            .attr('width', 8)
            .attr('height', 6);
          group.append('path').attr('class', 'area-axes').attr('d', 'M0.5,0V9.5H15');
        },
      },
    ];
    legendHeight = drawLegend(legend, entries, { left: 2, right: width - 4, top: 2, align: 'left' });
  }

  function draw(): void {
    frame.describe(options.label ?? 'GOP/s over time', summary(data));
    frame.empty(isEmpty(data) ? emptySentence(data) : null);
    const { width, height } = frame;
    drawSigns(width);
    const peaks = peaksOf(data);
    const all = seriesOf(data);
    const most = Math.max(
      1e-9,
      ...peaks.map((p) => p.gops),
      ...all.flatMap((s) => s.bars.map((b) => b.gops)),
    );
    const [top, bottom] = [legendHeight + 36, height - 38];
    const y = scaleLinear([0, most], [bottom, top]);
    const yTicks = y.ticks(Math.max(2, Math.floor((bottom - top) / 46)));
    const left = yMargin(yTicks.map(formatGops));
    const right = width - 16;
    const end = Math.max(1e-9, ...all.map(totalMs));
    const x = scaleLinear([0, end], [left, right]);
    drawAxes(
      axes,
      {
        label: 'time in one frame (ms)',
        ticks: x
          .ticks(Math.max(2, Math.floor((right - left) / 60)))
          .map((tick) => ({ at: x(tick), label: formatSignificant(tick) })),
      },
      {
        label: 'GOP/s (1 MAC = 2 operations)',
        ticks: yTicks.map((tick) => ({ at: y(tick), label: formatGops(tick) })),
      },
      { width, height, margins: { top: top - 8, right: 16, bottom: 38, left } },
    );
    drawBars(layers.before, data.before, x, y);
    drawBars(layers.after, data.after, x, y);
    put(skyline, 'd', data.before ? outline(data.before.bars, x, y) : '');
    lines
      .selectAll<SVGLineElement, (typeof peaks)[number]>('line.peak')
      .data(peaks)
      .join('line')
      .attr('class', 'peak')
      .attr('x1', left)
      .attr('x2', right)
      .attr('y1', (peak) => y(peak.gops))
      .attr('y2', (peak) => y(peak.gops));
    drawLabels(x, y, { x: left, y: top - 18, width: width - left - 2, height: bottom - top + 18 });
  }

  function drawBars(parent: Group, series: TimelineSeries | null, x: Scale, y: Scale): void {
    const base = y(0);
    const drawn = parent
      .selectAll<SVGGElement, TimelineBar>('g.bar')
      .data(series?.bars ?? [], (bar) => bar.id)
      .join((enter) => {
        const bar = enter.append('g').attr('class', 'bar').attr('data-item', '').attr('tabindex', -1);
        bar.attr('role', options.onPick ? 'button' : 'img');
        bar.append('rect').attr('class', 'bar-fill');
        bar.append('rect').attr('class', 'hit');
        bar.append('rect').attr('class', 'focus-ring').attr('rx', 2);
        return bar;
      })
      .order();
    drawn.each(function (bar) {
      if (series) put(this, 'aria-label', tipText(tipOf(bar, series, data)));
      const [fill, hit, ring] = [...this.children];
      if (!(fill && hit && ring)) return;
      const from = x(bar.startMs);
      const full = Math.max(0.5, x(bar.endMs) - from);
      // A hair of surface between two bars, but never at the cost of seeing the bar.
      const length = full > 3 ? full - 0.75 : full;
      const rise = base - y(bar.gops);
      const least = Math.max(LEAST_HIT, rise);
      for (const [rect, tall] of [
        [fill, rise],
        [hit, least],
        [ring, least],
      ] as const) {
        put(rect, 'x', from.toFixed(2));
        put(rect, 'y', (base - tall).toFixed(2));
        put(rect, 'width', length.toFixed(2));
        put(rect, 'height', tall.toFixed(2));
      }
    });
    mark(drawn);
    refreshRoving(parent.node() as SVGGElement);
  }

  /** The peaks first, then the layers that take longest: those are the ones to talk about. */
  function drawLabels(x: Scale, y: Scale, bounds: Box): void {
    const texts = new Map<string, { text: string; className: string }>();
    const right = bounds.x + bounds.width - 14;
    const wishes: LabelWish[] = peaksOf(data).map((peak) => {
      const size = { width: textWidth(peak.label), height: 14 };
      const at = y(peak.gops);
      texts.set(peak.label, { text: peak.label, className: 'peak-label' });
      return {
        key: peak.label,
        must: true,
        candidates: [
          { ...size, x: right - size.width, y: at - 16 },
          { ...size, x: bounds.x + 4, y: at - 16 },
          { ...size, x: right - size.width, y: at + 3 },
        ],
      };
    });
    for (const bar of [...data.after.bars].sort((a, b) => durationMs(b) - durationMs(a))) {
      const size = { width: textWidth(bar.label), height: 14 };
      const [from, to] = [x(bar.startMs), x(bar.endMs)];
      if (to - from < size.width + 4) continue;
      const [at, top] = [(from + to - size.width) / 2, y(bar.gops)];
      const isHigh = y(0) - top > 22;
      const key = `bar ${bar.id}`;
      texts.set(key, { text: bar.label, className: isHigh ? 'bar-label' : 'quiet halo' });
      wishes.push({ key, candidates: [{ ...size, x: at, y: isHigh ? y(0) - 18 : top - 16 }] });
    }
    const peaks: Box[] = peaksOf(data).map((p) => ({ ...bounds, y: y(p.gops) - 1, height: 2 }));
    const placed = placeLabels(wishes, peaks, bounds);
    labels
      .selectAll<SVGTextElement, string>('text')
      .data([...placed.keys()], String)
      .join('text')
      .attr('class', (key) => texts.get(key)?.className ?? '')
      .attr('x', (key) => placed.get(key)?.x ?? 0)
      .attr('y', (key) => (placed.get(key)?.y ?? 0) + 11)
      .text((key) => texts.get(key)?.text ?? '');
  }

  function mark(bars: Bars): void {
    bars.classed('is-marked', (bar) => marked !== null && bar.layerIds.includes(marked));
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
      for (const layer of Object.values(layers)) mark(layer.selectAll<SVGGElement, TimelineBar>('g.bar'));
    },
    dispose: frame.dispose,
  };
}
