import { scaleLinear } from 'd3';
import { formatChange } from '../core/quantity.ts';
import { binaryTicks, drawAxes, yMargin } from './axis.ts';
import { createCursor } from './cursor.ts';
import { type LabelWish, placeLabels } from './dodge.ts';
import { createFrame, put, putText } from './frame.ts';
import { formatValue, freeSentence, freeUpTo, summary, valueAt } from './staircaseModel.ts';
import { textWidth } from './text.ts';
import type { Chart, StaircaseData, StaircaseOptions } from './types.ts';

export { summary, table } from './staircaseModel.ts';

/** A width costs what the step it stands on costs: the line is level up to it, then rises. */
function stepPath(data: StaircaseData, x: (w: number) => number, y: (v: number) => number): string {
  const { widths, values } = data;
  let path = '';
  let level = Number.NaN;
  for (let i = 0; i < widths.length; i++) {
    const [width, value] = [widths[i] ?? 0, values[i] ?? 0];
    const last = i === widths.length - 1;
    if (i === 0) path = `M${x(width).toFixed(1)},${y(value).toFixed(1)}`;
    else if (value !== level) path += `H${x(widths[i - 1] ?? 0).toFixed(1)}V${y(value).toFixed(1)}`;
    if (last) path += `H${x(width).toFixed(1)}`;
    level = value;
  }
  return path;
}

interface Spot {
  readonly key: 'now' | 'planned' | 'next';
  readonly width: number;
  readonly value: number;
  readonly label: string;
}

function spotsOf(data: StaircaseData): Spot[] {
  const spots: Spot[] = [];
  const add = (key: Spot['key'], width: number, label: string) => {
    const value = valueAt(data, width);
    if (value !== null) spots.push({ key, width, value, label });
  };
  add('planned', data.planned, data.planned === data.now ? `${data.now} now` : `${data.planned} planned`);
  if (data.next !== null) add('next', data.next, `${data.next} next`);
  if (data.planned !== data.now) add('now', data.now, `${data.now} now`);
  return spots;
}

const SHAPES = {
  now: 'M-5,0a5,5 0 1 0 10,0a5,5 0 1 0 -10,0',
  planned: 'M-5,0a5,5 0 1 0 10,0a5,5 0 1 0 -10,0',
  next: 'M0,-6.5L6.5,0L0,6.5L-6.5,0Z',
};

export function staircase(
  container: HTMLElement,
  first: StaircaseData,
  firstOptions: StaircaseOptions = {},
): Chart<StaircaseData, StaircaseOptions> {
  let data = first;
  let options = firstOptions;
  const frame = createFrame(container, { kind: 'stairs', minHeight: 160 }, () => draw());
  const axes = frame.group('axes');
  const plot = frame.group('plot').attr('aria-hidden', 'true');
  const stairs = plot.append('path').attr('class', 'stairs').node() as SVGPathElement;
  const free = plot.append('path').attr('class', 'free').node() as SVGPathElement;
  const dots = frame.group('dots', plot);
  const labels = frame.group('labels', plot);
  const cursor = createCursor(frame.group('cursor-layer'), frame.tooltip, {
    hover: (on) => options.onHover?.(on ? (data.layerIds[0] ?? null) : null),
    pick: (index) => options.onPick?.(data.widths[index] ?? 0),
  });

  function draw(): void {
    frame.describe(options.label ?? 'Next width that saves time', summary(data));
    frame.empty(data.widths.length === 0 ? (data.empty ?? 'No widths to compare yet.') : null);
    const { width, height } = frame;
    const [top, bottom, right] = [28, height - 38, width - 16];
    const widest = Math.max(1, data.widths[data.widths.length - 1] ?? 1);
    const most = Math.max(1e-9, ...Array.from(data.values));
    const y = scaleLinear([0, most * 1.04], [bottom, top]).nice(4);
    const ticks = y.ticks(Math.max(2, Math.floor((bottom - top) / 46)));
    const left = yMargin(ticks.map((tick) => formatValue(tick, data.unit)));
    const x = scaleLinear([0, widest], [left, right]);
    drawAxes(
      axes,
      {
        label: 'channels kept',
        ticks: binaryTicks(widest, Math.max(2, Math.floor((right - left) / 56))).map((at) => ({
          at: x(at),
          label: String(at),
        })),
      },
      {
        label: data.unit,
        ticks: ticks.map((tick) => ({ at: y(tick), label: formatValue(tick, data.unit) })),
      },
      { width, height, margins: { top, right: 16, bottom: 38, left } },
    );
    put(stairs, 'd', stepPath(data, x, y));

    const spots = spotsOf(data);
    const planned = valueAt(data, data.planned);
    const sentence = freeSentence(data);
    const end = freeUpTo(data, data.planned);
    put(free, 'd', sentence && planned !== null ? `M${x(data.planned)},${y(planned)}H${x(end)}` : '');
    dots
      .selectAll<SVGPathElement, Spot>('path')
      .data(spots, (spot) => spot.key)
      .join('path')
      .attr('class', (spot) => `dot-${spot.key}`)
      .attr('d', (spot) => SHAPES[spot.key])
      .attr('transform', (spot) => `translate(${x(spot.width)},${y(spot.value)})`);

    const wishes = spots.map((spot): LabelWish => {
      const size = { width: textWidth(spot.label, true), height: 14 };
      const [px, py] = [x(spot.width), y(spot.value)];
      const below = [
        [px + 8, py + 6],
        [px - size.width / 2, py + 10],
        [px + 8, py + 20],
      ] as const;
      const above = [
        [px - size.width - 8, py - 16],
        [px - size.width / 2, py - 24],
        [px - size.width - 8, py - 30],
      ] as const;
      const order = spot.key === 'next' ? [...above, ...below] : [...below, ...above];
      return { key: spot.key, must: true, candidates: order.map(([bx, by]) => ({ ...size, x: bx, y: by })) };
    });
    if (sentence && planned !== null) {
      const size = { width: textWidth(sentence), height: 14 };
      const middle = (x(data.planned) + x(end)) / 2;
      const places = [22, 36, 50].flatMap((up) => [
        { ...size, x: middle - size.width / 2, y: y(planned) - up },
        { ...size, x: x(end) - size.width, y: y(planned) - up },
        { ...size, x: x(data.planned) - size.width, y: y(planned) - up },
      ]);
      places.push(
        { ...size, x: x(end) + 8, y: y(planned) + 22 },
        { ...size, x: x(end) - size.width / 3, y: y(planned) + 22 },
        { ...size, x: x(end) - size.width / 2, y: y(planned) + 36 },
      );
      wishes.push({ key: 'free', candidates: places });
    }
    const taken = spots.map((spot) => ({
      x: x(spot.width) - 6,
      y: y(spot.value) - 6,
      width: 12,
      height: 12,
    }));
    for (let i = 0; i < data.widths.length; i += Math.max(1, Math.floor(data.widths.length / 80))) {
      taken.push({ x: x(data.widths[i] ?? 0) - 2, y: y(data.values[i] ?? 0) - 2, width: 4, height: 4 });
    }
    const placed = placeLabels(wishes, taken, {
      x: left,
      y: 14,
      width: width - left - 2,
      height: bottom - 14,
    });
    const texts = new Map<string, string>(spots.map((spot) => [spot.key, spot.label]));
    if (sentence) texts.set('free', sentence);
    labels
      .selectAll<SVGTextElement, string>('text')
      .data([...placed.keys()], String)
      .join('text')
      .attr('class', (key) => `halo label-${key}${key === 'free' ? '' : ' emphasis'}`)
      .each(function (key) {
        put(this, 'x', placed.get(key)?.x ?? 0);
        put(this, 'y', (placed.get(key)?.y ?? 0) + 11);
        putText(this, texts.get(key) ?? '');
      });

    cursor.draw({
      name: `Channels kept in ${data.label}`,
      count: data.widths.length,
      top,
      bottom,
      left,
      right,
      x: (index) => x(data.widths[index] ?? 0),
      value: (index) => data.widths[index] ?? 0,
      tip: (index) => {
        const value = data.values[index] ?? 0;
        const now = valueAt(data, data.now);
        return {
          title: `${data.widths[index]} channels`,
          lines: [
            `${formatValue(value, data.unit)} ${data.unit}`,
            ...(now === null ? [] : [`${formatChange(now, value)} against ${data.now} now`]),
          ],
        };
      },
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
