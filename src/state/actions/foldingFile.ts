import { clockOf, finnOptions } from '../../core/hardware/estimate.ts';
import { foldNetwork } from '../../core/hardware/finn/foldNetwork.ts';
import type { FinnNode } from '../../core/hardware/finn/nodes.ts';
import { dspBlockOf } from '../../core/hardware/finn/operators/model.ts';
import type { Network } from '../../core/network/network.ts';
import { ok, type Result } from '../../core/result.ts';
import { compareReports, type ReportComparison } from '../../formats/finn/compareReports.ts';
import { foldingConfigText, readFoldingConfig } from '../../formats/finn/foldingConfig.ts';
import { type FinnReports, finnReports } from '../../formats/finn/reports.ts';
import { writeSpecializeLayers } from '../../formats/finn/specializeLayers.ts';
import { changeDesign, present } from '../designStore.ts';
import { notify } from '../noticeStore.ts';

/** Most notes shown at once. */
const MOST_NOTES = 4;

/** Makes a folding_config.json the design's folding. What can't be applied is told; a broken file changes nothing. */
export function openFoldingConfig(text: string, name: string): void {
  const { hardware, network } = present().design;
  const folded = foldNetwork(network, { ...finnOptions(hardware), foldings: {}, nodeSettings: {} });
  if (!folded.ok) {
    notify('error', folded.error.message);
    return;
  }
  const config = readFoldingConfig(text, folded.value.nodes, name);
  if (!config.ok) {
    notify('error', config.error.message);
    return;
  }
  const { settings, notes } = config.value;
  changeDesign((design) => ({
    ...design,
    hardware: { ...design.hardware, foldings: {}, implementations: {}, nodeSettings: settings },
  }));
  const shown = notes.slice(0, MOST_NOTES);
  const more = notes.length - shown.length;
  if (shown.length > 0) notify('info', `${shown.join(' ')}${more > 0 ? ` And ${more} more.` : ''}`);
}

/** Reports that FINN wrote beside ours of the folding in force; null where the network can't be folded, which is told. */
export function compareWithReports(
  network: Network,
  theirs: Readonly<Record<string, string>>,
): ReportComparison | null {
  const reports = reportsOf(network);
  if (!reports.ok) {
    notify('error', reports.error.message);
    return null;
  }
  return compareReports(reports.value.reports, theirs);
}

function reportsOf(network: Network): Result<{ nodes: readonly FinnNode[]; reports: FinnReports }> {
  const { hardware, baseline } = present().design;
  const options = finnOptions(hardware);
  const folded = foldNetwork(network, { ...options, foldedLike: baseline });
  if (!folded.ok) return folded;
  const { nodes } = folded.value;
  const block = dspBlockOf(options.fpgaPart ?? '');
  return ok({ nodes, reports: finnReports(nodes, { block, clockHertz: clockOf('finn', hardware) }) });
}

/** The files FINN's users know: folding, the backend of each node, and the five estimate reports, by name. */
export function foldingFiles(network: Network): Result<Readonly<Record<string, string>>> {
  const made = reportsOf(network);
  if (!made.ok) return made;
  const { nodes, reports } = made.value;
  const files: Record<string, string> = {
    'folding_config.json': foldingConfigText(nodes),
    'specialize_layers_config.json': writeSpecializeLayers(nodes),
  };
  for (const [name, report] of Object.entries(reports))
    files[`report/${name}`] = `${JSON.stringify(report, null, 2)}\n`;
  return ok(files);
}
