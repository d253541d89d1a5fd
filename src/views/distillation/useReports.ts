import { useEffect, useState } from 'react';
import type { Design } from '../../core/exploration/design.ts';
import type { HardwareReport } from '../../core/hardware/report.ts';
import type { Network } from '../../core/network/network.ts';
import type { Result } from '../../core/result.ts';
import { hardwareWorker } from '../../state/services.ts';

/** A network, and the one whose automatic folding its layers have where they are the same. */
export interface ReportJob {
  readonly network: Network;
  readonly foldedLike: Network;
}

export type Reports = ReadonlyMap<Network, Result<HardwareReport>>;

const NO_REPORTS: Reports = new Map();

/** Foldings and node settings belong to the layers of one network: here all are folded automatically. */
const withoutLayers = (hardware: Design['hardware']): Design['hardware'] => ({
  ...hardware,
  foldings: {},
  layerBits: {},
  implementations: {},
  nodeSettings: {},
});

/** Reports of several networks on the design's leading target; those of an earlier question until they are there. */
export function useReports(asked: readonly ReportJob[], hardware: Design['hardware']): Reports {
  const [reports, setReports] = useState(NO_REPORTS);
  useEffect(() => {
    const request = new AbortController();
    const { targetId } = hardware;
    const jobs = asked.map((job) => ({ ...job, targetId }));
    hardwareWorker
      .call('estimate', { jobs, hardware: withoutLayers(hardware) }, { signal: request.signal })
      .then((answers) => {
        if (request.signal.aborted) return;
        setReports(new Map(asked.flatMap(({ network }, i) => (answers[i] ? [[network, answers[i]]] : []))));
      })
      // Latency is one column of many: where it can't be had, the others stay.
      .catch(() => undefined);
    return () => request.abort();
  }, [asked, hardware]);
  return reports;
}
