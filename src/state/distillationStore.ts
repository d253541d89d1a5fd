import { createStore } from 'zustand/vanilla';
import type { Accuracy } from '../workers/protocol.ts';
import { type Model, modelById, modelStore } from './modelStore.ts';
import { notify } from './noticeStore.ts';

/** The same student, trained from the same weights with the same seed without and with its teachers. */
export interface TaughtPair {
  /** Null until it has been trained. */
  readonly withoutId: string | null;
  readonly withId: string | null;
  readonly teacherNames: readonly string[];
  readonly seed: number;
  /** The images and their split, as one text: what is measured later must be measured on these. */
  readonly dataKey: string;
}

export interface DistillationState {
  /** The models that the next training learns from, in the order of their choice; several are averaged. */
  readonly teacherIds: readonly string[];
  /** False while a training is to go without its chosen teachers, for comparison. */
  readonly listens: boolean;
  /** By model id: accuracies of teachers on the images of a choice of data. */
  readonly measured: Readonly<Record<string, { readonly dataKey: string; readonly accuracy: Accuracy }>>;
  readonly pair: TaughtPair | null;
}

export const distillationStore = createStore<DistillationState>(() => ({
  teacherIds: [],
  listens: true,
  measured: {},
  pair: null,
}));

export function setTeacher(id: string, isTeacher: boolean): void {
  distillationStore.setState(({ teacherIds }) => {
    const others = teacherIds.filter((other) => other !== id);
    return { teacherIds: isTeacher ? [...others, id] : others };
  });
}

export const setTeachers = (teacherIds: readonly string[]): void =>
  distillationStore.setState({ teacherIds: [...new Set(teacherIds)] });

/** Drops teachers that are no longer kept, and says so in a sentence. */
export function dropGoneTeachers(): void {
  const { teacherIds } = distillationStore.getState();
  const kept = teacherIds.filter((id) => modelById(id) !== null);
  const gone = teacherIds.length - kept.length;
  if (gone === 0) return;
  distillationStore.setState({ teacherIds: kept });
  const left = kept.length === 0 ? 'the next training learns from labels alone' : `${kept.length} stay`;
  notify(
    'info',
    `${gone === 1 ? 'A chosen teacher is' : `${gone} chosen teachers are`} no longer kept; ${left}. Choose teachers in Train, Distillation.`,
  );
}

/** The models that a training that begins now is to learn from; none where labels alone teach. */
export function chosenTeachers(): readonly Model[] {
  dropGoneTeachers();
  const { teacherIds, listens } = distillationStore.getState();
  if (!listens) return [];
  const { models } = modelStore.getState();
  return teacherIds.flatMap((id) => models[id] ?? []);
}
