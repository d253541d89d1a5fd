import type { EngineBlock, EngineView } from '../core/hardware/engineViewParts.ts';
import type { LayerId } from '../core/network/network.ts';
import { drawBlocks } from './engineBlocks.ts';
import {
  axisText,
  CELL_NAMES,
  type CellState,
  cellState,
  emptySentence,
  type GridLayout,
  gridLayout,
  omission,
  PANEL_GAP,
  summary,
  tipOf,
} from './engineModel.ts';
import { createFrame, type Group, uniqueId } from './frame.ts';
import { refreshRoving, wireItems } from './items.ts';
import { drawLegend, type LegendEntry } from './legend.ts';
import { fitText } from './text.ts';
import type { Chart, EngineData, EngineOptions } from './types.ts';

export { summary, table } from './engineModel.ts';

const EDGE = 6;
const LINE = 15;
const LEAST_GRID = 110;
const STATES: readonly CellState[] = ['always', 'before', 'never'];
/** Which way an axis runs in the drawing, the last one across. */
const SIGNS = ['▦', '↓', '→'];

/**
 * An engine while it computes one row: its multipliers as a grid, a panel for every lane of the first axis, idle
 * ones hatched, and below its blocks in the order of the data with their shares (VT-40, VT-42, BO-22, LI-04, LI-05).
 */
export function engineDrawing(
  container: HTMLElement,
  first: EngineData,
  firstOptions: EngineOptions = {},
): Chart<EngineData, EngineOptions> {
  let data = first;
  let options = firstOptions;
  let marked: LayerId | null = null;
  const frame = createFrame(container, { kind: 'engine', scroll: 'y', minHeight: 200 }, () => draw());
  const fills = defineFills(frame.group('fills'));
  const drawing = frame.group('engine-parts');
  const legend = frame.group('legend', drawing);
  const grid = frame.group('grid', drawing).attr('aria-hidden', 'true');
  const words = frame.group('words', drawing).attr('aria-hidden', 'true');
  const blocks = frame.group('blocks', drawing);
  const blocksNode = blocks.node() as SVGGElement;
  wireItems<EngineBlock>(blocksNode, frame.tooltip, {
    tip: tipOf,
    layer: () => data.layerIds[0] ?? null,
    hover: (id) => options.onHover?.(id),
  });

  function draw(): void {
    const { view } = data;
    frame.describe(options.label ?? 'Engine', summary(data));
    frame.empty(view ? null : emptySentence(data));
    if (!view) return;
    const { width } = frame;
    const room = width - 2 * EDGE;
    const blockHeight = drawBlocks(blocks, view.blocks, room);
    let top = 2;
    let floor = 2;
    if (view.axes.length > 0) {
      top += drawSigns(view, width) + 6;
      // Dimensions, and one more line where not all cells are drawn.
      const lines = (view.axes.length + 1) * LINE;
      const high = Math.max(LEAST_GRID, frame.height - top - lines - blockHeight - 14);
      const layout = gridLayout(view.axes, room, high);
      drawGrid(view, layout, top);
      floor = drawWords(view, layout, top + layout.height, room) + 10;
    } else {
      legend.selectAll('*').remove();
      grid.selectAll('*').remove();
      words.selectAll('*').remove();
    }
    blocks.attr('transform', `translate(${EDGE},${floor})`);
    frame.resize(width, Math.max(frame.height, floor + blockHeight + 4));
    mark();
    refreshRoving(blocksNode);
  }

  function drawSigns(view: EngineView, width: number): number {
    const idle = view.axes.some(({ used, size }) => used < size);
    const shown = idle ? STATES.filter((state) => occurs(view, state)) : STATES.slice(0, 1);
    const entries = shown.map(
      (state): LegendEntry => ({
        label: CELL_NAMES[state],
        sign: (group) => {
          const rect = group.append('rect').attr('width', 14).attr('height', 10);
          rect.attr('class', `cells-${state}`).attr('fill', fills[state]);
        },
      }),
    );
    return drawLegend(legend, entries, { left: EDGE, right: width - EDGE, top: 2, align: 'left' });
  }

  function drawGrid(view: EngineView, layout: GridLayout, top: number): void {
    const { cell, drawn, steps, panelColumns } = layout;
    const [panels, rows, columns] = drawn;
    const paths: Record<CellState, string> = { always: '', before: '', never: '' };
    const side = cell - 1;
    const [panelWidth, panelHeight] = [columns * cell, rows * cell];
    const corners: { x: number; y: number }[] = [];
    for (let panel = 0; panel < panels; panel++) {
      const x = EDGE + (panel % panelColumns) * (panelWidth + PANEL_GAP);
      const y = top + Math.floor(panel / panelColumns) * (panelHeight + PANEL_GAP);
      corners.push({ x, y });
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          const state = cellState(view.axes, [panel * steps[0], row * steps[1], column * steps[2]]);
          paths[state] += `M${x + column * cell},${y + row * cell}h${side}v${side}h${-side}z`;
        }
      }
    }
    // A path a state: an element a multiplier would make thousands of them.
    grid
      .selectAll<SVGPathElement, CellState>('path')
      .data(STATES)
      .join('path')
      .attr('class', (state) => `cells-${state}`)
      .attr('fill', (state) => fills[state])
      .attr('d', (state) => paths[state]);
    grid
      .selectAll<SVGRectElement, { x: number; y: number }>('rect')
      .data(corners)
      .join('rect')
      .attr('class', 'panel-frame')
      .attr('x', ({ x }) => x - 1.5)
      .attr('y', ({ y }) => y - 1.5)
      .attr('width', panelWidth + 2)
      .attr('height', panelHeight + 2);
  }

  /** One line a dimension; returns where they end. */
  function drawWords(view: EngineView, layout: GridLayout, top: number, room: number): number {
    const { axes } = view;
    const lines = axes.map((axis, i) => `${SIGNS[3 - axes.length + i]} ${axisText(axis)}`);
    const left = omission(view, layout);
    if (left) lines.push(left);
    words
      .selectAll<SVGTextElement, string>('text')
      .data(lines)
      .join('text')
      .attr('class', (_, i) => (i < axes.length ? '' : 'quiet'))
      .attr('x', EDGE)
      .attr('y', (_, i) => top + 14 + i * LINE)
      .text((line) => fitText(line, room));
    return top + lines.length * LINE + 2;
  }

  function mark(): void {
    drawing.classed('is-marked', marked !== null && data.layerIds.includes(marked));
  }

  draw();
  return {
    svg: frame.svg,
    update(next, changes) {
      data = next;
      options = { ...options, ...changes };
      draw();
    },
    highlight(layerId) {
      marked = layerId;
      mark();
    },
    dispose: frame.dispose,
  };
}

const occurs = ({ axes }: EngineView, state: CellState): boolean => {
  if (state === 'always') return axes.every(({ used }) => used > 0);
  if (state === 'before')
    return axes.every(({ active }) => active > 0) && axes.some(({ used, active }) => used < active);
  return axes.some(({ active, size }) => active < size);
};

/** Fills that differ in their lines, not in color alone. */
function defineFills(parent: Group): Readonly<Record<CellState, string>> {
  const defs = parent.append('defs');
  const add = (ground: string, lines: string, d: string): string => {
    const id = uniqueId('engine-fill');
    const pattern = defs.append('pattern').attr('id', id).attr('patternUnits', 'userSpaceOnUse');
    pattern.attr('width', 6).attr('height', 6);
    pattern.append('rect').attr('class', ground).attr('width', 6).attr('height', 6);
    pattern.append('path').attr('class', lines).attr('d', d);
    return `url(#${id})`;
  };
  return {
    always: 'currentColor',
    before: add('cell-ground', 'cell-lines', 'M0,1.5h6M0,4.5h6'),
    never: add('rest-ground', 'rest-lines', 'M-1,1l2,-2M0,6l6,-6M5,7l2,-2'),
  };
}
