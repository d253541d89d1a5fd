import { type EnterElement, type Selection, scaleLog } from 'd3';
import type { Bound } from '../core/hardware/report.ts';
import type { LayerId } from '../core/network/network.ts';
import { formatCount } from '../core/quantity.ts';
import { drawAxes, yMargin } from './axis.ts';
import { type Box, type LabelWish, placeLabels } from './dodge.ts';
import { createFrame, put } from './frame.ts';
import { refreshRoving, tipText, wireItems } from './items.ts';
import { BOUND_NAMES } from './latencyModel.ts';
import { drawLegend, type LegendEntry } from './legend.ts';
import { decadeTicks } from './logTicks.ts';
import { drawLane, LANE, ON_CHIP, type Place, type Places, placesOf } from './rooflineLane.ts';
import {
  drawable,
  formatIntensity,
  isDrawable,
  isOnChip,
  namesOf,
  rangeOf,
  summary,
  tipOf,
} from './rooflineModel.ts';
import { drawRoofs, roofWishes } from './rooflineRoofs.ts';
import { BOUND_SYMBOLS, placesAround } from './symbols.ts';
import { textWidth } from './text.ts';
import type { Chart, RooflineData, RooflineOptions, RooflinePoint } from './types.ts';

export { summary, table } from './rooflineModel.ts';

type Points = Selection<SVGGElement, RooflinePoint, SVGGElement, unknown>;

const BOUND_ORDER = Object.keys(BOUND_NAMES) as Bound[];

export function roofline(
  container: HTMLElement,
  first: RooflineData,
  firstOptions: RooflineOptions = {},
): Chart<RooflineData, RooflineOptions> {
  let data = first;
  let options = firstOptions;
  let marked: LayerId | null = null;
  const frame = createFrame(container, { kind: 'roofline', minHeight: 260 }, () => draw());
  const legend = frame.group('legend');
  const axes = frame.group('axes');
  const lane = frame.group('lane').attr('aria-hidden', 'true');
  const roofs = frame.group('roofs').attr('aria-hidden', 'true');
  const layer = frame.group('points');
  const labels = frame.group('labels').attr('aria-hidden', 'true').attr('pointer-events', 'none');
  let legendKey = '';
  let legendHeight = 0;
  wireItems<RooflinePoint>(layer.node() as SVGGElement, frame.tooltip, {
    tip: (point) => tipOf(point, data),
    layer: (point) => point.layerIds[0] ?? null,
    hover: (id) => options.onHover?.(id),
    pick: (point) => options.onPick?.(point.id),
  });

  function drawSigns(width: number): void {
    const there = new Set(data.points.map((point) => point.bound));
    const bounds = BOUND_ORDER.filter((bound) => there.has(bound));
    const names = namesOf(data);
    const key = JSON.stringify([width, bounds, names, data.roofs.map((roof) => roof.name)]);
    if (key === legendKey) return;
    legendKey = key;
    const symbol = (bound: Bound, className: string): LegendEntry['sign'] => {
      return (group) => {
        const sign = group.append('path').attr('transform', 'translate(7,5)').attr('class', className);
        sign.attr('style', `--c: var(--bound-${bound})`).attr('d', BOUND_SYMBOLS[bound]);
      };
    };
    const plain = bounds[0] ?? 'compute';
    const entries: LegendEntry[] = [
      ...data.roofs.map((roof, i) => ({
        label: roof.name,
        sign: ((group) => {
          group.append('path').attr('class', `roof is-${i}`).attr('d', 'M0,9L6,2H15');
        }) satisfies LegendEntry['sign'],
      })),
      { label: names.before, sign: symbol(plain, 'spot-before') },
      { label: names.after, sign: symbol(plain, 'spot-after') },
      ...bounds.map((bound, i) => ({
        label: `${i === 0 ? 'bound by ' : ''}${BOUND_NAMES[bound]}`,
        sign: symbol(bound, 'spot-after'),
      })),
    ];
    legendHeight = drawLegend(legend, entries, { left: 2, right: width - 4, top: 2, align: 'left' });
  }

  function draw(): void {
    frame.describe(options.label ?? 'Roofline', summary(data));
    frame.empty(data.roofs.length === 0 ? summary(data) : null);
    const { width, height } = frame;
    drawSigns(width);
    const points = drawable(data);
    const range = rangeOf(data);
    const [top, bottom] = [legendHeight + 30, height - 38];
    const hasLane = points.some((point) =>
      [point.before, point.after].some((spot) => isDrawable(spot) && isOnChip(spot)),
    );
    const y = scaleLog(range.y, [bottom, top]);
    const yTicks = decadeTicks(...range.y, Math.max(2, Math.floor((bottom - top) / 40)));
    const left = yMargin(yTicks.map((tick) => formatCount(tick)));
    const right = width - 16 - (hasLane ? LANE + 6 : 0);
    const x = scaleLog(range.x, [left, right]);
    const xTicks = decadeTicks(...range.x, Math.max(2, Math.floor((right - left) / 44)));
    const laneLabel = right + 6 + (LANE - textWidth(ON_CHIP)) / 2;
    const clear = (tick: number) =>
      !hasLane || x(tick) + textWidth(formatIntensity(tick)) / 2 < laneLabel - 6;
    drawAxes(
      axes,
      {
        label: 'operations per byte (1 MAC = 2 operations)',
        ticks: xTicks.filter(clear).map((tick) => ({ at: x(tick), label: formatIntensity(tick) })),
      },
      {
        label: 'operations per second',
        ticks: yTicks.map((tick) => ({ at: y(tick), label: formatCount(tick) })),
      },
      { width, height, margins: { top, right: width - right, bottom: 38, left } },
    );
    const box: Box = { x: left, y: top, width: right - left, height: bottom - top };
    drawLane(lane, hasLane ? { x: right + 6, y: top, width: LANE, height: box.height } : null);
    const obstacles = drawRoofs(roofs, data.roofs, x, y, box);

    const places = placesOf(points, x, y, right + 6);
    const drawn = layer
      .selectAll<SVGGElement, RooflinePoint>('g.point')
      .data(points, (point) => point.id)
      .join(addPoint)
      .order();
    drawn.each(function (point) {
      const { before, after } = places.get(point) ?? { before: null, after: null };
      put(this, 'style', `--c: var(--bound-${point.bound})`);
      put(this, 'aria-label', tipText(tipOf(point, data)));
      const [join, hitBefore, hitAfter, markBefore, markAfter, ring] = [...this.children];
      if (!(join && hitBefore && hitAfter && markBefore && markAfter && ring)) return;
      put(join, 'd', before && after ? `M${before.join()}L${after.join()}` : '');
      const set = (at: Place | null, elements: readonly Element[]) => {
        for (const element of elements) {
          put(element, 'display', at ? 'inline' : 'none');
          if (at) put(element, 'transform', `translate(${at[0].toFixed(1)},${at[1].toFixed(1)})`);
        }
      };
      set(before, [hitBefore, markBefore]);
      set(after, [hitAfter, markAfter]);
      set(after ?? before, [ring]);
      put(markBefore, 'd', BOUND_SYMBOLS[point.bound]);
      put(markAfter, 'd', BOUND_SYMBOLS[point.bound]);
    });
    mark(drawn);
    refreshRoving(layer.node() as SVGGElement);
    for (const { before, after } of places.values()) {
      for (const at of [before, after]) {
        if (at) obstacles.push({ x: at[0] - 6, y: at[1] - 6, width: 12, height: 12 });
      }
    }
    drawLabels(points, places, roofWishes(data.roofs, x, y, box), obstacles, {
      x: left + 2,
      y: top - 18,
      width: width - left - 4,
      height: bottom - top + 18,
    });
  }

  function addPoint(enter: Selection<EnterElement, RooflinePoint, SVGGElement, unknown>): Points {
    const point = enter.append('g').attr('class', 'point').attr('data-item', '').attr('tabindex', -1);
    point.attr('role', options.onPick ? 'button' : 'img');
    point.append('path').attr('class', 'join');
    point.append('circle').attr('class', 'hit').attr('r', 11);
    point.append('circle').attr('class', 'hit').attr('r', 11);
    point.append('path').attr('class', 'spot-before');
    point.append('path').attr('class', 'spot-after');
    point.append('circle').attr('class', 'focus-ring').attr('r', 10);
    return point;
  }

  function drawLabels(
    points: readonly RooflinePoint[],
    places: Places,
    fixed: readonly (LabelWish & { readonly text: string; readonly className: string })[],
    obstacles: readonly Box[],
    bounds: Box,
  ): void {
    const texts = new Map(fixed.map((wish) => [wish.key, wish]));
    const wishes: LabelWish[] = [...fixed];
    for (const point of points) {
      const spot = places.get(point);
      const at = spot?.after ?? spot?.before;
      if (!at) continue;
      const key = `point ${point.id}`;
      const candidates = placesAround(at[0], at[1], textWidth(point.label));
      texts.set(key, { key, candidates, text: point.label, className: 'quiet' });
      wishes.push({ key, candidates });
    }
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

  function mark(points: Points): void {
    points.classed('is-marked', (point) => marked !== null && point.layerIds.includes(marked));
    layer.classed('has-mark', marked !== null && !layer.select('.is-marked').empty());
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
      mark(layer.selectAll<SVGGElement, RooflinePoint>('g.point'));
    },
    dispose: frame.dispose,
  };
}
