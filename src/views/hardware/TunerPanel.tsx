import { useState } from 'react';
import { useStore } from 'zustand';
import { clockOf } from '../../core/hardware/estimate.ts';
import { boardById, RESOURCE_LABELS } from '../../core/hardware/finn/tuning/boards.ts';
import type { CeilingChoice, Tuning, TuningMethod } from '../../core/hardware/finn/tuning/tuneDesign.ts';
import { formatCount, formatInteger, formatPercent } from '../../core/quantity.ts';
import { applyTuning, searchFolding, tuningStore } from '../../state/actions/tune.ts';
import { plannedNetwork } from '../../state/derived.ts';
import { Segmented, SelectField } from '../parts/fields.tsx';
import { Panel } from '../parts/Panel.tsx';
import { ScrollRegion } from '../parts/ScrollRegion.tsx';
import { useEntry, useModel } from '../useEntry.ts';

const METHODS: readonly { readonly value: TuningMethod; readonly label: string; readonly hint: string }[] = [
  {
    value: 'optimal',
    label: 'Fastest under all budgets',
    hint: 'Our search: LUT, BRAM18, DSP and URAM at once, memories and multipliers free, with a proven bound.',
  },
  {
    value: 'set-folding',
    label: "FINN's SetFolding",
    hint: 'The best of all its targets that fits.',
  },
  {
    value: 'algorithm-1-balanced',
    label: 'Algorithm 1, balanced',
    hint: 'Source 003: doubles the slowest layer until the LUT budget is reached; knows no other resource.',
  },
  {
    value: 'algorithm-1-simd',
    label: 'Algorithm 1, SIMD first',
    hint: 'Source 003: doubles SIMD of the slowest layer first, until the LUT budget is reached.',
  },
  {
    value: 'algorithm-1-pe',
    label: 'Algorithm 1, PE first',
    hint: 'Source 003: doubles PE of the slowest layer first, until the LUT budget is reached.',
  },
  {
    value: 'algorithm-2',
    label: 'Algorithm 2',
    hint: 'Source 003: moves the LUT budget until everything fits.',
  },
];

const CEILING_OPTIONS: readonly { readonly value: CeilingChoice; readonly label: string }[] = [
  { value: 'recommended', label: 'recommended' },
  { value: 'whole-chip', label: 'whole chip' },
];

/** Folds the network for the board: by our search, FINN's, or the thesis'. */
export function TunerPanel({ className = '' }: { className?: string }) {
  const entry = useEntry();
  const model = useModel();
  const { hardware } = entry.design;
  const network = plannedNetwork(entry, model);
  const [method, setMethod] = useState<TuningMethod>('optimal');
  const [ceilings, setCeilings] = useState<CeilingChoice>('recommended');
  const answer = useStore(tuningStore, (state) => state.answer);
  const board = boardById(hardware.boardId);
  return (
    <Panel
      title="Fold automatically"
      subtitle={`for ${board?.name ?? 'no board'}, at ${clockOf('finn', hardware) / 1e6} MHz`}
      className={className}
    >
      <div className="stack">
        <SelectField
          label="Method"
          value={method}
          options={METHODS}
          hint={METHODS.find(({ value }) => value === method)?.hint}
          onChange={setMethod}
        />
        <Segmented
          label="Share of the board"
          value={ceilings}
          options={CEILING_OPTIONS}
          hint="FINN recommends 70 % of LUT, 80 % of memories and DSPs, for timing closure."
          onChange={setCeilings}
        />
        <button
          type="button"
          className="primary"
          onClick={() => void searchFolding({ network, hardware, method, ceilings })}
        >
          Search
        </button>
        {answer &&
          (answer.tuning.ok ? (
            <Found
              tuning={answer.tuning.value}
              clockHertz={clockOf('finn', answer.hardware)}
              stale={answer.network !== network || answer.hardware.boardId !== hardware.boardId}
            />
          ) : (
            <p className="tone-worse" role="status">
              {answer.tuning.error.message}
            </p>
          ))}
      </div>
    </Panel>
  );
}

interface FoundProps {
  readonly tuning: Tuning;
  readonly clockHertz: number;
  readonly stale: boolean;
}

function Found({ tuning, clockHertz, stale }: FoundProps) {
  const { cycles, used, limits, lowerBoundCycles, sentence, method, steps } = tuning;
  const over = RESOURCE_LABELS.filter(([key]) => used[key] > limits[key]).map(([, label]) => label);
  return (
    <>
      <p role="status">
        <strong>{METHODS.find(({ value }) => value === method)?.label}</strong>: {sentence}
      </p>
      {over.length > 0 && <p className="tone-worse">It takes more {over.join(' and ')} than allowed.</p>}
      <dl className="facts">
        <div>
          <dt>Throughput</dt>
          <dd>{formatCount(clockHertz / cycles, 'fps')}</dd>
        </div>
        {lowerBoundCycles !== null && (
          <div>
            <dt>Nothing is faster than</dt>
            <dd>{formatCount(clockHertz / lowerBoundCycles, 'fps')}</dd>
          </div>
        )}
        {RESOURCE_LABELS.map(([key, label]) => (
          <div key={key}>
            <dt>{label}</dt>
            <dd>
              {formatInteger(used[key])} of {formatInteger(limits[key])}
              {limits[key] > 0 && ` (${formatPercent(used[key] / limits[key])})`}
            </dd>
          </div>
        ))}
      </dl>
      {stale && <p className="hint">The network or the board has changed since; search again.</p>}
      <button type="button" disabled={stale} onClick={() => applyTuning(tuning)}>
        Use this folding
      </button>
      {steps.length > 0 && (
        <details>
          <summary>{steps.length} steps</summary>
          <ScrollRegion label="Steps of Algorithm 1">
            <ol className="reasons">
              {steps.map((step) => (
                <li key={step.step}>{step.sentence}</li>
              ))}
            </ol>
          </ScrollRegion>
        </details>
      )}
    </>
  );
}
