import { useEffect, useState } from 'react';
import type { Design } from '../../core/exploration/design.ts';
import type { HardwareReport } from '../../core/hardware/report.ts';
import type { Network } from '../../core/network/network.ts';
import type { Result } from '../../core/result.ts';
import { hardwareWorker } from '../../state/services.ts';

export type Reports = ReadonlyMap<Network, Result<HardwareReport>>;

const NO_REPORTS: Reports = new Map();

/** Foldings and node settings belong to the layers of one network: here each network is folded automatically. */
const withoutLayers = (hardware: Design['hardware']): Design['hardware'] => ({
  ...hardware,
  foldings: {},
  layerBits: {},
  implementations: {},
  nodeSettings: {},
});

/** Reports of several networks on the design's leading target; those of an earlier question until they are there. */
export function useReports(networks: readonly Network[], hardware: Design['hardware']): Reports {
  const [reports, setReports] = useState(NO_REPORTS);
  useEffect(() => {
    const asked = new AbortController();
    const { targetId } = hardware;
    const jobs = networks.map((network) => ({ network, targetId, foldedLike: network }));
    hardwareWorker
      .call('estimate', { jobs, hardware: withoutLayers(hardware) }, { signal: asked.signal })
      .then((answers) => {
        if (asked.signal.aborted) return;
        setReports(new Map(networks.flatMap((network, i) => (answers[i] ? [[network, answers[i]]] : []))));
      })
      // Latency is one column of many: where it can't be had, the others stay.
      .catch(() => undefined);
    return () => asked.abort();
  }, [networks, hardware]);
  return reports;
}
