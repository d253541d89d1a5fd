import { estimate, finnOptions } from '../core/hardware/estimate.ts';
import { fifoReport } from '../core/hardware/finn/fifo/report.ts';
import { pruningGains } from '../core/hardware/pruningGains.ts';
import { validationReport } from '../core/hardware/validation/report.ts';
import { channelWidthSweep } from '../core/hardware/widthSweep.ts';
import { drive } from './drive.ts';
import type { HardwareCalls } from './protocol.ts';
import { serve } from './serve.ts';

serve<HardwareCalls>({
  validate: () => validationReport(),
  pruningGains: ({ network, plan, targetId, hardware, foldedLike }) =>
    pruningGains(network, plan, targetId, hardware, foldedLike),
  fifos: ({ network, foldedLike, hardware, depth }, { signal }) =>
    drive(fifoReport(network, { ...finnOptions(hardware), foldedLike }, depth), signal),
  estimate: ({ jobs, hardware }) =>
    jobs.map(({ network, targetId, foldedLike }) => estimate(network, targetId, hardware, foldedLike)),
  widthSweep: ({ network, groupId, targetId, foldedLike, hardware }) =>
    channelWidthSweep(network, groupId, targetId, hardware, foldedLike),
});
