import type { Group } from './frame.ts';
import type { Dragging } from './graphDrag.ts';
import type { PlacedEdge } from './graphLayout.ts';

/** Signs on connections: where the next layer goes, where it could go, and where dragged ones may be dropped. */
export interface Pluses {
  readonly element: SVGGElement;
  update(edges: readonly PlacedEdge[], insertAt: string | null): void;
  hover(edge: PlacedEdge | null): void;
  focus(edge: PlacedEdge | null): void;
  drag(dragging: Dragging | null): void;
}

type State = 'offered' | 'chosen' | 'target' | 'over';

interface Plus {
  readonly edge: PlacedEdge;
  readonly state: State;
}

/** Only the few that are seen exist. */
export function createPluses(group: Group): Pluses {
  let edges: readonly PlacedEdge[] = [];
  let insertAt: string | null = null;
  let offered: { hover: string | null; focus: string | null } = { hover: null, focus: null };
  let dragging: Dragging | null = null;

  function draw(): void {
    const states = new Map<string, State>();
    if (dragging) {
      for (const { key } of dragging.targets) states.set(key, 'target');
      if (dragging.over) states.set(dragging.over.key, 'over');
    } else {
      for (const key of [offered.hover, offered.focus]) if (key !== null) states.set(key, 'offered');
      if (insertAt !== null) states.set(insertAt, 'chosen');
    }
    const shown = edges.flatMap((edge): Plus[] => {
      const state = states.get(edge.key);
      return state ? [{ edge, state }] : [];
    });
    group
      .selectAll<SVGGElement, Plus>('g')
      .data(shown, ({ edge }) => edge.key)
      .join((enter) => {
        const plus = enter.append('g').attr('data-edge', ({ edge }) => edge.key);
        plus.append('circle');
        plus.append('path').attr('d', 'M-3.5,0h7M0,-3.5v7');
        return plus;
      })
      .attr('class', ({ state }) => `plus is-${state}`)
      .attr('transform', ({ edge: { plus } }) => `translate(${plus.x},${plus.y})`)
      .select('circle')
      .attr('r', ({ state }) => (state === 'target' ? 3.5 : 7.5));
  }

  return {
    element: group.node() as SVGGElement,
    update(nextEdges, next) {
      [edges, insertAt] = [nextEdges, next];
      draw();
    },
    hover(edge) {
      if (offered.hover === (edge?.key ?? null)) return;
      offered = { ...offered, hover: edge?.key ?? null };
      draw();
    },
    focus(edge) {
      if (offered.focus === (edge?.key ?? null)) return;
      offered = { ...offered, focus: edge?.key ?? null };
      draw();
    },
    drag(next) {
      dragging = next;
      draw();
    },
  };
}
