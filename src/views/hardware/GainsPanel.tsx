import { useEffect } from 'react';
import { useStore } from 'zustand';
import { clockOf } from '../../core/hardware/estimate.ts';
import type { PruningGain } from '../../core/hardware/pruningGains.ts';
import { targetById } from '../../core/hardware/targets.ts';
import { formatInteger } from '../../core/quantity.ts';
import { plannedPruning } from '../../state/derived.ts';
import { gainsStore, requestGains } from '../../state/gainsStore.ts';
import { setUi } from '../../state/uiStore.ts';
import { Empty, Panel } from '../parts/Panel.tsx';
import { ScrollRegion } from '../parts/ScrollRegion.tsx';
import { useEntry, useModel } from '../useEntry.ts';
import { formatWork } from '../work.ts';

/** Which cuts of the plan save time on the leading target, and which layers may as well stay whole. */
export function GainsPanel({ className = '' }: { className?: string }) {
  const { design } = useEntry();
  const model = useModel();
  const { network, baseline, hardware, pruning } = design;
  const plan =
    model?.apoz && model.network === network ? plannedPruning(network, model.apoz, pruning).plan : null;
  const cut = plan !== null && Object.keys(plan.keep).length > 0;
  const answer = useStore(gainsStore, (state) => state.answer);
  useEffect(() => {
    if (plan && cut)
      requestGains({ network, foldedLike: baseline, hardware, targetId: hardware.targetId, plan });
  }, [network, baseline, hardware, plan, cut]);
  const current = answer?.plan === plan && answer?.hardware === hardware ? answer : null;
  const name = targetById(hardware.targetId)?.name;
  return (
    <Panel
      title="Which cuts pay"
      subtitle={`each group's cut by itself, the others being made, ${name}`}
      className={className}
    >
      {!cut ? (
        <Empty>Nothing falls yet: drag thresholds in the Prune room.</Empty>
      ) : !current ? (
        <Empty>Estimating…</Empty>
      ) : current.gains.ok ? (
        <Gains
          gains={current.gains.value}
          clock={{ targetId: hardware.targetId, clockHertz: clockOf(hardware.targetId, hardware) }}
        />
      ) : (
        <Empty>{current.gains.error.message}</Empty>
      )}
    </Panel>
  );
}

interface GainsProps {
  readonly gains: readonly PruningGain[];
  readonly clock: { readonly targetId: string; readonly clockHertz: number };
}

function Gains({ gains, clock }: GainsProps) {
  const withLut = gains.some(({ savedLut }) => savedLut !== null && savedLut !== 0);
  return (
    <ScrollRegion label="What each cut saves">
      <table>
        <thead>
          <tr>
            <th scope="col">Group</th>
            <th scope="col" className="number">
              Channels
            </th>
            <th scope="col" className="number">
              Time saved
            </th>
            <th scope="col" className="number">
              Parameters saved
            </th>
            {withLut && (
              <th scope="col" className="number">
                LUT saved
              </th>
            )}
            <th scope="col">Advice</th>
          </tr>
        </thead>
        <tbody>
          {gains.map((gain) => (
            <tr
              key={gain.groupId}
              onPointerEnter={() => setUi({ hoveredLayer: gain.layerIds[0] ?? null })}
              onPointerLeave={() => setUi({ hoveredLayer: null })}
            >
              <th scope="row">{gain.label}</th>
              <td className="number">
                {gain.width} → {gain.kept}
              </td>
              <td className="number">{formatWork(gain.savedCycles, clock)}</td>
              <td className="number">{formatInteger(gain.savedParameters)}</td>
              {withLut && <td className="number">{formatInteger(gain.savedLut ?? 0)}</td>}
              <td>
                {gain.keep ? (
                  <span title="Saves no time: keep the full width unless parameters are the goal">keep</span>
                ) : (
                  'cut'
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
