import type { Group } from './frame.ts';
import { textWidth } from './text.ts';

export interface LegendEntry {
  readonly label: string;
  /** A piece of SVG in a 16 x 10 box: the mark itself, drawn small. */
  sign(group: Group): void;
}

const SIGN = 16;

/** Entries side by side, broken into lines where the room ends; returns the height taken. */
export function drawLegend(
  parent: Group,
  entries: readonly LegendEntry[],
  { left, right, top, align }: { left: number; right: number; top: number; align: 'left' | 'right' },
): number {
  parent.attr('aria-hidden', 'true').selectAll('*').remove();
  const widths = entries.map((entry) => SIGN + 4 + textWidth(entry.label) + 12);
  const lines: number[][] = [[]];
  let used = 0;
  widths.forEach((width, i) => {
    if (used + width > right - left + 12 && used > 0) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1)?.push(i);
    used += width;
  });
  lines.forEach((line, row) => {
    const total = line.reduce((sum, i) => sum + (widths[i] ?? 0), 0) - 12;
    let x = align === 'left' ? left : right - total;
    for (const i of line) {
      const entry = entries[i];
      if (!entry) continue;
      const group = parent.append('g').attr('transform', `translate(${x},${top + row * 15})`) as Group;
      entry.sign(group);
      group
        .append('text')
        .attr('class', 'quiet')
        .attr('x', SIGN + 4)
        .attr('y', 9)
        .text(entry.label);
      x += widths[i] ?? 0;
    }
  });
  return lines.length * 15;
}
