import { useStore } from 'zustand';
import type { HardwareReport } from '../core/hardware/report.ts';
import {
  formatChange,
  formatCount,
  formatPercent,
  formatPoints,
  formatSeconds,
  wilsonInterval,
} from '../core/quantity.ts';
import type { Result } from '../core/result.ts';
import { cachedCounts, plannedNetwork } from '../state/derived.ts';
import { hardwareStore } from '../state/hardwareStore.ts';
import type { Model } from '../state/modelStore.ts';
import { whatIfStore } from '../state/whatIfStore.ts';
import { useBaselineModel, useEntry, useModel } from './useEntry.ts';
import { formatWork } from './work.ts';

interface Score {
  readonly name: string;
  readonly value: string;
  readonly change: string;
  /** Which way is good, to color the change: never the only sign, the text has its own. */
  readonly tone?: 'better' | 'worse' | 'same';
  readonly title?: string;
}

function tone(before: number, after: number, better: 'lower' | 'higher'): NonNullable<Score['tone']> {
  if (before === after) return 'same';
  return after < before === (better === 'lower') ? 'better' : 'worse';
}

const good = (result: Result<HardwareReport> | undefined): HardwareReport | null =>
  result?.ok ? result.value : null;

function accuracyScore(
  model: Model | null,
  baseline: Model | null,
  whatIf: { correct: number; total: number } | null,
): Score {
  const measured = whatIf ?? model?.validation ?? null;
  if (!measured) return { name: 'Accuracy', value: '–', change: model ? 'not measured' : 'train first' };
  const share = measured.correct / measured.total;
  const [low, high] = wilsonInterval(measured.correct, measured.total);
  const before = baseline?.validation ? baseline.validation.correct / baseline.validation.total : null;
  const margin = `±${((100 * (high - low)) / 2).toFixed(1)}`;
  const note = whatIf ? 'as thresholds stand' : null;
  return {
    name: 'Accuracy',
    value: formatPercent(share),
    change:
      before === null || before === share
        ? (note ?? `${margin} pt`)
        : `${formatPoints(before, share)} ${margin}`,
    ...(before === null ? {} : { tone: tone(before, share, 'higher') }),
    title: `${measured.correct} of ${measured.total} validation images${whatIf ? ', with the thresholds as they stand, before fine-tuning' : ''}; 95 % interval ${formatPercent(low)} to ${formatPercent(high)}`,
  };
}

function hardwareScores(before: HardwareReport | null, after: HardwareReport | null): Score[] {
  if (!before || !after) {
    return ['Throughput', 'First frame', 'Bottleneck'].map((name) => ({
      name,
      value: '–',
      change: 'estimating',
    }));
  }
  const slowest = after.rows.find((row) => row.id === after.bottleneckId);
  const was = before.rows.find((row) => row.id === before.bottleneckId);
  const same = was?.label === slowest?.label;
  return [
    {
      name: 'Throughput',
      value: formatCount(after.throughputFps, 'fps'),
      change: formatChange(before.throughputFps, after.throughputFps),
      tone: tone(before.throughputFps, after.throughputFps, 'higher'),
      title: 'Estimated frames a second: clock divided by the cycles between two frames',
    },
    {
      name: 'First frame',
      value: formatSeconds(after.latencySeconds),
      change: formatChange(before.latencySeconds, after.latencySeconds),
      tone: tone(before.latencySeconds, after.latencySeconds, 'lower'),
      title:
        after.schedule === 'dataflow'
          ? "FINN's latency: all nodes on the longest path one after the other, an upper bound; the page FINN FIFOs simulates the real one"
          : 'Estimated latency: first input to last output of one frame',
    },
    {
      name: 'Bottleneck',
      value: slowest?.label ?? '–',
      change: same ? formatWork(slowest?.cycles ?? 0, after) : `was ${was?.label ?? '–'}`,
      title: slowest?.boundSentence ?? '',
    },
  ];
}

function resourceScores(before: HardwareReport | null, after: HardwareReport | null): Score[] {
  const now = after?.resources;
  const was = before?.resources;
  if (!now || !was) return [];
  return [
    {
      name: 'LUT',
      value: formatCount(now.lut),
      change: formatChange(was.lut, now.lut),
      tone: tone(was.lut, now.lut, 'lower'),
    },
    {
      name: 'BRAM18',
      value: formatCount(now.bram18),
      change: formatChange(was.bram18, now.bram18),
      tone: tone(was.bram18, now.bram18, 'lower'),
    },
  ];
}

/** The numbers that never leave the screen, each with its change against the baseline. */
export function Scoreboard() {
  const entry = useEntry();
  const model = useModel();
  const baselineModel = useBaselineModel();
  const answer = useStore(hardwareStore, (state) => state.answer);
  const whatIf = useStore(whatIfStore, (state) => state.whatIf);
  const { design } = entry;
  const planned = plannedNetwork(entry, model);
  const was = cachedCounts(design.baseline);
  const now = cachedCounts(planned);
  const before = good(answer?.before[design.hardware.targetId]);
  const after = good(answer?.after[design.hardware.targetId]);
  const masked = whatIf && planned !== design.network && whatIf.network === planned ? whatIf.accuracy : null;
  const scores: Score[] = [
    accuracyScore(model, baselineModel, masked),
    {
      name: 'Parameters',
      value: formatCount(now.parameterCount),
      change: formatChange(was.parameterCount, now.parameterCount),
      tone: tone(was.parameterCount, now.parameterCount, 'lower'),
      title: `${now.parameterCount.toLocaleString('en-US')} as Keras counts them, batch-norm statistics included`,
    },
    {
      name: 'MACs',
      value: formatCount(now.macCount),
      change: formatChange(was.macCount, now.macCount),
      tone: tone(was.macCount, now.macCount, 'lower'),
      title: `${now.macCount.toLocaleString('en-US')} multiply-accumulates a frame; 1 MAC = 2 operations`,
    },
    ...hardwareScores(before, after),
    ...resourceScores(before, after),
  ];
  return (
    <section className="scoreboard" aria-label="Scoreboard: the design against its baseline">
      <dl>
        {scores.map((score) => (
          <div key={score.name} className="score" title={score.title}>
            <dt>{score.name}</dt>
            <dd>
              <span className="score-value">{score.value}</span>
              <span className={`score-change tone-${score.tone ?? 'same'}`}>{score.change}</span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
