import { formatInteger } from '../../core/quantity.ts';
import { SOURCE_DISTILLATION, transferCounts } from '../../core/training/distillation.ts';
import { changeDistillation, takeSourceValues } from '../../state/actions/distillation.ts';
import { totalOf, useSplitCounts } from '../metrics/useSplitCounts.ts';
import { NumberField } from '../parts/fields.tsx';
import { Panel } from '../parts/Panel.tsx';
import { useEntry } from '../useEntry.ts';
import { SoftenedAnswer } from './SoftenedAnswer.tsx';
import type { TeacherRow } from './teacherRows.ts';
import { useTraining } from './useTraining.ts';

/** Keeps a sign and its value on one line. */
const NBSP = '\u00a0';

/** How much the student listens, and what the teachers say at that temperature. */
export function LessonPanel({ teachers }: { teachers: readonly TeacherRow[] }) {
  const { distillation } = useEntry().design.recipe;
  const busy = useTraining();
  const { temperature, softWeight, hardWeight, transferShare } = distillation;
  const counts = useSplitCounts();
  const isSource =
    temperature === SOURCE_DISTILLATION.temperature &&
    softWeight === SOURCE_DISTILLATION.softWeight &&
    hardWeight === SOURCE_DISTILLATION.hardWeight;
  return (
    <Panel
      title="Lesson"
      className="side-table"
      actions={
        <button
          type="button"
          className="quiet small"
          title="T = 2, 0.25 soft and 0.75 hard: source 002, section 5.2.4"
          disabled={busy || isSource}
          onClick={takeSourceValues}
        >
          The source's values
        </button>
      }
    >
      <div className="stack">
        <div className="lesson-fields">
          <NumberField
            label="Temperature T"
            value={temperature}
            min={0.1}
            max={100}
            disabled={busy}
            onChange={(value) => changeDistillation({ temperature: value })}
          />
          <NumberField
            label="Soft weight"
            value={softWeight}
            min={0}
            max={10}
            disabled={busy}
            onChange={(value) => changeDistillation({ softWeight: value })}
          />
          <NumberField
            label="Hard weight"
            value={hardWeight}
            min={0}
            max={10}
            disabled={busy}
            onChange={(value) => changeDistillation({ hardWeight: value })}
          />
          <NumberField
            label="Transfer set"
            value={Number((100 * transferShare).toPrecision(6))}
            min={1}
            max={100}
            unit="%"
            hint={counts && transferText(counts.train, transferShare)}
            disabled={busy}
            onChange={(value) => changeDistillation({ transferShare: value / 100 })}
          />
        </div>
        <p className="hint">
          Loss = {softWeight} · {temperature}² · cross entropy with the teachers' answers at T{NBSP}={NBSP}
          {temperature}, plus {hardWeight} · cross entropy with the labels.
        </p>
        <p className="hint">
          The student trains on the transfer set alone, with teachers and without: the same share of each
          class, for every seed the same images.
        </p>
        {softWeight + hardWeight === 0 && (
          <p className="hint warn">
            Both weights are 0, which teaches nothing; give one of them more, such as 0.25 and 0.75.
          </p>
        )}
        <SoftenedAnswer teachers={teachers} temperature={temperature} />
      </div>
    </Panel>
  );
}

/** "400 of 1,600 images" */
function transferText(train: readonly number[], share: number): string {
  const chosen = formatInteger(totalOf(transferCounts(train, share)));
  const all = formatInteger(totalOf(train));
  return share === 1 ? `all ${all} images` : `${chosen} of ${all} images`;
}
