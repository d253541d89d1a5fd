import { clockOf, estimate, finnOptions } from '../core/hardware/estimate.ts';
import { fifoReport } from '../core/hardware/finn/fifo/report.ts';
import { foldFinnGraph } from '../core/hardware/finn/graph/foldGraph.ts';
import { finnGraphReport } from '../core/hardware/finn/graph/graphReport.ts';
import { boardById } from '../core/hardware/finn/tuning/boards.ts';
import { bitsMap } from '../core/hardware/finn/tuning/sweeps.ts';
import { CEILINGS, tuneDesign } from '../core/hardware/finn/tuning/tuneDesign.ts';
import { pruningGains } from '../core/hardware/pruningGains.ts';
import { rankNetworks } from '../core/hardware/ranking.ts';
import { foldingTable } from '../core/hardware/validation/folding.ts';
import { validationReport } from '../core/hardware/validation/report.ts';
import { channelWidthSweep } from '../core/hardware/widthSweep.ts';
import { PRESETS } from '../core/network/presets.ts';
import { fail } from '../core/result.ts';
import { drive } from './drive.ts';
import type { HardwareCalls } from './protocol.ts';
import { serve } from './serve.ts';

const unknownBoard = (id: string) =>
  fail('unknown-board', `There is no board ${id}; choose one from the list.`, 'board');

serve<HardwareCalls>({
  foldingTable: (_, { signal }) => drive(foldingTable(), signal),
  validate: () => validationReport(),
  tune: ({ network, hardware, method, ceilings }, { signal }) => {
    const board = boardById(hardware.boardId);
    if (!board) return unknownBoard(hardware.boardId);
    const { weightBits, activationBits, layerBits } = hardware;
    const bits = { weightBits, activationBits, layerBits };
    const search = { ...bits, board, ceilings: CEILINGS[ceilings], clockHertz: clockOf('finn', hardware) };
    return drive(tuneDesign(network, method, search), signal);
  },
  bitsMap: ({ network, hardware, ceilings }, { signal, progress }) => {
    const board = boardById(hardware.boardId);
    if (!board) return unknownBoard(hardware.boardId);
    const search = { board, ceilings, clockHertz: clockOf('finn', hardware) };
    return drive(
      bitsMap(network, search, (done, total) => progress({ done, total })),
      signal,
    );
  },
  rank: ({ targetIds, hardware }, { signal }) => {
    const candidates = PRESETS.map(({ id, build, input, classCount }) => ({
      id,
      network: build(input, classCount),
    }));
    return drive(rankNetworks(candidates, targetIds, hardware), signal);
  },
  pruningGains: ({ network, plan, targetId, hardware, foldedLike }) =>
    pruningGains(network, plan, targetId, hardware, foldedLike),
  fifos: ({ network, foldedLike, hardware, depth }, { signal }) =>
    drive(fifoReport(network, { ...finnOptions(hardware), foldedLike }, depth), signal),
  finnGraph: ({ records, boardId, clockHertz }) =>
    finnGraphReport(records, { clockHertz, board: boardById(boardId) }),
  foldFinnGraph: ({ records, boardId, clockHertz, choice }, { signal }) =>
    drive(foldFinnGraph(records, choice, { clockHertz, board: boardById(boardId) }), signal),
  estimate: ({ jobs, hardware }) =>
    jobs.map(({ network, targetId, foldedLike }) => estimate(network, targetId, hardware, foldedLike)),
  widthSweep: ({ network, groupId, targetId, foldedLike, hardware }) =>
    channelWidthSweep(network, groupId, targetId, hardware, foldedLike),
});
