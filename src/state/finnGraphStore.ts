import { createStore } from 'zustand/vanilla';
import type { FinnGraphReport } from '../core/hardware/finn/graph/graphReport.ts';
import type { FinnRecord } from '../core/hardware/finn/records.ts';
import type { Result } from '../core/result.ts';
import { isAbort } from '../workers/client.ts';
import { latestOnly } from '../workers/latest.ts';
import type { FinnGraphQuery } from '../workers/protocol.ts';
import { notify } from './noticeStore.ts';
import { hardwareWorker } from './services.ts';

/**
 * A FINN graph that somebody opened, with the folding in force. It is hardware and no network, so no part of the design:
 * neither undo nor the link nor the saved session knows it.
 */
export interface OpenFinnGraph extends FinnGraphQuery {
  readonly fileName: string;
  /** As the file has them; `records` have the folding in force. */
  readonly original: readonly FinnRecord[];
  readonly targetFps: number;
  /** What the last folding or search found. */
  readonly sentence: string;
}

/** `answer` is of the question it carries; while a newer one is computed it is shown as it is. */
export interface FinnGraphState {
  readonly graph: OpenFinnGraph | null;
  readonly answer: { readonly question: OpenFinnGraph; readonly report: Result<FinnGraphReport> } | null;
}

export const finnGraphStore = createStore<FinnGraphState>(() => ({ graph: null, answer: null }));

const ask = latestOnly(async (question: OpenFinnGraph) => {
  const { records, boardId, clockHertz } = question;
  try {
    const report = await hardwareWorker.call('finnGraph', { records, boardId, clockHertz });
    const { graph } = finnGraphStore.getState();
    // Another file may have been opened, or this one closed.
    if (graph?.original === question.original) finnGraphStore.setState({ answer: { question, report } });
  } catch (error) {
    if (!isAbort(error))
      notify(
        'error',
        `The FINN graph could not be estimated: ${(error as Error).message} Change its folding to try again.`,
      );
  }
});

/** Shows a graph, or another folding, board or clock of it, and asks for its report. */
export function putFinnGraph(graph: OpenFinnGraph): void {
  const { graph: before } = finnGraphStore.getState();
  const other = before?.original !== graph.original;
  finnGraphStore.setState({ graph, ...(other ? { answer: null } : {}) });
  ask(graph);
}

/** Changes the graph that is open; nothing where none is. */
export function patchFinnGraph(patch: Partial<OpenFinnGraph>): void {
  const { graph } = finnGraphStore.getState();
  if (graph) putFinnGraph({ ...graph, ...patch });
}

export const closeFinnGraph = (): void => finnGraphStore.setState({ graph: null, answer: null });
