import { line, scaleLinear, scaleLog } from 'd3';
import { formatCount, formatInteger } from '../core/quantity.ts';
import { drawAxes, yMargin } from './axis.ts';
import { spread } from './dodge.ts';
import { createFrame, put } from './frame.ts';
import { refreshRoving, tipText, wireItems } from './items.ts';
import { decadeTicks } from './logTicks.ts';
import { drawnLines, emptySentence, extentOf, isEmpty, summary, tipOf } from './sweepLinesModel.ts';
import { SERIES_SYMBOLS } from './symbols.ts';
import { textWidth } from './text.ts';
import type { Chart, SweepLine, SweepLinePoint, SweepLinesData, SweepLinesOptions } from './types.ts';

export { summary, table } from './sweepLinesModel.ts';

const COLORS = 10;
const TOP = 24;
const BOTTOM = 38;

interface Item {
  readonly key: string;
  readonly line: SweepLine;
  readonly index: number;
  readonly point: SweepLinePoint;
  readonly x: number;
  readonly y: number;
}

const colorOf = (index: number) => `--c: var(--layer-${index % COLORS})`;
const symbolOf = (index: number) => SERIES_SYMBOLS[index % SERIES_SYMBOLS.length] ?? '';

export function sweepLines(
  container: HTMLElement,
  first: SweepLinesData,
  firstOptions: SweepLinesOptions = {},
): Chart<SweepLinesData, SweepLinesOptions> {
  let data = first;
  let options = firstOptions;
  const frame = createFrame(container, { kind: 'sweep', minHeight: 180 }, () => draw());
  const axes = frame.group('axes');
  const curves = frame.group('lines').attr('aria-hidden', 'true');
  const labels = frame.group('labels').attr('aria-hidden', 'true');
  const layer = frame.group('points');
  const now = frame.group('now').attr('aria-hidden', 'true').attr('pointer-events', 'none');
  const ring = now.append('circle').attr('class', 'now-ring').attr('r', 7).node() as SVGCircleElement;
  wireItems<Item>(layer.node() as SVGGElement, frame.tooltip, {
    tip: (item) => tipOf(item.line, item.point, data),
    layer: () => data.layerIds[0] ?? null,
    hover: (layerId) => options.onHover?.(layerId),
    pick: (item) => options.onPick?.(item.line.name, item.point.x),
  });

  function draw(): void {
    frame.describe(options.label ?? `${data.yLabel} over ${data.xLabel}`, summary(data));
    frame.empty(isEmpty(data) ? emptySentence(data) : null);
    if (isEmpty(data)) return;
    const { width, height } = frame;
    const lines = drawnLines(data.lines);
    const points = lines.flatMap((one) => one.points);
    const ys = points.map((point) => point.y);
    const { y, yTicks } = yAxis(ys, height);
    const left = yMargin(yTicks.map((tick) => formatCount(tick)));
    const names = Math.ceil(Math.max(...lines.map(({ name }) => textWidth(name, true)))) + 16;
    const xs = extentOf(
      points.map((point) => point.x),
      data.scale,
    );
    const x =
      data.scale === 'log'
        ? scaleLog([xs.lowest, xs.most], [left + 8, width - names])
        : scaleLinear([0, xs.most], [left, width - names]);
    const xTicks = [...new Set(points.map((point) => point.x))].sort((a, b) => a - b);
    drawAxes(
      axes,
      {
        label: data.xLabel,
        ticks: xTicks.map((tick) => ({ at: x(tick), label: formatInteger(tick) })),
      },
      { label: data.yLabel, ticks: yTicks.map((tick) => ({ at: y(tick), label: formatCount(tick) })) },
      { width, height, margins: { top: TOP, right: names, bottom: BOTTOM, left } },
    );
    const items = lines.flatMap((own, index) =>
      own.points.map(
        (point): Item => ({
          key: `${own.name} ${point.x}`,
          line: own,
          index,
          point,
          x: x(point.x),
          y: y(point.y),
        }),
      ),
    );
    const path = line<Item>()
      .x((item) => item.x)
      .y((item) => item.y);
    curves
      .selectAll<SVGPathElement, SweepLine>('path')
      .data(lines)
      .join('path')
      .attr('class', (own) => (own.current ? 'curve is-current' : 'curve'))
      .attr('style', (_own, i) => colorOf(i))
      .attr('d', (own) => path(items.filter((item) => item.line === own)) ?? '');
    drawNames(lines, items, height);
    drawPoints(items);
    put(now.node() as SVGGElement, 'display', data.now ? 'inline' : 'none');
    if (data.now) {
      put(ring, 'cx', x(data.now.x));
      put(ring, 'cy', y(data.now.y));
    }
  }

  /** From zero where linear, so that proportional looks so; zeros of a logarithmic axis lie on its base line. */
  function yAxis(values: readonly number[], height: number) {
    const { lowest, most } = extentOf(values, data.scale);
    const range = [height - BOTTOM, TOP];
    const count = Math.max(2, Math.floor((height - BOTTOM - TOP) / 40));
    if (data.scale === 'linear') {
      const y = scaleLinear([0, most * 1.03], range);
      return { y, yTicks: y.ticks(count) };
    }
    const log = scaleLog([lowest, most], range).clamp(true);
    const ticks = decadeTicks(lowest, most, count);
    const y = (value: number) => log(Math.max(value, lowest));
    return { y, yTicks: values.some((value) => value === 0) ? [0, ...ticks] : ticks };
  }

  /** Each line has its name at its end: no legend to look up. */
  function drawNames(lines: readonly SweepLine[], items: readonly Item[], height: number): void {
    const ends = lines.map((own) => items.findLast((item) => item.line === own));
    const places = spread(
      ends.map((end) => end?.y ?? 0),
      13,
      TOP,
      height - BOTTOM,
    );
    labels
      .selectAll<SVGTextElement, SweepLine>('text')
      .data(lines)
      .join('text')
      .attr('class', (own) => (own.current ? 'line-label halo emphasis' : 'line-label halo'))
      .attr('style', (_own, i) => colorOf(i))
      .attr('x', (_own, i) => (ends[i]?.x ?? 0) + 9)
      .attr('y', (_own, i) => (places[i] ?? 0) + 4)
      .text(({ name }) => name);
  }

  function drawPoints(items: readonly Item[]): void {
    layer
      .selectAll<SVGGElement, Item>('g.point')
      .data(items, (item) => item.key)
      .join((enter) => {
        const point = enter.append('g').attr('class', 'point').attr('data-item', '').attr('tabindex', -1);
        point.attr('role', options.onPick ? 'button' : 'img');
        point.append('circle').attr('class', 'hit').attr('r', 9);
        point.append('path').attr('class', 'step');
        point.append('circle').attr('class', 'focus-ring').attr('r', 10);
        return point;
      })
      .order()
      .each(function (item) {
        put(this, 'style', colorOf(item.index));
        put(this, 'transform', `translate(${item.x.toFixed(1)},${item.y.toFixed(1)})`);
        put(this, 'aria-label', tipText(tipOf(item.line, item.point, data)));
        const stop = this.children[1];
        if (stop) put(stop, 'd', symbolOf(item.index));
        if (stop) put(stop, 'transform', 'scale(0.8)');
      });
    refreshRoving(layer.node() as SVGGElement);
  }

  draw();
  return {
    svg: frame.svg,
    update(next, changes) {
      data = next;
      options = { ...options, ...changes };
      draw();
    },
    // Every line belongs to the one layer of the panel: nothing to tell apart.
    highlight() {},
    dispose: frame.dispose,
  };
}
