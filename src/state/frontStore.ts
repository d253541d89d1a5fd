import { createStore } from 'zustand/vanilla';
import { isAbort } from '../workers/client.ts';
import { latestOnly } from '../workers/latest.ts';
import { designStore, present } from './designStore.ts';
import { type Evaluation, evaluationStore } from './evaluationStore.ts';
import { notify } from './noticeStore.ts';
import { hardwareWorker } from './services.ts';

export interface Speed {
  readonly throughputFps: number;
  readonly latencySeconds: number;
}

/** Speed of every evaluated design on the leading target, by evaluation id. */
export const frontStore = createStore<{ targetId: string; speeds: Readonly<Record<string, Speed>> }>(() => ({
  targetId: '',
  speeds: {},
}));

interface Question {
  readonly evaluations: readonly Evaluation[];
  readonly hardware: ReturnType<typeof present>['design']['hardware'];
}

const ask = latestOnly(async ({ evaluations, hardware }: Question) => {
  const speeds: Record<string, Speed> = {};
  try {
    for (const { id, design } of evaluations) {
      const settings = { ...hardware, foldings: design.hardware.foldings };
      const jobs = [{ network: design.network, targetId: hardware.targetId, foldedLike: design.baseline }];
      const [report] = await hardwareWorker.call('estimate', { jobs, hardware: settings });
      if (report?.ok) {
        const { throughputFps, latencySeconds } = report.value;
        speeds[id] = { throughputFps, latencySeconds };
      }
    }
    frontStore.setState({ targetId: hardware.targetId, speeds });
  } catch (error) {
    if (!isAbort(error))
      notify('error', `The Pareto chart could not be updated: ${(error as Error).message}`);
  }
});

let asked: Question | null = null;

function refresh(): void {
  const { evaluations } = evaluationStore.getState();
  const { hardware } = present().design;
  if (asked?.evaluations === evaluations && asked.hardware === hardware) return;
  asked = { evaluations, hardware };
  ask(asked);
}

/** Keeps the speeds in step with the evaluations and the target, from now on. */
export function followEvaluations(): void {
  evaluationStore.subscribe(refresh);
  designStore.subscribe(refresh);
  refresh();
}
