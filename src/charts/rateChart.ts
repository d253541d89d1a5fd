import { line, scaleLinear } from 'd3';
import { drawAxes, integerTicks, yMargin } from './axis.ts';
import { createCursor } from './cursor.ts';
import { createFrame, put } from './frame.ts';
import { extremes, formatRate, type RateData, type RatePoint, summary, tipOf } from './rateModel.ts';
import type { Chart, ChartOptions } from './types.ts';

export { summary, table } from './rateModel.ts';

const [TOP, BOTTOM, RIGHT] = [26, 36, 14];

/** A small plot of the learning rate over the epochs; dots are the epochs trained so far. */
export function rateChart(
  container: HTMLElement,
  first: RateData,
  firstOptions: ChartOptions = {},
): Chart<RateData, ChartOptions> {
  let data = first;
  let options = firstOptions;
  // The looks of the learning curves: the plan as their solid line, epochs as their dots.
  const frame = createFrame(container, { kind: 'learning', minHeight: 110 }, () => draw());
  const axes = frame.group('axes');
  const curve = frame.group('curves').append('path').attr('class', 'train').node() as SVGPathElement;
  const dots = frame.group('dots');
  const cursor = createCursor(frame.group('cursor-layer'), frame.tooltip, {
    hover: () => {},
    pick: () => {},
  });

  function draw(): void {
    frame.describe(options.label ?? 'Rate schedule', summary(data));
    const { width, height } = frame;
    const bottom = height - BOTTOM;
    const y = scaleLinear(
      [0, Math.max(extremes(data).high, ...data.taken.map(({ rate }) => rate)) * 1.05],
      [bottom, TOP],
    );
    const tickCount = Math.max(2, Math.floor((bottom - TOP) / 28));
    const greatest = y.domain()[1] ?? 1;
    // Rates too small for decimals are written with an exponent.
    const format = greatest < 1e-4 ? formatRate : y.tickFormat(tickCount);
    const yTicks = y.ticks(tickCount);
    const left = yMargin(yTicks.map(format));
    const x = scaleLinear([0, data.epochs], [left, width - RIGHT]);
    drawAxes(
      axes,
      {
        label: 'epochs',
        ticks: integerTicks(data.epochs, Math.max(2, Math.floor((width - RIGHT - left) / 36))).map((at) => ({
          at: x(at),
          label: String(at),
        })),
      },
      { label: 'learning rate', ticks: yTicks.map((at) => ({ at: y(at), label: format(at) })) },
      { width, height, margins: { top: TOP, right: RIGHT, bottom: BOTTOM, left } },
    );
    const path = line<RatePoint>()
      .x(({ epoch }) => x(epoch))
      .y(({ rate }) => y(rate))
      .digits(1);
    put(curve, 'd', path(data.planned) ?? '');
    dots
      .selectAll<SVGCircleElement, RatePoint>('circle')
      .data(data.taken, ({ epoch }) => String(epoch))
      .join('circle')
      .attr('class', 'dot-train')
      .attr('r', 2.5)
      .attr('cx', ({ epoch }) => x(epoch))
      .attr('cy', ({ rate }) => y(rate));
    const at = (index: number) => data.planned[index] as RatePoint;
    cursor.draw({
      name: 'Planned rate',
      count: data.planned.length,
      x: (index) => x(at(index).epoch),
      tip: (index) => tipOf(at(index), data),
      top: TOP,
      bottom,
      left,
      right: width - RIGHT,
      value: (index) => at(index).epoch,
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
    highlight() {}, // no layer in this curve
    dispose: frame.dispose,
  };
}
