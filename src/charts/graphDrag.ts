import { isElsewhere, nearestEdge } from './graphKeys.ts';
import type { PlacedEdge } from './graphLayout.ts';
import type { GraphOptions } from './graphModel.ts';

const START = 5;
const REACH = 48;
const RIM = 32;
const STEP = 14;

export interface Dragging {
  readonly ids: readonly string[];
  readonly targets: readonly PlacedEdge[];
  readonly over: PlacedEdge | null;
  /** In pixels of the drawing. */
  readonly x: number;
  readonly y: number;
}

export interface DragHost {
  readonly svg: SVGSVGElement;
  readonly scroller: HTMLElement;
  options(): GraphOptions;
  edges(): readonly PlacedEdge[];
  /** The layers that go along with this one; empty where it cannot be moved. */
  companions(id: string): readonly string[];
  show(dragging: Dragging | null): void;
}

/**
 * Dragging layers onto a connection, with a mouse or a pen: a finger scrolls, and has the keyboard's and the view's
 * ways to move a layer. Escape, or letting go elsewhere, changes nothing.
 */
export function wireDrag(parent: SVGGElement, host: DragHost): { dispose(): void } {
  let pressed: { id: string; x: number; y: number; pointer: number } | null = null;
  let dragging: Dragging | null = null;

  const end = () => {
    pressed = null;
    if (!dragging) return;
    dragging = null;
    host.show(null);
  };
  const follow = (event: PointerEvent, ids: readonly string[], targets: readonly PlacedEdge[]) => {
    const port = host.scroller.getBoundingClientRect();
    if (event.clientX > port.right - RIM) host.scroller.scrollLeft += STEP;
    else if (event.clientX < port.left + RIM) host.scroller.scrollLeft -= STEP;
    const origin = host.svg.getBoundingClientRect();
    const [x, y] = [event.clientX - origin.left, event.clientY - origin.top];
    dragging = { ids, targets, over: nearestEdge(targets, { x, y }, REACH), x, y };
    host.show(dragging);
  };
  parent.addEventListener('pointerdown', (event) => {
    const item = event.target instanceof Element ? event.target.closest<SVGElement>('[data-id]') : null;
    const id = item?.dataset.id;
    if (!id || event.button !== 0 || event.pointerType === 'touch' || !host.options().onMove) return;
    pressed = { id, x: event.clientX, y: event.clientY, pointer: event.pointerId };
  });
  parent.addEventListener('pointermove', (event) => {
    if (!pressed || event.pointerId !== pressed.pointer) return;
    if (dragging) return follow(event, dragging.ids, dragging.targets);
    if (Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < START) return;
    const ids = host.companions(pressed.id);
    const { canMove = isElsewhere } = host.options();
    const targets = host.edges().filter((edge) => canMove(ids, edge.from, edge.to));
    if (ids.length === 0 || targets.length === 0) return end();
    parent.setPointerCapture(pressed.pointer);
    follow(event, ids, targets);
  });
  parent.addEventListener('pointerup', () => {
    const dropped = dragging;
    end();
    if (dropped?.over) host.options().onMove?.(dropped.ids, dropped.over.from, dropped.over.to);
    if (dropped) swallowClick();
  });
  parent.addEventListener('pointercancel', end);
  const onEscape = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !dragging) return;
    event.stopPropagation();
    event.preventDefault();
    end();
    swallowClick();
  };
  document.addEventListener('keydown', onEscape, true);

  /** The click that the browser makes of the end of a drag selects nothing. */
  function swallowClick(): void {
    const stop = (event: Event) => event.stopImmediatePropagation();
    parent.addEventListener('click', stop, { capture: true, once: true });
    const forget = () => parent.removeEventListener('click', stop, { capture: true });
    document.addEventListener('pointerdown', forget, { once: true, capture: true });
  }
  return {
    dispose() {
      document.removeEventListener('keydown', onEscape, true);
    },
  };
}
