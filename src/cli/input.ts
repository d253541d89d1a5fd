import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { LabeledImages } from '../core/data/labeledImages.ts';
import { type NormalizationChoice, parseNormalization } from '../core/data/normalizationChoice.ts';
import { defaultDesign } from '../core/exploration/defaultDesign.ts';
import type { Design } from '../core/exploration/design.ts';
import { PRESETS, presetById } from '../core/network/presets.ts';
import { FaultError, unwrap } from '../core/result.ts';
import { readImageFiles } from '../formats/datasets/readImageFiles.ts';
import { decodeLink } from '../formats/design/link.ts';
import { parseDesignText } from '../formats/design/parse.ts';
import type { ImportedModel } from '../formats/model/imported.ts';
import { UsageError } from './command.ts';
import { readBytes } from './files.ts';
import { modelFromFile } from './modelFile.ts';

const fault = (code: string, message: string) => new FaultError({ code, message });

/** A file's text, or one sentence why not. */
export const readText = (path: string): string => new TextDecoder().decode(readBytes(path));

/** The texts of those files of a folder that are there, by name; fails where none is. */
export function readTexts(folder: string, names: readonly string[]): Readonly<Record<string, string>> {
  const found = names.filter((name) => existsSync(join(folder, name)));
  if (found.length === 0)
    throw fault('no-file', `${folder} holds none of ${names.join(', ')}; choose the folder that has them.`);
  return Object.fromEntries(found.map((name) => [name, readText(join(folder, name))]));
}

/** JSON of any kind from a file. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readText(path));
  } catch (error) {
    if (error instanceof FaultError) throw error;
    throw fault('not-json', `${path} is not JSON (${(error as Error).message}); choose another file.`);
  }
}

/** The images of one or more files, as the page reads them. */
export function readImages(paths: readonly string[]): LabeledImages {
  const files = paths.map((path) => ({
    name: basename(path),
    bytes: new Uint8Array(readBytes(path)).buffer,
  }));
  return unwrap(readImageFiles(files)).images;
}

/** What --normalization says; null where it is not given. */
export function normalizationOption(text: string | undefined): NormalizationChoice | null {
  if (text === undefined) return null;
  const parsed = parseNormalization(text);
  if (parsed.ok) return parsed.value;
  throw new UsageError(`--normalization: ${parsed.error.message}`);
}

/** The usual choices for a network, and the bits and the normalization of the images that a model's file asks for. */
export function designFor({
  network,
  layerBits = {},
  normalization,
}: Pick<ImportedModel, 'network' | 'layerBits' | 'normalization'>): Design {
  const design = defaultDesign();
  const data = { ...design.data, ...normalization };
  return { ...design, data, network, baseline: network, hardware: { ...design.hardware, layerBits } };
}

/** The design of a preset or of a share link; null for a file. */
function namedDesign(input: string): Design | null {
  if (input.startsWith('preset:')) {
    const preset = presetById(input.slice('preset:'.length));
    if (!preset) {
      throw fault(
        'unknown-preset',
        `There is no preset ${input}; choose one of ${PRESETS.map(({ id }) => id).join(', ')}.`,
      );
    }
    return designFor({ network: preset.build(preset.input, preset.classCount) });
  }
  return input.includes('#d=') ? unwrap(decodeLink(input.slice(input.indexOf('#')))) : null;
}

/** The design of a file, of a share link, or of a preset (`preset:cnv`); a model file gives its network the usual choices. */
export async function readDesign(input: string): Promise<Design> {
  const named = namedDesign(input);
  if (named) return named;
  const bytes = readBytes(input);
  const model = await modelFromFile(input, bytes);
  if (!model) return unwrap(parseDesignText(new TextDecoder().decode(bytes)));
  return designFor(model);
}

/** A model with the weights its file has; designs, links and presets have none. */
export async function readModel(input: string): Promise<ImportedModel> {
  const without = (design: Design): ImportedModel => ({
    network: design.network,
    weights: null,
    source: 'Sweetspot design',
    notes: [],
  });
  const named = namedDesign(input);
  if (named) return without(named);
  const bytes = readBytes(input);
  const model = await modelFromFile(input, bytes);
  return model ?? without(unwrap(parseDesignText(new TextDecoder().decode(bytes))));
}
