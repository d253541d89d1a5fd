import { useMemo } from 'react';
import { useStore } from 'zustand';
import { dataStore } from '../../state/dataStore.ts';
import { distillationStore } from '../../state/distillationStore.ts';
import { evaluationStore } from '../../state/evaluationStore.ts';
import { dataKeyOf } from '../../state/metricsStore.ts';
import { modelStore } from '../../state/modelStore.ts';
import { imagesOf, runsStore } from '../../state/runsStore.ts';
import { useEntry } from '../useEntry.ts';
import { LessonPanel } from './LessonPanel.tsx';
import { ResultPanel } from './ResultPanel.tsx';
import { StudentPanel } from './StudentPanel.tsx';
import { TeachersPanel } from './TeachersPanel.tsx';
import { type TeacherRow, teacherRows } from './teacherRows.ts';

function useTeacherRows(): readonly TeacherRow[] {
  const { design, modelId, baselineModelId } = useEntry();
  const models = useStore(modelStore, (state) => state.models);
  const evaluations = useStore(evaluationStore, (state) => state.evaluations);
  const runs = useStore(runsStore, (state) => state.runs);
  const teacherIds = useStore(distillationStore, (state) => state.teacherIds);
  const measured = useStore(distillationStore, (state) => state.measured);
  const classNames = useStore(dataStore, ({ data }) =>
    data.status === 'ready' ? data.data.classNames : null,
  );
  const dataKey = dataKeyOf(design.data);
  return useMemo(
    () =>
      teacherRows({
        models,
        modelId,
        baselineModelId,
        evaluations,
        runs: runs.map((run) => ({ ...run, dataKey: imagesOf(run.design.data) })),
        teacherIds,
        measured,
        classNames,
        normalization: design.data,
        dataKey,
      }),
    [
      models,
      modelId,
      baselineModelId,
      evaluations,
      runs,
      teacherIds,
      measured,
      classNames,
      design.data,
      dataKey,
    ],
  );
}

/** A page of the Train room: who teaches, how much the student listens, who the student is, and whether it helped. */
export function DistillationPage() {
  const rows = useTeacherRows();
  const teachers = useMemo(() => {
    const order = new Map(rows.map((row) => [row.model.id, row]));
    return distillationStore
      .getState()
      .teacherIds.flatMap((id) => order.get(id) ?? [])
      .filter(({ problem }) => problem === null);
  }, [rows]);
  return (
    <>
      <TeachersPanel rows={rows} />
      <LessonPanel teachers={teachers} />
      <StudentPanel teachers={teachers} />
      <ResultPanel teachers={teachers} />
    </>
  );
}
