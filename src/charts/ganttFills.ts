import { type Group, uniqueId } from './frame.ts';
import type { GanttKind } from './types.ts';

/** Lines over the color, so that a kind is told without it; the first stays plain. */
const LINES: readonly string[] = [
  '',
  'M0,0l6,6M-1,5l2,2M5,-1l2,2',
  'M1.5,0v6M4.5,0v6',
  'M1.5,1.5h1M4.5,4.5h1',
  'M0,1.5h6M0,4.5h6',
  'M-1,1l2,-2M0,6l6,-6M5,7l2,-2',
  'M0,3h6M3,0v6',
];

export interface KindFill {
  readonly fill: string;
  /** Class that gives the color: `kind-0` ... `kind-9`, `kind-quiet` or `kind-lost`. */
  readonly className: string;
}

/**
 * A fill for every kind: its color with its lines. The first quiet kind is gray,
 * later ones have the color of a warning and lines.
 * The earlier patterns of `defs` are replaced.
 */
export function kindFills(defs: Group, kinds: readonly GanttKind[]): Map<string, KindFill> {
  defs.selectAll('*').remove();
  const fills = new Map<string, KindFill>();
  let [loud, quiet] = [0, 0];
  for (const kind of kinds) {
    const index = kind.quiet ? quiet++ : loud++;
    const className = !kind.quiet ? `kind-${index % 10}` : index === 0 ? 'kind-quiet' : 'kind-lost';
    const id = uniqueId('gantt-fill');
    const pattern = defs.append('pattern').attr('id', id).attr('class', className);
    pattern.attr('width', 6).attr('height', 6).attr('patternUnits', 'userSpaceOnUse');
    pattern.append('rect').attr('class', 'kind-color').attr('width', 6).attr('height', 6);
    const lines = LINES[index % LINES.length];
    if (lines) pattern.append('path').attr('class', 'pattern-line').attr('d', lines);
    fills.set(kind.id, { fill: `url(#${id})`, className });
  }
  return fills;
}
