import { useStore } from 'zustand';
import { formatCount, formatPercent, wilsonInterval } from '../../core/quantity.ts';
import { measureModels } from '../../state/actions/distillation.ts';
import { dataStore } from '../../state/dataStore.ts';
import { distillationStore, setTeacher } from '../../state/distillationStore.ts';
import { setUi } from '../../state/uiStore.ts';
import { Panel } from '../parts/Panel.tsx';
import { ScrollRegion } from '../parts/ScrollRegion.tsx';
import type { TeacherRow } from './teacherRows.ts';
import { useTraining } from './useTraining.ts';

/** 0.098, 45.4 */
export const megabytesText = (megabytes: number): string =>
  megabytes < 10 ? megabytes.toFixed(3) : megabytes.toFixed(2);

/** Which kept models teach. */
export function TeachersPanel({ rows }: { rows: readonly TeacherRow[] }) {
  const listens = useStore(distillationStore, (state) => state.listens);
  const busy = useTraining();
  const chosen = rows.filter(({ isChosen, problem }) => isChosen && problem === null);
  const refused = rows.filter(({ isChosen, problem }) => isChosen && problem !== null);
  const ready = useStore(dataStore, (state) => state.data.status === 'ready');
  const unmeasured = rows.filter(({ accuracy, problem }) => accuracy === null && problem === null);
  return (
    <Panel
      title="Teachers"
      subtitle="trained networks; several are averaged"
      className="main-table teachers-panel"
      actions={
        <button
          type="button"
          className="quiet small"
          title="Go to the Network room and open a trained model; it is listed here then."
          onClick={() => setUi({ room: 'network' })}
        >
          Open a model file
        </button>
      }
    >
      {rows.length === 0 ? (
        <p className="hint">
          No trained network yet. Train one here, or open a model file in the Network room: whatever has
          weights can teach.
        </p>
      ) : (
        <ScrollRegion label="Kept models">
          <table>
            <thead>
              <tr>
                <th scope="col">Model</th>
                <th scope="col" className="number">
                  Validation accuracy
                </th>
                <th scope="col" className="number">
                  Parameters
                </th>
                <th scope="col" className="number">
                  MB
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Row key={row.model.id} row={row} disabled={busy} />
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
      <div className="distillation-foot">
        <p className="hint" role="status">
          {chosenText(chosen, refused.length, listens)}
        </p>
        {unmeasured.length > 0 && (
          <button
            type="button"
            className="quiet small"
            disabled={busy || !ready}
            onClick={() => void measureModels(unmeasured.map(({ model }) => model))}
          >
            Measure the others
          </button>
        )}
        {chosen.length + refused.length > 0 && (
          <label className="check">
            <input
              type="checkbox"
              checked={listens}
              onChange={(event) => distillationStore.setState({ listens: event.target.checked })}
            />
            Used in the next training
          </label>
        )}
      </div>
    </Panel>
  );
}

function chosenText(chosen: readonly TeacherRow[], refused: number, listens: boolean): string {
  if (refused > 0 && listens)
    return `${refused === 1 ? 'A chosen model' : `${refused} chosen models`} can't teach these images; untick ${refused === 1 ? 'it' : 'them'}, or the next training is refused.`;
  if (chosen.length === 0) return 'None is chosen: trainings learn from labels alone.';
  const who = chosen.length === 1 ? chosen[0]?.name : `The mean of ${chosen.length} teachers`;
  return listens ? `${who} teaches.` : `${who} waits; trainings learn from labels alone.`;
}

function Row({ row, disabled }: { row: TeacherRow; disabled: boolean }) {
  const { model, name, problem, accuracy, parameterCount, megabytes, isChosen } = row;
  const { origin, viewpoint, isGuessing } = row;
  const [low, high] = accuracy ? wilsonInterval(accuracy.correct, accuracy.total) : [0, 1];
  return (
    <tr className={isChosen ? 'current' : undefined}>
      <th scope="row">
        <label className="check">
          <input
            type="checkbox"
            checked={isChosen}
            disabled={disabled || (problem !== null && !isChosen)}
            onChange={(event) => setTeacher(model.id, event.target.checked)}
          />
          <span className="teacher-name">
            {name}
            <span className="hint">{viewpoint === '' ? origin : `${origin}; ${viewpoint}`}</span>
          </span>
        </label>
        {isGuessing && (
          <p className="hint warn teacher-problem">
            It is right about as often as by guessing: students learn nothing from it. Was it trained on
            images like these, with these classes in this order?
          </p>
        )}
        {problem !== null && <p className="hint warn teacher-problem">{problem}</p>}
      </th>
      <td className="number">
        {accuracy ? (
          <>
            {formatPercent(accuracy.correct / accuracy.total)}
            <span className="hint interval">
              {formatPercent(low)} to {formatPercent(high)}
            </span>
          </>
        ) : (
          <span className="muted">not measured</span>
        )}
      </td>
      <td className="number">{formatCount(parameterCount)}</td>
      <td className="number">{megabytesText(megabytes)}</td>
    </tr>
  );
}
