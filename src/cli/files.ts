import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FaultError } from '../core/result.ts';

/** A file's bytes, or one sentence why not. */
export function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as { code?: string };
    throw new FaultError(
      code === 'ENOENT'
        ? { code: 'no-file', message: `There is no file ${path}; check its name.` }
        : {
            code: 'unreadable',
            message: `${path} can't be read (${code ?? String(error)}); choose another file.`,
          },
    );
  }
}

export interface OutputFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Writes files into a folder, or tells in one sentence which can't be written. */
export function writeAll(folder: string, files: readonly OutputFile[]): void {
  for (const { name, bytes } of files) {
    const path = join(folder, name);
    try {
      writeFileSync(path, bytes);
    } catch (error) {
      const { code } = error as { code?: string };
      throw new FaultError({
        code: 'unwritable',
        message: `${path} can't be written (${code ?? String(error)}); choose another folder.`,
      });
    }
  }
}
