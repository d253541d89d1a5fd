import { present } from '../designStore.ts';
import { distillationStore } from '../distillationStore.ts';
import { newId } from '../modelStore.ts';
import { notify } from '../noticeStore.ts';
import { imagesOf } from '../runsStore.ts';
import { type QueuedTraining, trainingStore } from '../trainingStore.ts';
import { continueInPhases } from './phases.ts';
import { isTraining, startTraining } from './train.ts';

export interface QueueOptions {
  /** Draw the weights from the seed again, or start from those that the design has. */
  readonly fromScratch: boolean;
  /** How many trainings, each with the next seed: how much of an accuracy is chance. */
  readonly seeds?: number;
}

/** More wait for nobody. */
export const MOST_QUEUED = 50;

/** Puts trainings of the present design behind what runs; they start one after the other. */
export function enqueueTraining({ fromScratch, seeds = 1 }: QueueOptions): void {
  const now = present();
  const { recipe, network } = now.design;
  const { teacherIds, listens } = distillationStore.getState();
  const room = MOST_QUEUED - trainingStore.getState().queue.length;
  const added = Array.from({ length: Math.min(room, seeds) }, (_, i): QueuedTraining => {
    const seeded = { ...now.design, recipe: { ...recipe, seed: recipe.seed + i } };
    const start = fromScratch ? 'from the start' : 'from these weights';
    return {
      id: newId(),
      title: `${network.name}, seed ${recipe.seed + i}, ${start}`,
      entry: { ...now, design: seeded, ...(fromScratch ? { modelId: null, startModelId: null } : {}) },
      teacherIds: listens ? teacherIds : [],
    };
  });
  trainingStore.setState(({ queue }) => ({ queue: [...queue, ...added] }));
  void runQueue();
}

export const unqueue = (id: string): void =>
  trainingStore.setState(({ queue }) => ({ queue: queue.filter((other) => other.id !== id) }));

export const clearQueue = (): void => trainingStore.setState({ queue: [] });

/** Resolves when the training that runs has ended. */
function ended(): Promise<void> {
  if (!isTraining()) return Promise.resolve();
  return new Promise((resolve) => {
    const unsubscribe = trainingStore.subscribe(() => {
      if (isTraining()) return;
      unsubscribe();
      resolve();
    });
  });
}

/** More than lie between the end of a training and the start of the second one of a pair. */
const TURNS = 30;

/** Resolves when nothing trains. Whoever starts another training as soon as one has ended, as for a pair, goes first. */
async function idle(): Promise<void> {
  do {
    await ended();
    // Turns of promises, not of timers: to the page nothing lies between one training and the next.
    for (let turn = 0; turn < TURNS; turn++) await null;
  } while (isTraining());
}

const plural = (count: number) => (count === 1 ? '1 training waits' : `${count} trainings wait`);

function tellOtherImages(count: number): void {
  notify(
    'info',
    `${plural(count)} for other images, or for another split of them; choose those in Data, then start the queue.`,
  );
}

/** Trains what waits for the design's images, one after the other, each as soon as nothing else trains. */
export async function runQueue(): Promise<void> {
  if (trainingStore.getState().queueRuns) return;
  trainingStore.setState({ queueRuns: true });
  try {
    for (;;) {
      await idle();
      const { queue } = trainingStore.getState();
      const images = imagesOf(present().design.data);
      const next = queue.find(({ entry }) => imagesOf(entry.design.data) === images);
      if (!next) {
        if (queue.length > 0) tellOtherImages(queue.length);
        return;
      }
      trainingStore.setState({ begun: next, queue: queue.filter((other) => other !== next) });
      await startTraining('train', { entry: next.entry, teacherIds: next.teacherIds });
      trainingStore.setState({ begun: null });
    }
  } finally {
    trainingStore.setState({ queueRuns: false });
  }
}

/** Goes on with what was interrupted, then with the trainings that waited behind it. */
export async function continueThenQueue(): Promise<void> {
  const going = continueInPhases();
  void runQueue();
  await going;
}
