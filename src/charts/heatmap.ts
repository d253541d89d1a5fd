import { createFrame, put, uniqueId } from './frame.ts';
import { emptySentence, isEmpty, neighbor, shadeOf, summary, tipOf } from './heatmapModel.ts';
import { refreshRoving, tipText, wireItems } from './items.ts';
import { textWidth } from './text.ts';
import type { Chart, HeatmapCell, HeatmapData, HeatmapOptions } from './types.ts';

export { summary, table } from './heatmapModel.ts';

const GAP = 2;
const HEAD = 34;

export function heatmap(
  container: HTMLElement,
  first: HeatmapData,
  firstOptions: HeatmapOptions = {},
): Chart<HeatmapData, HeatmapOptions> {
  let data = first;
  let options = firstOptions;
  const frame = createFrame(container, { kind: 'heatmap', minHeight: 200 }, () => draw());
  const hatch = uniqueId('hatch');
  const pattern = frame
    .group('defs')
    .append('defs')
    .append('pattern')
    .attr('id', hatch)
    .attr('width', 6)
    .attr('height', 6)
    .attr('patternUnits', 'userSpaceOnUse');
  pattern.append('path').attr('class', 'hatch').attr('d', 'M-1,1l2,-2M0,6l6,-6M5,7l2,-2');
  const heads = frame.group('heads').attr('aria-hidden', 'true');
  const layer = frame.group('cells');
  const cellsNode = layer.node() as SVGGElement;
  const elements = () => layer.selectAll<SVGGElement, HeatmapCell>('g.cell');

  // Before the items' own handler, which knows no second direction.
  cellsNode.addEventListener('keydown', (event) => {
    const from = elements()
      .filter(function () {
        return this === event.target;
      })
      .data()[0];
    if (!from || !event.key.startsWith('Arrow')) return;
    const to = neighbor(data, from, event.key);
    if (to)
      elements()
        .filter((cell) => cell === to)
        .node()
        ?.focus();
    event.preventDefault();
    event.stopImmediatePropagation();
  });
  wireItems<HeatmapCell>(cellsNode, frame.tooltip, {
    tip: (cell) => tipOf(cell, data),
    layer: () => null,
    hover: () => options.onHover?.(null),
    pick: ({ name }) => options.onPick?.(name),
  });

  function draw(): void {
    frame.describe(options.label ?? data.quantity, summary(data));
    frame.empty(isEmpty(data) ? emptySentence(data) : null);
    if (isEmpty(data)) return;
    const { width, height } = frame;
    const left = Math.ceil(Math.max(24, ...data.rows.map((row) => textWidth(row)))) + 12;
    const cellWidth = (width - left - 2) / data.columns.length;
    const cellHeight = (height - HEAD - 2) / data.rows.length;
    const x = (column: number) => left + column * cellWidth;
    const y = (row: number) => HEAD + row * cellHeight;
    drawHeads(left, x, y, cellWidth, cellHeight);
    drawCells(x, y, cellWidth - GAP, cellHeight - GAP);
  }

  function drawHeads(
    left: number,
    x: (column: number) => number,
    y: (row: number) => number,
    cellWidth: number,
    cellHeight: number,
  ): void {
    const labels = [
      {
        text: `${data.rowTitle} ↓  ${data.columnTitle} →`,
        x: 0,
        y: 11,
        className: 'axis-label',
        anchor: 'start',
      },
      ...data.columns.map((text, i) => ({
        text,
        x: x(i) + (cellWidth - GAP) / 2,
        y: HEAD - 6,
        className: 'tick-label',
        anchor: 'middle',
      })),
      ...data.rows.map((text, i) => ({
        text,
        x: left - 8,
        y: y(i) + (cellHeight - GAP) / 2 + 4,
        className: 'tick-label',
        anchor: 'end',
      })),
    ];
    heads
      .selectAll<SVGTextElement, (typeof labels)[number]>('text')
      .data(labels)
      .join('text')
      .attr('class', (label) => label.className)
      .attr('text-anchor', (label) => label.anchor)
      .attr('x', (label) => label.x)
      .attr('y', (label) => label.y)
      .text((label) => label.text);
  }

  function drawCells(
    x: (column: number) => number,
    y: (row: number) => number,
    width: number,
    height: number,
  ): void {
    const shade = shadeOf(data);
    elements()
      .data(data.cells, ({ name }) => name)
      .join((enter) => {
        const cell = enter.append('g').attr('data-item', '').attr('tabindex', -1);
        cell.attr('role', options.onPick ? 'button' : 'img');
        cell.append('rect').attr('class', 'back').attr('rx', 2);
        cell.append('rect').attr('class', 'mark').attr('rx', 2);
        cell.append('text').attr('text-anchor', 'middle');
        cell.append('rect').attr('class', 'focus-ring').attr('rx', 3);
        return cell;
      })
      .order()
      .each(function (cell) {
        const current = cell.name === data.current;
        put(this, 'class', current ? 'cell is-current' : 'cell');
        put(this, 'transform', `translate(${x(cell.column).toFixed(1)},${y(cell.row).toFixed(1)})`);
        put(this, 'aria-label', tipText(tipOf(cell, data)));
        if (current) put(this, 'aria-current', 'true');
        else this.removeAttribute('aria-current');
        const [back, mark, text, ring] = this.children;
        if (!back || !mark || !text || !ring) return;
        for (const [rect, inset] of [
          [back, 0],
          [mark, 1],
          [ring, -1],
        ] as const) {
          put(rect, 'x', inset);
          put(rect, 'y', inset);
          put(rect, 'width', Math.max(0, width - 2 * inset));
          put(rect, 'height', Math.max(0, height - 2 * inset));
        }
        if (cell.value === null) put(back, 'style', `fill: url(#${hatch})`);
        else put(back, 'style', `--share: ${(100 * shade(cell.value)).toFixed(1)}%`);
        put(text, 'class', cell.value === null ? 'nothing halo' : current ? 'emphasis' : '');
        writeLines(text, cell.text, width, height);
      });
    refreshRoving(cellsNode);
  }

  draw();
  return {
    svg: frame.svg,
    update(next, changes) {
      data = next;
      options = { ...options, ...changes };
      draw();
    },
    // A cell is a choice for the whole network, and so for no layer.
    highlight() {},
    dispose: frame.dispose,
  };
}

/** Lines around the middle of a cell, on one line where they fit on it. */
function writeLines(text: Element, lines: readonly string[], width: number, height: number): void {
  const whole = lines.join(' ');
  const shown = textWidth(whole) <= width - 6 ? [whole] : lines;
  const spans = shown.map((line, i) => {
    const span = document.createElementNS('http://www.w3.org/2000/svg', 'tspan');
    span.textContent = line;
    span.setAttribute('x', (width / 2).toFixed(1));
    span.setAttribute('y', (height / 2 + 4 + (i - (shown.length - 1) / 2) * 12).toFixed(1));
    return span;
  });
  text.replaceChildren(...spans);
}
