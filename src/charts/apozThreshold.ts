import { fallSentence } from './apozModel.ts';
import type { Box } from './dodge.ts';
import { type Group, put, putText } from './frame.ts';
import { textWidth } from './text.ts';
import type { ApozGroup } from './types.ts';

export interface ThresholdPlace {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface ThresholdHandlers {
  change(value: number, phase: 'drag' | 'end'): void;
}

/** The largest height of the pill: two lines. */
const PILL_HEIGHT = 22;
const PILL_TWO_LINES = 36;

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));
/** 0.01 is what the label shows: finer steps would be invisible. */
const tidy = (value: number) => clamp(Math.round(value * 100) / 100, 0, 1);

/**
 * The dashed line with its pill: dragged along y, or moved by keys. While it is held its own value counts,
 * so that an answer still on its way cannot pull it back.
 */
export function createThreshold(parent: Group, handlers: ThresholdHandlers) {
  const slider = parent
    .append('g')
    .attr('class', 'threshold')
    .attr('role', 'slider')
    .attr('tabindex', 0)
    .attr('aria-orientation', 'vertical')
    .attr('aria-valuemin', 0)
    .attr('aria-valuemax', 1);
  const node = slider.node() as SVGGElement;
  const rule = slider.append('line').attr('class', 'rule').node() as SVGLineElement;
  const hit = slider.append('rect').attr('class', 'hit').attr('height', 24).node() as SVGRectElement;
  const pill = slider.append('rect').attr('class', 'pill').attr('rx', 11).node() as SVGRectElement;
  const first = slider.append('text').node() as SVGTextElement;
  const second = slider.append('text').node() as SVGTextElement;

  let group: ApozGroup | null = null;
  let place: ThresholdPlace = { left: 0, right: 1, top: 0, bottom: 1 };
  let held: number | null = null;
  let grip = 0;
  let moved = false;
  let keyHeld = false;

  const value = () => held ?? group?.threshold ?? 0;
  const toY = (apoz: number) => place.bottom - apoz * (place.bottom - place.top);
  const fromY = (y: number) => tidy((place.bottom - y) / (place.bottom - place.top));
  const localY = (event: PointerEvent) => {
    const svg = node.ownerSVGElement;
    return event.clientY - (svg?.getBoundingClientRect().top ?? 0);
  };

  function move(next: number, phase: 'drag' | 'end'): void {
    if (!group || group.fixed) return;
    held = next;
    handlers.change(next, phase);
    if (phase === 'end') held = null;
  }

  node.addEventListener('pointerdown', (event) => {
    if (!group || group.fixed || event.button !== 0) return;
    node.setPointerCapture(event.pointerId);
    grip = localY(event) - toY(value());
    held = value();
    moved = false;
    node.classList.add('is-dragged');
    node.focus({ preventScroll: true });
    event.preventDefault();
  });
  node.addEventListener('pointermove', (event) => {
    if (!node.hasPointerCapture(event.pointerId)) return;
    const next = fromY(localY(event) - grip);
    if (next === held) return;
    moved = true;
    move(next, 'drag');
  });
  const release = (event: PointerEvent) => {
    if (held === null || !node.classList.contains('is-dragged')) return;
    node.classList.remove('is-dragged');
    if (node.hasPointerCapture(event.pointerId)) node.releasePointerCapture(event.pointerId);
    if (moved) move(held, 'end');
    else held = null; // a click is no change, and nothing to undo
  };
  node.addEventListener('pointerup', release);
  node.addEventListener('pointercancel', release);
  node.addEventListener('lostpointercapture', release);

  const STEPS: Readonly<Record<string, number>> = {
    ArrowUp: 0.01,
    ArrowRight: 0.01,
    ArrowDown: -0.01,
    ArrowLeft: -0.01,
    PageUp: 0.05,
    PageDown: -0.05,
    Home: -1,
    End: 1,
  };
  node.addEventListener('keydown', (event) => {
    const by = STEPS[event.key];
    if (by === undefined) return;
    event.preventDefault();
    keyHeld = true;
    move(tidy(value() + by), 'drag');
  });
  const letGo = () => {
    if (!keyHeld) return;
    keyHeld = false;
    move(value(), 'end');
  };
  node.addEventListener('keyup', letGo);
  node.addEventListener('blur', letGo);

  return {
    value,
    /** Draws the line and tells which box the pill covers. */
    draw(next: ApozGroup | null, at: ThresholdPlace): Box | null {
      if (group?.id !== next?.id) {
        held = null;
        keyHeld = false;
        node.classList.remove('is-dragged');
      }
      group = next;
      place = at;
      put(node, 'display', group ? 'inline' : 'none');
      if (!group) return null;
      node.classList.toggle('is-fixed', group.fixed !== null);
      const now = value();
      const y = Math.round(toY(now) * 2) / 2;
      const [main, extra] = fallSentence(group, now);
      const room = at.right - at.left - 12;
      const joined = extra ? `${main}, ${extra}` : main;
      const oneLine = textWidth(joined, true) + 24 <= room;
      const lines = oneLine || !extra ? [joined, ''] : [main, extra];
      const width = Math.min(room, Math.max(...lines.map((text) => textWidth(text, true))) + 24);
      const height = lines[1] ? PILL_TWO_LINES : PILL_HEIGHT;
      const box: Box = {
        x: at.right - width - 6,
        y: clamp(y - height / 2, at.top - 8, at.bottom - height + 8),
        width,
        height,
      };
      put(rule, 'x1', at.left);
      put(rule, 'x2', at.right);
      put(rule, 'y1', y);
      put(rule, 'y2', y);
      put(hit, 'x', at.left);
      put(hit, 'y', y - 12);
      put(hit, 'width', at.right - at.left);
      for (const name of ['x', 'y', 'width', 'height'] as const) put(pill, name, box[name]);
      [first, second].forEach((text, i) => {
        putText(text, lines[i] ?? '');
        put(text, 'text-anchor', 'middle');
        put(text, 'x', box.x + width / 2);
        put(text, 'y', box.y + 15 + i * 14);
      });
      put(node, 'aria-label', `Threshold of ${group.label}`);
      put(node, 'aria-valuenow', now.toFixed(2));
      put(node, 'aria-valuetext', joined);
      put(node, 'aria-disabled', String(group.fixed !== null));
      return box;
    },
  };
}
