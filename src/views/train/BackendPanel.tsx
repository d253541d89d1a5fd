import { useStore } from 'zustand';
import { formatInteger } from '../../core/quantity.ts';
import { measureBackendsAgain, overrideBackend } from '../../state/actions/backend.ts';
import { jobStore } from '../../state/jobStore.ts';
import { trainingStore } from '../../state/trainingStore.ts';
import type { BackendChoice, BackendMeasurement, BackendName } from '../../workers/protocol.ts';
import { SelectField } from '../parts/fields.tsx';
import { Panel } from '../parts/Panel.tsx';

const DATE = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeStyle: 'short' });

const describeBackend = (backend: BackendChoice | null): string =>
  backend
    ? `Measured on ${DATE.format(backend.measuredAt)}.`
    : 'Measured before the first training; shown here then.';

function describeMeasurement({ imagesPerSecond, reason, difference }: BackendMeasurement): string {
  if (imagesPerSecond === null) return reason ?? 'not measured';
  const speed = `${formatInteger(imagesPerSecond)} images/s`;
  return difference ? `${speed}; checked: within ${difference.toExponential(0)} of cpu` : speed;
}

/** What trains, and how fast each way was. */
export function BackendPanel() {
  const backend = useStore(trainingStore, (state) => state.backend);
  const backendOverride = useStore(trainingStore, (state) => state.backendOverride);
  const trains = useStore(trainingStore, (state) => state.busy || state.sequence !== null);
  const isBusy = useStore(jobStore, ({ jobs }) => jobs.length > 0);
  return (
    <Panel title="Backend" className="controls">
      <div className="stack">
        <SelectField
          label="Runs on"
          value={backendOverride ?? 'auto'}
          disabled={trains}
          options={[
            {
              value: 'auto',
              label: backend && !backendOverride ? `Fastest measured: ${backend.active}` : 'Fastest measured',
            },
            { value: 'wasm', label: 'wasm' },
            { value: 'webgl', label: 'webgl' },
            { value: 'webgpu', label: 'webgpu' },
            { value: 'cpu', label: 'cpu' },
          ]}
          hint={describeBackend(backend)}
          onChange={(value) => overrideBackend(value === 'auto' ? null : (value as BackendName))}
        />
        {backend && (
          <>
            <dl className="facts">
              {backend.measurements.map((measurement) => (
                <div key={measurement.backend}>
                  <dt>{measurement.backend}</dt>
                  <dd>{describeMeasurement(measurement)}</dd>
                </div>
              ))}
            </dl>
            <details>
              <summary>How it was measured</summary>
              <p className="hint">{backend.explanation}</p>
              <p className="hint">
                The run trained {backend.measuredWith}, warm-up left out. The browser remembers it for this
                graphics processor. webgl and webgpu are used only where the losses and gradients of two steps
                agree with cpu. We tried both on graphics drawn by software (SwiftShader), not on real
                graphics processors.
              </p>
            </details>
            <button type="button" disabled={trains || isBusy} onClick={() => void measureBackendsAgain()}>
              Measure again
            </button>
          </>
        )}
      </div>
    </Panel>
  );
}
