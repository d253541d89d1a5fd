import { useMemo } from 'react';
import { useStore } from 'zustand';
import { formatSignificant } from '../../core/quantity.ts';
import { type HardwareAnswer, hardwareStore } from '../../state/hardwareStore.ts';
import { setUi, uiStore } from '../../state/uiStore.ts';
import { ChartPanel } from '../parts/ChartPanel.tsx';
import { Empty, Panel } from '../parts/Panel.tsx';
import { ScrollRegion } from '../parts/ScrollRegion.tsx';
import { ROOFLINE, TIMELINE } from './chartKinds.ts';
import { nameOf, rooflineData, rooflineOfReport, timelineData } from './rooflineData.ts';

/** Where every layer stands between memory and arithmetic, and how the frame's time passes. */
export function RooflinePage() {
  const answer = useStore(hardwareStore, (state) => state.answer);
  if (!answer) return <Empty>Estimating…</Empty>;
  return (
    <>
      <RooflinePanel answer={answer} />
      <ReasonsPanel answer={answer} />
      <TimelinePanel answer={answer} />
    </>
  );
}

function reportsOf({ hardware, before, after }: HardwareAnswer) {
  const [was, now, other] = [
    before[hardware.targetId],
    after[hardware.targetId],
    hardware.comparedTargetId === hardware.targetId ? undefined : after[hardware.comparedTargetId],
  ];
  return was?.ok && now?.ok
    ? { before: was.value, after: now.value, compared: other?.ok ? other.value : null }
    : null;
}

function RooflinePanel({ answer }: { answer: HardwareAnswer }) {
  const { hardware } = answer;
  const data = useMemo(() => {
    const reports = reportsOf(answer);
    return reports && rooflineData(reports.before, reports.after, reports.compared, answer.hardware);
  }, [answer]);
  if (!data) {
    return (
      <Panel title="Roofline" className="span-all">
        <Empty>There is no estimate to draw; the reason is on the page Layers.</Empty>
      </Panel>
    );
  }
  const [roof] = data.roofs;
  const ridge = roof ? roof.peakOpsPerSecond / roof.bandwidthBytesPerSecond : 0;
  return (
    <ChartPanel
      title="Roofline"
      subtitle={`${nameOf(hardware.targetId)}: layers under its roof, 1 MAC = 2 operations`}
      kind={ROOFLINE}
      data={data}
      fileName="roofline"
      className="main-chart"
    >
      <p className="chart-note">
        Left of the ridge, at {formatSignificant(ridge)} operations a byte, memory sets the pace; right of it
        the multipliers do.
      </p>
    </ChartPanel>
  );
}

function TimelinePanel({ answer }: { answer: HardwareAnswer }) {
  const comparison = useStore(uiStore, (ui) => ui.comparison);
  const { targetId, comparedTargetId } = answer.hardware;
  const data = useMemo(() => {
    const reports = reportsOf(answer);
    if (!reports) return null;
    const targets = comparison === 'targets';
    return timelineData(
      reports.after,
      targets ? reports.compared : reports.before,
      answer.hardware,
      targets
        ? { after: nameOf(targetId), other: nameOf(comparedTargetId) }
        : { after: 'after', other: 'before' },
    );
  }, [answer, comparison, targetId, comparedTargetId]);
  const title = 'Rate over one frame';
  if (!data) {
    return (
      <Panel title={title} className="span-all">
        <Empty>
          In a dataflow all layers work at once. Pick a DPU or a processor to see one layer after the other.
        </Empty>
      </Panel>
    );
  }
  return (
    <ChartPanel
      title={title}
      subtitle={`${nameOf(targetId)}, GOP/s of each layer while it runs`}
      kind={TIMELINE}
      data={data}
      fileName="rate-over-time"
      className="wide-chart"
      controls={
        <button
          type="button"
          className="quiet small"
          aria-pressed={comparison === 'targets'}
          onClick={() => setUi({ comparison: comparison === 'targets' ? 'before-after' : 'targets' })}
        >
          {comparison === 'targets' ? 'Before/after' : 'Targets'}
        </button>
      }
    />
  );
}

/** The reason for every layer, in words. */
function ReasonsPanel({ answer }: { answer: HardwareAnswer }) {
  const report = answer.after[answer.hardware.targetId];
  const roofline = report?.ok ? rooflineOfReport(report.value, answer.hardware) : null;
  if (!roofline) return null;
  return (
    <Panel title="Why" subtitle={roofline.source} className="side-chart reasons-panel">
      <ScrollRegion label="Why each layer is as fast as it is">
        <ul className="reasons">
          {roofline.points
            .filter(({ macCount }) => macCount > 0)
            .map((point) => (
              <li
                key={point.id}
                onPointerEnter={() => setUi({ hoveredLayer: point.layerIds[0] ?? null })}
                onPointerLeave={() => setUi({ hoveredLayer: null })}
              >
                <strong>{point.label}</strong> {point.sentence}
              </li>
            ))}
        </ul>
      </ScrollRegion>
    </Panel>
  );
}
