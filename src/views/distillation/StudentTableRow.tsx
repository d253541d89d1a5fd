import type { Network } from '../../core/network/network.ts';
import { formatCount, formatPercent, formatSeconds } from '../../core/quantity.ts';
import { distillationStore, type StudentChoice } from '../../state/distillationStore.ts';
import { type StudentRow, timesText } from './studentRows.ts';
import { megabytesText } from './TeachersPanel.tsx';
import type { TeacherRow } from './teacherRows.ts';
import type { Reports } from './useReports.ts';

/** The latency of a network, or what stands for one that is not known. */
export function latencyText(reports: Reports, network: Network): string {
  const report = reports.get(network);
  if (!report) return '…';
  return report.ok ? formatSeconds(report.value.latencySeconds) : '–';
}

/** "1.20 times faster"; nothing where one of both is not known. */
function speedText(reports: Reports, teacher: Network, student: Network): string {
  const [before, after] = [reports.get(teacher), reports.get(student)];
  if (!before?.ok || !after?.ok) return '';
  const times = timesText(before.value.latencySeconds, after.value.latencySeconds);
  return times.replace('smaller', 'faster').replace('larger', 'slower');
}

interface StudentTableRowProps {
  readonly row: StudentRow;
  readonly teacher: TeacherRow;
  readonly reports: Reports;
  readonly isChosen: boolean;
}

const choose = (student: StudentChoice) => distillationStore.setState({ student });

/** A kind of student with its size beside the teacher's, or why it can't be made. */
export function StudentTableRow({ row, teacher, reports, isChosen }: StudentTableRowProps) {
  const { choice, title, description, made, problem } = row;
  const refused = made.ok ? problem : made.error.message;
  return (
    <tr className={isChosen ? 'current' : undefined}>
      <th scope="row">
        <label className="check">
          <input
            type="radio"
            name="student"
            checked={isChosen}
            disabled={problem !== null}
            onChange={() => choose(choice)}
          />
          <span className="student-name">
            {title}
            <span className="hint">{description}</span>
            {refused !== null && <span className="hint warn">{refused}</span>}
          </span>
        </label>
      </th>
      {made.ok ? (
        <>
          <td className="number">{formatCount(made.value.parameterCount)}</td>
          <td className="number" title={timesText(teacher.parameterCount, made.value.parameterCount)}>
            {formatPercent(made.value.parameterRatio)}
          </td>
          <td className="number">
            {megabytesText(made.value.megabytes)}
            <span className="hint interval">{timesText(teacher.megabytes, made.value.megabytes)}</span>
          </td>
          <td className="number">
            {formatCount(made.value.macCount)}
            <span className="hint interval">{timesText(teacher.macCount, made.value.macCount)}</span>
          </td>
          <td className="number">
            {latencyText(reports, made.value.network)}
            <span className="hint interval">
              {speedText(reports, teacher.model.network, made.value.network)}
            </span>
          </td>
        </>
      ) : (
        ['parameters', 'ratio', 'megabytes', 'macs', 'latency'].map((column) => (
          <td key={column} className="number muted">
            –
          </td>
        ))
      )}
    </tr>
  );
}
