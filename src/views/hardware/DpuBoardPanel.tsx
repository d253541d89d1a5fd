import { useMemo } from 'react';
import { estimateDpu } from '../../core/hardware/dpu/estimate.ts';
import { DPU_BOARDS, endToEnd, frameBytes, multiCore } from '../../core/hardware/dpu/platform/boards.ts';
import type { Network } from '../../core/network/network.ts';
import { geometryAt } from '../../core/network/shapes.ts';
import { formatCount, formatSeconds } from '../../core/quantity.ts';
import { cachedGeometry, plannedNetwork } from '../../state/derived.ts';
import { Panel } from '../parts/Panel.tsx';
import { ScrollRegion } from '../parts/ScrollRegion.tsx';
import { useEntry, useModel } from '../useEntry.ts';

interface BoardRow {
  readonly id: string;
  readonly name: string;
  readonly design: string;
  readonly coreSeconds: number | null;
  readonly throughputFps: number | null;
  readonly endToEndSeconds: number | null;
  readonly problem: string;
  readonly source: string;
}

function boardRows(network: Network): readonly BoardRow[] {
  const input = network.layers[0];
  const shape = input ? geometryAt(cachedGeometry(network), input.id).ofm : null;
  return DPU_BOARDS.map((board) => {
    const base = {
      id: board.id,
      name: board.name,
      design: `${board.cores} x ${board.architecture}, ${board.clockHertz / 1e6} MHz`,
      source: board.source,
    };
    const nothing = { coreSeconds: null, throughputFps: null, endToEndSeconds: null };
    const report = estimateDpu(network, { architecture: board.architecture, clockHertz: board.clockHertz });
    if (!report.ok) return { ...base, ...nothing, problem: report.error.message };
    const cores = multiCore(report.value, board, board.cores, frameBytes(network, board.architecture));
    if (!cores.ok) return { ...base, ...nothing, problem: cores.error.message };
    const whole = shape ? endToEnd(report.value.latencySeconds, board, shape.height * shape.width) : null;
    return {
      ...base,
      coreSeconds: cores.value.latencySeconds,
      throughputFps: cores.value.throughputFps,
      endToEndSeconds: whole?.endToEndSeconds ?? null,
      problem: '',
    };
  });
}

/** The same network on the boards people own: their architecture, clock, cores, and the DDR the cores share. */
export function DpuBoardPanel({ className = '' }: { className?: string }) {
  const entry = useEntry();
  const model = useModel();
  const planned = plannedNetwork(entry, model);
  const rows = useMemo(() => boardRows(planned), [planned]);
  return (
    <Panel
      title="DPU boards"
      subtitle="all cores busy, each with its own image; DPU time, and with the host where it was measured"
      className={className}
    >
      <ScrollRegion label="The network on DPU boards">
        <table>
          <thead>
            <tr>
              {['Board', 'DPU', 'One image', 'Throughput', 'With the host'].map((name, i) => (
                <th key={name} scope="col" className={i > 1 ? 'number' : undefined}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id} title={row.source}>
                <th scope="row">{row.name}</th>
                <td>{row.design}</td>
                {row.coreSeconds === null || row.throughputFps === null ? (
                  <td colSpan={3}>{row.problem}</td>
                ) : (
                  <>
                    <td className="number">{formatSeconds(row.coreSeconds)}</td>
                    <td className="number">{formatCount(row.throughputFps, 'fps')}</td>
                    <td className="number">
                      {row.endToEndSeconds === null ? 'not measured' : formatSeconds(row.endToEndSeconds)}
                    </td>
                  </>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </Panel>
  );
}
