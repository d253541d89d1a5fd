import { clockOf } from '../../core/hardware/estimate.ts';
import { type GraphFoldingChoice, withParallelism } from '../../core/hardware/finn/graph/foldGraph.ts';
import { graphNodes } from '../../core/hardware/finn/graph/graphNodes.ts';
import { partOf } from '../../core/hardware/finn/graph/graphReport.ts';
import type { FinnRecord } from '../../core/hardware/finn/records.ts';
import { boardById } from '../../core/hardware/finn/tuning/boards.ts';
import { graphFoldingConfig } from '../../formats/finn/graphConfig.ts';
import { writeSpecializeLayers } from '../../formats/finn/specializeLayers.ts';
import { present } from '../designStore.ts';
import { finnGraphStore, type OpenFinnGraph, patchFinnGraph, putFinnGraph } from '../finnGraphStore.ts';
import { runJob } from '../jobStore.ts';
import { notify } from '../noticeStore.ts';
import { hardwareWorker } from '../services.ts';
import { setUi } from '../uiStore.ts';

/** What FINN's own CNV reaches on a Pynq-Z1 (finn.md, published designs): a start for the target. */
const USUAL_FPS = 3000;

/** Opens a FINN graph beside the design, on the design's board and clock, and goes to its page. */
export function showFinnGraph(fileName: string, records: readonly FinnRecord[]): void {
  const { hardware } = present().design;
  putFinnGraph({
    fileName,
    original: records,
    records,
    boardId: hardware.boardId,
    clockHertz: clockOf('finn', hardware),
    targetFps: USUAL_FPS,
    sentence: '',
  });
  setUi({ room: 'hardware', hardwarePage: 'finn-graph' });
  notify(
    'info',
    `${fileName} is hardware that FINN made, ${records.length} nodes, and no network: it is shown beside the design, for this session, and changes nothing in it.`,
  );
}

/** Gives one node another PE or SIMD. */
export function setParallelism(name: string, change: { readonly PE?: number; readonly SIMD?: number }): void {
  const { graph } = finnGraphStore.getState();
  if (graph) patchFinnGraph({ records: withParallelism(graph.records, name, change), sentence: '' });
}

/** Goes back to the folding of the file. */
export function restoreFolding(): void {
  const { graph } = finnGraphStore.getState();
  if (graph) patchFinnGraph({ records: graph.original, sentence: '' });
}

async function fold(graph: OpenFinnGraph, choice: GraphFoldingChoice): Promise<void> {
  const { records, boardId, clockHertz } = graph;
  const folding = await runJob('Folding the FINN graph', ({ signal }) =>
    hardwareWorker.call('foldFinnGraph', { records, boardId, clockHertz, choice }, { signal }),
  );
  // What was asked of another folding or file is dropped.
  if (!folding || finnGraphStore.getState().graph?.records !== records) return;
  if (!folding.ok) notify('error', folding.error.message);
  else patchFinnGraph({ records: folding.value.records, sentence: folding.value.sentence });
}

/** FINN's SetFolding for a frame rate: target cycles are clock / frames a second, cut to a whole number. */
export async function foldForFps(targetFps: number): Promise<void> {
  patchFinnGraph({ targetFps });
  const { graph } = finnGraphStore.getState();
  if (graph) await fold(graph, { method: 'target', targetCycles: Math.trunc(graph.clockHertz / targetFps) });
}

/** The fastest folding that fits the graph's board. */
export async function searchGraphFolding(): Promise<void> {
  const { graph } = finnGraphStore.getState();
  if (graph) await fold(graph, { method: 'optimal' });
}

const partOn = ({ boardId }: OpenFinnGraph): string => partOf({ board: boardById(boardId) });

/** The graph's folding as FINN's builder reads it. */
export const graphConfigText = (graph: OpenFinnGraph): string =>
  graphFoldingConfig(graph.records, partOn(graph));

/** The backend of every node that has an estimate, as FINN's `specialize_layers_config_file`. */
export const graphSpecializeText = (graph: OpenFinnGraph): string =>
  writeSpecializeLayers(
    graphNodes(graph.records, partOn(graph)).nodes.flatMap(({ foldable }) => foldable ?? []),
  );
