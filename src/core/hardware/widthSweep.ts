import type { HardwareChoice } from '../exploration/design.ts';
import type { Network } from '../network/network.ts';
import { applyPlan } from '../pruning/apply.ts';
import { channelGroups, slotBlocks } from '../pruning/groups.ts';
import { fail, ok, type Result } from '../result.ts';
import { estimate } from './estimate.ts';
import type { HardwareReport } from './report.ts';

export interface WidthSweep {
  readonly widths: readonly number[];
  /** Cycles of a whole frame on a sequential engine, of the slowest touched row in a dataflow. */
  readonly cycles: readonly number[];
}

/** At most this many widths are tried: a wide group is sampled, ends and multiples of 4 included. */
const MOST_WIDTHS = 160;

function widthsUpTo(width: number): number[] {
  const stride = Math.max(1, Math.ceil(width / MOST_WIDTHS / 4) * (width > MOST_WIDTHS ? 4 : 1));
  const widths: number[] = [];
  for (let w = 1; w <= width; w++) if (w === 1 || w === width || w % stride === 0) widths.push(w);
  return widths;
}

/** The slots in an order whose every beginning takes evenly from all blocks, so that no branch runs empty. */
function evenly(blocks: readonly (readonly number[])[]): number[] {
  const longest = Math.max(0, ...blocks.map((block) => block.length));
  const order: number[] = [];
  for (let i = 0; i < longest; i++)
    for (const block of blocks) if (i < block.length) order.push(block[i] as number);
  return order;
}

/** What a frame costs in the rows that a set of layers takes part in. */
function touchedCycles(report: HardwareReport, touched: ReadonlySet<string>): number {
  const rows = report.rows.filter((row) => row.layerIds.some((id) => touched.has(id)));
  const cycles = rows.map((row) => row.cycles);
  return report.schedule === 'sequential' ? cycles.reduce((sum, c) => sum + c, 0) : Math.max(0, ...cycles);
}

/**
 * The staircase: cycles of the layers that a channel group touches (producers, followers and consumers)
 * over the number of its channels that are kept. All other widths stay as they are.
 */
export function channelWidthSweep(
  network: Network,
  groupId: string,
  targetId: string,
  hardware: HardwareChoice,
  foldedLike: Network = network,
): Result<WidthSweep> {
  const groups = channelGroups(network);
  const group = groups.groups.find((candidate) => candidate.id === groupId);
  if (!group)
    return fail(
      'unknown-group',
      `There is no channel group ${groupId} in ${network.name}; choose another.`,
      groupId,
    );
  const touched = new Set([...group.producers, ...group.followers, ...group.consumers]);
  const blocks = slotBlocks(groups, groupId);
  const order = evenly(blocks);
  const widths = widthsUpTo(group.slotCount).filter((width) => width >= blocks.length);
  const cycles: number[] = [];
  for (const width of widths) {
    const kept = order.slice(0, width).sort((a, b) => a - b);
    const narrowed = applyPlan(network, groups, { keep: { [groupId]: kept } }).network;
    const report = estimate(narrowed, targetId, hardware, foldedLike);
    if (!report.ok) return report;
    cycles.push(touchedCycles(report.value, touched));
  }
  return ok({ widths, cycles });
}

/** Widths around one that take the same time: those above it are free, those it leaves unused are wasted. */
export interface Plateau {
  readonly from: number;
  readonly to: number;
}

/** The plateau that a width lies on; null where the width was not swept. Equal to a millionth is the same time. */
export function plateauAt({ widths, cycles }: WidthSweep, width: number): Plateau | null {
  const at = widths.indexOf(width);
  const time = cycles[at];
  if (time === undefined) return null;
  const same = (i: number) => Math.abs((cycles[i] ?? Number.NaN) - time) <= 1e-6 * time;
  let [low, high] = [at, at];
  while (low > 0 && same(low - 1)) low--;
  while (high < widths.length - 1 && same(high + 1)) high++;
  return { from: widths[low] ?? width, to: widths[high] ?? width };
}
