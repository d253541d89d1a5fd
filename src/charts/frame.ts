import { type Selection, select } from 'd3';
import { readFontOf } from './text.ts';
import { createTooltip, type Tooltip } from './tooltip.ts';

export type Group = Selection<SVGGElement, unknown, null, undefined>;

export interface Margins {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

export interface Frame {
  readonly root: HTMLDivElement;
  readonly scroller: HTMLDivElement;
  readonly svg: SVGSVGElement;
  readonly tooltip: Tooltip;
  /** The room there is, in pixels. */
  readonly width: number;
  readonly height: number;
  group(className: string, parent?: Group): Group;
  /** The drawing's own size, where it is larger than the room and scrolls. */
  resize(width: number, height: number): void;
  describe(label: string, text: string): void;
  /** Covers the drawing with a sentence, or not. */
  empty(sentence: string | null): void;
  dispose(): void;
}

let serial = 0;
export const uniqueId = (prefix: string): string => {
  serial += 1;
  return `${prefix}-${serial}`;
};

const SVG = 'http://www.w3.org/2000/svg';

/** Sets an attribute only when it changes: what stays the same costs no style or layout. */
export function put(element: Element, name: string, value: string | number): void {
  const text = String(value);
  if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

export function putText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export interface FrameOptions {
  readonly kind: string;
  readonly scroll?: 'x' | 'y';
  readonly minHeight?: number;
}

export function createFrame(container: HTMLElement, options: FrameOptions, redraw: () => void): Frame {
  const root = document.createElement('div');
  root.className = `chart chart-${options.kind}`;
  if (options.minHeight) root.style.setProperty('--chart-min-height', `${options.minHeight}px`);
  const scroller = document.createElement('div');
  scroller.className = `chart-scroller${options.scroll ? ` scrolls-${options.scroll}` : ''}`;
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'chart-svg');
  svg.setAttribute('role', 'group');
  const description = document.createElementNS(SVG, 'desc');
  description.id = uniqueId('chart-description');
  svg.setAttribute('aria-describedby', description.id);
  svg.append(description);
  const sentence = document.createElement('div');
  sentence.className = 'chart-empty';
  sentence.hidden = true;
  scroller.append(svg);
  root.append(scroller, sentence);
  container.append(root);
  readFontOf(root);
  const tooltip = createTooltip(root);

  let width = root.clientWidth || 320;
  let height = root.clientHeight || 240;
  const resize = (w: number, h: number) => {
    put(svg, 'width', w);
    put(svg, 'height', h);
    put(svg, 'viewBox', `0 0 ${w} ${h}`);
  };
  resize(width, height);
  const observer = new ResizeObserver(() => {
    const [w, h] = [root.clientWidth, root.clientHeight];
    if (w === 0 || h === 0 || (w === width && h === height)) return;
    width = w;
    height = h;
    resize(w, h);
    redraw();
  });
  observer.observe(root);

  const top = select(svg);
  return {
    root,
    scroller,
    svg,
    tooltip,
    resize,
    get width() {
      return width;
    },
    get height() {
      return height;
    },
    group: (className, parent) => (parent ?? top).append('g').attr('class', className) as Group,
    describe(label, text) {
      put(svg, 'aria-label', label);
      putText(description, text);
    },
    empty(text) {
      sentence.hidden = text === null;
      sentence.textContent = text ?? '';
      svg.style.visibility = text === null ? 'visible' : 'hidden';
    },
    dispose() {
      observer.disconnect();
      tooltip.dispose();
      root.remove();
    },
  };
}
