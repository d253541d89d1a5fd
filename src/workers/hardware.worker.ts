import { estimate } from '../core/hardware/estimate.ts';
import { channelWidthSweep } from '../core/hardware/widthSweep.ts';
import type { HardwareCalls } from './protocol.ts';
import { serve } from './serve.ts';

serve<HardwareCalls>({
  estimate: ({ jobs, hardware }) =>
    jobs.map(({ network, targetId, foldedLike }) => estimate(network, targetId, hardware, foldedLike)),
  widthSweep: ({ network, groupId, targetId, foldedLike, hardware }) =>
    channelWidthSweep(network, groupId, targetId, hardware, foldedLike),
});
