import { useStore } from 'zustand';
import type { PhasesChoice } from '../../core/exploration/design.ts';
import { formatInteger } from '../../core/quantity.ts';
import { FIRST_PHASE, leftOut, phasesOf, planOf } from '../../core/training/phases.ts';
import { trainInPhases } from '../../state/actions/phases.ts';
import { changeDesign } from '../../state/designStore.ts';
import { type PhaseAt, trainingStore } from '../../state/trainingStore.ts';
import { NumberField } from '../parts/fields.tsx';
import { Panel } from '../parts/Panel.tsx';
import { ScrollRegion } from '../parts/ScrollRegion.tsx';
import { useEntry } from '../useEntry.ts';

function stateOf(name: string, isTrained: boolean, now: PhaseAt | null, order: readonly string[]): string {
  if (leftOut(name, isTrained)) return 'left out: the network has weights';
  if (!now) return '';
  if (name === now.name) return now.rounds > 1 ? `runs, round ${now.round} of ${now.rounds}` : 'runs';
  return order.indexOf(name) < order.indexOf(now.name) ? 'done' : '';
}

/** Several trainings that follow each other without anybody: the whole of iterative pruning in one go. */
export function PhasesPanel({ trainImageCount, ready }: { trainImageCount: number; ready: boolean }) {
  const { design, modelId } = useEntry();
  const busy = useStore(trainingStore, (state) => state.busy);
  const sequence = useStore(trainingStore, (state) => state.sequence);
  const { phases } = design;
  // While they run: what the network had when they began.
  const isTrained = sequence ? !sequence.fromScratch : modelId !== null;
  const plan = planOf(phasesOf(design), trainImageCount, isTrained);
  const order = plan.phases.map(({ name }) => name);
  const patch = (change: Partial<PhasesChoice>) =>
    changeDesign((d) => ({ ...d, phases: { ...d.phases, ...change } }));
  const nothing = plan.phases.every(({ name }) => name === FIRST_PHASE) && modelId !== null;
  return (
    <Panel
      title="Phases"
      subtitle="train, then prune and fine-tune in rounds, then fine-tune once more; the recipes are those of Train and Prune"
    >
      <div className="phase-fields">
        <NumberField
          label="Pruning rounds"
          value={phases.pruneRounds}
          min={0}
          max={50}
          integer
          disabled={sequence !== null}
          onChange={(pruneRounds) => patch({ pruneRounds })}
        />
        <NumberField
          label="Channels removed a round"
          value={Math.round(1000 * phases.channelShare) / 10}
          min={0}
          max={90}
          unit="%"
          disabled={sequence !== null}
          hint="those with the highest APoZ of the whole network"
          onChange={(percent) => patch({ channelShare: percent / 100 })}
        />
        <NumberField
          label="Epochs of the final phase"
          value={phases.finalEpochs}
          min={0}
          max={10_000}
          integer
          disabled={sequence !== null}
          onChange={(finalEpochs) => patch({ finalEpochs })}
        />
      </div>
      <ScrollRegion label="The trainings that follow each other">
        <table className="phases">
          <thead>
            <tr>
              <th scope="col">Phase</th>
              <th scope="col" className="number">
                Rounds
              </th>
              <th scope="col" className="number">
                Epochs
              </th>
              <th scope="col" className="number">
                Batches an epoch
              </th>
              <th scope="col" className="number">
                Iterations
              </th>
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody>
            {plan.phases.map(({ name, rounds, epochs, stepsPerEpoch, iterations }) => (
              <tr key={name} aria-current={sequence?.name === name ? 'step' : undefined}>
                <th scope="row">{name}</th>
                <td className="number">{formatInteger(rounds)}</td>
                <td className="number">{formatInteger(epochs)}</td>
                <td className="number">{formatInteger(stepsPerEpoch)}</td>
                <td className="number">{formatInteger(iterations)}</td>
                <td>{stateOf(name, isTrained, sequence, order)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{isTrained ? 'All that run' : 'All'}</th>
              <td colSpan={3} />
              <td className="number">{formatInteger(plan.iterations)}</td>
              <td />
            </tr>
          </tfoot>
        </table>
      </ScrollRegion>
      <button
        type="button"
        className="fit"
        disabled={busy || !ready || nothing}
        onClick={() => void trainInPhases()}
      >
        {modelId === null ? 'Run all phases' : 'Run the phases from pruning on'}
      </button>
    </Panel>
  );
}
