import { createStore } from 'zustand/vanilla';
import type { Design } from '../core/exploration/design.ts';
import type { HardwareReport } from '../core/hardware/report.ts';
import type { Network } from '../core/network/network.ts';
import type { Result } from '../core/result.ts';
import { isAbort } from '../workers/client.ts';
import { latestOnly } from '../workers/latest.ts';
import { modelOf, plannedNetwork } from './derived.ts';
import { designStore, present } from './designStore.ts';
import { modelStore } from './modelStore.ts';
import { notify } from './noticeStore.ts';
import { hardwareWorker } from './services.ts';

/** What was asked; results are shown with it, so a late answer never passes for another design's. */
export interface HardwareQuestion {
  readonly baseline: Network;
  readonly planned: Network;
  readonly hardware: Design['hardware'];
}

export interface HardwareAnswer extends HardwareQuestion {
  /** Reports by target id. */
  readonly before: Readonly<Record<string, Result<HardwareReport>>>;
  readonly after: Readonly<Record<string, Result<HardwareReport>>>;
}

export const hardwareStore = createStore<{ answer: HardwareAnswer | null }>(() => ({ answer: null }));

const ask = latestOnly(async (question: HardwareQuestion) => {
  const { baseline, planned, hardware } = question;
  const targets = [...new Set([hardware.targetId, hardware.comparedTargetId])];
  const networks = baseline === planned ? [baseline] : [baseline, planned];
  const jobs = networks.flatMap((network) =>
    targets.map((targetId) => ({ network, targetId, foldedLike: baseline })),
  );
  try {
    const reports = await hardwareWorker.call('estimate', { jobs, hardware });
    const byTarget = (offset: number) =>
      Object.fromEntries(
        targets.map((targetId, i) => [targetId, reports[offset + i] as Result<HardwareReport>]),
      );
    const before = byTarget(0);
    hardwareStore.setState({
      answer: { ...question, before, after: networks.length === 1 ? before : byTarget(targets.length) },
    });
  } catch (error) {
    if (!isAbort(error))
      notify(
        'error',
        `The hardware estimate failed: ${(error as Error).message} Change a setting to try again.`,
      );
  }
});

let asked: HardwareQuestion | null = null;

function refresh(): void {
  const entry = present();
  const question = {
    baseline: entry.design.baseline,
    planned: plannedNetwork(entry, modelOf(entry)),
    hardware: entry.design.hardware,
  };
  const same =
    asked !== null &&
    asked.baseline === question.baseline &&
    asked.planned === question.planned &&
    asked.hardware === question.hardware;
  if (same) return;
  asked = question;
  ask(question);
}

/** Keeps the reports in step with the design, from now on. */
export function followDesign(): void {
  designStore.subscribe(refresh);
  modelStore.subscribe(refresh);
  refresh();
}
