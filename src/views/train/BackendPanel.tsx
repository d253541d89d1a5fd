import { useStore } from 'zustand';
import { formatInteger } from '../../core/quantity.ts';
import { overrideBackend } from '../../state/actions/backend.ts';
import { trainingStore } from '../../state/trainingStore.ts';
import type { BackendChoice, BackendName } from '../../workers/protocol.ts';
import { SelectField } from '../parts/fields.tsx';
import { Panel } from '../parts/Panel.tsx';

function describeBackend(backend: BackendChoice | null): string {
  return backend
    ? 'Measured on a short run with 16x16 images, warm-up left out.'
    : 'Measured before the first training; shown here then.';
}

/** What trains, and how fast each way was. */
export function BackendPanel() {
  const { backend, backendOverride, live } = useStore(trainingStore);
  return (
    <Panel title="Backend" className="controls">
      <div className="stack">
        <SelectField
          label="Runs on"
          value={backendOverride ?? 'auto'}
          disabled={live !== null}
          options={[
            {
              value: 'auto',
              label: backend && !backendOverride ? `Fastest measured: ${backend.active}` : 'Fastest measured',
            },
            { value: 'wasm', label: 'wasm' },
            { value: 'webgl', label: 'webgl' },
            { value: 'cpu', label: 'cpu' },
          ]}
          hint={describeBackend(backend)}
          onChange={(value) => overrideBackend(value === 'auto' ? null : (value as BackendName))}
        />
        {backend && (
          <dl className="facts">
            {backend.measurements.map((measurement) => (
              <div key={measurement.backend}>
                <dt>{measurement.backend}</dt>
                <dd>
                  {measurement.imagesPerSecond === null
                    ? (measurement.reason ?? 'not measured')
                    : `${formatInteger(measurement.imagesPerSecond)} images/s`}
                </dd>
              </div>
            ))}
          </dl>
        )}
      </div>
    </Panel>
  );
}
