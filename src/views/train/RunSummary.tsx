import { useStore } from 'zustand';
import type { Model } from '../../state/modelStore.ts';
import { trainingStore } from '../../state/trainingStore.ts';
import { Panel } from '../parts/Panel.tsx';
import { useEntry } from '../useEntry.ts';
import { EarlierEpochs } from './EarlierEpochs.tsx';
import { type Fact, liveFacts, modelFacts } from './runFacts.ts';
import { useRunOf } from './useRunOf.ts';

/** The run in progress, or the last one. */
export function RunSummary({ model }: { model: Model | null }) {
  const { design } = useEntry();
  const live = useStore(trainingStore, (state) => state.live);
  const run = useRunOf(model);
  const facts: readonly Fact[] = live ? liveFacts(live, design.network) : model ? modelFacts(model, run) : [];
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
