import { scaleLinear } from 'd3';
import { formatCount } from '../core/quantity.ts';
import { drawAxes, type Tick, yMargin } from './axis.ts';
import { createCursor } from './cursor.ts';
import { createFrame, put, putText } from './frame.ts';
import {
  edgeOf,
  emptySentence,
  formatWeight,
  type HistogramData,
  type HistogramOptions,
  isEmpty,
  spreadText,
  summary,
  tipOf,
} from './histogramModel.ts';
import { decadeTicks } from './logTicks.ts';
import { textWidth } from './text.ts';
import type { Chart } from './types.ts';

export { summary, table } from './histogramModel.ts';

const TOP = 34;
const BOTTOM = 38;
const RIGHT = 14;

/** Height of a count: from 0, or in decades from half a weight, so that a single one can still be seen. */
function heightScale(data: HistogramData, top: number, bottom: number) {
  const most = Math.max(1, ...Array.from(data.bins));
  const count = Math.max(2, Math.floor((bottom - top) / 40));
  if (data.scale === 'linear') {
    const linear = scaleLinear([0, most], [bottom, top]).nice(count);
    return { y: (value: number) => linear(value), ticks: linear.ticks(count).filter(Number.isInteger) };
  }
  const decades = scaleLinear([Math.log10(0.5), Math.log10(most)], [bottom, top]);
  return {
    y: (value: number) => (value > 0 ? decades(Math.log10(value)) : bottom),
    ticks: decadeTicks(1, Math.max(10, most), 2 * count).filter((tick) => tick <= most),
  };
}

/** How often which weights occur: bins symmetric about zero, the mean and the standard deviation above them. */
export function histogram(
  container: HTMLElement,
  first: HistogramData,
  firstOptions: HistogramOptions = {},
): Chart<HistogramData, HistogramOptions> {
  let data = first;
  let options = firstOptions;
  const frame = createFrame(container, { kind: 'histogram', minHeight: 150 }, () => draw());
  const axes = frame.group('axes');
  const plot = frame.group('plot').attr('aria-hidden', 'true');
  const bars = plot.append('path').attr('class', 'bars').node() as SVGPathElement;
  const zero = plot.append('line').attr('class', 'zero').node() as SVGLineElement;
  const spread = plot.append('path').attr('class', 'spread').node() as SVGPathElement;
  const said = plot.append('text').attr('class', 'quiet').attr('text-anchor', 'end').attr('y', 10);
  const saidNode = said.node() as SVGTextElement;
  const cursor = createCursor(frame.group('cursor-layer'), frame.tooltip, {
    hover: (on) => options.onHover?.(on ? (data.layerIds[0] ?? null) : null),
    pick: () => {},
  });

  function draw(): void {
    frame.describe(options.label ?? 'Histogram of weights', summary(data));
    const empty = isEmpty(data);
    frame.empty(empty ? emptySentence(data) : null);
    if (empty) return;
    const { width, height } = frame;
    const [bottom, right] = [height - BOTTOM, width - RIGHT];
    const { y, ticks } = heightScale(data, TOP, bottom);
    const labels = ticks.map((tick): Tick => ({ at: y(tick), label: formatCount(tick) }));
    const left = yMargin(labels.map(({ label }) => label));
    // Zeros alone span no range: they get one, so that their bar can be seen.
    const reach = data.largest > 0 ? data.largest : 1;
    const x = scaleLinear([-reach, reach], [left, right]);
    const fifth = (right - left) / textWidth('−0.00000');
    drawAxes(
      axes,
      {
        label: 'weight',
        ticks: x.ticks(Math.min(9, fifth)).map((at) => ({ at: x(at), label: formatWeight(at) })),
      },
      {
        label: data.scale === 'log' ? 'weights per bin, logarithmic' : 'weights per bin',
        ticks: labels,
      },
      { width, height, margins: { top: TOP, right: RIGHT, bottom: BOTTOM, left } },
    );
    const edge = (index: number) => left + ((right - left) * index) / data.bins.length;
    const paths = Array.from(data.bins, (count, index) =>
      count > 0
        ? `M${edge(index).toFixed(1)},${bottom}V${y(count).toFixed(1)}H${edge(index + 1).toFixed(1)}V${bottom}Z`
        : '',
    );
    put(bars, 'd', paths.join(''));
    put(zero, 'x1', x(0));
    put(zero, 'x2', x(0));
    put(zero, 'y1', TOP - 4);
    put(zero, 'y2', bottom);
    const inside = (value: number) => Math.max(left, Math.min(right, x(value))).toFixed(1);
    const [low, middle, high] = [
      inside(data.mean - data.standardDeviation),
      inside(data.mean),
      inside(data.mean + data.standardDeviation),
    ];
    put(
      spread,
      'd',
      `M${low},${TOP - 12}v6M${low},${TOP - 9}H${high}M${high},${TOP - 12}v6M${middle},${TOP - 14}v10`,
    );
    putText(saidNode, width > 420 ? spreadText(data) : `± ${formatWeight(data.standardDeviation)}`);
    put(saidNode, 'x', right);
    cursor.draw({
      name: `Weights of ${data.label}`,
      count: data.bins.length,
      top: TOP,
      bottom,
      left,
      right,
      x: (index) => edge(index + 0.5),
      value: (index) => Number(((edgeOf(data, index) + edgeOf(data, index + 1)) / 2).toPrecision(4)),
      tip: (index) => tipOf(data, index),
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
    highlight(layerId) {
      plot.classed('is-marked', layerId !== null && data.layerIds.includes(layerId));
    },
    dispose: frame.dispose,
  };
}
