import { deployNetwork } from '../core/network/deploy.ts';
import { distributionOf, momentsOf } from '../core/network/weightStatistics.ts';
import { unwrap } from '../core/result.ts';
import type { ImportedModel } from '../formats/model/imported.ts';
import { openFiles } from '../formats/model/openFile.ts';
import { writeModel } from '../formats/model/writeModel.ts';
import { writeNetwork } from '../formats/model/writeNetwork.ts';
import type { FileCalls } from './protocol.ts';
import { serve } from './serve.ts';

/** A model as it runs on a device, where it has weights to fold. */
function folded(model: ImportedModel): ImportedModel {
  if (!model.weights) return model;
  const { network, weights, notes } = deployNetwork(model.network, model.weights);
  return { ...model, network, weights, notes: [...model.notes, ...notes] };
}

serve<FileCalls>({
  async open({ files, deployed }) {
    const given = files.map(({ name, bytes }) => ({ name, bytes: new Uint8Array(bytes) }));
    const found = unwrap(await openFiles(given));
    const opened = deployed && found.kind === 'network' ? { ...found, model: folded(found.model) } : found;
    const weights = opened.kind === 'network' ? opened.model.weights : null;
    const buffers = new Set(Object.values(weights ?? {}).map(({ values }) => values.buffer));
    return { reply: opened, transfer: [...buffers] as Transferable[] };
  },

  async writeNetwork({ format, network }) {
    const own = new Uint8Array(unwrap(await writeNetwork(format, network)));
    return { reply: own, transfer: [own.buffer] };
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
