import { useId, useMemo, useState } from 'react';
import type { TrainingRun } from '../../state/runsStore.ts';
import { MOST_LOSSES } from '../../state/thinCurves.ts';
import { ChartPanel } from '../parts/ChartPanel.tsx';
import { Segmented, SelectField } from '../parts/fields.tsx';
import { RUN_CURVES } from './chartKinds.ts';
import { curvesData, hasSpreadTimes, QUANTITIES, type Quantity, type XName } from './curvesData.ts';

const X_NAMES: readonly { readonly value: XName; readonly label: string }[] = [
  { value: 'epoch', label: 'epoch' },
  { value: 'step', label: 'step' },
  { value: 'time', label: 'time' },
];

/** What the curves on the screen can't tell by themselves. */
function notesOf(runs: readonly TrainingRun[], quantity: Quantity, xName: XName): string[] {
  const notes: string[] = [];
  const thinned = runs.filter(({ stepsPerLoss }) => stepsPerLoss > 1);
  if (xName === 'step' && quantity === 'trainLoss' && thinned.length > 0) {
    const most = Math.max(...thinned.map(({ stepsPerLoss }) => stepsPerLoss));
    notes.push(
      `Long runs keep ${MOST_LOSSES.toLocaleString('en-US')} losses: each is the mean of up to ${most} steps.`,
    );
  }
  if (xName === 'step' && quantity !== 'trainLoss')
    notes.push('Measured once an epoch; the training loss is known at every step.');
  if (xName === 'time' && runs.some((run) => run.curves.epochs.length > 0 && hasSpreadTimes(run)))
    notes.push('Where a run did not say when its epochs ended, its time is spread evenly over them.');
  return notes;
}

/** The learning curves of the chosen runs, laid over each other. */
export function CurvesPanel({ runs }: { runs: readonly TrainingRun[] }) {
  const [quantity, setQuantity] = useState<Quantity>('validationAccuracy');
  const [xName, setXName] = useState<XName>('epoch');
  const [smoothing, setSmoothing] = useState(0);
  const data = useMemo(
    () => curvesData(runs, quantity, xName, smoothing),
    [runs, quantity, xName, smoothing],
  );
  return (
    <ChartPanel
      title="Learning curves of runs"
      subtitle={
        smoothing > 0 ? `moving average, factor ${smoothing}; raw values faint behind it` : 'raw values'
      }
      kind={RUN_CURVES}
      data={data}
      fileName="runs"
      className="tall"
    >
      <div className="curve-controls">
        <SelectField label="Curve" value={quantity} options={QUANTITIES} onChange={setQuantity} />
        <Segmented label="Along" value={xName} options={X_NAMES} onChange={setXName} />
        <SmoothingField value={smoothing} onChange={setSmoothing} />
      </div>
      {notesOf(runs, quantity, xName).map((note) => (
        <p key={note} className="chart-note">
          {note}
        </p>
      ))}
    </ChartPanel>
  );
}

function SmoothingField({ value, onChange }: { value: number; onChange: (value: number) => void }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>Smoothing factor</label>
      <span className="with-unit">
        <input
          id={id}
          type="range"
          min={0}
          max={0.99}
          step={0.01}
          value={value}
          onChange={(event) => onChange(Number(event.target.value))}
        />
        <output className="unit" htmlFor={id}>
          {value === 0 ? '0 (raw)' : value.toFixed(2)}
        </output>
      </span>
    </div>
  );
}
