import { describe, expect, it } from 'vitest';
import { axisOf, builtCells, type EngineView } from '../core/hardware/engineViewParts.ts';
import * as model from './engineModel.ts';

const dpu = [
  axisOf('PP', 'output rows', 30, 8),
  axisOf('ICP', 'input channels', 16, 16),
  axisOf('OCP', 'output channels', 20, 16),
];
const view = (axes = dpu): EngineView => ({
  title: 'B4096',
  axes,
  cell: 'multipliers',
  multipliers: builtCells(axes),
  activeCells: builtCells(axes),
  busyShare: 0.5,
  blocks: [
    { name: 'Load', detail: '100 cycles', share: 0.25, of: 'row' },
    { name: 'Buffers', detail: 'half', share: 0.5, of: 'room' },
  ],
  sentence: 'Half of it works.',
});

/** Cells of one state among all that are built. */
function count(axes: EngineView['axes'], state: model.CellState): number {
  const [panels, rows, columns] = model.threeAxes(axes).map((axis) => axis?.size ?? 1) as [
    number,
    number,
    number,
  ];
  let found = 0;
  for (let i = 0; i < panels; i++)
    for (let j = 0; j < rows; j++)
      for (let k = 0; k < columns; k++) if (model.cellState(axes, [i, j, k]) === state) found += 1;
  return found;
}

describe('cells of the engine', () => {
  it('work always, all but in the last round, or never (VT-42)', () => {
    // 30 rows are 3 x 8 and 6, 20 channels 16 and 4: the last round has 6 x 16 x 4 multipliers at work.
    expect(count(dpu, 'always')).toBe(6 * 16 * 4);
    expect(count(dpu, 'before')).toBe(2048 - 6 * 16 * 4);
    expect(count(dpu, 'never')).toBe(0);
  });

  it('of a depthwise convolution on the Liu engine rest beyond PD (LI-05)', () => {
    const axes = [
      axisOf('PK', 'taps', 9, 9),
      axisOf('PC', 'channels', 96, 16),
      axisOf('PD', 'pixels', 600, 16, 6),
    ];
    expect(count(axes, 'always')).toBe(864);
    expect(count(axes, 'never')).toBe(2304 - 864);
  });

  it('all rest where an axis has no work', () => {
    expect(count([axisOf('PK', 'taps', 0, 9), axisOf('PC', 'channels', 0, 16)], 'never')).toBe(144);
  });
});

describe('the grid', () => {
  it('fits its room and draws every multiplier where it can', () => {
    for (const [width, height] of [
      [328, 110],
      [688, 110],
      [900, 300],
    ] as const) {
      const layout = model.gridLayout(dpu, width, height);
      expect(layout.steps).toEqual([1, 1, 1]);
      expect(layout.cell).toBeGreaterThanOrEqual(3);
      expect(layout.width).toBeLessThanOrEqual(width);
      expect(layout.height).toBeLessThanOrEqual(height);
      expect(model.omission(view(), layout)).toBeNull();
    }
  });

  it('draws some lanes only where they would be too small, and says how many', () => {
    const axes = [axisOf('PE', 'outputs', 256, 256), axisOf('SIMD', 'inputs', 576, 576)];
    const layout = model.gridLayout(axes, 328, 100);
    expect(layout.cell).toBeGreaterThanOrEqual(3);
    expect(layout.width).toBeLessThanOrEqual(328);
    expect(layout.height).toBeLessThanOrEqual(100);
    const each = layout.steps[0] * layout.steps[1] * layout.steps[2];
    const [, rows, columns] = layout.drawn;
    expect(rows * columns * each).toBeGreaterThanOrEqual(256 * 576);
    expect(model.omission(view(axes), layout)).toBe(`1 of ${each} multipliers drawn`);
    expect(each).toBeGreaterThan(1);
  });
});

describe('the words of the engine', () => {
  it('tell every dimension and every share', () => {
    expect(model.summary({ view: view(), layerIds: [] })).toBe(
      "B4096. PP 8: 30 output rows as 3 × 8, then 6. ICP 16: 16 input channels as 16. OCP 16: 20 output channels as 16, then 4. Load 25.0 % of the row's time, Buffers 50.0 % of the room. Half of it works.",
    );
    expect(model.summary({ view: null, layerIds: [] })).toBe('No row to draw yet.');
  });

  it('are a row of the table for every dimension, the average and every block', () => {
    const { columns, rows } = model.table({ view: view(), layerIds: [] });
    expect(rows.map(([name]) => name)).toEqual(['PP', 'ICP', 'OCP', 'busy', 'Load', 'Buffers']);
    expect(rows[2]?.slice(1, 5)).toEqual([16, 16, 4, 2]);
    expect(rows[3]?.[6]).toBe(50);
    for (const row of rows) expect(row).toHaveLength(columns.length);
  });

  it('show a small share as more than nothing', () => {
    const share = (value: number) => model.shareText({ name: '', detail: '', share: value, of: 'row' });
    expect([share(0.003), share(0), share(0.38)]).toEqual(['0.3 %', '0 %', '38 %']);
  });
});
