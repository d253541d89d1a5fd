import {
  curveStepAfter,
  curveStepBefore,
  type EnterElement,
  extent,
  line,
  type Selection,
  scaleLinear,
} from 'd3';
import type { LayerId } from '../core/network/network.ts';
import { drawAxes, yMargin } from './axis.ts';
import { type Box, type LabelWish, placeLabels } from './dodge.ts';
import { createFrame, put, putText } from './frame.ts';
import { refreshRoving, tipText, wireItems } from './items.ts';
import { axesOf, byX, formatOn, summary, tipOf } from './paretoModel.ts';
import { textWidth } from './text.ts';
import type { Chart, ParetoData, ParetoOptions, ParetoPoint } from './types.ts';

export { summary, table } from './paretoModel.ts';

type Points = Selection<SVGGElement, ParetoPoint, SVGGElement, unknown>;

/** The range with a little air; never of no extent. */
function padded(values: readonly number[], share: number): [number, number] {
  const [low, high] = extent(values);
  if (low === undefined || high === undefined) return [0, 1];
  const air = (high - low || Math.abs(high) * 0.1 || 1) * share;
  return [low - air, high + air];
}

export function paretoChart(
  container: HTMLElement,
  first: ParetoData,
  firstOptions: ParetoOptions = {},
): Chart<ParetoData, ParetoOptions> {
  let data = first;
  let options = firstOptions;
  let marked: LayerId | null = null;
  const frame = createFrame(container, { kind: 'pareto', minHeight: 180 }, () => draw());
  const axes = frame.group('axes');
  const budget = frame.group('budget-mark').attr('aria-hidden', 'true');
  const budgetLine = budget.append('line').attr('class', 'budget').node() as SVGLineElement;
  const budgetLabel = budget.append('text').attr('class', 'budget-label halo').node() as SVGTextElement;
  const front = frame.group('lines').append('path').attr('class', 'front').node() as SVGPathElement;
  const layer = frame.group('points');
  const labels = frame.group('labels').attr('aria-hidden', 'true').attr('pointer-events', 'none');
  wireItems<ParetoPoint>(layer.node() as SVGGElement, frame.tooltip, {
    tip: (point) => tipOf(point, data),
    layer: (point) => point.layerHints?.[0] ?? null,
    hover: (id) => options.onHover?.(id),
    pick: (point) => options.onPick?.(point.id),
  });

  function draw(): void {
    frame.describe(options.label ?? 'Pareto front', summary(data));
    frame.empty(data.points.length === 0 ? data.empty : null);
    const { width, height } = frame;
    const names = axesOf(data);
    const xs = data.points.map((point) => point.x);
    if (data.budget) xs.push(data.budget.value);
    const ys = data.points.flatMap((point) =>
      point.onFront || point.current ? [point.y, ...(point.yInterval ?? [])] : [point.y],
    );
    const yDomain = padded(ys, 0.08);
    if (names.y.unit === '%') yDomain.splice(0, 2, Math.max(0, yDomain[0]), Math.min(100, yDomain[1]));
    const top = 28;
    const bottom = height - 38;
    const yCount = Math.max(2, Math.floor((bottom - top) / 50));
    const y = scaleLinear(yDomain, [bottom, top]).nice(yCount);
    const yTicks = y.ticks(yCount);
    const left = yMargin(yTicks.map((tick) => formatOn(names.y, tick)));
    const right = width - 16;
    const xDomain = padded(xs, 0.06);
    const x = scaleLinear([Math.min(xDomain[0], 0) < 0 ? 0 : xDomain[0], xDomain[1]], [left, right]).nice(4);
    drawAxes(
      axes,
      {
        label: `${names.x.label} (${names.x.unit})`,
        ticks: x
          .ticks(Math.max(2, Math.floor((right - left) / 70)))
          .map((tick) => ({ at: x(tick), label: formatOn(names.x, tick) })),
      },
      {
        label: names.y.unit === '%' ? `${names.y.label} (%)` : `${names.y.label} (${names.y.unit})`,
        ticks: yTicks.map((tick) => ({ at: y(tick), label: formatOn(names.y, tick) })),
      },
      { width, height, margins: { top, right: 16, bottom: 38, left } },
    );

    // The steps bound what is reached: between two designs the better of the two sides is not yet there.
    const path = line<ParetoPoint>()
      .x((point) => x(point.x))
      .y((point) => y(point.y))
      .curve(names.x.better === 'higher' ? curveStepBefore : curveStepAfter);
    const onFront = byX(data.points.filter((point) => point.onFront));
    put(front, 'd', path(onFront) ?? '');

    const drawn = layer
      .selectAll<SVGGElement, ParetoPoint>('g.point')
      .data(byX(data.points), (point) => point.id)
      .join(addPoint)
      .order()
      .classed('is-front', (point) => point.onFront)
      .classed('is-current', (point) => point.current);
    drawn.each(function (point) {
      put(this, 'transform', `translate(${x(point.x)},${y(point.y)})`);
      put(this, 'aria-label', tipText(tipOf(point, data)));
      const bar = this.querySelector('.error-bar');
      const dot = this.querySelector('.dot');
      if (dot) put(dot, 'r', point.current ? 5.5 : point.onFront ? 4.5 : 3.5);
      if (!bar) return;
      const [low, high] = point.yInterval ?? [point.y, point.y];
      const [from, to] = [y(low) - y(point.y), y(high) - y(point.y)];
      put(bar, 'd', point.yInterval ? `M-4,${from}h8m-4,0V${to}m-4,0h8` : '');
    });
    mark(drawn);
    refreshRoving(layer.node() as SVGGElement);

    put(budget.node() as SVGGElement, 'display', data.budget ? 'inline' : 'none');
    const taken: Box[] = data.points.map((point) => ({
      x: x(point.x) - 5,
      y: y(point.y) - 5,
      width: 10,
      height: 10,
    }));
    if (data.budget) {
      const at = x(data.budget.value);
      const text = data.budget.label;
      const room = textWidth(text);
      const flip = at + 6 + room > right;
      for (const [name, value] of Object.entries({ x1: at, x2: at, y1: top, y2: bottom }))
        put(budgetLine, name, value);
      put(budgetLabel, 'x', flip ? at - 6 : at + 6);
      put(budgetLabel, 'text-anchor', flip ? 'end' : 'start');
      put(budgetLabel, 'y', bottom - 6);
      putText(budgetLabel, text);
      taken.push({ x: flip ? at - 6 - room : at + 6, y: bottom - 18, width: room, height: 16 });
    }
    drawLabels(x, y, taken, { x: left, y: top - 8, width: right - left + 12, height: bottom - top + 8 });
  }

  function addPoint(enter: Selection<EnterElement, ParetoPoint, SVGGElement, unknown>): Points {
    const point = enter.append('g').attr('class', 'point').attr('role', 'button');
    point.attr('data-item', '').attr('tabindex', -1);
    point.append('circle').attr('class', 'hit').attr('r', 12);
    point.append('path').attr('class', 'error-bar');
    point.append('circle').attr('class', 'ring').attr('r', 9.5);
    point.append('circle').attr('class', 'dot');
    point.append('circle').attr('class', 'focus-ring').attr('r', 13);
    return point;
  }

  function drawLabels(
    x: (v: number) => number,
    y: (v: number) => number,
    taken: readonly Box[],
    bounds: Box,
  ): void {
    const rank = (point: ParetoPoint) => (point.current ? 0 : 1);
    const named = data.points
      .filter((point) => point.onFront || point.current)
      .sort((a, b) => rank(a) - rank(b));
    const wishes = named.map((point): LabelWish => {
      const size = { width: textWidth(point.label, point.current), height: 14 };
      const [px, py] = [x(point.x), y(point.y)];
      const far = point.current ? 13 : 8;
      const [after, before, middle] = [px + far, px - far - size.width, px - size.width / 2];
      const spots = [
        [after, py - 16],
        [middle, py - far - 16],
        [after, py - 7],
        [before, py - 16],
        [before, py + 3],
        [middle, py + far + 2],
        [after, py + 4],
        [before, py - 7],
        [before, py + 16],
        [after, py + 16],
      ] as const;
      return {
        key: point.id,
        candidates: spots.map(([bx, by]) => ({ ...size, x: bx, y: by })),
        must: point.current,
      };
    });
    const placed = placeLabels(wishes, taken, bounds);
    labels
      .selectAll<SVGTextElement, ParetoPoint>('text')
      .data(
        named.filter((point) => placed.has(point.id)),
        (point) => point.id,
      )
      .join('text')
      .attr('class', (point) => (point.current ? 'halo emphasis' : 'halo quiet'))
      .attr('x', (point) => placed.get(point.id)?.x ?? 0)
      .attr('y', (point) => (placed.get(point.id)?.y ?? 0) + 11)
      .text((point) => point.label);
  }

  function mark(points: Points): void {
    points.classed('is-marked', (point) => marked !== null && (point.layerHints?.includes(marked) ?? false));
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
      mark(layer.selectAll<SVGGElement, ParetoPoint>('g.point'));
    },
    dispose: frame.dispose,
  };
}
