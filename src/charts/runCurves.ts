import { line, scaleLinear } from 'd3';
import { drawAxes, integerTicks, yMargin } from './axis.ts';
import { createCursor } from './cursor.ts';
import { spread } from './dodge.ts';
import { createFrame, type Group, put, uniqueId } from './frame.ts';
import { drawLegend } from './legend.ts';
import {
  DASHES,
  type DrawnCurve,
  drawnCurves,
  extentOf,
  formatX,
  formatY,
  stopsOf,
  summary,
  tipAt,
} from './runCurvesModel.ts';
import { SERIES_SYMBOLS } from './symbols.ts';
import { fitText } from './text.ts';
import type { Chart, RunCurvesData, RunCurvesOptions } from './types.ts';

export { summary, table } from './runCurvesModel.ts';

const BOTTOM = 38;
/** Room for the letters at the ends. */
const RIGHT = 26;
/** Symbols along a curve: enough to follow it where lines cross. */
const SYMBOLS = 8;
/** Steps of time that read well, in seconds. */
const TIMES = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400];

const colorOf = (index: number) => `--c: var(--layer-${index})`;
const symbolOf = (index: number) => SERIES_SYMBOLS[index % SERIES_SYMBOLS.length] ?? '';
const dashOf = (index: number) => DASHES[index % DASHES.length] ?? '';

/** About `SYMBOLS` places along a curve, shifted by its index so that those of equal curves do not hide each other. */
function symbolPlaces({ x, index }: DrawnCurve): number[] {
  const step = Math.max(1, Math.floor(x.length / SYMBOLS));
  const places: number[] = [];
  for (let i = Math.floor((step * (index % 4)) / 4); i < x.length; i += step) places.push(i);
  return places.includes(x.length - 1) ? places : [...places, x.length - 1];
}

/** Learning curves of several runs over each other: one color, dash and symbol a run, its letter at its end. */
export function runCurves(
  container: HTMLElement,
  first: RunCurvesData,
  firstOptions: RunCurvesOptions = {},
): Chart<RunCurvesData, RunCurvesOptions> {
  let data = first;
  let options = firstOptions;
  const frame = createFrame(container, { kind: 'runs', minHeight: 260 }, () => draw());
  const legend = frame.group('legend');
  const axes = frame.group('axes');
  const clipId = uniqueId('clip');
  const clip = frame.group('clip').append('clipPath').attr('id', clipId).append('rect');
  const lines = frame.group('lines').attr('aria-hidden', 'true').attr('clip-path', `url(#${clipId})`);
  const symbols = frame.group('symbols').attr('aria-hidden', 'true');
  const labels = frame.group('labels').attr('aria-hidden', 'true');
  const cursor = createCursor(frame.group('cursor-layer'), frame.tooltip, {
    hover: () => {},
    pick: () => {},
  });

  function draw(): void {
    frame.describe(options.label ?? 'Learning curves of runs', summary(data));
    const curves = drawnCurves(data).filter(({ x }) => x.length > 0);
    frame.empty(curves.length === 0 ? data.empty : null);
    const { width, height } = frame;
    const top = drawNames(curves, width) + 34;
    const bottom = height - BOTTOM;
    const y = scaleLinear(extentOf(curves, data), [bottom, top]).nice(4);
    const yTicks = y.ticks(Math.max(2, Math.floor((bottom - top) / 44)));
    const left = yMargin(yTicks.map((tick) => formatY(tick, data)));
    const right = width - RIGHT;
    const end = Math.max(1, ...curves.map((curve) => curve.x.at(-1) ?? 0));
    const x = scaleLinear([0, end], [left, right]);
    drawAxes(
      axes,
      {
        label: { epoch: 'epochs', step: 'training steps', time: 'time (min:s)' }[data.xName],
        ticks: xTicks(end, right - left).map((at) => ({ at: x(at), label: formatX(at, data) })),
      },
      {
        label:
          data.unit === '' ? data.quantity.toLowerCase() : `${data.quantity.toLowerCase()} (${data.unit})`,
        ticks: yTicks.map((at) => ({ at: y(at), label: formatY(at, data) })),
      },
      { width, height, margins: { top, right: RIGHT, bottom: BOTTOM, left } },
    );
    clip
      .attr('x', left)
      .attr('y', top - 2)
      .attr('width', Math.max(0, right - left + 1))
      .attr('height', Math.max(0, bottom - top + 4));
    const pathOf = (xs: readonly number[], ys: readonly number[]) =>
      line<number>()
        .x((_, i) => x(xs[i] as number))
        .y((value) => y(value))
        .digits(1)(ys) ?? '';
    drawPaths('raw', data.smoothing > 0 ? curves : [], (curve) => pathOf(curve.x, curve.raw));
    drawPaths('curve', curves, (curve) => pathOf(curve.x, curve.y));
    drawSymbols(curves, x, y);
    drawLetters(curves, x, y, top, bottom);
    const stops = stopsOf(curves);
    cursor.draw({
      name: `${data.quantity} by ${data.xName}`,
      count: stops.length,
      top,
      bottom,
      left,
      right,
      x: (index) => x(stops[index] ?? 0),
      value: (index) => stops[index] ?? 0,
      tip: (index) => tipAt(curves, stops[index] ?? 0, data),
    });
  }

  function xTicks(end: number, room: number): number[] {
    const count = Math.max(2, Math.floor(room / 64));
    if (data.xName === 'epoch') return integerTicks(end, count);
    if (data.xName === 'step') return scaleLinear([0, end], [0, 1]).ticks(count).filter(Number.isInteger);
    const step = TIMES.find((seconds) => end / seconds <= count) ?? Math.ceil(end / count / 3600) * 3600;
    return Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => i * step);
  }

  function drawNames(curves: readonly DrawnCurve[], width: number): number {
    if (curves.length === 0) return 0;
    const entries = curves.map(({ run, index }) => ({
      label: fitText(`${run.key}  ${run.name}`, width - 40),
      sign(group: Group) {
        group.attr('style', colorOf(index)).attr('class', 'sign');
        group
          .append('line')
          .attr('x2', 16)
          .attr('y1', 5)
          .attr('y2', 5)
          .attr('stroke-dasharray', dashOf(index));
        group.append('path').attr('d', symbolOf(index)).attr('transform', 'translate(8,5) scale(0.7)');
      },
    }));
    return drawLegend(legend, entries, { left: 2, right: width, top: 2, align: 'left' });
  }

  function drawPaths(
    name: 'raw' | 'curve',
    curves: readonly DrawnCurve[],
    path: (curve: DrawnCurve) => string,
  ): void {
    lines
      .selectAll<SVGPathElement, DrawnCurve>(`path.${name}`)
      .data(curves)
      .join('path')
      .attr('class', name)
      .attr('style', ({ index }) => colorOf(index))
      .attr('stroke-dasharray', ({ index }) => (name === 'curve' ? dashOf(index) : ''))
      .attr('d', path);
  }

  function drawSymbols(
    curves: readonly DrawnCurve[],
    x: (value: number) => number,
    y: (value: number) => number,
  ): void {
    const marks = curves.flatMap((curve) => symbolPlaces(curve).map((at) => ({ curve, at })));
    symbols
      .selectAll<SVGPathElement, (typeof marks)[number]>('path')
      .data(marks)
      .join('path')
      .each(function ({ curve, at }) {
        const [px, py] = [x(curve.x[at] as number), y(curve.y[at] as number)];
        put(this, 'd', symbolOf(curve.index));
        put(this, 'style', colorOf(curve.index));
        put(this, 'transform', `translate(${px.toFixed(1)},${py.toFixed(1)}) scale(0.7)`);
      });
  }

  function drawLetters(
    curves: readonly DrawnCurve[],
    x: (value: number) => number,
    y: (value: number) => number,
    top: number,
    bottom: number,
  ): void {
    const ends = curves.map((curve) => y(curve.y.at(-1) ?? 0));
    const places = spread(ends, 13, top, bottom);
    labels
      .selectAll<SVGTextElement, DrawnCurve>('text')
      .data(curves)
      .join('text')
      .attr('class', 'halo emphasis letter')
      .attr('style', ({ index }) => colorOf(index))
      .attr('x', (curve) => x(curve.x.at(-1) ?? 0) + 9)
      .attr('y', (_, i) => (places[i] ?? 0) + 4)
      .text(({ run }) => run.key);
  }

  draw();
  return {
    svg: frame.svg,
    update(next, changes) {
      data = next;
      options = { ...options, ...changes };
      draw();
    },
    highlight() {}, // no layer in these curves
    dispose: frame.dispose,
  };
}
