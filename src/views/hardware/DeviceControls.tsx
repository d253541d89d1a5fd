import type { DeviceChoice } from '../../core/exploration/design.ts';
import { changeDesign } from '../../state/designStore.ts';
import { Field, NumberField, SelectField } from '../parts/fields.tsx';
import { Panel } from '../parts/Panel.tsx';
import { useEntry } from '../useEntry.ts';

const patchDevice = (change: Partial<DeviceChoice>) =>
  changeDesign((design) => {
    const { hardware } = design;
    return { ...design, hardware: { ...hardware, device: { ...hardware.device, ...change } } };
  });

const VALUE_SIZES = [
  { value: '1', label: '8-bit integers' },
  { value: '2', label: '16-bit floating point' },
  { value: '4', label: '32-bit floating point' },
] as const;

/** The figures of the user's own device, from its data sheet or a measurement. */
export function DeviceControls() {
  const { hardware } = useEntry().design;
  const { targetId, comparedTargetId, device } = hardware;
  if (targetId !== 'custom-device' && comparedTargetId !== 'custom-device') return null;
  return (
    <Panel title="Your device" subtitle="as a roofline sees it" className="controls">
      <div className="stack">
        <Field label="Name">
          {(id) => (
            <input
              id={id}
              type="text"
              maxLength={60}
              defaultValue={device.name}
              onBlur={(event) =>
                event.target.value.trim() && patchDevice({ name: event.target.value.trim() })
              }
            />
          )}
        </Field>
        <NumberField
          label="Peak"
          value={device.peakOpsPerSecond / 1e9}
          min={0.001}
          max={1e9}
          unit="GOP/s"
          hint="1 MAC = 2 operations"
          onChange={(giga) => patchDevice({ peakOpsPerSecond: giga * 1e9 })}
        />
        <NumberField
          label="Memory bandwidth"
          value={device.bandwidthBytesPerSecond / 1e9}
          min={0.000_001}
          max={1e6}
          unit="GB/s"
          onChange={(giga) => patchDevice({ bandwidthBytesPerSecond: giga * 1e9 })}
        />
        <NumberField
          label="Overhead of a node"
          value={Number((device.overheadSecondsPerNode * 1e6).toPrecision(12))}
          min={0}
          max={1e7}
          unit="µs"
          onChange={(micro) => patchDevice({ overheadSecondsPerNode: micro / 1e6 })}
        />
        <SelectField
          label="Values"
          value={VALUE_SIZES.find(({ value }) => Number(value) === device.bytesPerValue)?.value ?? '4'}
          options={VALUE_SIZES}
          onChange={(bytes) => patchDevice({ bytesPerValue: Number(bytes) })}
        />
        <NumberField
          label="Power"
          value={device.powerWatts ?? 0}
          min={0}
          max={1e5}
          unit="W"
          hint="0 where unknown"
          onChange={(watts) => patchDevice({ powerWatts: watts < 0.001 ? null : watts })}
        />
      </div>
    </Panel>
  );
}
