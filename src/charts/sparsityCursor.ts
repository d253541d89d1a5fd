import { type Group, put } from './frame.ts';
import { tipText } from './items.ts';
import { formatSparsity, keyTarget, pointAt, pointsOf, tipOf } from './sparsityModel.ts';
import type { Tooltip } from './tooltip.ts';
import type { SparsityData } from './types.ts';

export interface SparsityCursorPlace {
  readonly data: SparsityData;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Place of a sparsity along x in pixels. */
  x(sparsity: number): number;
  /** Null where nobody wants to know: the keys then only read the lines off. */
  readonly pick: ((sparsity: number) => void) | null;
}

/**
 * The plot as a slider whose value is the chosen sparsity: a click and the arrow keys choose a point, the
 * pointer reads the nearest one off before. (`createCursor` moves first and chooses with Enter.)
 */
export function createSparsityCursor(parent: Group, tooltip: Tooltip) {
  const cursor = parent.append('g').attr('class', 'cursor').attr('role', 'slider').attr('tabindex', 0);
  const node = cursor.node() as SVGGElement;
  const line = cursor.append('line').attr('class', 'cursor-line').node() as SVGLineElement;
  const hit = cursor.append('rect').attr('class', 'hit').node() as SVGRectElement;
  const ring = cursor.append('rect').attr('class', 'focus-ring').attr('rx', 3).node() as SVGRectElement;
  let place: SparsityCursorPlace | null = null;
  /** Where the keys last were without a listener to choose. */
  let read: number | null = null;

  function tellValue(sparsity: number | null): void {
    if (!place) return;
    const points = pointsOf(place.data);
    const point = sparsity === null || !place ? null : pointAt(place.data, sparsity);
    const shown = sparsity ?? points[0]?.sparsity ?? 0;
    put(node, 'aria-valuenow', Number((100 * shown).toFixed(2)));
    const text = point ? tipText(tipOf(point, place.data)) : formatSparsity(shown);
    put(node, 'aria-valuetext', sparsity === null ? 'no sparsity chosen' : text);
  }

  function show(index: number, clientY: number | null): void {
    const point = place ? pointsOf(place.data)[index] : undefined;
    if (!place || !point) return;
    const at = place.x(point.sparsity);
    put(line, 'x1', at);
    put(line, 'x2', at);
    node.classList.add('is-on');
    const box = node.ownerSVGElement?.getBoundingClientRect();
    if (!box) return;
    const [x, y] = [box.left + at, clientY ?? box.top + place.top];
    tooltip.show(tipOf(point, place.data), { left: x, right: x, top: y, bottom: y });
  }

  function leave(): void {
    node.classList.remove('is-on');
    tooltip.hide();
  }

  function nearest(event: MouseEvent): number {
    if (!place) return -1;
    const at = event.clientX - (node.ownerSVGElement?.getBoundingClientRect().left ?? 0);
    const far = pointsOf(place.data).map(({ sparsity }) => Math.abs((place?.x(sparsity) ?? 0) - at));
    return far.indexOf(Math.min(...far));
  }

  node.addEventListener('pointermove', (event) => show(nearest(event), event.clientY));
  node.addEventListener('pointerleave', leave);
  node.addEventListener('blur', () => {
    read = null;
    leave();
  });
  node.addEventListener('click', (event) => {
    const point = place ? pointsOf(place.data)[nearest(event)] : undefined;
    if (point) place?.pick?.(point.sparsity);
  });
  node.addEventListener('keydown', (event) => {
    if (!place) return;
    const to = keyTarget(place.data, place.pick ? place.data.chosen : (read ?? place.data.chosen), event.key);
    const point = to === null ? undefined : pointsOf(place.data)[to];
    if (to === null || !point) return;
    event.preventDefault();
    if (place.pick) {
      leave(); // the values stand at the mark itself
      place.pick(point.sparsity);
      return;
    }
    read = point.sparsity;
    show(to, null);
    tellValue(read);
  });

  return {
    draw(next: SparsityCursorPlace): void {
      place = next;
      const points = pointsOf(next.data);
      put(node, 'display', points.length > 0 ? 'inline' : 'none');
      if (points.length === 0) return;
      for (const rect of [hit, ring]) {
        put(rect, 'x', next.left);
        put(rect, 'y', next.top);
        put(rect, 'width', Math.max(0, next.right - next.left));
        put(rect, 'height', Math.max(0, next.bottom - next.top));
      }
      put(line, 'y1', next.top);
      put(line, 'y2', next.bottom);
      put(node, 'aria-label', `Sparsity of the weights in percent, ${next.data.accuracyOf}`);
      put(node, 'aria-valuemin', Number((100 * (points[0]?.sparsity ?? 0)).toFixed(2)));
      put(node, 'aria-valuemax', Number((100 * (points.at(-1)?.sparsity ?? 0)).toFixed(2)));
      tellValue(read ?? next.data.chosen);
    },
  };
}
