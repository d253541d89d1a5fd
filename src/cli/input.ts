import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultDesign } from '../core/exploration/defaultDesign.ts';
import type { Design } from '../core/exploration/design.ts';
import { PRESETS, presetById } from '../core/network/presets.ts';
import { FaultError, unwrap } from '../core/result.ts';
import { decodeLink } from '../formats/design/link.ts';
import { parseDesignText } from '../formats/design/parse.ts';

const fault = (code: string, message: string) => new FaultError({ code, message });

/** A file's text, or one sentence why not. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'ENOENT') throw fault('no-file', `There is no file ${path}; check its name.`);
    throw fault('unreadable', `${path} can't be read (${code ?? String(error)}); choose another file.`);
  }
}

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

/** The design of a file, of a share link, or of a preset (`preset:cnv`). */
export function readDesign(input: string): Design {
  if (input.startsWith('preset:')) {
    const preset = presetById(input.slice('preset:'.length));
    if (!preset) {
      throw fault(
        'unknown-preset',
        `There is no preset ${input}; choose one of ${PRESETS.map(({ id }) => id).join(', ')}.`,
      );
    }
    const network = preset.build(preset.input, preset.classCount);
    return { ...defaultDesign(), network, baseline: network };
  }
  if (input.includes('#d=')) return unwrap(decodeLink(input.slice(input.indexOf('#'))));
  return unwrap(parseDesignText(readText(input)));
}
