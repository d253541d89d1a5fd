import { readFileSync } from 'node:fs';
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
