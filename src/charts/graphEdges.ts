import { type Group, put } from './frame.ts';
import type { PlacedEdge } from './graphLayout.ts';

/** Lines, and below the pointer wider ones that can be hit. A seam has no line: it is pointed at above it. */
export function createEdges(
  lines: Group,
  hits: Group,
): (edges: readonly PlacedEdge[], canPick: boolean) => void {
  return (edges, canPick) => {
    lines
      .selectAll<SVGPathElement, PlacedEdge>('path')
      .data(
        edges.filter((edge) => edge.path !== ''),
        (edge) => edge.key,
      )
      .join('path')
      .each(function ({ kind, path }) {
        put(this, 'class', `edge is-${kind}`);
        put(this, 'd', path);
      });
    hits
      .selectAll<SVGPathElement, PlacedEdge>('path')
      .data(canPick ? edges : [], (edge) => edge.key)
      .join((enter) =>
        enter
          .append('path')
          .attr('class', 'edge-hit')
          .attr('data-edge', ({ key }) => key),
      )
      .each(function ({ kind, path, plus }) {
        put(this, 'd', kind === 'seam' ? `M${plus.x},${plus.y - 4}v8` : path);
      });
  };
}
