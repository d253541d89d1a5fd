import { formatCount } from '../../core/quantity.ts';
import { FaultError, fail, type Result } from '../../core/result.ts';
import { shortSentence } from '../../core/sentence.ts';

/** Bytes that a set needs, and those the browser had left for the page when it was begun; null where it does not tell. */
export interface Space {
  readonly neededBytes: number;
  readonly freeBytes: number | null;
}

const ADVICE = 'Delete kept sets, or choose smaller images or fewer of them';

/** The browser's disk space is used up. */
export function quotaFault(name: string, { neededBytes, freeBytes }: Space): Result<never> {
  const free =
    freeBytes === null
      ? 'more than the browser has left for this page'
      : `and the browser has ${formatCount(Math.max(0, freeBytes), 'B')} left for this page`;
  return fail(
    'quota',
    shortSentence(
      `${name} needs about ${formatCount(neededBytes, 'B')}, ${free}. ${ADVICE}; nothing of it was kept.`,
    ),
    name,
  );
}

/** What the browser's storage refused, as a sentence. */
export function storeFault(error: unknown, name: string, space: Space): Result<never> {
  if (error instanceof FaultError) return { ok: false, error: error.fault };
  if (error instanceof Error && error.name === 'QuotaExceededError') return quotaFault(name, space);
  const reason = error instanceof Error ? error.message || error.name : String(error);
  return fail(
    'store',
    shortSentence(`The browser did not keep ${name} (${reason}); nothing of it was kept, so try again.`),
    name,
  );
}

/** What is told of a set that is gone, by a trainer or an export that was reading it. */
export const goneFault = (name: string) =>
  new FaultError({
    code: 'set-gone',
    message: `The images of ${name} are gone: the set was deleted, here or in another tab; choose another one in Data, or compile it again.`,
    where: name,
  });

/** Bytes that the page may still store; null where the browser does not tell. */
export async function freeBytes(): Promise<number | null> {
  const use = await storageUse();
  return use && use.quotaBytes - use.usedBytes;
}

/** What the page uses and may use; null where the browser does not tell, as on pages that are not served securely. */
export async function storageUse(): Promise<{ usedBytes: number; quotaBytes: number } | null> {
  try {
    const { usage, quota } = (await globalThis.navigator?.storage?.estimate()) ?? {};
    return usage === undefined || quota === undefined ? null : { usedBytes: usage, quotaBytes: quota };
  } catch {
    return null;
  }
}
