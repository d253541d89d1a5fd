import type { Design, Recipe } from '../../core/exploration/design.ts';
import type { BackendName } from '../../workers/protocol.ts';
import { cachedCounts } from '../derived.ts';
import { type Model, newId } from '../modelStore.ts';
import { notify } from '../noticeStore.ts';
import { type RunKind, runById, runOfModel, runsStore, type TrainingRun } from '../runsStore.ts';
import { thinCurves } from '../thinCurves.ts';

/** Characters of the name of a run, which a session and a row of the table have room for. */
const LONGEST_NAME = 120;

/** More are not kept: the oldest goes. */
export const MOST_RUNS = 200;

const OPTIMIZERS: Readonly<Record<Recipe['optimizer'], string>> = {
  adam: 'Adam',
  adamw: 'AdamW',
  sgd: 'SGD',
  rmsprop: 'RMSprop',
};

/** "Adam", "SGD 0.9": the momentum is SGD's only. */
export const optimizerName = ({ optimizer, momentum }: Recipe): string =>
  optimizer === 'sgd' && momentum > 0 ? `SGD ${momentum}` : OPTIMIZERS[optimizer];

/** "Tiny CNN, Adam, 8 epochs, seed 1" */
export function defaultRunName({
  design,
  recipe,
  kind,
  phase,
}: Pick<TrainingRun, 'design' | 'recipe' | 'kind' | 'phase'>): string {
  const parts = [OPTIMIZERS[recipe.optimizer]];
  parts.push(`${recipe.epochs} ${recipe.epochs === 1 ? 'epoch' : 'epochs'}`, `seed ${recipe.seed}`);
  if (phase) parts.push(phase.round > 1 ? `${phase.name} ${phase.round}` : phase.name);
  else if (kind === 'fine-tune') parts.push('fine-tuned');
  else if (kind === 'distill') parts.push('distilled');
  const name = [design.network.name, ...parts].join(', ');
  if (name.length <= LONGEST_NAME) return name;
  // The name of the network gives way: what tells two runs of it apart comes behind it.
  const network = design.network.name.slice(0, LONGEST_NAME - parts.join(', ').length - 3);
  return [`${network}…`, ...parts].join(', ');
}

/** What a run is made of when it begins. */
export interface NewRun {
  /** All choices; its network is the one that is trained, on its images. */
  readonly design: Design;
  readonly recipe: Recipe;
  readonly kind: RunKind;
  readonly phase?: TrainingRun['phase'];
  readonly backend: BackendName | null;
  readonly modelId: string;
  readonly teachers?: readonly string[];
  readonly earlierEpochs?: number;
  /** The model whose weights it begins with, all or some; null where they are drawn from the seed. */
  readonly startModel?: Model | null;
}

/** What weights are called that a training begins with. */
export const weightsName = ({ id, network, origin }: Model): string =>
  runOfModel(id)?.name ??
  (origin === 'imported' ? `${network.name} from a file` : `${network.name}, ${origin}`);

/** A run that begins now, with its name and counts; for {@link recordRun}. */
export function newRun(begun: NewRun): TrainingRun {
  const { design, recipe, kind, backend, modelId, teachers = [], earlierEpochs = 0, startModel } = begun;
  const phase = begun.phase ? { name: begun.phase.name, round: begun.phase.round } : null;
  const { parameterCount, macCount } = cachedCounts(design.network);
  return {
    id: newId(),
    name: defaultRunName({ design, recipe, kind, phase }),
    startedAt: Date.now(),
    seconds: 0,
    kind,
    phase,
    design,
    recipe,
    parameterCount,
    macCount,
    backend,
    imagesPerSecond: null,
    earlierEpochs,
    startWeights: startModel ? weightsName(startModel).slice(0, 200) : null,
    curves: { stepLosses: [], stepsPerEpoch: 1, epochs: [] },
    stepsPerLoss: 1,
    epochSeconds: [],
    result: 'running',
    sentence: '',
    validation: null,
    modelId,
    teachers,
    restoredEpoch: null,
  };
}

/** Keeps a run, in place of the one with its id where there is one. Its curves may hold every step's loss. */
export function recordRun(run: TrainingRun): void {
  const kept: TrainingRun = run.stepsPerLoss > 1 ? run : { ...run, ...thinCurves(run.curves) };
  const { runs } = runsStore.getState();
  const isNew = !runs.some(({ id }) => id === kept.id);
  const all = isNew ? [...runs, kept] : runs.map((other) => (other.id === kept.id ? kept : other));
  const dropped = all.slice(0, Math.max(0, all.length - MOST_RUNS));
  runsStore.setState(({ chosen }) => ({
    runs: all.slice(dropped.length),
    chosen: chosen.filter((id) => !dropped.some((run) => run.id === id)),
  }));
  for (const { name } of dropped)
    notify('info', `${MOST_RUNS} runs are kept; the oldest, "${name}", was dropped.`);
}

/** What training tells about a run on its way. Curves hold every step's loss. */
export type RunPatch = Partial<
  Omit<TrainingRun, 'id' | 'design' | 'startedAt' | 'stepsPerLoss' | 'epochSeconds'>
>;

/**
 * Notes what became of a run; does nothing where it was deleted meanwhile. Where the curves have new epochs, `seconds`
 * of the patch (else those since its start) is when they ended.
 */
export function updateRun(id: string, patch: RunPatch): void {
  const run = runById(id);
  if (!run) return;
  const seconds = patch.seconds ?? (Date.now() - run.startedAt) / 1000;
  const epochCount = patch.curves?.epochs.length ?? run.epochSeconds.length;
  const epochSeconds = run.epochSeconds.slice(0, epochCount);
  while (epochSeconds.length < epochCount) epochSeconds.push(seconds);
  recordRun({ ...run, ...patch, stepsPerLoss: patch.curves ? 1 : run.stepsPerLoss, epochSeconds });
}

/** Gives a run another name; an empty one brings back the default. At most 120 characters. */
export function renameRun(id: string, name: string): void {
  const run = runById(id);
  if (run) updateRun(id, { name: name.trim().slice(0, LONGEST_NAME) || defaultRunName(run) });
}
