import type { Design } from '../../core/exploration/design.ts';
import type { FinnRecord } from '../../core/hardware/finn/records.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { parseDesign } from '../design/parse.ts';
import { shortened } from './checkedModel.ts';
import type { ImportedModel } from './imported.ts';
import { type ModelFile, readModelFiles } from './readModel.ts';

const SPACES = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);
const OPENING_BRACE = 0x7b;
/** Weights never travel in a design: no real one comes near. */
const LARGEST_DESIGN = 16 * 2 ** 20;

/** What a file turned out to hold: a network to work on, a whole design, or hardware that FINN already made of one. */
export type OpenedFile =
  | { readonly kind: 'network'; readonly model: ImportedModel }
  | { readonly kind: 'design'; readonly fileName: string; readonly design: Design }
  | { readonly kind: 'finn-graph'; readonly fileName: string; readonly records: readonly FinnRecord[] };

/** A design as the program itself writes it; null where the file is something else. */
function designIn({ name, bytes }: ModelFile): Result<Design> | null {
  const first = bytes.find((byte) => !SPACES.has(byte));
  if (first !== OPENING_BRACE || bytes.length > LARGEST_DESIGN) return null;
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
  if (typeof json !== 'object' || json === null || !('version' in json) || !('hardware' in json)) return null;
  const design = parseDesign(json);
  return design.ok ? design : fail(design.error.code, `${name}: ${design.error.message}`, name);
}

/** Opens one model file, or the several that are one TensorFlow.js model; its content tells what it is. */
export async function openFiles(files: readonly ModelFile[]): Promise<Result<OpenedFile>> {
  const [file, another] = files;
  if (file && !another) {
    const design = designIn(file);
    if (design)
      return design.ok
        ? ok({ kind: 'design', fileName: file.name, design: design.value })
        : shortened(design);
    const { isFinnGraph, readFinnGraph } = await import('../onnx/finnGraph.ts');
    if (await isFinnGraph(file.bytes)) {
      const records = await readFinnGraph(file.bytes, file.name);
      return records.ok
        ? ok({ kind: 'finn-graph', fileName: file.name, records: records.value })
        : shortened(records);
    }
  }
  const model = await readModelFiles(files);
  return model.ok ? ok({ kind: 'network', model: model.value }) : model;
}
