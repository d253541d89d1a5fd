import { type Group, put } from './frame.ts';
import type { Tip, Tooltip } from './tooltip.ts';

export interface CursorStops {
  readonly name: string;
  readonly count: number;
  /** Place of a stop along x, in the pixels of the group that holds the cursor. */
  x(index: number): number;
  tip(index: number): Tip;
  /** Where that group lies in the svg. */
  readonly origin?: readonly [number, number];
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
  /** What the slider says its value is. */
  value(index: number): number;
}

/** A vertical line that reads a curve off: follows the pointer, or the arrow keys while it has the focus. */
export function createCursor(
  parent: Group,
  tooltip: Tooltip,
  actions: { hover(on: boolean): void; pick(index: number): void },
) {
  const cursor = parent.append('g').attr('class', 'cursor').attr('role', 'slider').attr('tabindex', 0);
  const node = cursor.node() as SVGGElement;
  const line = cursor.append('line').attr('class', 'cursor-line').node() as SVGLineElement;
  const hit = cursor.append('rect').attr('class', 'hit').node() as SVGRectElement;
  const ring = cursor.append('rect').attr('class', 'focus-ring').attr('rx', 3).node() as SVGRectElement;
  let stops: CursorStops | null = null;
  let at = -1;

  function tellValue(): void {
    if (!stops || stops.count === 0) return;
    const index = Math.max(0, Math.min(at < 0 ? stops.count - 1 : at, stops.count - 1));
    const tip = stops.tip(index);
    put(node, 'aria-valuenow', stops.value(index));
    put(node, 'aria-valuetext', [tip.title, ...tip.lines].join(', '));
  }

  function go(index: number, clientY: number | null): void {
    if (!stops || stops.count === 0) return;
    at = Math.max(0, Math.min(stops.count - 1, index));
    const x = stops.x(at);
    put(line, 'x1', x);
    put(line, 'x2', x);
    node.classList.add('is-on');
    tellValue();
    const box = node.ownerSVGElement?.getBoundingClientRect();
    if (!box) return;
    const [dx, dy] = stops.origin ?? [0, 0];
    const y = clientY ?? box.top + dy + stops.top;
    const clientX = box.left + dx + x;
    tooltip.show(stops.tip(at), { left: clientX, right: clientX, top: y, bottom: y });
  }

  function leave(): void {
    node.classList.remove('is-on');
    tooltip.hide();
    actions.hover(false);
  }

  function nearest(x: number): number {
    if (!stops) return -1;
    let best = 0;
    for (let i = 1; i < stops.count; i++) {
      if (Math.abs(stops.x(i) - x) < Math.abs(stops.x(best) - x)) best = i;
    }
    return best;
  }

  node.addEventListener('pointerenter', () => actions.hover(true));
  node.addEventListener('pointermove', (event) => {
    const left = node.ownerSVGElement?.getBoundingClientRect().left ?? 0;
    go(nearest(event.clientX - left - (stops?.origin?.[0] ?? 0)), event.clientY);
  });
  node.addEventListener('pointerleave', leave);
  node.addEventListener('blur', leave);
  node.addEventListener('focus', () => {
    if (!stops || !node.matches(':focus-visible')) return;
    actions.hover(true);
    go(at < 0 ? stops.count - 1 : at, null);
  });
  node.addEventListener('click', () => {
    if (at >= 0) actions.pick(at);
  });
  node.addEventListener('keydown', (event) => {
    if (!stops) return;
    const last = stops.count - 1;
    const page = Math.max(1, Math.round(stops.count / 10));
    const moves: Readonly<Record<string, number>> = {
      ArrowRight: at + 1,
      ArrowUp: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: at - 1,
      PageUp: at + page,
      PageDown: at - page,
      Home: 0,
      End: last,
    };
    const to = moves[event.key];
    if (to !== undefined) go(to, null);
    else if (event.key === 'Enter' && at >= 0) actions.pick(at);
    else return;
    event.preventDefault();
  });

  return {
    draw(next: CursorStops): void {
      stops = next;
      put(node, 'display', next.count > 0 ? 'inline' : 'none');
      if (next.count === 0) return;
      for (const rect of [hit, ring]) {
        put(rect, 'x', next.left);
        put(rect, 'y', next.top);
        put(rect, 'width', Math.max(0, next.right - next.left));
        put(rect, 'height', Math.max(0, next.bottom - next.top));
      }
      put(line, 'y1', next.top);
      put(line, 'y2', next.bottom);
      put(node, 'aria-label', next.name);
      put(node, 'aria-valuemin', next.value(0));
      put(node, 'aria-valuemax', next.value(next.count - 1));
      tellValue();
    },
  };
}
