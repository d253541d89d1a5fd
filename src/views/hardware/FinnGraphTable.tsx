import type { FinnGraphReport, FinnGraphRow } from '../../core/hardware/finn/graph/graphReport.ts';
import { formatCount, formatInteger, formatPercent, formatSeconds } from '../../core/quantity.ts';
import { setParallelism } from '../../state/actions/finnGraph.ts';
import { Panel } from '../parts/Panel.tsx';
import { ScrollRegion } from '../parts/ScrollRegion.tsx';
import { Choices } from './FoldingRow.tsx';

const NUMBERS = ['Cycles', 'LUT', 'BRAM18', 'URAM', 'DSP'] as const;

interface FinnGraphTableProps {
  readonly report: FinnGraphReport;
  readonly fileName: string;
  readonly className?: string;
}

/** "12 of 13 nodes have an estimate. MVAU_hls_3 is the slowest ..." */
function summaryOf({
  rows,
  bottleneck,
  initiationInterval,
  throughputFps,
  ...report
}: FinnGraphReport): string {
  const estimated = rows.filter(({ cycles }) => cycles !== null).length;
  const known =
    estimated === rows.length
      ? `All ${rows.length} nodes have an estimate.`
      : `${estimated} of ${rows.length} nodes have an estimate.`;
  return `${known} ${bottleneck} is the slowest with ${formatInteger(initiationInterval)} cycles: ${formatCount(throughputFps, 'fps')} at ${report.clockHertz / 1e6} MHz, and at most ${formatSeconds(report.latencyUpperBoundSeconds)} from the first input to the last output of a frame.`;
}

/** Every node of a FINN graph with its folding, cycles and resources; only legal foldings are offered. */
export function FinnGraphTable({ report, fileName, className = '' }: FinnGraphTableProps) {
  return (
    <Panel
      title="FINN graph"
      subtitle={`${fileName}, not part of the design`}
      className={`finn-graph-panel ${className}`}
    >
      <p className="finn-graph-summary">{summaryOf(report)}</p>
      <ScrollRegion label="Nodes of the FINN graph">
        <table className="finn-graph-nodes">
          <thead>
            <tr>
              {['Node', 'PE', 'SIMD'].map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
              {NUMBERS.map((name) => (
                <th key={name} scope="col" className="number">
                  {name}
                </th>
              ))}
              <th scope="col" className="operation">
                Operation
              </th>
            </tr>
          </thead>
          <tbody>
            {report.rows.map((row) => (
              <NodeRow
                key={row.name}
                row={row}
                slowest={row.name === report.bottleneck}
                share={(row.cycles ?? 0) / report.initiationInterval}
              />
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </Panel>
  );
}

interface NodeRowProps {
  readonly row: FinnGraphRow;
  readonly slowest: boolean;
  /** Of the slowest node's cycles, 0..1. */
  readonly share: number;
}

function NodeRow({ row, slowest, share }: NodeRowProps) {
  const { name, opType, estimatedAs, cycles, resources, sentence } = row;
  const { lut, bram18, uram, dsp } = resources ?? {};
  return (
    <tr className={slowest ? 'current' : ''} title={sentence}>
      <th scope="row">{name}</th>
      <td>
        <Parallelism of="PE" row={row} value={row.pe} legal={row.legalPe} />
      </td>
      <td>
        <Parallelism of="SIMD" row={row} value={row.simd} legal={row.legalSimd} />
      </td>
      {cycles === null ? (
        <td colSpan={NUMBERS.length} className="muted wrap">
          {sentence}
        </td>
      ) : (
        <>
          <td className="number">
            {slowest && <strong className="slowest">slowest</strong>} {formatInteger(cycles)}
            <span className="cell-bar" aria-hidden="true">
              <span style={{ width: formatPercent(share).replace(/\s/g, '') }} />
            </span>
          </td>
          {[lut, bram18, uram, dsp].map((amount = 0, i) => (
            <td key={NUMBERS[i + 1]} className="number">
              {amount === 0 ? <span className="muted">0</span> : formatInteger(amount)}
            </td>
          ))}
        </>
      )}
      <td className="operation">
        {opType}
        {estimatedAs !== null && estimatedAs !== opType && <span className="muted"> as {estimatedAs}</span>}
      </td>
    </tr>
  );
}

interface ParallelismProps {
  readonly of: 'PE' | 'SIMD';
  readonly row: FinnGraphRow;
  readonly value: number | null;
  readonly legal: readonly number[];
}

function Parallelism({ of, row, value, legal }: ParallelismProps) {
  if (value === null) return null;
  if (legal.length < 2 && (legal.length === 0 || legal[0] === value)) return value;
  return (
    <Choices
      label={`${of} of ${row.name}`}
      value={value}
      options={legal}
      onChange={(chosen) => setParallelism(row.name, { [of]: chosen })}
    />
  );
}
