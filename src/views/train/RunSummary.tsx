import { formatRate } from '../../charts/rateModel.ts';
import { formatClock, formatInteger, formatPercent, formatSignificant } from '../../core/quantity.ts';
import type { Model } from '../../state/modelStore.ts';
import type { LiveRun, PhaseAt } from '../../state/trainingStore.ts';
import { Panel } from '../parts/Panel.tsx';
import { EarlierEpochs } from './EarlierEpochs.tsx';

const phaseText = ({ name, round, rounds, step, steps }: PhaseAt): string =>
  `${name}${rounds > 1 ? `, round ${round} of ${rounds}` : ''} (${step} of ${steps})`;

/** The run in progress, or the last one. */
export function RunSummary({ model, live }: { model: Model | null; live: LiveRun | null }) {
  const lastEpoch = live?.curves.epochs.at(-1) ?? model?.curves?.epochs.at(-1);
  const facts: [string, string][] = [];
  if (live) {
    if (live.phase) facts.push(['Phase', phaseText(live.phase)]);
    facts.push([
      'State',
      live.note ||
        (live.paused
          ? 'paused'
          : `epoch ${live.epoch} of ${live.epochs}, batch ${live.step} of ${live.curves.stepsPerEpoch}`),
    ]);
    facts.push(['Learning rate', live.learningRate === null ? '–' : formatRate(live.learningRate)]);
    facts.push(['Speed', live.imagesPerSecond > 0 ? `${formatInteger(live.imagesPerSecond)} images/s` : '–']);
    if (live.tensorCount !== null) facts.push(['Tensors', formatInteger(live.tensorCount)]);
    facts.push(['Time left', live.secondsLeft === null ? '–' : formatClock(live.secondsLeft)]);
  } else if (model) {
    facts.push([
      'State',
      `${model.origin}, ${model.epochs} epochs${model.backend ? ` on ${model.backend}` : ''}`,
    ]);
  }
  if (lastEpoch) {
    facts.push([
      'Training',
      `loss ${formatSignificant(lastEpoch.trainLoss)}, accuracy ${formatPercent(lastEpoch.trainAccuracy)}`,
    ]);
    facts.push([
      'Validation',
      `loss ${formatSignificant(lastEpoch.validationLoss)}, accuracy ${formatPercent(lastEpoch.validationAccuracy)}`,
    ]);
  }
  if (facts.length === 0) return null;
  return (
    <Panel title="This run">
      <dl className="facts wide-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {!live && model && <EarlierEpochs model={model} />}
    </Panel>
  );
}
