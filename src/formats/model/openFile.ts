import type { FinnRecord } from '../../core/hardware/finn/records.ts';
import { ok, type Result } from '../../core/result.ts';
import type { ImportedModel } from './imported.ts';
import { type ModelFile, readModelFiles } from './readModel.ts';

/** What a file turned out to hold: a network to work on, or hardware that FINN already made of one. */
export type OpenedFile =
  | { readonly kind: 'network'; readonly model: ImportedModel }
  | { readonly kind: 'finn-graph'; readonly fileName: string; readonly records: readonly FinnRecord[] };

/** Opens one model file, or the several that are one TensorFlow.js model; its content tells what it is. */
export async function openFiles(files: readonly ModelFile[]): Promise<Result<OpenedFile>> {
  const [file, another] = files;
  if (file && !another) {
    const { isFinnGraph, readFinnGraph } = await import('../onnx/finnGraph.ts');
    if (await isFinnGraph(file.bytes)) {
      const records = await readFinnGraph(file.bytes, file.name);
      return records.ok ? ok({ kind: 'finn-graph', fileName: file.name, records: records.value }) : records;
    }
  }
  const model = await readModelFiles(files);
  return model.ok ? ok({ kind: 'network', model: model.value }) : model;
}
