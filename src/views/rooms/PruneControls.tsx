import { useStore } from 'zustand';
import type { KeepMultiple } from '../../core/exploration/design.ts';
import { targetById } from '../../core/hardware/targets.ts';
import type { ChannelGroup } from '../../core/pruning/groups.ts';
import {
  formatInteger,
  formatNumberOf,
  formatPercent,
  formatPoints,
  formatSignificant,
} from '../../core/quantity.ts';
import { measureAccuracy, measureApoz } from '../../state/actions/measure.ts';
import { prune, setKeepMultiple, setThreshold, setThresholds } from '../../state/actions/prune.ts';
import { setPaused, startTraining, stopTraining } from '../../state/actions/train.ts';
import { cachedGroups, plannedNetwork, plannedPruning } from '../../state/derived.ts';
import { changeDesign, settleDesign } from '../../state/designStore.ts';
import { jobStore } from '../../state/jobStore.ts';
import type { Model } from '../../state/modelStore.ts';
import { trainingStore } from '../../state/trainingStore.ts';
import { setUi } from '../../state/uiStore.ts';
import { whatIfStore } from '../../state/whatIfStore.ts';
import { NumberField, Segmented } from '../parts/fields.tsx';
import { KeepFocus } from '../parts/KeepFocus.tsx';
import { Panel } from '../parts/Panel.tsx';
import { prunableChannels } from '../pruningState.ts';
import { RecipeFields } from '../train/RecipeFields.tsx';
import { useEntry, useModel } from '../useEntry.ts';

const MULTIPLES: readonly { value: KeepMultiple; label: string }[] = [1, 2, 4, 8, 16].map((value) => ({
  value: value as KeepMultiple,
  label: String(value),
}));

export function PruneControls({ selected }: { selected: string | null }) {
  const model = useModel();
  return (
    <>
      <Panel title="Thresholds" subtitle="channels above fall" className="controls">
        {model?.apoz ? <Thresholds model={model} selected={selected} /> : <Measure model={model} />}
      </Panel>
      {model && <FineTune />}
    </>
  );
}

function Measure({ model }: { model: Model | null }) {
  const busy = useStore(jobStore, (state) => state.jobs.length > 0);
  return (
    <div className="stack">
      {model ? (
        <button type="button" className="primary wide" disabled={busy} onClick={() => void measureApoz()}>
          Measure APoZ
        </button>
      ) : (
        <>
          <p className="hint">
            Train the network first: an untrained one is not silent anywhere for a reason.
          </p>
          <button type="button" className="wide" onClick={() => setUi({ room: 'train' })}>
            Go to Train
          </button>
        </>
      )}
    </div>
  );
}

function Thresholds({ model, selected }: { model: Model; selected: string | null }) {
  const { design } = useEntry();
  const { network, pruning, hardware } = design;
  const apoz = model.apoz;
  if (!apoz || model.network !== network) return null;
  const { plan } = plannedPruning(network, apoz, pruning);
  const groups = cachedGroups(network).groups.filter(
    (group) => group.activations.length > 0 || group.fixed === null,
  );
  const open = groups.filter((group) => group.fixed === null);
  return (
    <div className="stack">
      <p className="hint">
        APoZ: share of zeros behind each ReLU, measured on {formatInteger(apoz.imageCount)} validation images
        in {formatSignificant(apoz.seconds)} s.
      </p>
      {open.map((group) => (
        <ThresholdRow
          key={group.id}
          group={group}
          threshold={pruning.thresholds[group.id] ?? 1}
          falling={group.slotCount - (plan.keep[group.id]?.length ?? group.slotCount)}
          selected={group.id === selected}
        />
      ))}
      <FixedGroups groups={groups.filter((group) => group.fixed !== null)} />
      <button
        type="button"
        className="quiet"
        disabled={Object.keys(pruning.thresholds).length === 0}
        onClick={() => setThresholds(Object.fromEntries(open.map((group) => [group.id, 1])))}
      >
        Keep all channels
      </button>
      <Segmented
        label="Keep multiples of"
        value={pruning.keepMultiple}
        options={MULTIPLES}
        hint={`Kept channels are rounded up. ${multipleHint(hardware.targetId)}`}
        onChange={setKeepMultiple}
      />
      <PruneButton model={model} />
    </div>
  );
}

function multipleHint(targetId: string): string {
  const target = targetById(targetId);
  if (target?.architecture)
    return `${target.name} computes channels in blocks: see the staircase for its next useful width.`;
  return 'FINN needs widths that PE and SIMD divide: multiples keep large foldings legal.';
}

interface ThresholdRowProps {
  readonly group: ChannelGroup;
  readonly threshold: number;
  readonly falling: number;
  readonly selected: boolean;
}

function ThresholdRow({ group, threshold, falling, selected }: ThresholdRowProps) {
  const name = group.producers.join(' + ');
  const coupled = group.producers.length > 1 || group.followers.length > 1;
  return (
    <fieldset
      className={selected ? 'threshold selected' : 'threshold'}
      onFocus={() => setUi({ selectedGroup: group.id })}
      onPointerEnter={() => setUi({ hoveredLayer: group.producers[0] ?? null })}
      onPointerLeave={() => setUi({ hoveredLayer: null })}
    >
      <legend className="visually-hidden">{name}</legend>
      <div className="threshold-head">
        <span
          className="threshold-name"
          title={coupled ? `Fall together: ${[...group.producers, ...group.followers].join(', ')}` : name}
        >
          {name}
        </span>
        <span className="threshold-count">
          {falling} of {group.slotCount} fall
        </span>
      </div>
      <div className="threshold-line">
        <input
          type="range"
          min={0}
          max={1}
          step={0.005}
          value={threshold}
          aria-label={`Threshold of ${name}`}
          aria-valuetext={`${threshold.toFixed(3)}: ${falling} of ${group.slotCount} channels fall`}
          onChange={(event) => setThreshold(group.id, Number(event.target.value), 'drag')}
          onPointerUp={settleDesign}
          onKeyUp={settleDesign}
        />
        <ThresholdNumber group={group} threshold={threshold} name={name} />
      </div>
    </fieldset>
  );
}

function ThresholdNumber({
  group,
  threshold,
  name,
}: {
  group: ChannelGroup;
  threshold: number;
  name: string;
}) {
  return (
    <span className="bare-field">
      <NumberField
        label={`${name}, threshold`}
        value={threshold}
        min={0}
        max={1}
        onChange={(value) => setThreshold(group.id, value)}
      />
    </span>
  );
}

function FixedGroups({ groups }: { groups: readonly ChannelGroup[] }) {
  if (groups.length === 0) return null;
  return (
    <details>
      <summary>{groups.length} groups stay as they are</summary>
      <ul className="reasons">
        {groups.map((group) => (
          <li key={group.id}>
            <strong>{group.id}</strong> {group.fixed}
          </li>
        ))}
      </ul>
    </details>
  );
}

function PruneButton({ model }: { model: Model }) {
  const entry = useEntry();
  const planned = plannedNetwork(entry, model);
  const running = useStore(trainingStore, (state) => state.live !== null);
  const whatIf = useStore(whatIfStore, (state) => state.whatIf);
  const falling = prunableChannels(entry.design.network) - prunableChannels(planned);
  const share = falling / Math.max(1, prunableChannels(entry.design.network));
  const known = whatIf?.network === planned && model.validation ? whatIf.accuracy : null;
  return (
    <>
      {known && model.validation && (
        <p className="what-if">
          <strong>{formatPercent(known.correct / known.total)}</strong> accuracy as the thresholds stand,{' '}
          {formatPoints(model.validation.correct / model.validation.total, known.correct / known.total)}{' '}
          before fine-tuning
        </p>
      )}
      <button
        type="button"
        className="primary wide"
        disabled={falling === 0 || running}
        onClick={() => void prune()}
      >
        {falling === 0 ? 'Nothing falls yet' : `Prune ${falling} channels (${formatPercent(share, 0)})`}
      </button>
      <p className="hint">
        Makes a smaller network with these weights. Undo brings everything back, weights included.
      </p>
    </>
  );
}

function FineTune() {
  const { design } = useEntry();
  const model = useModel();
  const live = useStore(trainingStore, (state) => state.live);
  const busy = useStore(jobStore, (state) => state.jobs.length > 0);
  return (
    <Panel title="Fine-tune" className="controls">
      <KeepFocus className="stack">
        {live ? (
          <div className="button-row">
            <button type="button" className="primary" onClick={() => setPaused(!live.paused)}>
              {live.paused ? 'Resume' : 'Pause'}
            </button>
            <button type="button" onClick={stopTraining}>
              Stop
            </button>
          </div>
        ) : (
          <button
            type="button"
            className="primary wide"
            disabled={busy}
            onClick={() => void startTraining('fine-tune')}
          >
            Fine-tune {formatNumberOf(design.fineTune.epochs, 'epoch')}
          </button>
        )}
        {model && !model.validation && (
          <button type="button" disabled={busy} onClick={() => void measureAccuracy()}>
            Measure accuracy
          </button>
        )}
        <details>
          <summary>Recipe</summary>
          <RecipeFields
            recipe={design.fineTune}
            disabled={live !== null}
            onChange={(fineTune) => changeDesign((d) => ({ ...d, fineTune }))}
          />
        </details>
      </KeepFocus>
    </Panel>
  );
}
