import { createStore } from 'zustand/vanilla';
import { FaultError } from '../core/result.ts';
import { isAbort } from '../workers/client.ts';
import { notify } from './noticeStore.ts';

/** Something running in the background that a user may want to watch or end. */
export interface Job {
  readonly id: number;
  readonly title: string;
  /** 0..1, or null where nobody knows. */
  readonly fraction: number | null;
  readonly detail: string;
  readonly cancel: () => void;
}

export const jobStore = createStore<{ jobs: readonly Job[] }>(() => ({ jobs: [] }));

export interface JobContext {
  readonly signal: AbortSignal;
  report(fraction: number | null, detail?: string): void;
}

let nextJobId = 1;

/**
 * Runs a job with its line in the list of running jobs. A cancel ends it silently, a fault becomes a notice;
 * in both cases the result is null.
 */
export async function runJob<T>(title: string, work: (job: JobContext) => Promise<T>): Promise<T | null> {
  const id = nextJobId++;
  const controller = new AbortController();
  const job: Job = { id, title, fraction: null, detail: '', cancel: () => controller.abort() };
  jobStore.setState(({ jobs }) => ({ jobs: [...jobs, job] }));
  const report: JobContext['report'] = (fraction, detail) =>
    jobStore.setState(({ jobs }) => ({
      jobs: jobs.map((other) =>
        other.id === id ? { ...other, fraction, detail: detail ?? other.detail } : other,
      ),
    }));
  try {
    return await work({ signal: controller.signal, report });
  } catch (error) {
    if (!isAbort(error)) {
      notify(
        'error',
        error instanceof FaultError ? error.message : `${title} failed: ${String(error)}. Try it again.`,
      );
    }
    return null;
  } finally {
    jobStore.setState(({ jobs }) => ({ jobs: jobs.filter((other) => other.id !== id) }));
  }
}
