import type { Bound } from '../core/hardware/report.ts';
import { type Group, uniqueId } from './frame.ts';

/** Lines over the fill, so that a bound is told without its color. Compute, the usual one, stays plain. */
const LINES: Readonly<Record<Bound, readonly string[]>> = {
  compute: [],
  alu: ['M-1,1l2,-2M0,6l6,-6M5,7l2,-2'],
  load: ['M1.5,0v6M4.5,0v6'],
  // Memory traffic of both directions: load's and store's lines together would read as a grid, so dots.
  memory: ['M1.5,1.5h1M4.5,4.5h1'],
  store: ['M0,1.5h6M0,4.5h6'],
  stream: ['M-1,5l2,2M0,0l6,6M5,-1l2,2'],
  overhead: ['M0,3h6M3,0v6'],
};

/** Defines one pattern a bound; returns the fill for it, or null where it is plain. */
export function definePatterns(parent: Group): (bound: Bound) => string | null {
  const fills = new Map<Bound, string>();
  const defs = parent.append('defs');
  for (const bound of Object.keys(LINES) as Bound[]) {
    if (LINES[bound].length === 0) continue;
    const id = uniqueId(`pattern-${bound}`);
    const pattern = defs
      .append('pattern')
      .attr('id', id)
      .attr('width', 6)
      .attr('height', 6)
      .attr('patternUnits', 'userSpaceOnUse');
    for (const d of LINES[bound]) pattern.append('path').attr('class', 'pattern-line').attr('d', d);
    fills.set(bound, `url(#${id})`);
  }
  return (bound) => fills.get(bound) ?? null;
}
