import { FaultError, fail, ok, type Result } from '../../core/result.ts';

/**
 * Runs a reader or writer that throws FaultErrors. Nesting that no model has overflows the stack and is a
 * fault too; everything else is a bug and thrown on.
 */
export async function attempt<T>(fileName: string, work: () => T | Promise<T>): Promise<Result<T>> {
  try {
    return ok(await work());
  } catch (error) {
    if (error instanceof FaultError) return { ok: false, error: error.fault };
    if (error instanceof RangeError)
      return fail('broken-model', `${fileName} nests deeper than a model does; save it again.`, fileName);
    throw error;
  }
}
