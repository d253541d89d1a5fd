export interface Tip {
  readonly title: string;
  readonly lines: readonly string[];
}

export interface Tooltip {
  /** Near a point or a box in client coordinates. */
  show(tip: Tip, near: { left: number; right: number; top: number; bottom: number }): void;
  hide(): void;
  dispose(): void;
}

const GAP = 10;

/** Lives in the top layer where the browser has one, so that no scrolling parent cuts it off. */
export function createTooltip(root: HTMLElement): Tooltip {
  const element = document.createElement('div');
  element.className = 'chart-tip';
  element.setAttribute('role', 'tooltip');
  element.setAttribute('aria-hidden', 'true'); // marks say the same in their accessible name
  element.hidden = true;
  const popover = typeof element.showPopover === 'function';
  if (popover) element.popover = 'manual';
  root.append(element);
  let shown = '';

  const hide = () => {
    if (element.hidden) return;
    if (popover && element.matches(':popover-open')) element.hidePopover();
    element.hidden = true;
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') hide();
  };
  root.addEventListener('keydown', onKey);

  return {
    show(tip, near) {
      const text = JSON.stringify(tip);
      if (text !== shown) {
        shown = text;
        const title = document.createElement('b');
        title.textContent = tip.title;
        const lines = tip.lines.map((line) => {
          const span = document.createElement('span');
          span.textContent = line;
          return span;
        });
        element.replaceChildren(title, ...lines);
      }
      element.hidden = false;
      if (popover && !element.matches(':popover-open')) element.showPopover();
      const { width, height } = element.getBoundingClientRect();
      const room = document.documentElement;
      const right = near.right + GAP + width <= room.clientWidth - 4;
      const left = right ? near.right + GAP : near.left - GAP - width;
      const below = near.bottom + GAP + height <= room.clientHeight - 4;
      const top = below ? near.bottom + GAP : near.top - GAP - height;
      element.style.left = `${Math.max(4, Math.min(left, room.clientWidth - width - 4))}px`;
      element.style.top = `${Math.max(4, top)}px`;
    },
    hide,
    dispose() {
      root.removeEventListener('keydown', onKey);
      element.remove();
    },
  };
}
