import { formatRate } from '../../charts/rateModel.ts';
import type { Network } from '../../core/network/network.ts';
import { formatClock, formatInteger, formatPercent, formatSignificant } from '../../core/quantity.ts';
import type { Model } from '../../state/modelStore.ts';
import type { TrainingRun } from '../../state/runsStore.ts';
import type { LiveRun, PhaseAt } from '../../state/trainingStore.ts';
import { trainedFor } from './trainedFor.ts';

/** A name and what is said of it. */
export type Fact = readonly [name: string, value: string];

const phaseText = ({ name, round, rounds, step, steps }: PhaseAt): string =>
  `${name}${rounds > 1 ? `, round ${round} of ${rounds}` : ''} (${step} of ${steps})`;

/** What is trained; the user may have gone on to another network meanwhile. */
function subjectOf({ network, recipe, kind }: LiveRun, design: Network): string {
  const what = `${network.name}, seed ${recipe.seed}${kind === 'fine-tune' ? ', fine-tuning' : ''}`;
  if (network === design) return what;
  return `${what}; not the network of the design`;
}

function placeOf({ note, paused, epoch, epochs, step, curves }: LiveRun): string {
  if (note) return note;
  const at = `epoch ${epoch} of ${epochs}`;
  // Before the first batch nobody knows how many there are.
  const where = step === 0 ? at : `${at}, batch ${step} of ${curves.stepsPerEpoch}`;
  if (paused) return `paused in ${where}`;
  return step === 0 ? `${at} begins` : where;
}

const numbers = (loss: number, accuracy: number): string =>
  `loss ${formatSignificant(loss)}, accuracy ${formatPercent(accuracy)}`;

/** What was measured at the end of the last whole epoch. */
function epochFacts(curves: LiveRun['curves'] | null, isNamed: boolean): Fact[] {
  const last = curves?.epochs.at(-1);
  if (!last) return [];
  const of = isNamed ? ` of epoch ${last.epoch}` : '';
  return [
    [`Training${of}`, numbers(last.trainLoss, last.trainAccuracy)],
    [`Validation${of}`, numbers(last.validationLoss, last.validationAccuracy)],
  ];
}

/** The run in progress. */
export function liveFacts(live: LiveRun, design: Network): readonly Fact[] {
  const { phase, learningRate, imagesPerSecond, tensorCount, secondsLeft, curves } = live;
  return [
    ['Network', subjectOf(live, design)],
    ...(phase ? [['Phase', phaseText(phase)] as const] : []),
    ['State', placeOf(live)],
    ['Learning rate', learningRate === null ? '–' : formatRate(learningRate)],
    ['Speed', imagesPerSecond > 0 ? `${formatInteger(imagesPerSecond)} images/s` : '–'],
    ...(tensorCount === null ? [] : [['Tensors', formatInteger(tensorCount)] as const]),
    ['Time left', secondsLeft === null ? '–' : formatClock(secondsLeft)],
    ...epochFacts(curves, true),
  ];
}

/**
 * The last run. Where the weights are not those of the last whole epoch (best ones restored, stopped within an epoch),
 * what was measured with them stands beside what that epoch had.
 */
export function modelFacts(model: Model, run: TrainingRun | undefined): readonly Fact[] {
  const { origin, backend, validation, curves } = model;
  const trained = trainedFor(model, run?.result);
  const made = trained === origin ? origin : `${origin}, ${trained}`;
  const state: Fact = ['State', `${made}${backend ? ` on ${backend}` : ''}`];
  const last = curves?.epochs.at(-1);
  const measured =
    validation && validation.total > 0
      ? numbers(validation.loss, validation.correct / validation.total)
      : null;
  const isOther =
    measured !== null &&
    last !== undefined &&
    measured !== numbers(last.validationLoss, last.validationAccuracy);
  const isAlone = measured !== null && last === undefined;
  return [
    state,
    ...epochFacts(curves, isOther),
    ...(isOther || isAlone ? [['Validation of these weights', measured] as const] : []),
  ];
}
