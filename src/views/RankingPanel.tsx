import { useStore } from 'zustand';
import { targetById } from '../core/hardware/targets.ts';
import { formatCount, formatSeconds } from '../core/quantity.ts';
import { rankAll, rankingStore } from '../state/rankingStore.ts';
import { Panel } from './parts/Panel.tsx';
import { ScrollRegion } from './parts/ScrollRegion.tsx';
import { useEntry } from './useEntry.ts';

/** Every network the app knows by its speed on the two chosen targets, before any is trained. */
export function RankingPanel({ className = '' }: { className?: string }) {
  const { hardware, network } = useEntry().design;
  const answer = useStore(rankingStore, (state) => state.answer);
  const targetIds = [...new Set([hardware.targetId, hardware.comparedTargetId])];
  const current = answer?.hardware === hardware ? answer : null;
  return (
    <Panel
      title="How fast would they be?"
      subtitle="all networks before training, on the chosen targets; FINN folds each anew"
      className={className}
    >
      {current ? (
        <ScrollRegion label="Networks by latency">
          <table>
            <thead>
              <tr>
                <th scope="col">Network</th>
                {targetIds.map((id) => (
                  <th key={id} scope="col" className="number" colSpan={3}>
                    {targetById(id)?.name}: place, first frame, rate
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {current.ranking.map((row) => (
                <tr key={row.id} className={row.name === network.name ? 'current' : undefined}>
                  <th scope="row">{row.name}</th>
                  {targetIds.map((id, t) => (
                    <Figures
                      key={id}
                      rank={row.ranks[t] ?? null}
                      seconds={row.latencySeconds[t] ?? null}
                      fps={row.throughputFps[t] ?? null}
                    />
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      ) : (
        <div className="button-row">
          <button type="button" onClick={() => void rankAll(hardware)}>
            Estimate all of them
          </button>
        </div>
      )}
    </Panel>
  );
}

interface FiguresProps {
  readonly rank: number | null;
  readonly seconds: number | null;
  readonly fps: number | null;
}

function Figures({ rank, seconds, fps }: FiguresProps) {
  if (rank === null || seconds === null || fps === null)
    return (
      <td className="number" colSpan={3}>
        can't run
      </td>
    );
  return (
    <>
      <td className="number">{rank}</td>
      <td className="number">{formatSeconds(seconds)}</td>
      <td className="number">{formatCount(fps, 'fps')}</td>
    </>
  );
}
