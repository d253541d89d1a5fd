import {
  looksLikeSession,
  parseSessionText,
  type Session,
  writeSession,
} from '../../formats/session/parse.ts';
import type { SessionRun } from '../../formats/session/schema.ts';
import type { BackendName } from '../../workers/protocol.ts';
import { cachedCounts } from '../derived.ts';
import { changeEntry, present } from '../designStore.ts';
import { chosenTeachers } from '../distillationStore.ts';
import { newId } from '../modelStore.ts';
import { notify } from '../noticeStore.ts';
import { imagesOf, runsStore, type TrainingRun } from '../runsStore.ts';
import { setUi } from '../uiStore.ts';
import { recordRun } from './runs.ts';

const BACKENDS: readonly BackendName[] = ['webgpu', 'webgl', 'wasm', 'cpu'];

type EpochPoint = TrainingRun['curves']['epochs'][number];

/** Only what a session knows: what training tells beside it, now or some day, would make it one that can't be read. */
const epochOf = ({
  epoch,
  trainLoss,
  trainAccuracy,
  validationLoss,
  validationAccuracy,
  validationMap,
  learningRate,
}: EpochPoint): EpochPoint => ({
  epoch,
  trainLoss,
  trainAccuracy,
  validationLoss,
  validationAccuracy,
  ...(validationMap === undefined ? {} : { validationMap }),
  ...(learningRate === undefined ? {} : { learningRate }),
});

function sessionRunOf(run: TrainingRun): SessionRun {
  const { phase, validation, curves } = run;
  return {
    name: run.name,
    startedAt: run.startedAt,
    seconds: run.seconds,
    kind: run.kind,
    phase: phase && { name: phase.name, round: phase.round },
    recipe: run.recipe,
    backend: run.backend,
    imagesPerSecond: run.imagesPerSecond,
    earlierEpochs: run.earlierEpochs,
    startWeights: run.startWeights ?? null,
    curves: {
      stepLosses: curves.stepLosses,
      stepsPerEpoch: curves.stepsPerEpoch,
      epochs: curves.epochs.map(epochOf),
    },
    stepsPerLoss: run.stepsPerLoss,
    epochSeconds: run.epochSeconds,
    result: run.result,
    sentence: run.sentence,
    validation: validation && {
      correct: validation.correct,
      total: validation.total,
      loss: validation.loss,
    },
    teachers: run.teachers,
    restoredEpoch: run.restoredEpoch,
  };
}

/** A run as the JSON of a session, its choices and names; neither weights nor images travel. */
export const sessionOfRun = (run: TrainingRun): string =>
  writeSession({ design: run.design, teachers: run.teachers, run: sessionRunOf(run) });

/** The present design as the JSON of a session, with the names of the teachers that are chosen. */
export const presentSession = (): string =>
  writeSession({
    design: present().design,
    teachers: chosenTeachers().map(({ network }) => network.name),
    run: null,
  });

function runFrom({ design }: Session, run: SessionRun): TrainingRun {
  const { parameterCount, macCount } = cachedCounts(design.network);
  const backend = BACKENDS.find((name) => name === run.backend) ?? null;
  const result = run.result === 'running' ? 'interrupted' : run.result;
  const epochs = run.curves.epochs.map((epoch) => epochOf(epoch as EpochPoint));
  const curves = { ...run.curves, epochs };
  const startWeights = run.startWeights ?? null;
  const known = { design, parameterCount, macCount, backend, result, curves, startWeights };
  return { ...run, ...known, id: newId(), modelId: null };
}

const isKnown = ({ startedAt, name }: SessionRun): boolean =>
  runsStore.getState().runs.some((run) => run.startedAt === startedAt && run.name === name);

const plural = (n: number) => (n === 1 ? 'teacher' : 'teachers');

/** Opens a session: its design is the present one (a step of undo), its run is one of the runs. */
function openSession(session: Session, name: string): void {
  const { design, teachers, run } = session;
  const sameImages = imagesOf(design.data) === imagesOf(present().design.data);
  const isSynthetic = design.data.source.kind !== 'file';
  changeEntry(() => ({ design, modelId: null, baselineModelId: null }));
  const isNew = run !== null && !isKnown(run);
  if (isNew) recordRun(runFrom(session, run));
  setUi({ room: 'train', trainPage: run ? 'runs' : 'training' });
  const parts = [`${name}: a session with all its choices${isNew ? ', and its run without weights' : ''}.`];
  if (run && !isNew) parts.push('Its run is here already.');
  if (!sameImages && !isSynthetic)
    parts.push(
      `Its images (${design.data.source.fileNames.join(', ').slice(0, 200)}) are to be opened in Data.`,
    );
  if (teachers.length > 0)
    parts.push(`It had ${teachers.length} ${plural(teachers.length)}: ${teachers.join(', ').slice(0, 200)}.`);
  notify('info', parts.join(' '));
}

/** Opens the text of a session; false where it is none at all, and nothing was done. */
export function openSessionText(text: string, name: string): boolean {
  if (!looksLikeSession(text)) return false;
  const session = parseSessionText(text);
  if (session.ok) openSession(session.value, name);
  else notify('error', `${name}: ${session.error.message}`);
  return true;
}

/** More of a file than its beginning is read only where that is the one of a session. */
const HEAD = 1000;
const LARGEST_FILE = 64 * 2 ** 20;

/** Opens the file of a session; false where it is none at all. */
export async function openSessionFile(file: File): Promise<boolean> {
  if (!looksLikeSession(await file.slice(0, HEAD).text())) return false;
  if (file.size > LARGEST_FILE) {
    notify(
      'error',
      `${file.name} is larger than 64 MB, which no session is; choose a .json file that Runs exported.`,
    );
    return true;
  }
  return openSessionText(await file.text(), file.name);
}
