import { useState } from 'react';
import { useStore } from 'zustand';
import { clockOf } from '../../core/hardware/estimate.ts';
import { maxClockFromSlack, throughputAtClock } from '../../core/hardware/finn/clock.ts';
import { formatCount, formatSignificant } from '../../core/quantity.ts';
import { changeDesign } from '../../state/designStore.ts';
import { hardwareStore } from '../../state/hardwareStore.ts';
import { NumberField } from '../parts/fields.tsx';
import { Panel } from '../parts/Panel.tsx';
import { useEntry } from '../useEntry.ts';

/** How fast a routed design could be clocked, from the slack that Vivado reports (source 003, eq. 4.2). */
export function ClockPanel({ className = '' }: { className?: string }) {
  const { hardware } = useEntry().design;
  const report = useStore(hardwareStore, (state) => state.answer?.after.finn);
  const [slackNs, setSlackNs] = useState(0);
  const clockHertz = clockOf('finn', hardware);
  const periodNs = 1e9 / clockHertz;
  const limit = maxClockFromSlack(periodNs, slackNs);
  const rate =
    limit.ok && report?.ok
      ? throughputAtClock(report.value.throughputFps, clockHertz, limit.value.maxHertz)
      : null;
  return (
    <Panel
      title="Clock from slack"
      subtitle="F_max = 1 / (T − WNS), of a build you made"
      className={className}
    >
      <div className="stack">
        <NumberField
          label="Worst negative slack"
          value={slackNs}
          min={-1000}
          max={1000}
          unit="ns"
          hint={`Vivado's WNS of a build at ${formatSignificant(periodNs)} ns; above 0 where timing is met.`}
          onChange={setSlackNs}
        />
        <p role="status">{limit.ok ? limit.value.sentence : limit.error.message}</p>
        {limit.ok && rate?.ok && (
          <p className="hint">There it would run at {formatCount(rate.value, 'fps')}.</p>
        )}
        <button
          type="button"
          disabled={!limit.ok || slackNs === 0}
          onClick={() =>
            limit.ok &&
            changeDesign((design) => ({
              ...design,
              hardware: {
                ...design.hardware,
                clockHertz: { ...design.hardware.clockHertz, finn: Math.floor(limit.value.maxHertz) },
              },
            }))
          }
        >
          Estimate at that clock
        </button>
      </div>
    </Panel>
  );
}
