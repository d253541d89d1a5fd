import { presetById } from '../../network/presets.ts';
import { boardById } from '../finn/tuning/boards.ts';
import { type FoldingComparisonRow, foldingComparison } from '../finn/tuning/optimalFoldingComparison.ts';

const COLUMNS = [
  'network',
  'bits',
  'board',
  'SetFolding',
  'Algorithm 1',
  'Algorithm 2',
  'ours, same memories',
  'ours, free',
  'bound',
] as const;

export interface FoldingTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const rate = (found: { readonly throughputFps: number } | null): string =>
  found ? String(Math.round(found.throughputFps)).replace(/\B(?=(\d{3})+$)/g, ',') : 'nothing fits';

function cells(row: FoldingComparisonRow): readonly string[] {
  const { weightBits, activationBits, algorithm1, boundFps } = row;
  return [
    presetById(row.networkId)?.name ?? row.networkId,
    `W${weightBits}A${activationBits}`,
    boardById(row.boardId)?.name ?? row.boardId,
    rate(row.setFolding),
    `${rate(algorithm1)}${algorithm1.fits ? '' : '*'}`,
    rate(row.algorithm2),
    rate(row.kept),
    rate(row.free),
    boundFps === null ? '' : rate({ throughputFps: boundFps }),
  ];
}

/** The comparison as text cells, a row a step: each takes some tenths of a second. */
export function* foldingTable(): Generator<void, FoldingTable> {
  const rows: (readonly string[])[] = [];
  for (const result of foldingComparison()) {
    if (result.ok) rows.push(cells(result.value));
    yield;
  }
  return { columns: COLUMNS, rows };
}
