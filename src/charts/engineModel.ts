import type { EngineAxis, EngineBlock, EngineView } from '../core/hardware/engineViewParts.ts';
import { formatInteger, formatPercent } from '../core/quantity.ts';
import type { Tip } from './tooltip.ts';
import type { EngineData, Table } from './types.ts';

/** Whether a cell works in every round, in all but the last, or never. */
export type CellState = 'always' | 'before' | 'never';

export const CELL_NAMES: Readonly<Record<CellState, string>> = {
  always: 'works in every round',
  before: 'idle in the last round',
  never: 'always idle',
};

export interface GridLayout {
  /** Pixels from one cell to the next. */
  readonly cell: number;
  /** Drawn lanes by axis: panels, rows, columns. */
  readonly drawn: readonly [panels: number, rows: number, columns: number];
  /** Every how many-th lane is drawn, by axis. */
  readonly steps: readonly [panels: number, rows: number, columns: number];
  readonly panelColumns: number;
  readonly width: number;
  readonly height: number;
}

export const PANEL_GAP = 6;
const LEAST_CELL = 3;
const LARGEST_CELL = 14;

/** Panels, rows and columns: what an engine has fewer of than three axes is 1. */
export function threeAxes(axes: readonly EngineAxis[]): readonly (EngineAxis | null)[] {
  return [...Array<null>(Math.max(0, 3 - axes.length)).fill(null), ...axes.slice(0, 3)];
}

type Three = readonly [number, number, number];

function bestFit([panels, rows, columns]: Three, width: number, height: number) {
  let best = { cell: 0, panelColumns: 1 };
  for (let across = 1; across <= panels; across++) {
    const down = Math.ceil(panels / across);
    const byWidth = (width - (across - 1) * PANEL_GAP) / (across * columns);
    const byHeight = (height - (down - 1) * PANEL_GAP) / (down * rows);
    const cell = Math.min(LARGEST_CELL, Math.floor(Math.min(byWidth, byHeight)));
    if (cell > best.cell) best = { cell, panelColumns: across };
  }
  return best;
}

/**
 * Cells as large as the room allows. Where they would be too small to see, only every second, fourth ... lane of
 * the longest axis is drawn.
 */
export function gridLayout(axes: readonly EngineAxis[], width: number, height: number): GridLayout {
  const sizes = threeAxes(axes).map((axis) => axis?.size ?? 1) as unknown as Three;
  const steps: [number, number, number] = [1, 1, 1];
  const drawnBy = () => sizes.map((size, i) => Math.ceil(size / (steps[i] ?? 1))) as unknown as Three;
  let drawn = drawnBy();
  let fit = bestFit(drawn, width, height);
  while (fit.cell < LEAST_CELL && Math.max(...drawn) > 1) {
    const longest = drawn.indexOf(Math.max(...drawn));
    steps[longest] = 2 * (steps[longest] ?? 1);
    drawn = drawnBy();
    fit = bestFit(drawn, width, height);
  }
  const cell = Math.max(1, fit.cell);
  const [panels, rows, columns] = drawn;
  const across = Math.min(panels, fit.panelColumns);
  const down = Math.ceil(panels / across);
  return {
    cell,
    drawn,
    steps,
    panelColumns: across,
    width: across * columns * cell + (across - 1) * PANEL_GAP,
    height: down * rows * cell + (down - 1) * PANEL_GAP,
  };
}

const laneState = (axis: EngineAxis | null, lane: number): CellState => {
  if (!axis || lane < axis.used) return 'always';
  return lane < axis.active ? 'before' : 'never';
};

const WORST: readonly CellState[] = ['never', 'before', 'always'];

/** The state of the cell where these lanes cross: that of its least busy lane. */
export function cellState(axes: readonly EngineAxis[], lanes: Three): CellState {
  const states = threeAxes(axes).map((axis, i) => laneState(axis, lanes[i] ?? 0));
  return WORST.find((state) => states.includes(state)) ?? 'always';
}

/** "1 of 4 multipliers drawn", or null where all are. */
export function omission(view: EngineView, { steps }: GridLayout): string | null {
  const each = steps[0] * steps[1] * steps[2];
  return each > 1 ? `1 of ${formatInteger(each)} ${view.cell} drawn` : null;
}

/** "OCP 16: 20 output channels as 16, then 4" */
export const axisText = ({ name, size, reach, count, unit, rounds, spread }: EngineAxis): string => {
  const lanes = reach < size ? `${reach} of ${size}` : String(size);
  return rounds === 0
    ? `${name} ${lanes}: at rest`
    : `${name} ${lanes}: ${formatInteger(count)} ${unit} as ${spread}`;
};

const OF: Readonly<Record<EngineBlock['of'], string>> = {
  row: "the row's time",
  frame: 'the time between two frames',
  room: 'the room',
};

export const shareText = ({ share, of }: EngineBlock): string =>
  `${formatPercent(share, share > 0 && share < 0.005 ? 1 : 0)}${of === 'room' ? ' full' : ''}`;

export const tipOf = (block: EngineBlock): Tip => ({
  title: `${block.name}: ${formatPercent(block.share)} of ${OF[block.of]}`,
  lines: [block.detail],
});

export const emptySentence = (data: EngineData): string => data.empty ?? 'No row to draw yet.';

export function summary(data: EngineData): string {
  const { view } = data;
  if (!view) return emptySentence(data);
  const lanes = view.axes.map((axis) => `${axisText(axis)}.`);
  const blocks = view.blocks.map((block) => `${block.name} ${formatPercent(block.share)} of ${OF[block.of]}`);
  return [`${view.title}.`, ...lanes, `${blocks.join(', ')}.`, view.sentence].join(' ');
}

export function table({ view }: EngineData): Table {
  return {
    columns: [
      'part',
      'lanes',
      'full round',
      'last round',
      'rounds',
      'work',
      'share (%)',
      'share of',
      'detail',
    ],
    rows: view
      ? [
          ...view.axes.map(({ name, size, active, used, rounds, count, unit, spread }) => [
            name,
            size,
            active,
            used,
            rounds,
            `${formatInteger(count)} ${unit}`,
            '',
            '',
            spread,
          ]),
          ...(view.axes.length > 0
            ? [['busy', '', '', '', '', view.cell, 100 * view.busyShare, 'cycles of all lanes', '']]
            : []),
          ...view.blocks.map(({ name, share, of, detail }) => [
            name,
            '',
            '',
            '',
            '',
            '',
            100 * share,
            OF[of],
            detail,
          ]),
        ]
      : [],
  };
}
