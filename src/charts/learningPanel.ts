import { line, type ScaleLinear, scaleLinear } from 'd3';
import { drawAxes, integerTicks } from './axis.ts';
import { createCursor } from './cursor.ts';
import { spread } from './dodge.ts';
import { type Frame, type Group, put, putText, uniqueId } from './frame.ts';
import { lastEpochOf, tipOf } from './learningModel.ts';
import { textWidth } from './text.ts';
import type { EpochPoint, LearningData } from './types.ts';

export interface PanelPlace {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PanelKind {
  readonly name: string;
  readonly axis: string;
  /** Where the curves leave room for the names of events. */
  readonly marksAt: 'top' | 'bottom';
  train(point: EpochPoint): number;
  validation(point: EpochPoint): number | null;
  domain(data: LearningData, batchTop: number): [number, number];
  /** Behind the numbers of the axis. */
  readonly unit: string;
}

const NAMES = ['training', 'validation'] as const;
const DOTS_UP_TO = 60;

/** The batch line is drawn by whoever owns the batches. */
export interface Panel {
  readonly batches: SVGPathElement;
  draw(data: LearningData, place: PanelPlace, batchTop: number): Plot;
}

/** Where the curves lie within the panel. */
interface Plot {
  readonly left: number;
  readonly width: number;
  readonly y: ScaleLinear<number, number>;
}

export function createPanel(frame: Frame, parent: Group, kind: PanelKind): Panel {
  const group = frame.group('panel', parent);
  const axes = frame.group('axes', group);
  const clipId = uniqueId('clip');
  const clip = group.append('clipPath').attr('id', clipId).append('rect').node() as SVGRectElement;
  const clipped = frame.group('curves', group).attr('clip-path', `url(#${clipId})`);
  const path = (name: string) => clipped.append('path').attr('class', name).node() as SVGPathElement;
  const batches = path('batches');
  const train = path('train');
  const validation = path('validation');
  const marks = frame.group('marks', group).attr('aria-hidden', 'true');
  const dots = frame.group('dots', group);
  const labels = frame.group('labels', group).attr('aria-hidden', 'true');
  const cursor = createCursor(frame.group('cursor-layer', group), frame.tooltip, {
    hover: () => {},
    pick: () => {},
  });

  // Batches come many times a second and change their line alone: the rest is drawn again when it is another.
  let last: { readonly epochs: unknown; readonly marks: unknown; readonly rest: string; plot: Plot } | null =
    null;
  return {
    batches,
    draw(data, place, batchTop) {
      const domain = kind.domain(data, batchTop);
      const rest = JSON.stringify([place, domain, lastEpochOf(data)]);
      if (last?.rest === rest && last.epochs === data.epochs && last.marks === data.marks) return last.plot;
      const labelRoom = Math.max(...NAMES.map((name) => textWidth(name, true))) + 12;
      const top = 28;
      const left = 44;
      const right = place.width - labelRoom;
      const bottom = place.height - 38;
      put(group.node() as SVGGElement, 'transform', `translate(${place.x},${place.y})`);
      const lastEpoch = lastEpochOf(data);
      const x = scaleLinear([0, lastEpoch], [left, right]);
      const y = scaleLinear(domain, [bottom, top]).nice(4);
      const tickCount = Math.max(2, Math.floor((bottom - top) / 44));
      const decimals = y.tickFormat(tickCount);
      drawAxes(
        axes,
        {
          label: 'epochs',
          ticks: integerTicks(lastEpoch, Math.max(2, Math.floor((right - left) / 36))).map((at) => ({
            at: x(at),
            label: String(at),
          })),
        },
        {
          label: kind.axis,
          ticks: y.ticks(tickCount).map((at) => ({ at: y(at), label: `${decimals(at)}${kind.unit}` })),
        },
        { width: place.width, height: place.height, margins: { top, right: labelRoom, bottom: 38, left } },
      );
      for (const [name, value] of Object.entries({
        x: left,
        y: top - 2,
        width: Math.max(0, right - left),
        height: bottom - top + 4,
      })) {
        put(clip, name, value);
      }
      const validated = data.epochs.filter((point) => kind.validation(point) !== null);
      const draw = (points: readonly EpochPoint[], value: (point: EpochPoint) => number) =>
        line<EpochPoint>()
          .x((p) => x(p.epoch))
          .y((p) => y(value(p)))
          .digits(1)(points) ?? '';
      const validationOf = (point: EpochPoint) => kind.validation(point) ?? 0;
      put(train, 'd', draw(data.epochs, kind.train));
      put(validation, 'd', draw(validated, validationOf));

      const few = data.epochs.length <= DOTS_UP_TO;
      const ends = [
        { name: NAMES[0], short: 'train', points: data.epochs, value: kind.train },
        { name: NAMES[1], short: 'validation', points: validated, value: validationOf },
      ];
      for (const { short, points, value } of ends) {
        dots
          .selectAll<SVGCircleElement, EpochPoint>(`circle.dot-${short}`)
          .data(few ? points : points.slice(-1), (point) => String(point.epoch))
          .join('circle')
          .attr('class', `dot-${short}`)
          .attr('r', 2.5)
          .attr('cx', (point) => x(point.epoch))
          .attr('cy', (point) => y(value(point)));
      }
      const shown = ends.flatMap(({ name, short, points, value }) => {
        const last = points.at(-1);
        return last ? [{ name, short, x: x(last.epoch) + 8, y: y(value(last)) }] : [];
      });
      const ys = spread(
        shown.map((end) => end.y),
        14,
        top,
        bottom,
      );
      labels
        .selectAll<SVGTextElement, (typeof shown)[number]>('text')
        .data(shown, (end) => end.name)
        .join('text')
        .attr('class', (end) => `halo emphasis label-${end.short}`)
        .attr('x', (end) => end.x)
        .attr('y', (_, i) => (ys[i] ?? 0) + 4)
        .text((end) => end.name);

      const events = data.marks ?? [];
      marks
        .selectAll<SVGLineElement, (typeof events)[number]>('line')
        .data(events, (event) => `${event.epoch}${event.label}`)
        .join('line')
        .attr('class', 'event-line')
        .attr('x1', (event) => x(event.epoch))
        .attr('x2', (event) => x(event.epoch))
        .attr('y1', top)
        .attr('y2', bottom);
      let free = Number.NEGATIVE_INFINITY;
      const fitting = events.filter((event) => {
        const from = x(event.epoch) + 4;
        const to = from + textWidth(event.label);
        if (from < free || to > place.width) return false;
        free = to + 6;
        return true;
      });
      marks
        .selectAll<SVGTextElement, (typeof events)[number]>('text')
        .data(fitting, (event) => `${event.epoch}${event.label}`)
        .join('text')
        .attr('class', 'quiet halo')
        .attr('x', (event) => x(event.epoch) + 4)
        .attr('y', kind.marksAt === 'top' ? top + 8 : bottom - 6)
        .each(function (event) {
          putText(this, event.label);
        });

      cursor.draw({
        name: `${kind.name}, epoch`,
        count: data.epochs.length,
        top,
        bottom,
        left,
        right,
        origin: [place.x, place.y],
        x: (index) => x(data.epochs[index]?.epoch ?? 0),
        value: (index) => data.epochs[index]?.epoch ?? 0,
        tip: (index) => {
          const point = data.epochs[index];
          return point ? tipOf(point) : { title: '', lines: [] };
        },
      });
      const plot = { left, width: right - left, y };
      last = { epochs: data.epochs, marks: data.marks, rest, plot };
      return plot;
    },
  };
}
