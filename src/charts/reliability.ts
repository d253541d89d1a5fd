import { scaleLinear } from 'd3';
import { formatPercent } from '../core/quantity.ts';
import { drawAxes, yMargin } from './axis.ts';
import { createCursor } from './cursor.ts';
import { createFrame, put, putText } from './frame.ts';
import {
  emptySentence,
  isEmpty,
  type ReliabilityBar,
  type ReliabilityData,
  type ReliabilityOptions,
  summary,
  tipOf,
} from './reliabilityModel.ts';
import { textWidth } from './text.ts';
import type { Chart } from './types.ts';

export { summary, table } from './reliabilityModel.ts';

const TOP = 30;
const BOTTOM = 38;
const RIGHT = 12;
/** Height of the strip that shows how many images each range has. */
const STRIP = 34;
const GAP = 14;

const FIFTHS = [0, 0.2, 0.4, 0.6, 0.8, 1];
const IMAGES = 'images';

/** Accuracy over confidence in bars with their 95 % intervals; a network that knows what it knows is on the diagonal. */
export function reliability(
  container: HTMLElement,
  first: ReliabilityData,
  firstOptions: ReliabilityOptions = {},
): Chart<ReliabilityData, ReliabilityOptions> {
  let data = first;
  let options = firstOptions;
  const frame = createFrame(container, { kind: 'reliability', minHeight: 220 }, () => draw());
  const axes = frame.group('axes');
  const plot = frame.group('plot').attr('aria-hidden', 'true');
  const path = (className: string) => plot.append('path').attr('class', className).node() as SVGPathElement;
  const bars = path('bars');
  const gaps = path('gaps');
  const diagonal = path('diagonal');
  const intervals = path('intervals');
  const strip = path('strip');
  const stripName = plot
    .append('text')
    .attr('class', 'tick-label')
    .attr('text-anchor', 'end')
    .node() as SVGTextElement;
  const legend = plot
    .append('text')
    .attr('class', 'quiet')
    .attr('text-anchor', 'end')
    .attr('y', 11)
    .node() as SVGTextElement;
  const cursor = createCursor(frame.group('cursor-layer'), frame.tooltip, {
    hover: () => options.onHover?.(null),
    pick: () => {},
  });

  function draw(): void {
    frame.describe(options.label ?? 'Reliability diagram', summary(data));
    frame.empty(isEmpty(data) ? emptySentence(data) : null);
    if (isEmpty(data)) return;
    const { width, height } = frame;
    const { bins } = data;
    const [bottom, right] = [height - BOTTOM, width - RIGHT];
    const base = bottom - STRIP - GAP;
    const left = Math.max(yMargin(['100 %']), textWidth(IMAGES) + 8);
    const x = scaleLinear([0, 1], [left, right]);
    const y = scaleLinear([0, 1], [base, TOP]);
    drawAxes(
      axes,
      {
        label: 'confidence: probability of the predicted class',
        ticks: FIFTHS.map((value) => ({ at: x(value), label: formatPercent(value, 0) })),
      },
      {
        label: 'accuracy',
        ticks: FIFTHS.map((value) => ({ at: y(value), label: formatPercent(value, 0) })),
      },
      { width, height, margins: { top: TOP, right: RIGHT, bottom: BOTTOM, left } },
    );
    const box = (bin: ReliabilityBar, from: number, to: number) =>
      `M${(x(bin.low) + 1).toFixed(1)},${from.toFixed(1)}V${to.toFixed(1)}H${(x(bin.high) - 1).toFixed(1)}V${from.toFixed(1)}Z`;
    const drawn = (of: (bin: ReliabilityBar) => string) =>
      bins.map((bin) => (bin.count > 0 ? of(bin) : '')).join('');
    put(
      bars,
      'd',
      drawn((bin) => box(bin, base, y(bin.accuracy ?? 0))),
    );
    put(
      gaps,
      'd',
      drawn((bin) => box(bin, y(bin.confidence ?? 0), y(bin.accuracy ?? 0))),
    );
    put(diagonal, 'd', `M${left},${base}L${right},${TOP}`);
    put(
      intervals,
      'd',
      drawn((bin) => {
        const middle = x((bin.low + bin.high) / 2).toFixed(1);
        const [low, high] = bin.interval ?? [0, 0];
        return `M${middle},${y(low).toFixed(1)}V${y(high).toFixed(1)}m-3,0h6M${middle},${y(low).toFixed(1)}m-3,0h6`;
      }),
    );
    const most = Math.max(...bins.map(({ count }) => count));
    put(
      strip,
      'd',
      drawn((bin) => box(bin, bottom, bottom - Math.max(1, (STRIP * bin.count) / most))),
    );
    putText(stripName, IMAGES);
    put(stripName, 'x', left - 7);
    put(stripName, 'y', bottom - STRIP / 2 + 4);
    putText(
      legend,
      width > 420
        ? 'bars: share that is right, with 95 % interval; dashed: as sure as right'
        : 'dashed: as sure as right',
    );
    put(legend, 'x', right);
    cursor.draw({
      name: 'Ranges of confidence',
      count: bins.length,
      top: TOP,
      bottom,
      left,
      right,
      x: (index) => x(((bins[index]?.low ?? 0) + (bins[index]?.high ?? 0)) / 2),
      tip: (index) => tipOf(bins[index] as ReliabilityBar),
      value: (index) => Math.round(100 * (bins[index]?.high ?? 0)),
    });
  }

  draw();
  return {
    svg: frame.svg,
    update(next, changes) {
      data = next;
      options = { ...options, ...changes };
      draw();
    },
    // Confidence belongs to the whole network, and so to no layer.
    highlight() {},
    dispose: frame.dispose,
  };
}
