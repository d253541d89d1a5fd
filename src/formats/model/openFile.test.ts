import { expect, test } from 'vitest';
import { unwrap } from '../../core/result.ts';
import { finnGraphBytes } from '../onnx/testing/finnGraph.ts';
import { modelBytes } from '../onnx/testing/model.ts';
import { openFiles } from './openFile.ts';

const labels = { name: 'LabelSelect_hls_0', op_type: 'LabelSelect_hls', attributes: { PE: 2, Labels: 10 } };

test('an ONNX file is a network or a FINN graph, by its content', async () => {
  const graph = { name: 'a.onnx', bytes: await finnGraphBytes([labels]) };
  const opened = unwrap(await openFiles([graph]));
  expect(opened).toMatchObject({
    kind: 'finn-graph',
    fileName: 'a.onnx',
    records: [{ op_type: 'LabelSelect_hls' }],
  });
  const bytes = await modelBytes({ input: [1, 2, 8, 8] }, (m) =>
    m.node('Conv', ['x', m.random(4, 2, 3, 3)], { kernel_shape: [3, 3] }),
  );
  expect(unwrap(await openFiles([{ name: 'b.onnx', bytes }])).kind).toBe('network');
});

test('a graph cut off, and two files at once, are faults of one sentence', async () => {
  const bytes = await finnGraphBytes([labels]);
  const cut = await openFiles([{ name: 'cut.onnx', bytes: bytes.subarray(0, bytes.length - 9) }]);
  expect(cut.ok ? '' : cut.error.message).toMatch(/cut\.onnx/);
  const file = { name: 'a.onnx', bytes };
  const two = await openFiles([file, file]);
  expect(two.ok ? '' : two.error.code).toBe('several-files');
});
