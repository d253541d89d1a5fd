import { expect, test } from 'vitest';
import { nodeFromRecord } from '../../core/hardware/finn/records.ts';
import { unwrap } from '../../core/result.ts';
import { readFinnGraph } from './finnGraph.ts';
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
