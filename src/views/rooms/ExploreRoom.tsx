import { useStore } from 'zustand';
import { targetById } from '../../core/hardware/targets.ts';
import { formatCount, formatPercent, formatSeconds, wilsonInterval } from '../../core/quantity.ts';
import { restoreEvaluation } from '../../state/actions/explore.ts';
import { measureAccuracy } from '../../state/actions/measure.ts';
import {
  comparableWith,
  type Evaluation,
  evaluationStore,
  forgetEvaluation,
} from '../../state/evaluationStore.ts';
import { frontStore, type Speed } from '../../state/frontStore.ts';
import { jobStore } from '../../state/jobStore.ts';
import { FrontPanel, useFront } from '../FrontPanel.tsx';
import { Empty, Panel } from '../parts/Panel.tsx';
import { ScrollRegion } from '../parts/ScrollRegion.tsx';
import { useEntry, useModel } from '../useEntry.ts';

export function ExploreRoom() {
  const front = useFront();
  const onFront = front.points.filter((point) => point.onFront).length;
  return (
    <div className="room">
      <div className="controls-column">
        <Panel title="Explore" className="controls">
          <div className="stack">
            <p className="hint">
              Every trained, pruned or fine-tuned network is a point. {front.points.length} so far, {onFront}{' '}
              on the front: no other is both more accurate and faster.
            </p>
            <MeasureButton />
            <p className="hint">
              Click a point, or press Enter on it, to go back to its design with its weights. Undo returns.
            </p>
          </div>
        </Panel>
      </div>
      <div className="charts">
        <FrontPanel className="tall" />
        <DesignTable />
      </div>
    </div>
  );
}

function MeasureButton() {
  const model = useModel();
  const busy = useStore(jobStore, (state) => state.jobs.length > 0);
  return (
    <button type="button" className="wide" disabled={!model || busy} onClick={() => void measureAccuracy()}>
      {model ? 'Measure the present design' : 'Train the network first'}
    </button>
  );
}

function DesignTable() {
  const all = useStore(evaluationStore, (state) => state.evaluations);
  const { speeds, targetId } = useStore(frontStore);
  const { modelId, design } = useEntry();
  const evaluations = comparableWith(all, design.data);
  const hidden = all.length - evaluations.length;
  return (
    <Panel
      title="Designs"
      subtitle={`speed on ${targetById(targetId)?.name ?? ''}${hidden > 0 ? `; ${hidden} measured on other images are not shown` : ''}`}
    >
      {evaluations.length === 0 ? (
        <Empty>No design has a measured accuracy yet. Train the network: it becomes the first.</Empty>
      ) : (
        <ScrollRegion label="Evaluated designs">
          <table>
            <thead>
              <tr>
                {['Design', 'Accuracy', 'Parameters', 'MACs', 'Throughput', 'First frame', ''].map((name) => (
                  <th
                    key={name}
                    scope="col"
                    className={name === 'Design' || name === '' ? undefined : 'number'}
                  >
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {evaluations.map((evaluation) => (
                <DesignRow
                  key={evaluation.id}
                  evaluation={evaluation}
                  speed={speeds[evaluation.id]}
                  current={evaluation.modelId === modelId}
                />
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
    </Panel>
  );
}

function DesignRow({
  evaluation,
  speed,
  current,
}: {
  evaluation: Evaluation;
  speed: Speed | undefined;
  current: boolean;
}) {
  const { correct, total } = evaluation.accuracy;
  const [low, high] = wilsonInterval(correct, total);
  return (
    <tr className={current ? 'current' : undefined}>
      <th scope="row">{evaluation.label}</th>
      <td className="number">
        {formatPercent(correct / total)}{' '}
        <span className="muted">±{((100 * (high - low)) / 2).toFixed(1)}</span>
      </td>
      <td className="number">{formatCount(evaluation.parameterCount)}</td>
      <td className="number">{formatCount(evaluation.macCount)}</td>
      <td className="number">{speed ? formatCount(speed.throughputFps, 'fps') : '–'}</td>
      <td className="number">{speed ? formatSeconds(speed.latencySeconds) : '–'}</td>
      <td>
        {current ? (
          <span className="muted">shown now</span>
        ) : (
          <>
            <button
              type="button"
              className="quiet small"
              aria-label={`Restore ${evaluation.label}`}
              onClick={() => restoreEvaluation(evaluation.id)}
            >
              Restore
            </button>
            <button
              type="button"
              className="quiet small"
              aria-label={`Forget ${evaluation.label}`}
              onClick={() => forgetEvaluation(evaluation.id)}
            >
              ×
            </button>
          </>
        )}
      </td>
    </tr>
  );
}
