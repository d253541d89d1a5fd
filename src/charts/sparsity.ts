import { line, scaleLinear } from 'd3';
import { formatSignificant } from '../core/quantity.ts';
import { drawAxes, type Tick, yMargin } from './axis.ts';
import { createFrame, put } from './frame.ts';
import { createSparsityCursor } from './sparsityCursor.ts';
import { CURVES, type Curve, labelsOf, type Scale, type SparsityLabel } from './sparsityLabels.ts';
import {
  accuracyTicks,
  chosenPoint,
  emptySentence,
  formatSparsity,
  pointsOf,
  powerTicks,
  sparsityTicks,
  summary,
} from './sparsityModel.ts';
import { textWidth } from './text.ts';
import type { Chart, SparsityData, SparsityOptions, SparsityPoint } from './types.ts';

export { summary, table } from './sparsityModel.ts';

/**
 * Power and Top-1 accuracy over the share of zeroed weights, on two axes with one grid (Fig. 13 of Liu et al.
 * 2024, LI-35). The chart draws straight lines between the points it gets and nothing beyond them.
 */
export function sparsityChart(
  container: HTMLElement,
  first: SparsityData,
  firstOptions: SparsityOptions = {},
): Chart<SparsityData, SparsityOptions> {
  let data = first;
  let options = firstOptions;
  const frame = createFrame(container, { kind: 'sparsity', minHeight: 160 }, () => draw());
  const axes = frame.group('axes');
  const rightAxis = frame.group('right-axis').attr('aria-hidden', 'true');
  const plot = frame.group('plot').attr('aria-hidden', 'true');
  const chosenLine = plot.append('line').attr('class', 'chosen-line').node() as SVGLineElement;
  const labels = frame.group('labels', plot);
  const cursor = createSparsityCursor(frame.group('cursor-layer'), frame.tooltip);

  function draw(): void {
    const points = pointsOf(data);
    frame.describe(options.label ?? 'Power and accuracy over sparsity', summary(data));
    frame.empty(points.length === 0 ? emptySentence(data) : null);
    const { width, height } = frame;
    const [top, bottom] = [28, height - 38];
    const [power, accuracy] = [powerTicks(data), accuracyTicks(data)];
    const left = yMargin(power.map((tick) => formatSignificant(tick)));
    const right = width - yMargin(accuracy.map((tick) => formatSignificant(tick)));
    const most = Math.max(0.01, points.at(-1)?.sparsity ?? 0.01);
    const x = scaleLinear([0, most], [left, right]);
    const scaleOf = (ticks: readonly number[]): Scale =>
      scaleLinear([ticks[0] ?? 0, ticks.at(-1) ?? 1], [bottom, top]);
    const y = { power: scaleOf(power), accuracy: scaleOf(accuracy) };
    const chosen = chosenPoint(data);
    drawAxes(
      axes,
      { label: 'weights set to zero (%)', ticks: xTicks(x, most, chosen) },
      {
        label: 'power (W)',
        ticks: power.map((tick) => ({ at: y.power(tick), label: formatSignificant(tick) })),
      },
      { width, height, margins: { top, right: width - right, bottom: 38, left } },
    );
    drawRightAxis(
      accuracy.map((tick) => ({ at: y.accuracy(tick), label: formatSignificant(tick) })),
      right,
      top - 10,
    );

    plot
      .selectAll<SVGPathElement, Curve>('path.curve')
      .data(CURVES)
      .join((enter) => enter.insert('path', '.labels'))
      .attr('class', ({ key }) => `curve curve-${key}`)
      .attr('d', (curve) => {
        const path = line<SparsityPoint>()
          .x((point) => x(point.sparsity))
          .y((point) => y[curve.key](curve.value(point)))
          .digits(1);
        return path(points) ?? '';
      });
    put(chosenLine, 'display', chosen ? 'inline' : 'none');
    for (const name of ['x1', 'x2']) put(chosenLine, name, x(chosen?.sparsity ?? 0));
    put(chosenLine, 'y1', top);
    put(chosenLine, 'y2', bottom + 4);
    plot
      .selectAll<SVGPathElement, Curve>('path.mark')
      .data(chosen ? CURVES : [])
      .join((enter) => enter.insert('path', '.labels'))
      .attr('class', ({ key }) => `mark mark-${key}`)
      .attr('d', ({ mark }) => mark)
      .attr('transform', (curve) =>
        chosen ? `translate(${x(chosen.sparsity)},${y[curve.key](curve.value(chosen))})` : null,
      );
    const bounds = { x: left + 2, y: top - 6, width: right - left - 4, height: bottom - top + 4 };
    labels
      .selectAll<SVGTextElement, SparsityLabel>('text')
      .data(labelsOf(data, chosen, { x, y, bounds, width }), (label) => label.key)
      .join('text')
      .attr('class', ({ className }) => `halo emphasis ${className}`)
      .attr('x', (label) => label.x)
      .attr('y', (label) => label.y)
      .text((label) => label.text);
    cursor.draw({ data, left, right, top, bottom, x, pick: options.onPick ?? null });
  }

  /** The chosen sparsity stands among the ticks, and those it would touch give way. */
  function xTicks(x: Scale, most: number, chosen: SparsityPoint | null): Tick[] {
    const room = Math.max(2, Math.floor((x(most) - x(0)) / 36));
    const text = (share: number) => formatSparsity(share).replace(' %', '');
    const half = chosen ? textWidth(formatSparsity(chosen.sparsity), true) / 2 : 0;
    return sparsityTicks(most, room)
      .map((share) => ({ at: x(share), label: text(share) }))
      .filter(
        ({ at, label }) => !chosen || Math.abs(at - x(chosen.sparsity)) > half + textWidth(label) / 2 + 6,
      );
  }

  function drawRightAxis(ticks: readonly Tick[], right: number, nameAt: number): void {
    const roomFor = frame.width - textWidth('power (W)') - 24;
    const names = [`Top-1 accuracy of ${data.accuracyOf} (%)`, 'Top-1 accuracy (%)'];
    const name = names.find((candidate) => textWidth(candidate) <= roomFor) ?? 'Top-1 (%)';
    rightAxis
      .selectAll<SVGTextElement, Tick>('text.right-tick')
      .data(ticks, (tick) => tick.label)
      .join('text')
      .attr('class', 'tick-label right-tick')
      .attr('dy', '0.32em')
      .attr('x', right + 7)
      .attr('y', (tick) => tick.at)
      .text((tick) => tick.label);
    rightAxis
      .selectAll<SVGTextElement, string>('text.axis-label')
      .data([name])
      .join('text')
      .attr('class', 'axis-label')
      .attr('text-anchor', 'end')
      .attr('x', frame.width - 2)
      .attr('y', nameAt)
      .text((text) => text);
  }

  draw();
  return {
    svg: frame.svg,
    update(next, changes) {
      data = next;
      options = { ...options, ...changes };
      draw();
    },
    // A sparsity is one of all weights together, and so of no layer.
    highlight() {},
    dispose: frame.dispose,
  };
}
