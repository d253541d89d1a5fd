import { createStore } from 'zustand/vanilla';
import type { Weights } from '../core/network/network.ts';
import type { StudentKind } from '../core/training/distillation.ts';
import type { Prediction } from '../workers/protocol.ts';
import { type Model, modelById, modelStore } from './modelStore.ts';
import { notify } from './noticeStore.ts';

/** What a student is made of: the design's network as it is, a kind made of the first teacher, or a preset. */
export type StudentChoice = 'present' | 'preset' | StudentKind;

/** What a model says about the validation images of a choice of data. */
export interface Measured {
  readonly weights: Weights;
  readonly dataKey: string;
  readonly prediction: Prediction;
}

/** The same student, trained from the same weights with the same seed without and with its teachers. */
export interface TaughtPair {
  readonly withoutId: string;
  /** Null until it has been trained. */
  readonly withId: string | null;
  readonly teacherNames: readonly string[];
  readonly seed: number;
  /** The images and their split, as one text: what is measured later must be measured on these. */
  readonly dataKey: string;
}

/** A pair that came to its end, and what it was asked: pairs of one question differ in their seeds alone. */
export interface Trial {
  readonly question: string;
  readonly seed: number;
  readonly withoutId: string;
  readonly withId: string;
}

export interface DistillationState {
  /** The models that the next training learns from, in the order of their choice; several are averaged. */
  readonly teacherIds: readonly string[];
  /** False where trainings go without the chosen teachers for now. */
  readonly listens: boolean;
  /** By model id, for teachers and students that were asked. */
  readonly measured: Readonly<Record<string, Measured>>;
  readonly pair: TaughtPair | null;
  /** Of this page, in the order in which they ended. */
  readonly trials: readonly Trial[];
  /** How many pairs are trained in a row, each with the next seed. */
  readonly seeds: number;
  readonly student: StudentChoice;
  /** Widths of a simplified student, as a share of the teacher's. */
  readonly factor: number;
  readonly presetId: string;
}

export const distillationStore = createStore<DistillationState>(() => ({
  teacherIds: [],
  listens: true,
  measured: {},
  pair: null,
  trials: [],
  seeds: 1,
  student: 'simplified',
  factor: 0.5,
  presetId: 'tiny-cnn',
}));

export function setTeacher(id: string, isTeacher: boolean): void {
  distillationStore.setState(({ teacherIds }) => {
    const others = teacherIds.filter((other) => other !== id);
    return { teacherIds: isTeacher ? [...others, id] : others };
  });
}

export const setTeachers = (teacherIds: readonly string[]): void =>
  distillationStore.setState({ teacherIds: [...new Set(teacherIds)] });

/** Adds a pair; the same one trained again takes its own place. */
export function addTrial(trial: Trial): void {
  distillationStore.setState(({ trials }) => ({
    trials: [
      ...trials.filter(({ question, seed }) => question !== trial.question || seed !== trial.seed),
      trial,
    ],
  }));
}

/** What was measured of a model as it is, on these images; null where nothing was. */
export function measuredOf(
  measured: DistillationState['measured'],
  model: Model,
  dataKey: string,
): Prediction | null {
  const known = measured[model.id];
  return known && known.weights === model.weights && known.dataKey === dataKey ? known.prediction : null;
}

/** Drops teachers that are no longer kept, and says so in a sentence. */
export function dropGoneTeachers(): void {
  const { teacherIds } = distillationStore.getState();
  const kept = teacherIds.filter((id) => modelById(id) !== null);
  const gone = teacherIds.length - kept.length;
  if (gone === 0) return;
  distillationStore.setState({ teacherIds: kept });
  const stay = kept.length === 1 ? '1 stays' : `${kept.length} stay`;
  const left = kept.length === 0 ? 'the next training learns from labels alone' : stay;
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
