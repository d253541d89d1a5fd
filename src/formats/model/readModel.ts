import { fail, ok, type Result } from '../../core/result.ts';
import { parseDesign } from '../design/parse.ts';
import { checkedModel } from './checkedModel.ts';
import type { ImportedModel } from './imported.ts';

/** A file as a reader gets it: its name is only for sentences, its content decides what it is. */
export interface ModelFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** 100 MB are read; far more is no network for a browser. */
const LARGEST = 512 * 2 ** 20;

const startsWith = (bytes: Uint8Array, ...signature: readonly number[]): boolean =>
  signature.every((byte, i) => bytes[i] === byte);

const isHdf5 = (bytes: Uint8Array) => startsWith(bytes, 0x89, 0x48, 0x44, 0x46);
const isZip = (bytes: Uint8Array) => startsWith(bytes, 0x50, 0x4b, 0x03, 0x04);

/** Whether the first letter that is no space opens a JSON object. */
function isJsonObject(bytes: Uint8Array): boolean {
  for (const byte of bytes.subarray(0, 1024)) {
    if (byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d || byte >= 0xef) continue;
    return byte === 0x7b;
  }
  return false;
}

/** Whether a file begins with letters, spaces and line ends only: binary formats have other bytes early. */
const isText = (bytes: Uint8Array): boolean => bytes.subarray(0, 1024).every((byte) => byte >= 0x09);

/** The text of a TensorFlow.js model.json; null where it is something else. */
function tfjsText({ bytes }: ModelFile): string | null {
  if (!isJsonObject(bytes)) return null;
  const text = new TextDecoder().decode(bytes);
  return /"modelTopology"\s*:/.test(text.slice(0, 4096)) || /"weightsManifest"\s*:/.test(text) ? text : null;
}

/**
 * Reads a model of one or several files: several are a TensorFlow.js model.json and the shards that it names. Which
 * one is which is told by content.
 */
export async function readModelFiles(files: readonly ModelFile[]): Promise<Result<ImportedModel>> {
  for (const file of files) {
    const text = tfjsText(file);
    if (text === null) continue;
    const shards = new Map(files.filter((other) => other !== file).map(({ name, bytes }) => [name, bytes]));
    const { readTfjs } = await import('../tfjs/readTfjs.ts');
    return checkedModel(await readTfjs(text, shards, file.name), file.name);
  }
  const [file, another] = files;
  if (!file) return fail('no-file', 'No file was chosen; choose a model.');
  if (!another && isZip(file.bytes)) {
    const { tfjsArchive } = await import('../tfjs/tfjsArchive.ts');
    const members = await tfjsArchive(file.bytes, file.name);
    if (!members.ok) return checkedModel(members, file.name);
    if (members.value) return readModelFiles(members.value);
  }
  if (another)
    return fail(
      'several-files',
      `${files.length} files were chosen and none is a TensorFlow.js model.json; open other models one at a time.`,
    );
  return readModel(file);
}

/** Our own design as a model: its network, without weights, which never travel with it. */
function readDesign({ name, bytes }: ModelFile): Result<ImportedModel> | null {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
  if (typeof json !== 'object' || json === null || !('version' in json) || !('hardware' in json)) return null;
  const design = parseDesign(json);
  if (!design.ok) return fail(design.error.code, `${name}: ${design.error.message}`, name);
  const notes = ['Only its network was taken; a link opens the whole design.'];
  return ok({ network: design.value.network, weights: null, source: 'a Sweetspot design', notes });
}

/**
 * Reads a model file of any kind by its content. The readers of the formats are loaded when they are needed: some carry
 * megabytes.
 */
export async function readModel(file: ModelFile): Promise<Result<ImportedModel>> {
  return checkedModel(await readByContent(file), file.name);
}

async function readByContent(file: ModelFile): Promise<Result<ImportedModel>> {
  const { name, bytes } = file;
  if (bytes.length === 0) return fail('empty-file', `${name} is empty; choose another file.`, name);
  if (bytes.length > LARGEST)
    return fail('too-large', `${name} is larger than 512 MB; choose a smaller model.`, name);
  if (isHdf5(bytes) || isZip(bytes)) return readKerasFile(file);
  if (isJsonObject(bytes)) return readDesign(file) ?? readKerasFile(file);
  if (isText(bytes)) {
    const { readText } = await import('./readText.ts');
    const model = readText(bytes, name);
    if (model) return model;
  }
  const { readOnnx } = await import('../onnx/readOnnx.ts');
  const model = await readOnnx(bytes, name);
  if (model.ok || !isText(bytes)) return model;
  return fail(
    'unknown-text',
    `${name} is a text, but no network that is known here: not Keras JSON, a Caffe prototxt, a SCALE-Sim topology, a table of layers or a Sweetspot design. Choose one of these, or a Keras or ONNX file.`,
    name,
  );
}

async function readKerasFile({ name, bytes }: ModelFile): Promise<Result<ImportedModel>> {
  const { readKeras } = await import('../keras/readKeras.ts');
  return readKeras(bytes, name);
}
