import { beforeEach, expect, test, vi } from 'vitest';
import { foldFinnGraph, type GraphFoldingChoice } from '../../core/hardware/finn/graph/foldGraph.ts';
import { finnGraphReport } from '../../core/hardware/finn/graph/graphReport.ts';
import type { FinnRecord } from '../../core/hardware/finn/records.ts';
import { boardById } from '../../core/hardware/finn/tuning/boards.ts';
import type { OpenedFile } from '../../formats/model/openFile.ts';
import type { FinnGraphQuery } from '../../workers/protocol.ts';
import { present } from '../designStore.ts';
import { closeFinnGraph, finnGraphStore, patchFinnGraph } from '../finnGraphStore.ts';
import { noticeStore } from '../noticeStore.ts';
import { eventually } from '../testing/eventually.ts';
import { uiStore } from '../uiStore.ts';
import {
  foldForFps,
  graphConfigText,
  graphSpecializeText,
  restoreFolding,
  searchGraphFolding,
  setParallelism,
} from './finnGraph.ts';
import { openModelFiles } from './model.ts';

const opened = vi.hoisted(() => ({ file: null as OpenedFile | null }));

/** The workers' own code, on this thread. */
vi.mock('../services.ts', () => ({
  fileWorker: { call: async () => opened.file },
  hardwareWorker: {
    call: async (method: string, query: FinnGraphQuery & { choice: GraphFoldingChoice }) => {
      const options = { clockHertz: query.clockHertz, board: boardById(query.boardId) };
      if (method === 'finnGraph') return finnGraphReport(query.records, options);
      const search = foldFinnGraph(query.records, query.choice, options);
      for (;;) {
        const step = search.next();
        if (step.done) return step.value;
      }
    },
  },
}));

const types = { inputDataType: 'INT2', weightDataType: 'INT2', outputDataType: 'INT2' };
const mvau = (name: string): FinnRecord => ({
  name,
  op_type: 'MVAU_hls',
  attributes: { ...types, MW: 16, MH: 32, PE: 1, SIMD: 1, numInputVectors: [1, 8, 8] },
});

const graph = () => finnGraphStore.getState().graph;

/** The report of the folding in force, once it is there. */
const report = () =>
  eventually(() => {
    const { answer } = finnGraphStore.getState();
    if (!answer || answer.question !== graph() || !answer.report.ok) throw new Error('not there yet');
    return answer.report.value;
  });

async function open(records: readonly FinnRecord[], fileName = 'graph.onnx'): Promise<void> {
  opened.file = { kind: 'finn-graph', fileName, records };
  await openModelFiles([new File(['x'], fileName)]);
}

beforeEach(() => {
  closeFinnGraph();
  noticeStore.setState({ notices: [] });
});

test('a FINN graph opens beside the design, which stays the same object', async () => {
  const design = present();
  await open([mvau('a'), mvau('b')]);
  expect(present()).toBe(design);
  expect(uiStore.getState()).toMatchObject({ room: 'hardware', hardwarePage: 'finn-graph' });
  expect(noticeStore.getState().notices.at(-1)?.message).toMatch(
    /graph\.onnx is hardware that FINN made, 2 nodes/,
  );
  expect((await report()).initiationInterval).toBe(64 * 16 * 32);
});

test('another PE changes cycles and the saved configuration, and goes back to the file', async () => {
  await open([mvau('a')]);
  setParallelism('a', { PE: 8 });
  expect((await report()).rows[0]).toMatchObject({ pe: 8, cycles: (64 * 16 * 32) / 8 });
  const shown = graph();
  expect(JSON.parse(shown ? graphConfigText(shown) : '')).toEqual({ Defaults: {}, a: { PE: 8, SIMD: 1 } });
  expect(JSON.parse(shown ? graphSpecializeText(shown) : '')).toEqual({
    Defaults: {},
    MVAU_0: { preferred_impl_style: 'hls' },
  });
  restoreFolding();
  expect((await report()).rows[0]?.pe).toBe(1);
});

test('a frame rate is met by SetFolding, and the search is at least as fast', async () => {
  await open([mvau('a')]);
  await foldForFps(20_000);
  const folded = await report();
  expect(folded.throughputFps).toBeGreaterThan(20_000);
  expect(graph()?.sentence).toMatch(/SetFolding meets 5,000 cycles/);
  await searchGraphFolding();
  expect((await report()).throughputFps).toBeGreaterThanOrEqual(folded.throughputFps);
});

test('a folding that arrives for another file is dropped', async () => {
  await open([mvau('a')]);
  const late = foldForFps(20_000);
  await open([mvau('b')], 'other.onnx');
  await late;
  expect(graph()?.fileName).toBe('other.onnx');
  expect(graph()?.records[0]?.attributes.PE).toBe(1);
  expect((await report()).rows[0]?.name).toBe('b');
});

test('another board is another budget', async () => {
  await open([{ ...mvau('a'), attributes: { ...mvau('a').attributes, MW: 8192, MH: 512 } }]);
  expect((await report()).violations[0]?.message).toMatch(/BRAM18 .* on Pynq-Z1/);
  patchFinnGraph({ boardId: 'zcu102' });
  expect((await report()).violations).toEqual([]);
});

test('closed, nothing of it is left, whatever arrives', async () => {
  await open([mvau('a')]);
  closeFinnGraph();
  await Promise.resolve();
  setParallelism('a', { PE: 2 });
  await eventually(() => expect(finnGraphStore.getState()).toEqual({ graph: null, answer: null }));
});
