import { useStore } from 'zustand';
import {
  BOARDS,
  type Board,
  checkBudget,
  RECOMMENDED_CEILINGS,
  RESOURCE_LABELS,
} from '../../core/hardware/finn/tuning/boards.ts';
import type { HardwareReport, Resources } from '../../core/hardware/report.ts';
import { formatPercent } from '../../core/quantity.ts';
import { hardwareStore } from '../../state/hardwareStore.ts';
import { Panel } from '../parts/Panel.tsx';
import { ScrollRegion } from '../parts/ScrollRegion.tsx';

/** Which boards the FINN estimate fits on, which resource decides, and where most of it is. */
export function FinnBoardPanel({ className = '' }: { className?: string }) {
  const report = useStore(hardwareStore, (state) => state.answer?.after.finn);
  if (!report?.ok || !report.value.resources) return null;
  return (
    <Panel
      title="FINN boards"
      subtitle="share of each board that the estimate takes; FINN counts no shell, FIFOs, DMA or flip-flops"
      className={className}
    >
      <ScrollRegion label="The FINN design on boards">
        <table>
          <thead>
            <tr>
              <th scope="col">Board</th>
              {RESOURCE_LABELS.map(([key, label]) => (
                <th key={key} scope="col" className="number">
                  {label}
                </th>
              ))}
              <th scope="col">Verdict</th>
            </tr>
          </thead>
          <tbody>
            {BOARDS.map((board) => (
              <BoardRow
                key={board.id}
                board={board}
                report={report.value}
                used={report.value.resources ?? NOTHING}
              />
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </Panel>
  );
}

const NOTHING: Resources = { lut: 0, bram18: 0, uram: 0, dsp: 0 };

function verdict(report: HardwareReport, board: Board): { readonly text: string; readonly tone: string } {
  const [broken] = checkBudget(report.rows, board);
  if (broken) return { text: broken.message, tone: 'tone-worse' };
  const [tight] = checkBudget(report.rows, board, RECOMMENDED_CEILINGS);
  if (tight) return { text: `fits, above the recommended share: ${tight.message}`, tone: '' };
  return { text: 'fits', tone: 'tone-better' };
}

function BoardRow({ board, report, used }: { board: Board; report: HardwareReport; used: Resources }) {
  const { text, tone } = verdict(report, board);
  return (
    <tr>
      <th scope="row">{board.name}</th>
      {RESOURCE_LABELS.map(([key]) => (
        <td key={key} className="number">
          {board.budget[key] > 0
            ? formatPercent(used[key] / board.budget[key])
            : used[key] > 0
              ? 'none there'
              : ''}
        </td>
      ))}
      <td className={`${tone} wrap`}>{text}</td>
    </tr>
  );
}
