import { useStore } from 'zustand';
import { targetById } from '../core/hardware/targets.ts';
import { formatCount, formatInteger, formatPercent } from '../core/quantity.ts';
import { dataStore } from '../state/dataStore.ts';
import { cachedCounts } from '../state/derived.ts';
import { comparableWith, evaluationStore } from '../state/evaluationStore.ts';
import { hardwareStore } from '../state/hardwareStore.ts';
import { jobStore } from '../state/jobStore.ts';
import { trainingStore } from '../state/trainingStore.ts';
import { ROOMS, type Room, setUi, uiStore } from '../state/uiStore.ts';
import { pruningState } from './pruningState.ts';
import { trainedFor } from './train/trainedFor.ts';
import { useRunOf } from './train/useRunOf.ts';
import { useEntry, useModel } from './useEntry.ts';

const NAMES: Readonly<Record<Room, string>> = {
  data: 'Data',
  network: 'Network',
  train: 'Train',
  prune: 'Prune',
  hardware: 'Hardware',
  explore: 'Explore',
};

/** Each room's state in one line. */
function useRoomStates(): Readonly<Record<Room, string>> {
  const entry = useEntry();
  const model = useModel();
  const data = useStore(dataStore, (state) => state.data);
  const live = useStore(trainingStore, (state) => state.live);
  const answer = useStore(hardwareStore, (state) => state.answer);
  const designCount = comparableWith(
    useStore(evaluationStore, (state) => state.evaluations),
    entry.design.data,
  ).length;
  const { design } = entry;
  const run = useRunOf(model);
  const validation = model?.validation;
  const report = answer?.after[design.hardware.targetId];
  const fps = report?.ok ? `, ${formatCount(report.value.throughputFps, 'fps')}` : '';
  return {
    data:
      data.status === 'ready'
        ? `${data.data.name}, ${formatInteger(data.data.imageCount)}`
        : data.status === 'loading'
          ? 'Loading…'
          : 'No images',
    network: `${design.network.name}, ${formatCount(cachedCounts(design.network).parameterCount)}`,
    train: live
      ? `Epoch ${live.epoch} of ${live.epochs}${live.paused ? ', paused' : ''}`
      : validation
        ? `${formatPercent(validation.correct / validation.total)}, ${trainedFor(model, run?.result)}`
        : model
          ? `${trainedFor(model, run?.result)}, not measured`
          : 'Untrained',
    prune: pruningState(entry, model),
    hardware: `${targetById(design.hardware.targetId)?.name ?? ''}${fps}`,
    explore: designCount === 0 ? 'No designs yet' : `${designCount} design${designCount === 1 ? '' : 's'}`,
  };
}

export function Rail() {
  const room = useStore(uiStore, (ui) => ui.room);
  const states = useRoomStates();
  return (
    <nav className="rail" aria-label="Rooms">
      <ol>
        {ROOMS.map((id) => (
          <li key={id}>
            <button
              type="button"
              className="rail-room"
              aria-current={id === room ? 'page' : undefined}
              onClick={() => setUi({ room: id })}
            >
              <span className="rail-name">{NAMES[id]}</span>
              <span className="rail-state" title={states[id]}>
                {states[id]}
              </span>
            </button>
          </li>
        ))}
      </ol>
      <Jobs />
    </nav>
  );
}

function Jobs() {
  const jobs = useStore(jobStore, (state) => state.jobs);
  return (
    <section className="jobs" aria-label="Running jobs" data-idle={jobs.length === 0}>
      {jobs.map((job) => (
        <div key={job.id} className="job">
          <div className="job-line">
            <span>{job.title}</span>
            <button type="button" className="quiet" aria-label={`Cancel: ${job.title}`} onClick={job.cancel}>
              ×
            </button>
          </div>
          <progress
            max={1}
            {...(job.fraction === null ? {} : { value: job.fraction })}
            aria-label={`${job.title}: ${job.fraction === null ? 'running' : formatPercent(job.fraction, 0)}`}
          />
          <span className="job-detail">{job.detail}</span>
        </div>
      ))}
    </section>
  );
}
