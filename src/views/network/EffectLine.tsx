import { useStore } from 'zustand';
import type { HardwareReport } from '../../core/hardware/report.ts';
import { targetById } from '../../core/hardware/targets.ts';
import type { Network } from '../../core/network/network.ts';
import { formatChange, formatCount, formatSeconds } from '../../core/quantity.ts';
import { dropEdits } from '../../state/actions/edit.ts';
import { cachedCounts } from '../../state/derived.ts';
import { editStore } from '../../state/editStore.ts';
import { useBusy, useReport } from './useEditing.ts';

interface Effect {
  readonly name: string;
  readonly before: number | null;
  readonly after: number | null;
  readonly format: (value: number) => string;
}

function effects(start: Network, before: HardwareReport | null, now: Network, after: HardwareReport | null) {
  const was = cachedCounts(start);
  const is = cachedCounts(now);
  const whole = (value: number) => formatCount(value);
  return [
    { name: 'layers', before: start.layers.length, after: now.layers.length, format: whole },
    { name: 'parameters', before: was.parameterCount, after: is.parameterCount, format: whole },
    { name: 'MACs', before: was.macCount, after: is.macCount, format: whole },
    {
      name: 'time of a frame',
      before: before ? before.initiationInterval / before.clockHertz : null,
      after: after ? after.initiationInterval / after.clockHertz : null,
      format: formatSeconds,
    },
  ] satisfies readonly Effect[];
}

/** What the edits since the network was opened did, in numbers. */
export function EffectLine({ network }: { network: Network }) {
  const start = useStore(editStore, (state) => state.start);
  const after = useReport(network);
  const busy = useBusy();
  if (!start || start.network === network || start.network.name !== network.name) return null;
  const target = after ? targetById(after.targetId)?.name : undefined;
  return (
    <div className="effect-line">
      <span className="hint">Since {start.network.name} was opened</span>
      {effects(start.network, start.report, network, after).map(({ name, before, after: now, format }) => (
        <span key={name} className="effect">
          <span className="hint">{name === 'time of a frame' && target ? `${name}, ${target}` : name}</span>{' '}
          {before === null ? '–' : format(before)} → <strong>{now === null ? '…' : format(now)}</strong>{' '}
          {before !== null && now !== null && before !== now && (
            <span className="hint">{formatChange(before, now)}</span>
          )}
        </span>
      ))}
      <button type="button" className="quiet small" disabled={busy} onClick={dropEdits}>
        Drop the edits
      </button>
    </div>
  );
}
