import { drawHeads, type Layout, LINE, layoutOf } from './confusionLayout.ts';
import {
  type ConfusionCell,
  type ConfusionMatrixData,
  type ConfusionMatrixOptions,
  cellText,
  emptySentence,
  isEmpty,
  LEVELS,
  levelsOf,
  moved,
  summary,
  supportOf,
  tipOf,
} from './confusionMatrixModel.ts';
import { createFrame, put } from './frame.ts';
import { textWidth } from './text.ts';
import type { Chart } from './types.ts';

export { summary, table } from './confusionMatrixModel.ts';

/** Per cent of a color under numbers, which must stay readable. */
const DEEPEST_UNDER_TEXT = 45;

/**
 * Which class is taken for which. Cells are one path a shade, so that a hundred classes cost no more than ten; a
 * cursor reads them, by pointer and by arrow keys, and picks one.
 */
export function confusionMatrix(
  container: HTMLElement,
  first: ConfusionMatrixData,
  firstOptions: ConfusionMatrixOptions = {},
): Chart<ConfusionMatrixData, ConfusionMatrixOptions> {
  let data = first;
  let options = firstOptions;
  let at: ConfusionCell = { label: 0, predicted: 0 };
  let layout: Layout = { left: 0, top: 0, cellWidth: 1, cellHeight: 1, turned: false };
  const frame = createFrame(container, { kind: 'confusion', minHeight: 260 }, () => draw());
  const heads = frame.group('heads').attr('aria-hidden', 'true');
  const border = frame.group('border').append('rect').attr('class', 'border').node() as SVGRectElement;
  const cells = frame.group('cells').attr('aria-hidden', 'true');
  const texts = frame.group('texts').attr('aria-hidden', 'true');
  const cursor = frame.group('cursor').attr('role', 'slider').attr('tabindex', 0);
  const cursorNode = cursor.node() as SVGGElement;
  const chosen = cursor.append('rect').attr('class', 'chosen').node() as SVGRectElement;
  const mark = cursor.append('rect').attr('class', 'mark').node() as SVGRectElement;
  const hit = cursor.append('rect').attr('class', 'hit').node() as SVGRectElement;
  const ring = cursor.append('rect').attr('class', 'focus-ring').attr('rx', 3).node() as SVGRectElement;

  const boxOf = ({ label, predicted }: ConfusionCell) => ({
    x: layout.left + predicted * layout.cellWidth,
    y: layout.top + label * layout.cellHeight,
    width: layout.cellWidth,
    height: layout.cellHeight,
  });
  const place = (rect: SVGRectElement, box: ReturnType<typeof boxOf>) => {
    for (const [name, value] of Object.entries(box)) put(rect, name, value.toFixed(1));
  };

  function go(cell: ConfusionCell): void {
    at = cell;
    place(mark, boxOf(at));
    tell();
    const { left, top } = frame.svg.getBoundingClientRect();
    const box = boxOf(at);
    frame.tooltip.show(tipOf(data, at), {
      left: left + box.x,
      right: left + box.x + box.width,
      top: top + box.y,
      bottom: top + box.y + box.height,
    });
    cursorNode.classList.add('is-on');
  }

  function tell(): void {
    const { title, lines } = tipOf(data, at);
    put(cursorNode, 'aria-valuenow', at.label * data.classNames.length + at.predicted);
    put(cursorNode, 'aria-valuetext', [title, ...lines].join(', '));
  }

  function leave(): void {
    cursorNode.classList.remove('is-on');
    frame.tooltip.hide();
  }

  cursorNode.addEventListener('pointermove', (event) => {
    const { left, top } = frame.svg.getBoundingClientRect();
    const last = data.classNames.length - 1;
    const index = (offset: number, size: number) => Math.max(0, Math.min(last, Math.floor(offset / size)));
    go({
      label: index(event.clientY - top - layout.top, layout.cellHeight),
      predicted: index(event.clientX - left - layout.left, layout.cellWidth),
    });
  });
  cursorNode.addEventListener('pointerleave', leave);
  cursorNode.addEventListener('blur', leave);
  cursorNode.addEventListener('focus', () => {
    if (cursorNode.matches(':focus-visible')) go(at);
  });
  cursorNode.addEventListener('click', () => options.onPick?.(at));
  cursorNode.addEventListener('keydown', (event) => {
    const next = moved(data, at, event.key);
    if (next) go(next);
    else if (event.key === 'Enter' || event.key === ' ') options.onPick?.(at);
    else return;
    event.preventDefault();
  });

  function drawCells(): void {
    const n = data.classNames.length;
    const { cellWidth, cellHeight } = layout;
    const dense = Math.min(cellWidth, cellHeight) <= 8;
    const gap = dense ? 0 : 1;
    const levels = levelsOf(data);
    const paths = new Map<string, { kind: string; level: number; d: string[] }>();
    const words: { x: number; y: number; text: string }[] = [];
    const roomy = cellWidth >= textWidth('100') + 4 && cellHeight >= LINE + 2;
    for (let label = 0; label < n; label++) {
      const support = roomy ? supportOf(data, label) : 0;
      for (let predicted = 0; predicted < n; predicted++) {
        const level = levels[label * n + predicted] ?? 0;
        if (dense && level === 0) continue; // a grid of thousands would be all that is seen
        const kind = level === 0 ? 'none' : label === predicted ? 'right' : 'wrong';
        const { x, y } = boxOf({ label, predicted });
        const key = `${kind} ${level}`;
        const path = paths.get(key) ?? { kind, level, d: [] };
        paths.set(key, path);
        path.d.push(
          `M${(x + gap / 2).toFixed(1)},${(y + gap / 2).toFixed(1)}h${(cellWidth - gap).toFixed(1)}v${(cellHeight - gap).toFixed(1)}h${(gap - cellWidth).toFixed(1)}z`,
        );
        if (roomy && level > 0)
          words.push({
            x: x + cellWidth / 2,
            y: y + cellHeight / 2 + 4,
            text: cellText(data, { label, predicted }, support),
          });
      }
    }
    const deepest = roomy ? DEEPEST_UNDER_TEXT : 100;
    cells
      .selectAll<SVGPathElement, { kind: string; level: number; d: string[] }>('path')
      .data([...paths.values()])
      .join('path')
      .attr('class', ({ kind }) => `shade is-${kind}`)
      .attr('style', ({ level }) => `--share: ${((deepest * level) / LEVELS).toFixed(1)}%`)
      .attr('d', ({ d }) => d.join(''));
    texts
      .selectAll<SVGTextElement, (typeof words)[number]>('text')
      .data(words)
      .join('text')
      .attr('text-anchor', 'middle')
      .attr('x', ({ x }) => x.toFixed(1))
      .attr('y', ({ y }) => y.toFixed(1))
      .text(({ text }) => text);
  }

  function draw(): void {
    frame.describe(options.label ?? 'Confusion matrix', summary(data));
    frame.empty(isEmpty(data) ? emptySentence(data) : null);
    put(cursorNode, 'display', isEmpty(data) ? 'none' : 'inline');
    if (isEmpty(data)) return;
    const n = data.classNames.length;
    at = { label: Math.min(at.label, n - 1), predicted: Math.min(at.predicted, n - 1) };
    layout = layoutOf(data, frame.width, frame.height);
    drawHeads(heads, data, layout, frame.width);
    drawCells();
    const all = { x: layout.left, y: layout.top, width: n * layout.cellWidth, height: n * layout.cellHeight };
    place(border, all);
    place(hit, all);
    place(ring, all);
    place(mark, boxOf(at));
    put(chosen, 'display', data.selected ? 'inline' : 'none');
    if (data.selected) place(chosen, boxOf(data.selected));
    put(cursorNode, 'aria-label', 'Cells of the confusion matrix');
    put(cursorNode, 'aria-valuemin', 0);
    put(cursorNode, 'aria-valuemax', n * n - 1);
    tell();
  }

  draw();
  return {
    svg: frame.svg,
    update(next, changes) {
      data = next;
      options = { ...options, ...changes };
      draw();
    },
    // A class is no layer.
    highlight() {},
    dispose: frame.dispose,
  };
}
