import type { Network } from '../../core/network/network.ts';
import { applyPlan, transplant } from '../../core/pruning/apply.ts';
import { planShare } from '../../core/pruning/share.ts';
import { FaultError } from '../../core/result.ts';
import { type PhaseStep, phaseSteps } from '../../core/training/phases.ts';
import { cachedGroups, modelOf, slotScores } from '../derived.ts';
import { changeEntry, type Entry, present } from '../designStore.ts';
import { type JobContext, runJob } from '../jobStore.ts';
import { newId, putModel } from '../modelStore.ts';
import { notify } from '../noticeStore.ts';
import { type InterruptedPhases, type PhaseAt, trainingStore } from '../trainingStore.ts';
import { measureApoz } from './measure.ts';
import { continueTraining, type Ending, isTraining, resumable, startTraining } from './train.ts';

const at = (
  { name, round, rounds }: PhaseStep,
  index: number,
  steps: number,
  fromScratch: boolean,
): PhaseAt => ({
  name,
  round,
  rounds,
  step: index + 1,
  steps,
  fromScratch,
});

/** Removes the share of channels with the highest APoZ from the present network, and gives the weights that stay. */
async function pruneShare(share: number): Promise<void> {
  if (!modelOf(present())?.apoz) await measureApoz();
  const { design } = present();
  const model = modelOf(present());
  if (!model?.apoz) throw new DOMException('Canceled', 'AbortError');
  const groups = cachedGroups(design.network);
  const { keepMultiple } = design.pruning;
  const found = planShare(groups, slotScores(design.network, model.apoz), share, keepMultiple);
  if (!found) {
    throw new FaultError({
      code: 'nothing-falls',
      message: `No channel of ${design.network.name} falls: none is silent, or too few for multiples of ${keepMultiple}; choose a larger share or a smaller multiple.`,
    });
  }
  const { network, mapping } = applyPlan(design.network, groups, found.plan);
  const id = newId();
  const weights = transplant(model.weights, design.network, mapping);
  putModel({ ...model, id, network, weights, origin: 'pruned', curves: null, validation: null, apoz: null });
  changeEntry(({ baselineModelId }) => ({
    design: { ...design, network, pruning: { ...design.pruning, thresholds: {} } },
    modelId: id,
    baselineModelId,
  }));
}

/** The sequence goes on only with the network and the weights that it has made itself. */
function checkPresent(network: Network): void {
  if (present().design.network === network && modelOf(present())) return;
  throw new FaultError({
    code: 'other-network',
    message:
      'The network, its weights or the images were changed while it was trained in phases, so the phases that were left are not run; start them again.',
  });
}

/** Where phases begin: the first step that is run, which may have pruned already. */
interface Start {
  readonly index: number;
  readonly isPruned: boolean;
  readonly fromScratch: boolean;
}

async function runSteps(
  job: JobContext,
  steps: readonly PhaseStep[],
  { index: first, isPruned, fromScratch }: Start,
): Promise<void> {
  for (const [index, step] of steps.entries()) {
    if (index < first) continue;
    const phase = at(step, index, steps.length, fromScratch);
    job.signal.throwIfAborted();
    job.report(index / steps.length, `${index + 1} of ${steps.length}: ${step.name}`);
    trainingStore.setState({ sequence: { ...phase, done: 'nothing' } });
    if (step.prunes > 0 && !(isPruned && index === first)) await pruneShare(step.prunes);
    trainingStore.setState({ sequence: { ...phase, done: 'pruned' } });
    const { network } = present().design;
    const kind = step.name === 'First training' ? 'train' : 'fine-tune';
    job.signal.throwIfAborted();
    const ending = await startTraining(kind, { recipe: step.recipe, phase, signal: job.signal });
    if (!goesOn(ending)) return;
    checkPresent(network);
  }
}

function goesOn(ending: Ending): boolean {
  if (ending === 'stopped')
    notify('info', 'The training was stopped, and the phases that were left are not run.');
  return ending === 'over';
}

/** Runs something as the one training in phases; what goes wrong in it ends it with a sentence. */
async function asSequence(work: (job: JobContext) => Promise<void>): Promise<void> {
  if (isTraining()) return;
  try {
    await runJob('Training in phases', work);
  } finally {
    trainingStore.setState({ sequence: null });
  }
}

/**
 * Trains, then prunes and fine-tunes in rounds, then fine-tunes once more, as the design's phases say; a network that
 * has weights begins with the pruning.
 */
export function trainInPhases(): Promise<void> {
  return asSequence(async (job) => {
    const fromScratch = modelOf(present()) === null;
    const steps = phaseSteps(present().design, !fromScratch);
    await runSteps(job, steps, { index: 0, isPruned: false, fromScratch });
  });
}

/** Runs the phases that were left, where the design still has as many. */
async function runLeft(
  job: JobContext,
  { steps: count, fromScratch }: PhaseAt,
  start: Omit<Start, 'fromScratch'>,
) {
  const steps = phaseSteps(present().design, !fromScratch);
  if (steps.length === count) return runSteps(job, steps, { ...start, fromScratch });
  notify(
    'info',
    `There are ${steps.length} phases now and were ${count} when this one began, so those that were left are not run; start them again.`,
  );
}

/** The phases that were interrupted where no checkpoint is left, where the design still has the weights that they had. */
export const phasesToGoOn = (
  { modelId }: Entry,
  interrupted: InterruptedPhases | null,
): InterruptedPhases | null => (interrupted && interrupted.modelId === modelId ? interrupted : null);

/** The step that comes next, counted from 1. */
export const nextStep = ({ at: { step, done } }: InterruptedPhases): number =>
  done === 'trained' ? step + 1 : step;

/** Goes on with an interrupted training, and with the phases that were to follow it. */
export async function continueInPhases(): Promise<void> {
  const { checkpoint: last, interrupted } = trainingStore.getState();
  const checkpoint = resumable(present(), last);
  const phase = checkpoint?.phase;
  const left = checkpoint ? null : phasesToGoOn(present(), interrupted);
  if (left) {
    const isPruned = left.at.done === 'pruned';
    await asSequence((job) => runLeft(job, left.at, { index: nextStep(left) - 1, isPruned }));
    return;
  }
  if (!phase) {
    await continueTraining();
    return;
  }
  await asSequence(async (job) => {
    trainingStore.setState({ sequence: phase });
    const { network } = present().design;
    const ending = await continueTraining(job.signal);
    if (ending === null || !goesOn(ending)) return;
    checkPresent(network);
    await runLeft(job, phase, { index: phase.step, isPruned: false });
  });
}
