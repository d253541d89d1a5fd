import { describe, expect, test } from 'vitest';
import { presetById } from '../../../network/presets.ts';
import { unwrap } from '../../../result.ts';
import { boardById } from './boards.ts';
import {
  COMPARED_BITS,
  COMPARED_BOARDS,
  COMPARED_NETWORKS,
  compareFoldings,
} from './optimalFoldingComparison.ts';

const atLeast = (fps: number | undefined, other: number | undefined) =>
  expect(fps ?? 0).toBeGreaterThanOrEqual(other ?? 0);

describe.each(COMPARED_NETWORKS)('on %s the optimal folding', (id) => {
  const preset = presetById(id)!;
  const network = preset.build(preset.input, 10);

  test.each(COMPARED_BOARDS)('is never slower than SetFolding or the tuner of the thesis on %s', (board) => {
    for (const bits of COMPARED_BITS) {
      const row = unwrap(compareFoldings(network, id, bits, boardById(board)!));
      const { setFolding, algorithm1, algorithm2, kept, free, boundFps } = row;
      for (const other of [setFolding, algorithm2, algorithm1.fits ? algorithm1 : null]) {
        atLeast(kept?.throughputFps, other?.throughputFps);
        atLeast(free?.throughputFps, other?.throughputFps);
      }
      atLeast(free?.throughputFps, kept?.throughputFps);
      expect(free?.throughputFps).toBe(boundFps);
      expect(row.refusal).toBeNull();
    }
  });
});
