import { useMemo } from 'react';
import { useStore } from 'zustand';
import { formatPercent } from '../../core/quantity.ts';
import { distillationStore } from '../../state/distillationStore.ts';
import { modelStore } from '../../state/modelStore.ts';
import { gainOf, gainSentence, seedRows } from './seedRows.ts';

/** The same question over several seeds: what one pair of students can't tell. */
export function SeedsTable({ dataKey }: { dataKey: string }) {
  const trials = useStore(distillationStore, (state) => state.trials);
  const measured = useStore(distillationStore, (state) => state.measured);
  const models = useStore(modelStore, (state) => state.models);
  const rows = useMemo(
    () => seedRows({ trials, measured, models, dataKey }),
    [trials, measured, models, dataKey],
  );
  const gain = useMemo(() => gainOf(rows), [rows]);
  if (!gain) return null;
  return (
    <div>
      <h3>Over {gain.count} seeds</h3>
      <p role="status">{gainSentence(gain)}</p>
      <table className="seeds-table">
        <thead>
          <tr>
            <th scope="col">Seed</th>
            <th scope="col" className="number">
              Labels alone
            </th>
            <th scope="col" className="number">
              With teachers
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ seed, without, taught }) => (
            <tr key={seed}>
              <th scope="row">{seed}</th>
              <td className="number">{formatPercent(without)}</td>
              <td className="number">{formatPercent(taught)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
