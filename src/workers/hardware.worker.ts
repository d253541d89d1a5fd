import { estimate } from '../core/hardware/estimate.ts';
import { validationReport } from '../core/hardware/validation.ts';
import { channelWidthSweep } from '../core/hardware/widthSweep.ts';
import type { HardwareCalls } from './protocol.ts';
import { serve } from './serve.ts';

serve<HardwareCalls>({
  validate: () => validationReport(),
  estimate: ({ jobs, hardware }) =>
    jobs.map(({ network, targetId, foldedLike }) => estimate(network, targetId, hardware, foldedLike)),
  widthSweep: ({ network, groupId, targetId, foldedLike, hardware }) =>
    channelWidthSweep(network, groupId, targetId, hardware, foldedLike),
});
