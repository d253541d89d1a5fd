import { line, type ScaleLinear, scaleLinear } from 'd3';
import { formatSignificant } from '../core/quantity.ts';
import { drawAxes, type Tick, yMargin } from './axis.ts';
import { type Box, type LabelWish, placeLabels } from './dodge.ts';
import { createFrame, put } from './frame.ts';
import { createSparsityCursor } from './sparsityCursor.ts';
import {
  accuracyTicks,
  chosenPoint,
  emptySentence,
  formatAccuracy,
  formatSparsity,
  formatWatts,
  pointAt,
  pointsOf,
  powerTicks,
  sparsityTicks,
  summary,
} from './sparsityModel.ts';
import { placesAround } from './symbols.ts';
import { textWidth } from './text.ts';
import type { Chart, SparsityData, SparsityOptions, SparsityPoint } from './types.ts';

export { summary, table } from './sparsityModel.ts';

type Scale = ScaleLinear<number, number>;

/** One of the two lines. The shape of its mark tells it apart without its color, as its dashes do. */
interface Curve {
  readonly key: 'power' | 'accuracy';
  readonly name: string;
  readonly mark: string;
  value(point: SparsityPoint): number;
  format(value: number): string;
}

const CURVES: readonly Curve[] = [
  {
    key: 'power',
    name: 'power',
    mark: 'M-4.5,0a4.5,4.5 0 1 0 9,0a4.5,4.5 0 1 0 -9,0',
    value: (point) => point.powerWatts,
    format: formatWatts,
  },
  {
    key: 'accuracy',
    name: 'Top-1 accuracy',
    mark: 'M-4,-4H4V4H-4Z',
    value: (point) => point.accuracyPercent,
    format: formatAccuracy,
  },
];

interface Text {
  readonly text: string;
  readonly className: string;
}

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
    drawLabels(x, y, chosen, { x: left + 2, y: top - 6, width: right - left - 4, height: bottom - top + 4 });
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
        ({ at, label }) => !chosen || Math.abs(at - x(chosen.sparsity)) > half + textWidth(label) / 2 + 3,
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

  function drawLabels(
    x: Scale,
    y: Readonly<Record<Curve['key'], Scale>>,
    chosen: SparsityPoint | null,
    bounds: Box,
  ): void {
    const points = pointsOf(data);
    const texts = new Map<string, Text>();
    const wishes: LabelWish[] = [];
    const obstacles: Box[] = [];
    const around = (at: number, wanted: number, size: number) => ({
      x: at - size / 2,
      y: wanted - size / 2,
      width: size,
      height: size,
    });
    for (const curve of CURVES) {
      const at = (point: SparsityPoint) => y[curve.key](curve.value(point));
      points.slice(1).forEach((to, i) => {
        const from = points[i] ?? to;
        for (let part = 0; part <= 12; part++) {
          const [dx, dy] = [x(to.sparsity) - x(from.sparsity), at(to) - at(from)];
          obstacles.push(around(x(from.sparsity) + (dx * part) / 12, at(from) + (dy * part) / 12, 4));
        }
      });
      if (!chosen) continue;
      obstacles.push(around(x(chosen.sparsity), at(chosen), 12));
      const text = curve.format(curve.value(chosen));
      texts.set(`value-${curve.key}`, { text, className: `emphasis label-${curve.key}` });
      const candidates = placesAround(x(chosen.sparsity), at(chosen), textWidth(text, true));
      wishes.push({ key: `value-${curve.key}`, must: true, candidates });
    }
    if (chosen) obstacles.push({ x: x(chosen.sparsity) - 1, y: bounds.y, width: 2, height: bounds.height });
    for (const curve of CURVES) {
      texts.set(curve.key, { text: curve.name, className: `emphasis label-${curve.key}` });
      wishes.push({ key: curve.key, must: true, candidates: besideLine(curve, x, y[curve.key]) });
    }
    const placed = placeLabels(wishes, obstacles, bounds);
    if (chosen) {
      const text = formatSparsity(chosen.sparsity);
      const size = { width: textWidth(text, true), height: 14 };
      texts.set('chosen', { text, className: 'emphasis' });
      const middle = x(chosen.sparsity) - size.width / 2;
      const rightmost = frame.width - 2 - size.width;
      placed.set('chosen', { ...size, x: Math.min(middle, rightmost), y: bounds.y + bounds.height + 6 });
    }
    labels
      .selectAll<SVGTextElement, string>('text')
      .data([...placed.keys()], String)
      .join('text')
      .attr('class', (key) => `halo ${texts.get(key)?.className ?? ''}`)
      .attr('x', (key) => placed.get(key)?.x ?? 0)
      .attr('y', (key) => (placed.get(key)?.y ?? 0) + 11)
      .text((key) => texts.get(key)?.text ?? '');
  }

  /** Places for the name of a line: over and under it, from the right end to the left. */
  function besideLine(curve: Curve, x: Scale, y: Scale): Box[] {
    const size = { width: textWidth(curve.name, true), height: 14 };
    const [left = 0, right = 0] = x.range();
    const from = left + 3;
    const ways = Math.max(0, right - 3 - size.width - from);
    return [1, 0.8, 0.6, 0.4, 0.2, 0].flatMap((part) => {
      const px = from + part * ways;
      const near = pointAt(data, x.invert(px + size.width / 2));
      if (!near) return [];
      const py = y(curve.value(near));
      return [py - 20, py + 8, py - 34, py + 22].map((top) => ({ ...size, x: px, y: top }));
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
    // A sparsity is one of all weights together, and so of no layer.
    highlight() {},
    dispose: frame.dispose,
  };
}
