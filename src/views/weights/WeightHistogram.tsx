import { useMemo, useState } from 'react';
import { formatWeight, type HistogramData } from '../../charts/histogramModel.ts';
import type { WeightStatistics } from '../../core/network/weightStatistics.ts';
import { formatInteger, formatPercent } from '../../core/quantity.ts';
import { HISTOGRAM } from '../network/chartKinds.ts';
import { ChartPanel } from '../parts/ChartPanel.tsx';
import { isKernel, parameterName, type WeightRow } from './weightRows.ts';

function dataOf(row: WeightRow, statistics: WeightStatistics, scale: HistogramData['scale']): HistogramData {
  return {
    label: `${row.layerId} ${parameterName(row.parameter)}`,
    layerIds: [row.layerId],
    bins: statistics.bins,
    largest: statistics.largestMagnitude,
    mean: statistics.mean,
    standardDeviation: statistics.standardDeviation,
    scale,
    empty: `No number of ${row.layerId} is finite: the training diverged; train again with a lower learning rate.`,
  };
}

/** The chosen parameter's distribution, and what it means for pruning and quantizing. */
export function WeightHistogram({ row, statistics }: { row: WeightRow; statistics: WeightStatistics }) {
  const [scale, setScale] = useState<HistogramData['scale']>('linear');
  const data = useMemo(() => dataOf(row, statistics, scale), [row, statistics, scale]);
  return (
    <ChartPanel
      title={`Histogram of ${data.label}`}
      kind={HISTOGRAM}
      data={data}
      fileName={`weights-${row.layerId}-${row.parameter}`}
      className="weights-histogram"
      controls={
        <button
          type="button"
          className="quiet small"
          aria-pressed={scale === 'log'}
          onClick={() => setScale(scale === 'log' ? 'linear' : 'log')}
        >
          Logarithmic
        </button>
      }
    >
      <p className="chart-note">
        {scaleSentence(statistics)} {isKernel(row.parameter) && channelSentence(statistics)}
      </p>
    </ChartPanel>
  );
}

function scaleSentence(statistics: WeightStatistics): string {
  const { count, notFiniteCount, largestMagnitude, scaleExponent, nearZeroShare } = statistics;
  if (notFiniteCount === count) return 'None of them is finite.';
  const broken =
    notFiniteCount > 0
      ? `${formatInteger(notFiniteCount)} of them are NaN or infinite and left out here. `
      : '';
  if (scaleExponent === null) return `${broken}All of them are zero, and nothing is left to quantize.`;
  const range = 2 ** scaleExponent;
  const near = nearZeroShare === 0 ? 'None is' : `${formatPercent(nearZeroShare)} are`;
  return `${broken}The largest magnitude is ${formatWeight(largestMagnitude)}: a power-of-two quantizer needs the range ±${formatWeight(range)}, of which they use ${formatPercent(largestMagnitude / range, 0)}. ${near} below a thousandth of the largest.`;
}

function channelSentence({ channelL1, channelL2 }: WeightStatistics): string {
  if (channelL1.length < 2) return '';
  let [weakest, strongest] = [0, 0];
  channelL1.forEach((norm, channel) => {
    if (norm < (channelL1[weakest] ?? 0)) weakest = channel;
    if (norm > (channelL1[strongest] ?? 0)) strongest = channel;
  });
  const said = (channel: number) =>
    `${formatWeight(channelL1[channel] ?? 0)} (channel ${channel}, L2 ${formatWeight(channelL2[channel] ?? 0)})`;
  const silent = channelL1.reduce((count, norm) => count + (norm === 0 ? 1 : 0), 0);
  const zeros = silent > 0 ? ` ${formatInteger(silent)} of them are zero throughout.` : '';
  return `L1 norms of its ${formatInteger(channelL1.length)} output channels run from ${said(weakest)} to ${said(strongest)}; the weakest are the first to prune.${zeros}`;
}
