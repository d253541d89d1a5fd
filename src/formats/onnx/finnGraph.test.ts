import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { finnGraphReport } from '../../core/hardware/finn/graph/graphReport.ts';
import { type FinnRecord, nodeFromRecord } from '../../core/hardware/finn/records.ts';
import { unwrap } from '../../core/result.ts';
import { isFinnGraph, readFinnGraph } from './finnGraph.ts';
import { finnGraphBytes } from './testing/finnGraph.ts';
import { modelBytes } from './testing/model.ts';

const HLS = 'finn.custom_op.fpgadataflow.hls';
const RTL = 'finn.custom_op.fpgadataflow.rtl';

/** A Thresholding, a StreamingMaxPool and a MVAU, with a host's Transpose between. */
const graph = () =>
  modelBytes({ input: [1, 8, 8, 4], domains: [HLS, RTL] }, (m) => {
    const a = m.node(
      'Thresholding_rtl',
      ['x', m.random(4, 3)],
      {
        PE: 2,
        NumChannels: 4,
        numInputVectors: [1, 8, 8],
        inputDataType: 'INT8',
        weightDataType: 'INT8',
        outputDataType: 'UINT2',
        backend: 'fpgadataflow',
      },
      RTL,
    );
    const b = m.node(
      'StreamingMaxPool_hls',
      [a],
      { NumChannels: 4, PE: 1, ImgDim: [8, 8], PoolDim: [2, 2], CeilMode: 0 },
      HLS,
    );
    const host = m.node('Transpose', [b], { perm: [0, 1, 2, 3] });
    return m.node(
      'MVAU_hls',
      [host, m.random(4, 6)],
      {
        MW: 4,
        MH: 6,
        PE: 3,
        SIMD: 2,
        numInputVectors: [1, 4, 4],
        inputDataType: 'UINT2',
        weightDataType: 'INT2',
        outputDataType: 'INT8',
        accDataType: 'INT8',
        noActivation: 1,
        mem_mode: 'internal_decoupled',
        ram_style: 'auto',
        resType: 'lut',
      },
      HLS,
    );
  });

test('hardware nodes become records that the estimators take, predecessors found through host nodes', async () => {
  const records = unwrap(await readFinnGraph(await graph(), 'step_specialize_layers.onnx'));
  expect(records.map(({ op_type, predecessors }) => [op_type, predecessors])).toEqual([
    ['Thresholding_rtl', []],
    ['StreamingMaxPool_hls', ['thresholding_rtl_1']],
    ['MVAU_hls', ['streamingmaxpool_hls_2']],
  ]);
  expect(records[2]?.attributes).toMatchObject({
    MW: 4,
    numInputVectors: [1, 4, 4],
    mem_mode: 'internal_decoupled',
  });
  for (const record of records) expect(unwrap(nodeFromRecord(record)).opType).toBe(record.op_type);
});

test('without names, or with the same twice, nodes get the names that FINN would give', async () => {
  const labels = { PE: 1, Labels: 10 };
  const twice = [
    { name: 'a', op_type: 'LabelSelect_hls', attributes: labels },
    { name: 'a', op_type: 'LabelSelect_hls', attributes: labels, predecessors: ['a'] },
  ];
  const records = unwrap(await readFinnGraph(await finnGraphBytes(twice), 'x.onnx'));
  expect(records.map(({ name }) => name)).toEqual(['LabelSelect_hls_0', 'LabelSelect_hls_1']);
});

test("the host's side of a partitioned build says which file to open", async () => {
  const attributes = { model: '/tmp/build/partition_0.onnx' };
  const partition = [{ name: 'P', op_type: 'StreamingDataflowPartition', attributes }];
  const bytes = await finnGraphBytes(partition);
  const read = await readFinnGraph(bytes, 'parent.onnx');
  expect(read.ok ? '' : read.error.message).toMatch(/parent\.onnx holds the host.*partition_0\.onnx; open/);
  expect(await isFinnGraph(bytes)).toBe(true);
});

test('a network, a cut file and text that names the domain are no FINN graphs', async () => {
  const network = await modelBytes({ input: [1, 4, 4, 2] }, (m) => m.node('Relu', ['x']));
  const text = new TextEncoder().encode('\x08 finn.custom_op.fpgadataflow');
  const graphBytes = await graph();
  for (const bytes of [network, text, new Uint8Array(), graphBytes.subarray(0, graphBytes.length / 2)])
    expect(await isFinnGraph(bytes)).toBe(false);
  expect(await isFinnGraph(graphBytes)).toBe(true);
});

/** FINN's own outputs; they are not part of the repository. */
const path = resolve(import.meta.dirname, '../../../../shared/reference/finn_truth.json');

interface Truth {
  readonly networks: readonly {
    readonly snapshots: readonly {
      readonly nodes: readonly FinnRecord[];
      readonly totals: Readonly<Record<string, number>>;
      readonly performance: { readonly max_cycles: number; readonly max_cycles_node_name: string };
    }[];
  }[];
}

test.skipIf(!existsSync(path))(
  "FINN's networks written as graphs are read with FINN's own totals and slowest node",
  async () => {
    const { networks }: Truth = JSON.parse(readFileSync(path, 'utf8'));
    for (const { nodes, totals, performance } of networks.flatMap(({ snapshots }) => snapshots)) {
      const records = unwrap(await readFinnGraph(await finnGraphBytes(nodes), 'x.onnx'));
      expect(records.map(({ name }) => name)).toEqual(nodes.map(({ name }) => name));
      const report = unwrap(finnGraphReport(records, { clockHertz: 1e8 }));
      expect(report.resources.lut).toBeCloseTo(totals.LUT ?? Number.NaN, 6);
      expect(report.resources.bram18).toBe(totals.BRAM_18K);
      expect([report.initiationInterval, report.bottleneck]).toEqual([
        performance.max_cycles,
        performance.max_cycles_node_name,
      ]);
    }
  },
);
