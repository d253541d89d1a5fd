import { useMemo } from 'react';
import { useStore } from 'zustand';
import { targetById } from '../../core/hardware/targets.ts';
import type { Network } from '../../core/network/network.ts';
import { PRESETS } from '../../core/network/presets.ts';
import { formatCount, formatPercent } from '../../core/quantity.ts';
import { adoptStudent, sameLayers } from '../../state/actions/distillation.ts';
import { dataStore } from '../../state/dataStore.ts';
import { plannedPruning } from '../../state/derived.ts';
import { distillationStore } from '../../state/distillationStore.ts';
import { setUi } from '../../state/uiStore.ts';
import { NumberField, SelectField } from '../parts/fields.tsx';
import { Empty, Panel } from '../parts/Panel.tsx';
import { ScrollRegion } from '../parts/ScrollRegion.tsx';
import { useEntry } from '../useEntry.ts';
import { latencyText, StudentTableRow } from './StudentTableRow.tsx';
import { type StudentRow, studentRows } from './studentRows.ts';
import { megabytesText } from './TeachersPanel.tsx';
import type { TeacherRow } from './teacherRows.ts';
import { useReports } from './useReports.ts';
import { useTraining } from './useTraining.ts';

const PRESET_OPTIONS = PRESETS.filter(({ purpose }) => purpose === 'train').map(({ id, name }) => ({
  value: id,
  label: name,
}));

/** Who learns: every kind of student with its size beside the first teacher's. */
export function StudentPanel({ teachers }: { teachers: readonly TeacherRow[] }) {
  const [teacher] = teachers;
  return (
    <Panel
      title="Student"
      subtitle={
        teacher
          ? `beside ${teacher.name}${teachers.length > 1 ? ', the first teacher' : ''}`
          : 'the network that learns'
      }
      className="span-all"
    >
      {teacher ? (
        <Students teacher={teacher} />
      ) : (
        <Empty>Choose a teacher above: students are made of it, and measured against it.</Empty>
      )}
    </Panel>
  );
}

function useStudentRows(teacher: TeacherRow): readonly StudentRow[] {
  const { design, modelId } = useEntry();
  const factor = useStore(distillationStore, (state) => state.factor);
  const presetId = useStore(distillationStore, (state) => state.presetId);
  const classCount = useStore(dataStore, ({ data }) =>
    data.status === 'ready' ? data.data.classNames.length : 10,
  );
  const { network, pruning } = design;
  const { model } = teacher;
  return useMemo(() => {
    const own = model.id === modelId && model.apoz ? model.apoz : null;
    const plan = own ? plannedPruning(network, own, pruning).plan : null;
    return studentRows({ teacher: model.network, present: network, plan, factor, presetId, classCount });
  }, [model, modelId, network, pruning, factor, presetId, classCount]);
}

function Students({ teacher }: { teacher: TeacherRow }) {
  const { design } = useEntry();
  const rows = useStudentRows(teacher);
  const choice = useStore(distillationStore, (state) => state.student);
  const factor = useStore(distillationStore, (state) => state.factor);
  const presetId = useStore(distillationStore, (state) => state.presetId);
  const busy = useTraining();
  const { baseline } = design;
  const jobs = useMemo(() => {
    const taught = teacher.model.network;
    // As the design would have it: a student with the teacher's layers is folded like it.
    const likeOf = ({ choice: of, made }: StudentRow, network: Network) =>
      of === 'present' ? baseline : made.ok && sameLayers(network, taught) ? taught : network;
    const students = rows.flatMap((row) =>
      row.made.ok ? { network: row.made.value.network, foldedLike: likeOf(row, row.made.value.network) } : [],
    );
    // The first answer about a network counts last: the teacher's own must not be another's folding.
    return [...students.toReversed(), { network: taught, foldedLike: taught }];
  }, [teacher, rows, baseline]);
  const reports = useReports(jobs, design.hardware);
  const target = targetById(design.hardware.targetId)?.name ?? design.hardware.targetId;
  const chosen = rows.find((row) => row.choice === choice);
  return (
    <div className="stack">
      <div className="students">
        <ScrollRegion label="Students">
          <table>
            <thead>
              <tr>
                <th scope="col">Network</th>
                <th scope="col" className="number">
                  Parameters
                </th>
                <th scope="col" className="number">
                  Of the teacher's
                </th>
                <th scope="col" className="number">
                  MB
                </th>
                <th scope="col" className="number">
                  MACs
                </th>
                <th
                  scope="col"
                  className="number"
                  title="Where hardware is folded: automatically, and students with the teacher's layers like the teacher"
                >
                  Latency, {target}
                </th>
              </tr>
            </thead>
            <tbody>
              <tr>
                <th scope="row">Teacher: {teacher.model.network.name}</th>
                <td className="number">{formatCount(teacher.parameterCount)}</td>
                <td className="number">{formatPercent(1)}</td>
                <td className="number">{megabytesText(teacher.megabytes)}</td>
                <td className="number">{formatCount(teacher.macCount)}</td>
                <td className="number">{latencyText(reports, teacher.model.network)}</td>
              </tr>
              {rows.map((row) => (
                <StudentTableRow
                  key={row.choice}
                  row={row}
                  teacher={teacher}
                  reports={reports}
                  isChosen={row.choice === choice}
                />
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      </div>
      <div className="field-row student-fields">
        {choice === 'simplified' && (
          <NumberField
            label="Share of the widths"
            value={factor}
            min={0.05}
            max={1}
            disabled={busy}
            onChange={(value) => distillationStore.setState({ factor: value })}
          />
        )}
        {choice === 'preset' && (
          <SelectField
            label="Student preset"
            value={presetId}
            options={PRESET_OPTIONS}
            disabled={busy}
            onChange={(value) => distillationStore.setState({ presetId: value })}
          />
        )}
        {choice === 'condensed' && (
          <button type="button" onClick={() => setUi({ room: 'prune' })}>
            Set thresholds in Prune
          </button>
        )}
        {chosen && <Adopt row={chosen} teacher={teacher} disabled={busy} />}
      </div>
    </div>
  );
}

function Adopt({ row, teacher, disabled }: { row: StudentRow; teacher: TeacherRow; disabled: boolean }) {
  const { choice, made, problem } = row;
  if (choice === 'present')
    return <p className="hint">The design's network learns as it is; nothing has to be changed.</p>;
  return (
    <button
      type="button"
      disabled={disabled || !made.ok || problem !== null}
      onClick={() => made.ok && adoptStudent(made.value, teacher.model)}
    >
      Make this the design's network
    </button>
  );
}
