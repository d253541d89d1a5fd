import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import type { StaircaseData } from '../charts/types.ts';
import { targetById } from '../core/hardware/targets.ts';
import { plateauAt } from '../core/hardware/widthSweep.ts';
import { formatCount } from '../core/quantity.ts';
import { cachedGroups, plannedPruning } from '../state/derived.ts';
import { requestSweep, sweepStore } from '../state/sweepStore.ts';
import { STAIRS } from './chartKinds.ts';
import { ChartPanel } from './parts/ChartPanel.tsx';
import { Empty, Panel } from './parts/Panel.tsx';
import { useEntry, useModel } from './useEntry.ts';
import { hasClock } from './work.ts';

/** Savings below this share are not worth a channel. */
const WORTHWHILE = 0.02;

/** The widest width below `width` that takes notably less time than it; null where narrower never helps. */
function nextUsefulWidth(widths: readonly number[], cycles: readonly number[], width: number): number | null {
  const at = widths.findLastIndex((candidate) => candidate <= width);
  const now = cycles[at];
  if (now === undefined) return null;
  for (let i = at - 1; i >= 0; i--) if ((cycles[i] ?? now) < now * (1 - WORTHWHILE)) return widths[i] ?? null;
  return null;
}

/** What a group's width costs: where it falls in steps, and which width really saves time. */
export function StaircasePanel({ groupId, className = '' }: { groupId: string | null; className?: string }) {
  const { design } = useEntry();
  const model = useModel();
  const { network, hardware, pruning } = design;
  const answer = useStore(sweepStore, (state) => state.answer);
  useEffect(() => {
    if (groupId !== null) requestSweep({ network, foldedLike: design.baseline, groupId, hardware });
  }, [network, design.baseline, groupId, hardware]);
  const data = useMemo((): StaircaseData | string => {
    const group = cachedGroups(network).groups.find((candidate) => candidate.id === groupId);
    if (!group) return 'No channel group of this network can be pruned.';
    if (!answer || answer.network !== network || answer.groupId !== groupId || answer.hardware !== hardware)
      return 'Estimating…';
    if (!answer.sweep.ok) return answer.sweep.error.message;
    const { widths, cycles } = answer.sweep.value;
    const clocked = hasClock(hardware.targetId);
    const kept =
      model?.apoz && model.network === network
        ? plannedPruning(network, model.apoz, pruning).plan.keep[group.id]?.length
        : undefined;
    const planned = kept ?? group.slotCount;
    return {
      label: group.producers.join(' + '),
      layerIds: [...group.producers, ...group.followers],
      widths,
      values: clocked ? cycles : cycles.map((nanoseconds) => nanoseconds / 1e3),
      unit: clocked ? 'cycles' : 'µs',
      now: group.slotCount,
      planned,
      next: nextUsefulWidth(widths, cycles, planned),
    };
  }, [answer, network, groupId, hardware, model, pruning]);
  const title = 'Next width that saves time';
  if (typeof data === 'string') {
    return (
      <Panel title={title} className={className}>
        <Empty>{data}</Empty>
      </Panel>
    );
  }
  return (
    <ChartPanel
      title={title}
      subtitle={`${data.label} and what it touches, ${targetById(hardware.targetId)?.name}`}
      kind={STAIRS}
      data={data}
      fileName="staircase"
      className={className}
    >
      <p className="chart-note">{advice(data)}</p>
    </ChartPanel>
  );
}

function cyclesAt(data: StaircaseData, width: number): number {
  const widths = Array.from(data.widths);
  return data.values[widths.findLastIndex((candidate) => candidate <= width)] ?? 0;
}

/** Which channels cost nothing at the planned width: the engine computes them anyway. */
function freeChannels({ widths, values, planned, now }: StaircaseData): string {
  const sweep = { widths: Array.from(widths), cycles: Array.from(values) };
  const plateau = plateauAt(sweep, planned);
  const more = plateau ? Math.min(now, plateau.to) - planned : 0;
  if (!plateau || more <= 0) return '';
  return `${plateau.from} to ${plateau.to} take the same time: ${more} more ${more === 1 ? 'channel is' : 'channels are'} free. `;
}

function advice(data: StaircaseData): string {
  const { now, planned, next, label } = data;
  const before = cyclesAt(data, now);
  const after = cyclesAt(data, planned);
  const saved = before - after;
  const goOn =
    next === null
      ? 'A narrower width would not save time.'
      : `The next width that saves time is ${next}: ${formatCount(after - cyclesAt(data, next))} ${data.unit} less.`;
  const free = freeChannels(data);
  if (planned === now) return `${label} has ${now} channels. ${free}${goOn}`;
  if (saved <= 0)
    return `Pruning ${label} to ${planned} of ${now} channels saves no time here. ${free}${goOn}`;
  return `${planned} of ${now} channels save ${formatCount(saved)} ${data.unit}. ${free}${goOn}`;
}
