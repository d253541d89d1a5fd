import { expect, test } from 'vitest';
import { DEFAULT_PART } from '../../core/hardware/finn/graphBuilder.ts';
import { graphFoldingConfig } from './graphConfig.ts';

const types = { inputDataType: 'INT2', weightDataType: 'INT2', outputDataType: 'INT2' };
const folded = { MW: 4, MH: 4, PE: 2, SIMD: 4, mem_mode: 'decoupled', ...types };

const config = (records: Parameters<typeof graphFoldingConfig>[0]) =>
  JSON.parse(graphFoldingConfig(records, DEFAULT_PART));

test("keeps the file's own names and words, and what no estimate reads", () => {
  const fifo = { name: 'StreamingFIFO_3', op_type: 'StreamingFIFO', attributes: { depth: 64 } };
  const odd = { name: 'odd', op_type: 'Odd', attributes: { scale: 2 } };
  const old = { name: 'MatrixVectorActivation_0', op_type: 'MatrixVectorActivation', attributes: folded };
  expect(config([old, fifo, odd])).toEqual({
    Defaults: {},
    MatrixVectorActivation_0: { PE: 2, SIMD: 4, mem_mode: 'decoupled' },
    StreamingFIFO_3: { depth: 64 },
  });
});

test('before a backend is chosen, names are those that FINN gives once it is', () => {
  const { mem_mode: _, ...attributes } = folded;
  const wide = { ...attributes, inputDataType: 'INT8', weightDataType: 'INT8', noActivation: 1 };
  const layer = (name: string, own: object) => ({ name, op_type: 'MVAU', attributes: { ...own } });
  expect(
    Object.keys(config([layer('MVAU_0', attributes), layer('MVAU_1', wide), layer('MVAU_2', attributes)])),
  ).toEqual(['Defaults', 'MVAU_hls_0', 'MVAU_rtl_0', 'MVAU_hls_1']);
});
