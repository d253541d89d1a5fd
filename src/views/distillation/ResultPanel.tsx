import { useMemo } from 'react';
import { useStore } from 'zustand';
import { formatNumberOf, formatPercent, formatSignificant } from '../../core/quantity.ts';
import { epochLine } from '../../core/training/distillation.ts';
import { comparePaired } from '../../core/training/pairedComparison.ts';
import { MOST_PAIRS, measureModels, trainBoth } from '../../state/actions/distillation.ts';
import { startTraining } from '../../state/actions/train.ts';
import { dataStore } from '../../state/dataStore.ts';
import { distillationStore, measuredOf, type TaughtPair } from '../../state/distillationStore.ts';
import { dataKeyOf } from '../../state/metricsStore.ts';
import { type LearningCurves, type Model, modelStore } from '../../state/modelStore.ts';
import { type LiveRun, trainingStore } from '../../state/trainingStore.ts';
import { comparisonSentences } from '../metrics/metricsText.ts';
import { NumberField } from '../parts/fields.tsx';
import { Panel } from '../parts/Panel.tsx';
import { ScrollRegion } from '../parts/ScrollRegion.tsx';
import { useEntry, useModel } from '../useEntry.ts';
import { SeedsTable } from './SeedsTable.tsx';
import type { TeacherRow } from './teacherRows.ts';
import { useTraining } from './useTraining.ts';

const [WITHOUT, WITH] = ['the student without teachers', 'the student with teachers'];

/** Trains the design's network with the teachers, or with and without them, and says whether they helped. */
export function ResultPanel({ teachers }: { teachers: readonly TeacherRow[] }) {
  const { design } = useEntry();
  const model = useModel();
  const pair = useStore(distillationStore, (state) => state.pair);
  const live = useStore(trainingStore, (state) => state.live);
  const seeds = useStore(distillationStore, (state) => state.seeds);
  const ready = useStore(dataStore, (state) => state.data.status === 'ready');
  const busy = useTraining();
  const { recipe, network } = design;
  const disabled = busy || !ready || teachers.length === 0;
  return (
    <Panel
      title="With against without"
      subtitle={`${network.name}, seed ${recipe.seed}${transferText(recipe.distillation.transferShare)}`}
      className="span-all"
    >
      <div className="stack">
        <div className="pair-actions">
          <button
            type="button"
            disabled={disabled}
            onClick={() => {
              distillationStore.setState({ listens: true });
              void startTraining('train');
            }}
          >
            Train with teachers
          </button>
          <button
            type="button"
            disabled={disabled}
            title="The same weights and the same batches, first with labels alone and then with the teachers too"
            onClick={() => void trainBoth(seeds)}
          >
            Train both
          </button>
          <NumberField
            label="Seeds"
            value={seeds}
            min={1}
            max={MOST_PAIRS}
            integer
            disabled={busy}
            onChange={(value) => distillationStore.setState({ seeds: value })}
          />
          <p className="hint">{startText(teachers, model)}</p>
        </div>
        {live && (
          <>
            <h3>{liveTitle(live)}</h3>
            <EpochLines title="This run" curves={live.curves} epochs={live.epochs} />
          </>
        )}
        {pair && <Outcome pair={pair} isGoingOn={busy} />}
      </div>
    </Panel>
  );
}

const liveTitle = ({ network, teacherIds }: LiveRun): string =>
  `Now: ${network.name}, ${teacherIds.length > 0 ? 'with teachers' : 'labels alone'}`;

const transferText = (share: number): string =>
  share === 1 ? '' : `, ${formatSignificant(100 * share)} % of the images`;

function startText(teachers: readonly TeacherRow[], model: Model | null): string {
  if (teachers.length === 0) return 'Choose a teacher first.';
  if (!model) return 'The student begins with weights drawn from the seed.';
  const own = teachers.some((teacher) => teacher.model.id === model.id);
  const start = `The student goes on from its ${formatNumberOf(model.epochs, 'epoch')}; "Reset weights" on the left lets it begin anew.`;
  return own ? `${start} It would learn from itself: choose another student above.` : start;
}

function Outcome({ pair, isGoingOn }: { pair: TaughtPair; isGoingOn: boolean }) {
  const { withoutId, withId, teacherNames, seed, dataKey } = pair;
  const models = useStore(modelStore, (state) => state.models);
  const measured = useStore(distillationStore, (state) => state.measured);
  const { design } = useEntry();
  const [without, taught] = [models[withoutId] ?? null, withId === null ? null : (models[withId] ?? null)];
  const told = useMemo(() => {
    const [first, second] = [without, taught].map((model) => model && measuredOf(measured, model, dataKey));
    if (!first || !second) return null;
    return comparePaired(first.report.predicted, second.report.predicted, first.labels);
  }, [without, taught, measured, dataKey]);
  if (!without) return null;
  const same = dataKeyOf(design.data) === dataKey;
  return (
    <>
      <div className="taught-pair">
        <Side title="Labels alone" model={without} isGoingOn={isGoingOn} />
        <Side title={`With ${teacherNames.join(' and ')}`} model={taught} isGoingOn={isGoingOn} />
      </div>
      {told?.ok && (
        <p role="status">
          {comparisonSentences(told.value, WITHOUT as string, WITH as string)
            .map(capital)
            .join(' ')}
        </p>
      )}
      {told && !told.ok && <p className="hint warn">{told.error.message}</p>}
      {!told && taught && same && !isGoingOn && (
        <p className="hint">
          Both are trained but not yet compared image by image.{' '}
          <button type="button" onClick={() => void measureModels([without, taught])}>
            Compare
          </button>
        </p>
      )}
      <p className="hint">
        The loss with teachers has the soft part in it, so the two logs are on different scales; accuracies
        can be compared. One seed ({seed}): another one can turn a small difference around. Train both with
        several seeds before you trust it.
      </p>
      <SeedsTable dataKey={dataKey} />
    </>
  );
}

const capital = (sentence: string): string => sentence.slice(0, 1).toUpperCase() + sentence.slice(1);

function Side({ title, model, isGoingOn }: { title: string; model: Model | null; isGoingOn: boolean }) {
  if (!model)
    return (
      <p className="hint">
        {title}:{' '}
        {isGoingOn ? 'being trained.' : 'did not come to its end; press "Train both" to begin again.'}
      </p>
    );
  const { validation, curves } = model;
  return (
    <div>
      <h3>{title}</h3>
      <p>
        {validation
          ? `${formatPercent(validation.correct / validation.total)} of ${validation.total} validation images`
          : 'not measured'}
      </p>
      {curves && <EpochLines title={title} curves={curves} epochs={curves.epochs.length} />}
    </div>
  );
}

interface EpochLinesProps {
  readonly title: string;
  readonly curves: LearningCurves;
  readonly epochs: number;
}

/** The log that source 002 prints: one line an epoch with its mean loss. */
function EpochLines({ title, curves, epochs }: EpochLinesProps) {
  if (curves.epochs.length === 0) return null;
  return (
    <ScrollRegion label={`Log: ${title}`}>
      <ol className="epoch-lines">
        {curves.epochs.map(({ epoch, trainLoss }) => (
          <li key={epoch}>{epochLine(epoch, epochs, trainLoss)}</li>
        ))}
      </ol>
    </ScrollRegion>
  );
}
