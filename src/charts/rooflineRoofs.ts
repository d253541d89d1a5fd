import type { Box, LabelWish } from './dodge.ts';
import { type Group, put } from './frame.ts';
import { attainable, formatBandwidth, formatIntensity, formatRate, ridgeOf } from './rooflineModel.ts';
import { textWidth } from './text.ts';
import type { RooflineRoof } from './types.ts';

type Scale = ((value: number) => number) & { invert(at: number): number };

export interface RoofLabel extends LabelWish {
  readonly text: string;
  readonly className: string;
}

/** The roof from where it enters the plot (at its left edge or from below) to the right edge. */
function pathOf(roof: RooflineRoof, x: Scale, y: Scale, box: Box): readonly (readonly [number, number])[] {
  const floor = y.invert(box.y + box.height);
  const from = Math.max(x.invert(box.x), floor / roof.bandwidthBytesPerSecond);
  return [
    [x(from), y(attainable(roof, from))],
    [x(ridgeOf(roof)), y(roof.peakOpsPerSecond)],
    [box.x + box.width, y(roof.peakOpsPerSecond)],
  ];
}

/** Draws the roofs and their ridges; returns the boxes that labels should leave free. */
export function drawRoofs(
  parent: Group,
  roofs: readonly RooflineRoof[],
  x: Scale,
  y: Scale,
  box: Box,
): Box[] {
  const bottom = box.y + box.height;
  const obstacles: Box[] = [];
  parent
    .selectAll<SVGGElement, RooflineRoof>('g.roof-group')
    .data(roofs)
    .join((enter) => {
      const group = enter.append('g').attr('class', 'roof-group');
      group.append('path').attr('class', 'roof-area');
      group.append('line').attr('class', 'ridge-line');
      group.append('path');
      group.append('circle').attr('class', 'ridge').attr('r', 3.5);
      return group;
    })
    .each(function (roof, i) {
      const [area, ridgeLine, line, ridge] = [...this.children];
      const points = pathOf(roof, x, y, box);
      const [start, corner, end] = points;
      if (!(area && ridgeLine && line && ridge && start && corner && end)) return;
      const d = `M${points.map((at) => at.map((v) => v.toFixed(1)).join()).join('L')}`;
      put(area, 'd', i === 0 ? `${d}V${bottom}H${start[0].toFixed(1)}Z` : '');
      put(line, 'class', `roof is-${i}`);
      put(line, 'd', d);
      put(ridgeLine, 'x1', corner[0]);
      put(ridgeLine, 'x2', corner[0]);
      put(ridgeLine, 'y1', corner[1]);
      put(ridgeLine, 'y2', bottom);
      put(ridge, 'cx', corner[0]);
      put(ridge, 'cy', corner[1]);
      for (let part = 0; part <= 24; part++) {
        const share = part / 24;
        const px = start[0] + (corner[0] - start[0]) * share;
        const py = start[1] + (corner[1] - start[1]) * share;
        obstacles.push({ x: px - 4, y: py - 4, width: 8, height: 8 });
      }
      obstacles.push({ x: corner[0], y: corner[1] - 2, width: end[0] - corner[0], height: 4 });
      obstacles.push({ x: corner[0] - 1, y: corner[1], width: 2, height: bottom - corner[1] });
    });
  return obstacles;
}

/** The places where each roof says its peak, its bandwidth and its ridge. */
export function roofWishes(roofs: readonly RooflineRoof[], x: Scale, y: Scale, box: Box): RoofLabel[] {
  return roofs.flatMap((roof, i) => {
    const [start, corner, end] = pathOf(roof, x, y, box);
    if (!(start && corner && end)) return [];
    const className = i === 0 ? 'roof-label emphasis' : 'roof-label quiet';
    const label = (
      key: string,
      text: string,
      places: (width: number) => readonly (readonly [number, number])[],
    ) => {
      const width = textWidth(text, i === 0);
      const candidates = places(width).map(([bx, by]) => ({ x: bx, y: by, width, height: 14 }));
      // The legend names the second roof too: its peak's label never covers a point.
      return { key: `${key} ${i}`, text, className, candidates, must: i === 0 || key === 'ridge' };
    };
    // A narrow plot leaves the name to the legend, where the line's dashes tell it.
    const name = box.width < 420 && i > 0 ? '' : `${roof.name} `;
    const peak = label('peak', `${name}${formatRate(roof.peakOpsPerSecond)}`, (width) => {
      const room = end[0] - width - corner[0] - 8;
      const lefts = [1, 0.75, 0.5, 0.25, 0].map((share) => corner[0] + 8 + share * room);
      return [-18, 4].flatMap((down) => lefts.map((left) => [left, end[1] + down] as const));
    });
    const ridge = label('ridge', `ridge ${formatIntensity(ridgeOf(roof))} ops/B`, (width) => [
      [corner[0] - width - 8, corner[1] - 16],
      [corner[0] - width / 2, corner[1] - 20],
      [corner[0] + 6, box.y + box.height - 16],
      [corner[0] - width - 6, box.y + box.height - 16],
      [corner[0] + 6, box.y + box.height - 32],
    ]);
    const along = [0.5, 0.35, 0.65, 0.2, 0.8].map((share): readonly [number, number] => [
      start[0] + (corner[0] - start[0]) * share,
      start[1] + (corner[1] - start[1]) * share,
    ]);
    const slope = label('slope', formatBandwidth(roof.bandwidthBytesPerSecond), (width) => [
      ...along.map(([px, py]) => [px - width - 8, py - 14] as const),
      ...along.map(([px, py]) => [px + 8, py + 2] as const),
    ]);
    const known = roofs.slice(0, i).some((r) => r.bandwidthBytesPerSecond === roof.bandwidthBytesPerSecond);
    return known ? [peak, ridge] : [peak, ridge, slope];
  });
}
