import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { DepthData, GanttData } from '../../charts/types.ts';
import { clockOf } from '../../core/hardware/estimate.ts';
import type { FifoReport } from '../../core/hardware/finn/fifo/report.ts';
import { formatCount, formatInteger, formatPercent, formatSeconds } from '../../core/quantity.ts';
import { plannedNetwork } from '../../state/derived.ts';
import { fifoStore, isAnswerTo, simulateFifos } from '../../state/fifoStore.ts';
import { setUi } from '../../state/uiStore.ts';
import { ChartPanel } from '../parts/ChartPanel.tsx';
import { NumberField } from '../parts/fields.tsx';
import { Panel } from '../parts/Panel.tsx';
import { ScrollRegion } from '../parts/ScrollRegion.tsx';
import { useEntry, useModel } from '../useEntry.ts';
import { DEPTHS, GANTT } from './chartKinds.ts';

const hover = (layerIds: readonly string[]) => ({
  onPointerEnter: () => setUi({ hoveredLayer: layerIds[0] ?? null }),
  onPointerLeave: () => setUi({ hoveredLayer: null }),
});

/** The FINN pipeline simulated word by word: what its FIFOs have to hold, and what happens if they don't. */
export function FifoPanel() {
  const entry = useEntry();
  const model = useModel();
  const [depth, setDepth] = useState(32);
  const { hardware, baseline } = entry.design;
  const network = plannedNetwork(entry, model);
  const question = { network, foldedLike: baseline, hardware, depth };
  const answer = useStore(fifoStore, (state) => state.answer);
  const current = answer !== null && isAnswerTo(answer, question);
  const clockHertz = clockOf('finn', hardware);
  return (
    <>
      <Panel
        title="FIFO simulation"
        subtitle="every stream word of four frames; unit pipeline latencies of a few cycles are left out"
        className="span-all"
      >
        <div className="field-row">
          <NumberField
            label="Words in every FIFO"
            value={depth}
            min={1}
            max={65_536}
            integer
            onChange={setDepth}
          />
          <button type="button" className="primary" onClick={() => void simulateFifos(question)}>
            Simulate
          </button>
        </div>
        {answer === null ? (
          <p className="hint">
            FINN's estimate takes FIFOs for granted. The simulation finds how deep they have to be, where a
            branch would deadlock, and when the first frame is out.
          </p>
        ) : answer.report.ok ? (
          <>
            {!current && <p className="hint">The design has changed since; simulate again.</p>}
            <Verdict report={answer.report.value} clockHertz={clockHertz} />
          </>
        ) : (
          <p className="hint">{answer.report.error.message}</p>
        )}
      </Panel>
      {answer?.report.ok && <Findings report={answer.report.value} clockHertz={clockHertz} />}
    </>
  );
}

interface FindingsProps {
  readonly report: FifoReport;
  readonly clockHertz: number;
}

function Verdict({ report, clockHertz }: FindingsProps) {
  const { depth, cyclesPerFrame, deadlock, fillCycles, maxCycles } = report;
  const { lut, bram18 } = report.resources;
  const ideal = clockHertz / maxCycles;
  const reached = clockHertz / cyclesPerFrame;
  const facts: readonly (readonly [string, string])[] = [
    [
      `With ${formatInteger(depth)} words everywhere`,
      deadlock === null
        ? `${formatCount(reached, 'fps')}, ${formatPercent(reached / ideal)} of what the nodes allow`
        : 'stands still',
    ],
    ['With the depths below', formatCount(ideal, 'fps')],
    ['First frame out after', formatSeconds(fillCycles / clockHertz)],
    ['FIFO memory, depths below', `${formatCount(report.bits / 8192, 'KiB')}`],
    ['FIFO memory, the deepest of them everywhere', `${formatCount(report.uniformBits / 8192, 'KiB')}`],
    ['FIFO resources', `${formatInteger(lut)} LUT, ${formatInteger(bram18)} BRAM18`],
  ];
  return (
    <>
      {deadlock !== null && (
        <p className="tone-worse verdict" role="status">
          Deadlock. {deadlock}
        </p>
      )}
      <dl className="facts columns">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Findings({ report, clockHertz }: FindingsProps) {
  const study = useMemo(
    (): DepthData => ({
      series: [
        {
          name: 'all FIFOs alike',
          points: report.study.map(({ depth, cyclesPerFrame }) => ({
            depth,
            throughputFps: Number.isFinite(cyclesPerFrame) ? clockHertz / cyclesPerFrame : null,
          })),
        },
      ],
      idealFps: clockHertz / report.maxCycles,
    }),
    [report, clockHertz],
  );
  const filling = useMemo(() => fillingOf(report), [report]);
  return (
    <>
      <ChartPanel
        title="Throughput over FIFO depth"
        subtitle="source 003, Fig. 4.13, for this design"
        kind={DEPTHS}
        data={study}
        fileName="fifo-depth"
        className="half-chart roomy"
      />
      <StallTable report={report} />
      <ChartPanel
        title="The pipeline as it fills"
        subtitle="from each node's first read to its last write, frame by frame, with the depths below"
        kind={GANTT}
        data={filling}
        fileName="pipeline-fill"
        className="wide-chart"
      />
      <DepthTable report={report} />
    </>
  );
}

const FRAMES = ['first', 'second', 'third', 'fourth'];

/** A lane a node, a bar a frame: layers work at the same time. */
function fillingOf({ stalls }: FifoReport): GanttData {
  const bars = stalls.flatMap(({ name, frames }) =>
    frames.map(({ start, end }, frame) => ({
      laneId: name,
      kind: FRAMES[frame] ?? 'later',
      start,
      end,
      label: `${FRAMES[frame] ?? 'later'} frame`,
    })),
  );
  const count = Math.max(0, ...stalls.map(({ frames }) => frames.length));
  return {
    lanes: stalls.map(({ name, label, layerIds }) => ({ id: name, label, layerIds })),
    kinds: FRAMES.slice(0, count).map((id) => ({ id, label: `${id} frame` })),
    bars,
    unit: 'cycles',
    end: Math.max(1, ...bars.map(({ end }) => end)),
  };
}

function StallTable({ report }: { report: FifoReport }) {
  const { cyclesPerFrame, stalls, depth } = report;
  const running = Number.isFinite(cyclesPerFrame);
  return (
    <Panel
      title="What the nodes wait for"
      subtitle={`in steady state, FIFOs of ${formatInteger(depth)} words`}
      className="half-chart"
    >
      {running ? (
        <ScrollRegion label="Stalls of every node">
          <table>
            <thead>
              <tr>
                <th scope="col">Node</th>
                <th scope="col" className="number">
                  Working
                </th>
                <th scope="col" className="number">
                  Starved
                </th>
                <th scope="col" className="number">
                  Blocked
                </th>
              </tr>
            </thead>
            <tbody>
              {stalls.map((row) => (
                <tr key={row.name} {...hover(row.layerIds)}>
                  <th scope="row">{row.label}</th>
                  {[row.cycles, row.starvedCycles, row.blockedCycles].map((cycles, i) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: three fixed columns
                    <td key={i} className="number">
                      {formatPercent(cycles / cyclesPerFrame)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      ) : (
        <p className="hint">Nothing moves any more: deepen the FIFO that is named above, or all of them.</p>
      )}
    </Panel>
  );
}

function DepthTable({ report }: { report: FifoReport }) {
  return (
    <Panel
      title="Smallest depths that cost no throughput"
      subtitle="peak words held at full rate, and what FINN builds of it"
      className="span-all"
    >
      <ScrollRegion label="Depth of every FIFO">
        <table>
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">To</th>
              <th scope="col" className="number">
                Word, bits
              </th>
              <th scope="col" className="number">
                Peak, words
              </th>
              <th scope="col" className="number">
                Built, words
              </th>
              <th scope="col" className="number">
                Bits
              </th>
            </tr>
          </thead>
          <tbody>
            {report.fifos.map((fifo) => (
              <tr key={fifo.key} title={fifo.key} {...hover(fifo.layerIds)}>
                <th scope="row">{fifo.from}</th>
                <td>{fifo.to}</td>
                <td className="number">{formatInteger(fifo.width)}</td>
                <td className="number">{formatInteger(fifo.safeDepth)}</td>
                <td className="number">{formatInteger(fifo.depth)}</td>
                <td className="number">{formatInteger(fifo.width * fifo.depth)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </Panel>
  );
}
