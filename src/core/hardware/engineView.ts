import type { HardwareChoice } from '../exploration/design.ts';
import type { Network } from '../network/network.ts';
import { formatSeconds } from '../quantity.ts';
import { fail, ok, type Result } from '../result.ts';
import { dpuArchitecture } from './dpu/architectures.ts';
import { dpuEngineView } from './engineViewDpu.ts';
import { finnEngineView } from './engineViewFinn.ts';
import { liuEngineView } from './engineViewLiu.ts';
import { type EngineBlock, type EngineView, scheduleSentence } from './engineViewParts.ts';
import { clockOf, finnOptions } from './estimate.ts';
import type { HardwareReport, ReportRow } from './report.ts';
import { targetById } from './targets.ts';

/** What was estimated, and which of its rows is to be drawn. */
export interface EngineQuestion {
  readonly report: HardwareReport;
  readonly rowId: string;
  /** The network, hardware and folding that the report was made with: see `estimate`. */
  readonly network: Network;
  readonly hardware: HardwareChoice;
  readonly foldedLike?: Network;
}

const PROCESSOR_BLOCKS: Readonly<Record<string, string>> = {
  compute: 'Compute',
  memory: 'Memory',
  overhead: 'Calls',
};

/** Software on a processor: no lanes are modeled, only what its time is made of (a roofline and a price a node). */
function processorView(report: HardwareReport, row: ReportRow, name: string): EngineView {
  const blocks = row.terms.map(
    (term): EngineBlock => ({
      name: PROCESSOR_BLOCKS[term.name] ?? term.name,
      detail: formatSeconds(term.cycles / report.clockHertz),
      share: row.cycles > 0 ? Math.min(1, term.cycles / row.cycles) : 0,
      of: 'row',
    }),
  );
  const compute = row.terms.find((term) => term.name === 'compute')?.cycles ?? 0;
  return {
    title: name,
    axes: [],
    cell: 'multipliers',
    multipliers: 0,
    activeCells: 0,
    busyShare: row.cycles > 0 ? Math.min(1, compute / row.cycles) : 0,
    blocks,
    sentence: `Computing and moving data overlap, calls add to the longer of the two. ${row.boundSentence} ${scheduleSentence(report, row)}`,
  };
}

/**
 * The engine while it computes one row of a report: lanes and rounds of every axis, multipliers that count, and
 * the share of each block. Fails where the report has no such row, or does not belong to the network.
 */
export function engineView(question: EngineQuestion): Result<EngineView> {
  const { report, rowId, network, hardware, foldedLike = network } = question;
  const row = report.rows.find(({ id }) => id === rowId);
  if (!row) return fail('no-row', `The report has no row ${rowId}; choose one of its rows.`, rowId);
  const target = targetById(report.targetId);
  if (!target)
    return fail('unknown-target', `There is no target ${report.targetId}; choose one from the list.`);
  const clockHertz = clockOf(target.id, hardware);
  switch (target.family) {
    case 'dpu':
      return target.architecture
        ? dpuEngineView(network, dpuArchitecture(target.architecture, hardware.dpu), report, row)
        : fail('unknown-target', `${target.name} names no DPU architecture; choose another target.`);
    case 'finn':
      return finnEngineView(network, { ...finnOptions(hardware), foldedLike }, report, row);
    case 'liu':
      return liuEngineView(network, { ...hardware.liu, clockHertz }, report, row);
    case 'processor':
      return ok(processorView(report, row, target.name));
  }
}
