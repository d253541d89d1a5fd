import type { ConfusionMatrixData } from './confusionMatrixModel.ts';
import type { Group } from './frame.ts';
import { fitText, textWidth } from './text.ts';

const TOP = 18;
const AXES = 'true class ↓  predicted class →';
/** The longest that there is room for is said. */
const SHADES = [
  'diagonal: recognized; elsewhere: mistakes; the deeper, the more',
  'diagonal: recognized; elsewhere: mistakes',
];
/** Height of a line of text. */
export const LINE = 12;

/** Where the cells lie. */
export interface Layout {
  readonly left: number;
  readonly top: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly turned: boolean;
}

export function layoutOf({ classNames }: ConfusionMatrixData, width: number, height: number): Layout {
  const widest = Math.ceil(Math.max(0, ...classNames.map((name) => textWidth(name))));
  const left = Math.min(widest, Math.max(40, width * 0.28)) + 10;
  const cellWidth = Math.max(1, (width - left - 2) / classNames.length);
  const turned = widest > cellWidth - 4;
  const top = TOP + (turned ? Math.min(widest, 90) : LINE) + 8;
  const cellHeight = Math.max(1, (height - top - 2) / classNames.length);
  return { left, top, cellWidth, cellHeight, turned };
}

/** Names of classes beside their rows and above their columns: all, or as many as fit. */
export function drawHeads(
  heads: Group,
  { classNames }: ConfusionMatrixData,
  { left, top, cellWidth, cellHeight, turned }: Layout,
  width: number,
): void {
  // Lines of text need their height, also where columns are turned.
  const rowStep = Math.max(1, Math.ceil(LINE / cellHeight));
  const columnStep = turned ? Math.max(1, Math.ceil(LINE / cellWidth)) : 1;
  const legend = SHADES.find((text) => textWidth(AXES) + 16 + textWidth(text) < width) ?? '';
  const labels = [
    {
      text: AXES,
      className: 'axis-label',
      anchor: 'start',
      transform: 'translate(0,11)',
    },
    {
      text: legend,
      className: 'quiet',
      anchor: 'end',
      transform: `translate(${width - 2},11)`,
    },
    ...classNames.flatMap((name, i) => {
      if (i % columnStep !== 0) return [];
      const x = left + (i + 0.5) * cellWidth;
      return [
        {
          text: turned ? fitText(name, 90) : name,
          className: 'tick-label',
          anchor: turned ? 'start' : 'middle',
          transform: turned
            ? `translate(${(x + 4).toFixed(1)},${top - 5}) rotate(-90)`
            : `translate(${x.toFixed(1)},${top - 6})`,
        },
      ];
    }),
    ...classNames.flatMap((name, i) => {
      if (i % rowStep !== 0) return [];
      const y = top + (i + 0.5) * cellHeight + 4;
      return [
        {
          text: fitText(name, left - 10),
          className: 'tick-label',
          anchor: 'end',
          transform: `translate(${left - 7},${y.toFixed(1)})`,
        },
      ];
    }),
  ];
  heads
    .selectAll<SVGTextElement, (typeof labels)[number]>('text')
    .data(labels)
    .join('text')
    .attr('class', (label) => label.className)
    .attr('text-anchor', (label) => label.anchor)
    .attr('transform', (label) => label.transform)
    .text((label) => label.text);
}
