import { distributionOf, momentsOf } from '../core/network/weightStatistics.ts';
import { unwrap } from '../core/result.ts';
import { openFiles } from '../formats/model/openFile.ts';
import { writeModel } from '../formats/model/writeModel.ts';
import type { FileCalls } from './protocol.ts';
import { serve } from './serve.ts';

serve<FileCalls>({
  async open({ files }) {
    const given = files.map(({ name, bytes }) => ({ name, bytes: new Uint8Array(bytes) }));
    const opened = unwrap(await openFiles(given));
    const weights = opened.kind === 'network' ? opened.model.weights : null;
    const buffers = new Set(Object.values(weights ?? {}).map(({ values }) => values.buffer));
    return { reply: opened, transfer: [...buffers] as Transferable[] };
  },

  async writeModel({ format, network, weights, options }) {
    const { bytes, notes } = unwrap(await writeModel(format, network, weights, options));
    const own = new Uint8Array(bytes);
    return { reply: { bytes: own, notes }, transfer: [own.buffer] };
  },

  weightMoments({ values, channelCount, offset }) {
    const moments = momentsOf(values, channelCount, offset);
    return { reply: moments, transfer: [moments.channelSums.buffer, moments.channelSquares.buffer] };
  },

  weightDistribution({ values, largest, binCount }) {
    return distributionOf(values, largest, binCount);
  },
});
