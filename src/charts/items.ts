import { select } from 'd3';
import type { LayerId } from '../core/network/network.ts';
import type { Tip, Tooltip } from './tooltip.ts';

/** What the marks of a chart do. Marks carry `data-item` and their datum; listeners sit on the parent only. */
export interface ItemActions<Item> {
  tip(item: Item): Tip;
  layer(item: Item): LayerId | null;
  hover(layerId: LayerId | null): void;
  pick?(item: Item): void;
}

const NEXT = new Set(['ArrowRight', 'ArrowDown']);
const PREVIOUS = new Set(['ArrowLeft', 'ArrowUp']);

/** One tab stop for all the marks; arrow keys go from one to the next. */
export function refreshRoving(parent: SVGGElement): void {
  const items = parent.querySelectorAll<SVGElement>('[data-item]');
  if (items.length > 0 && !parent.querySelector('[data-item][tabindex="0"]')) {
    items[0]?.setAttribute('tabindex', '0');
  }
}

function step(parent: SVGGElement, from: SVGElement, key: string): boolean {
  const items = [...parent.querySelectorAll<SVGElement>('[data-item]')];
  const at = items.indexOf(from);
  let to = -1;
  if (NEXT.has(key)) to = Math.min(items.length - 1, at + 1);
  else if (PREVIOUS.has(key)) to = Math.max(0, at - 1);
  else if (key === 'Home') to = 0;
  else if (key === 'End') to = items.length - 1;
  if (to < 0) return false;
  items[to]?.focus();
  return true;
}

export function wireItems<Item>(parent: SVGGElement, tooltip: Tooltip, actions: ItemActions<Item>): void {
  const itemOf = (target: EventTarget | null) =>
    target instanceof Element ? target.closest<SVGElement>('[data-item]') : null;
  const datum = (element: SVGElement) => select<SVGElement, Item>(element).datum();
  let pointed: SVGElement | null = null;
  // Chromium makes a tab stop of any group that listens to focus; the marks are the ones to stop at.
  parent.setAttribute('tabindex', '-1');

  parent.addEventListener('pointermove', (event) => {
    const element = itemOf(event.target);
    if (!element) return;
    const { clientX: x, clientY: y } = event;
    tooltip.show(actions.tip(datum(element)), { left: x, right: x, top: y, bottom: y });
    if (element === pointed) return;
    pointed = element;
    actions.hover(actions.layer(datum(element)));
  });
  const leave = () => {
    if (!pointed) return;
    pointed = null;
    tooltip.hide();
    actions.hover(null);
  };
  parent.addEventListener('pointerout', (event) => {
    if (itemOf(event.relatedTarget) !== pointed) leave();
  });
  parent.addEventListener('pointercancel', leave);
  parent.addEventListener('focusin', (event) => {
    const element = itemOf(event.target);
    if (!element) return;
    for (const other of parent.querySelectorAll('[data-item][tabindex="0"]')) {
      if (other !== element) other.setAttribute('tabindex', '-1');
    }
    element.setAttribute('tabindex', '0');
    if (!element.matches(':focus-visible')) return;
    tooltip.show(actions.tip(datum(element)), element.getBoundingClientRect());
    actions.hover(actions.layer(datum(element)));
  });
  parent.addEventListener('focusout', () => {
    tooltip.hide();
    actions.hover(null);
  });
  parent.addEventListener('click', (event) => {
    const element = itemOf(event.target);
    if (element) actions.pick?.(datum(element));
  });
  parent.addEventListener('keydown', (event) => {
    const element = itemOf(event.target);
    if (!element) return;
    if (event.key === 'Enter' || event.key === ' ') {
      actions.pick?.(datum(element));
      event.preventDefault();
    } else if (step(parent, element, event.key)) event.preventDefault();
  });
}

export const tipText = (tip: Tip): string => [tip.title, ...tip.lines].join('. ');
