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
import { fitText, textWidth } from './text.ts';
import type { Chart } from './types.ts';

export { summary, table } from './confusionMatrixModel.ts';

const TOP = 18;
const LINE = 12;

/** Where the cells lie. */
interface Layout {
  readonly left: number;
  readonly top: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly turned: boolean;
}

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

  function arrange(): void {
    const { classNames } = data;
    const { width, height } = frame;
    const widest = Math.ceil(Math.max(0, ...classNames.map((name) => textWidth(name))));
    const left = Math.min(widest, Math.max(40, width * 0.28)) + 10;
    const cellWidth = Math.max(1, (width - left - 2) / classNames.length);
    const turned = widest > cellWidth - 4;
    const top = TOP + (turned ? Math.min(widest, 90) : LINE) + 8;
    const cellHeight = Math.max(1, (height - top - 2) / classNames.length);
    layout = { left, top, cellWidth, cellHeight, turned };
  }

  function drawHeads(): void {
    const { left, top, cellWidth, cellHeight, turned } = layout;
    const { classNames } = data;
    // Lines of text need their height, also where columns are turned.
    const rowStep = Math.max(1, Math.ceil(LINE / cellHeight));
    const columnStep = turned ? Math.max(1, Math.ceil(LINE / cellWidth)) : 1;
    const labels = [
      {
        text: 'true class ↓  predicted class →',
        className: 'axis-label',
        anchor: 'start',
        transform: 'translate(0,11)',
      },
      {
        text: frame.width > 480 ? 'diagonal: recognized; elsewhere: mistakes; the deeper, the more' : '',
        className: 'quiet',
        anchor: 'end',
        transform: `translate(${frame.width - 2},11)`,
      },
      ...classNames.flatMap((name, i) => {
        if (i % columnStep !== 0) return [];
        const x = left + (i + 0.5) * cellWidth;
        return [
          {
            text: turned ? fitText(name, 90) : name,
            className: 'tick-label',
            anchor: turned ? 'start' : 'middle',
            transform: turned
              ? `translate(${(x + 4).toFixed(1)},${top - 5}) rotate(-90)`
              : `translate(${x.toFixed(1)},${top - 6})`,
          },
        ];
      }),
      ...classNames.flatMap((name, i) => {
        if (i % rowStep !== 0) return [];
        const y = top + (i + 0.5) * cellHeight + 4;
        return [
          {
            text: fitText(name, left - 10),
            className: 'tick-label',
            anchor: 'end',
            transform: `translate(${left - 7},${y.toFixed(1)})`,
          },
        ];
      }),
    ];
    heads
      .selectAll<SVGTextElement, (typeof labels)[number]>('text')
      .data(labels)
      .join('text')
      .attr('class', (label) => label.className)
      .attr('text-anchor', (label) => label.anchor)
      .attr('transform', (label) => label.transform)
      .text((label) => label.text);
  }

  function drawCells(): void {
    const n = data.classNames.length;
    const { cellWidth, cellHeight } = layout;
    const gap = Math.min(cellWidth, cellHeight) > 8 ? 1 : 0;
    const levels = levelsOf(data);
    const paths = new Map<string, { kind: string; level: number; d: string[] }>();
    const words: { x: number; y: number; text: string }[] = [];
    const roomy = cellWidth >= textWidth('100') + 4 && cellHeight >= LINE + 2;
    for (let label = 0; label < n; label++) {
      const support = roomy ? supportOf(data, label) : 0;
      for (let predicted = 0; predicted < n; predicted++) {
        const level = levels[label * n + predicted] ?? 0;
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
    cells
      .selectAll<SVGPathElement, { kind: string; level: number; d: string[] }>('path')
      .data([...paths.values()])
      .join('path')
      .attr('class', ({ kind }) => `shade is-${kind}`)
      .attr('style', ({ level }) => `--share: ${((45 * level) / LEVELS).toFixed(1)}%`)
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
    arrange();
    drawHeads();
    drawCells();
    const all = { x: layout.left, y: layout.top, width: n * layout.cellWidth, height: n * layout.cellHeight };
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
