import { createStore } from 'zustand/vanilla';
import type { Network } from '../core/network/network.ts';
import { transplant } from '../core/pruning/apply.ts';
import { latestOnly } from '../workers/latest.ts';
import type { Accuracy } from '../workers/protocol.ts';
import { handImagesToTrainer } from './actions/data.ts';
import { modelOf, plannedNetwork, plannedPruning } from './derived.ts';
import { designStore, present } from './designStore.ts';
import { type Model, modelStore } from './modelStore.ts';
import { trainWorker } from './services.ts';
import { trainingStore } from './trainingStore.ts';

/** The accuracy the thresholds would leave, before any fine-tuning: measured, not guessed. */
export interface WhatIf {
  readonly network: Network;
  readonly accuracy: Accuracy;
}

export const whatIfStore = createStore<{ whatIf: WhatIf | null }>(() => ({ whatIf: null }));

const ask = latestOnly(async ({ model, planned }: { model: Model; planned: Network }) => {
  const { design } = present();
  if (!model.apoz || design.network !== model.network || trainingStore.getState().live) return;
  const { network, mapping } = plannedPruning(model.network, model.apoz, design.pruning);
  if (network !== planned) return;
  try {
    await handImagesToTrainer(new AbortController().signal);
    const weights = transplant(model.weights, model.network, mapping);
    const accuracy = await trainWorker.call('evaluate', { network, weights });
    whatIfStore.setState({ whatIf: { network, accuracy } });
  } catch {
    // The what-if is a courtesy: where it can't be had, the screen simply does not show it.
  }
});

let asked: Network | null = null;

let timer: ReturnType<typeof setTimeout> | undefined;
const SETTLED_AFTER_MS = 150;

/** A drag asks many times a second; the accuracy is measured once it rests. */
function refreshSoon(): void {
  clearTimeout(timer);
  timer = setTimeout(refresh, SETTLED_AFTER_MS);
}

function refresh(): void {
  const entry = present();
  const model = modelOf(entry);
  // Only with a worker that is set up and idle: a what-if never starts tfjs and never slows a training.
  if (!model?.apoz || trainingStore.getState().live || !trainingStore.getState().backend) return;
  const planned = plannedNetwork(entry, model);
  if (planned === entry.design.network || planned === asked) return;
  asked = planned;
  ask({ model, planned });
}

/** Measures the accuracy whenever the thresholds come to rest, from now on. */
export function followThresholds(): void {
  designStore.subscribe(refreshSoon);
  modelStore.subscribe(refreshSoon);
}
