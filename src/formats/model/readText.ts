import { fail, type Result } from '../../core/result.ts';
import { isCaffeText, readCaffe } from '../caffe/readCaffe.ts';
import { isLayerTableText, readLayerTable } from '../tables/layerTable.ts';
import { readScaleSim } from '../tables/scaleSim.ts';
import { isScaleSimText } from '../tables/scaleSimRows.ts';
import type { ImportedModel } from './imported.ts';

interface TextFormat {
  readonly is: (text: string) => boolean;
  readonly read: (text: string, fileName: string) => Result<ImportedModel>;
}

const FORMATS: readonly TextFormat[] = [
  { is: isScaleSimText, read: readScaleSim },
  { is: isLayerTableText, read: readLayerTable },
  { is: isCaffeText, read: readCaffe },
];

/** What a text is, is told by its beginning. */
const HEAD = 1 << 16;
const LARGEST = 16 * 2 ** 20;

/**
 * Reads a text that describes a network: a Caffe prototxt, a SCALE-Sim topology or a table of layers. Null where it is
 * none of these; a text of more than 16 MB is not decoded at all.
 */
export function readText(bytes: Uint8Array, fileName: string): Result<ImportedModel> | null {
  const head = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, HEAD));
  const format = FORMATS.find(({ is }) => is(head));
  if (!format) return null;
  if (bytes.length > LARGEST)
    return fail(
      'too-large',
      `${fileName} is a text of more than 16 MB, too large for a network's description; choose the file that describes the layers only.`,
      fileName,
    );
  return format.read(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), fileName);
}
