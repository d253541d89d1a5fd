import type { HardwareChoice } from '../../core/exploration/design.ts';
import { energyOf } from '../../core/hardware/estimate.ts';
import type { HardwareReport } from '../../core/hardware/report.ts';
import { targetById } from '../../core/hardware/targets.ts';
import { formatCount, formatInteger, formatSeconds, formatSignificant } from '../../core/quantity.ts';
import type { HardwareAnswer } from '../../state/hardwareStore.ts';
import { Panel } from '../parts/Panel.tsx';
import { hasClock } from '../work.ts';

function clockRows(report: HardwareReport): [string, string][] {
  if (!hasClock(report.targetId)) return [];
  return [
    ['Cycles between frames', formatInteger(report.initiationInterval)],
    ['Clock', `${formatSignificant(report.clockHertz / 1e6)} MHz`],
  ];
}

function totals(report: HardwareReport, hardware: HardwareChoice): readonly [string, string][] {
  const rows: [string, string][] = [
    ['Throughput', formatCount(report.throughputFps, 'fps')],
    [
      report.schedule === 'dataflow' ? 'First frame, at most' : 'First frame',
      formatSeconds(report.latencySeconds),
    ],
    ...clockRows(report),
    [
      'Schedule',
      report.schedule === 'sequential'
        ? 'one layer after the other'
        : 'all layers at once; the slowest sets the pace',
    ],
  ];
  const joules = energyOf(report, hardware);
  if (joules !== null) rows.push(['Energy a frame, at most', `${formatSignificant(joules * 1e3)} mJ`]);
  if (report.resources) {
    const { lut, bram18, uram, dsp } = report.resources;
    rows.push(
      ['LUT', formatInteger(lut)],
      ['BRAM18', formatInteger(bram18)],
      ['URAM', formatInteger(uram)],
      ['DSP', formatInteger(dsp)],
    );
  }
  return rows;
}

/** Both targets' totals, side by side. */
export function TotalsPanel({ answer }: { answer: HardwareAnswer }) {
  const { targetId, comparedTargetId } = answer.hardware;
  return (
    <Panel title="Totals" subtitle="estimated, with the thresholds as they stand">
      <div className="totals">
        {[...new Set([targetId, comparedTargetId])].map((id) => {
          const report = answer.after[id];
          return (
            <div key={id}>
              <h3>{targetById(id)?.name}</h3>
              {report?.ok ? (
                <dl className="facts">
                  {totals(report.value, answer.hardware).map(([name, value]) => (
                    <div key={name}>
                      <dt>{name}</dt>
                      <dd>{value}</dd>
                    </div>
                  ))}
                </dl>
              ) : (
                <p className="hint">{report?.error.message ?? 'Estimating…'}</p>
              )}
            </div>
          );
        })}
      </div>
    </Panel>
  );
}

/** Every limit that the design breaks, in sentences. */
export function ViolationsPanel({ answer }: { answer: HardwareAnswer }) {
  const { targetId, comparedTargetId } = answer.hardware;
  const found = [...new Set([targetId, comparedTargetId])].flatMap((id) => {
    const report = answer.after[id];
    return report?.ok ? report.value.violations.map((violation) => ({ id, violation })) : [];
  });
  if (found.length === 0) return null;
  return (
    <Panel title="What does not fit" subtitle={`${found.length}`}>
      <ul className="reasons">
        {found.map(({ id, violation }) => (
          <li key={`${id} ${violation.message}`}>
            <strong>{targetById(id)?.name}</strong> {violation.message}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
