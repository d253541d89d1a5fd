import { formatInteger, formatPercent } from '../quantity.ts';
import type { HardwareReport, ReportRow } from './report.ts';

/** One direction in which an engine works in parallel, and how a row's work is dealt out to its lanes. */
export interface EngineAxis {
  /** As the sources call it: PP, ICP, PE, PK ... */
  readonly name: string;
  /** Lanes that are built. */
  readonly size: number;
  /** Lanes that this kind of work can use at all. */
  readonly reach: number;
  /** Lanes that work in a full round. */
  readonly active: number;
  /** Lanes that work in the last round. */
  readonly used: number;
  /** How often the lanes are filled: the fold factor. 0 where the axis has no work. */
  readonly rounds: number;
  /** What is dealt out, and in what it is counted: 20 "output channels". */
  readonly count: number;
  readonly unit: string;
  /** Lanes round after round, in words: "16, then 4". */
  readonly spread: string;
}

/** What a block's share is a share of: the row's time, the time between two frames, or room in a memory. */
export type ShareOf = 'row' | 'frame' | 'room';

export interface EngineBlock {
  readonly name: string;
  /** One sentence or phrase with its numbers. */
  readonly detail: string;
  /** 0..1. Blocks work at the same time, so that shares need not add up to 1. */
  readonly share: number;
  readonly of: ShareOf;
}

/** An engine while it computes one row of a report, as plain data for a drawing. */
export interface EngineView {
  readonly title: string;
  /** Empty where nothing is known of lanes (processors). The product of the sizes is what is built. */
  readonly axes: readonly EngineAxis[];
  /** What stands where the lanes of all axes cross: multipliers, or lanes that only compare, add or pass on. */
  readonly cell: 'multipliers' | 'lanes';
  /** Multipliers of the engine that is drawn; 0 where it multiplies nothing. */
  readonly multipliers: number;
  /** Cells that work in a cycle of a full round. */
  readonly activeCells: number;
  /** Share of the cells' cycles that do work which counts while the engine computes the row, 0..1. */
  readonly busyShare: number;
  readonly blocks: readonly EngineBlock[];
  readonly sentence: string;
}

const spreadOf = (rounds: number, active: number, used: number): string => {
  if (rounds === 0) return 'at rest';
  if (rounds === 1) return String(used);
  if (used === active) return `${formatInteger(rounds)} × ${active}`;
  return rounds === 2 ? `${active}, then ${used}` : `${formatInteger(rounds - 1)} × ${active}, then ${used}`;
};

/** Deals `count` things out to the lanes, `reach` at a time: channels and rows are rounded up to whole rounds. */
export function axisOf(
  name: string,
  unit: string,
  count: number,
  size: number,
  reach: number = size,
): EngineAxis {
  const rounds = Math.ceil(count / reach);
  const active = Math.min(reach, count);
  const used = count - Math.max(0, rounds - 1) * reach;
  return { name, size, reach, active, used, rounds, count, unit, spread: spreadOf(rounds, active, used) };
}

const productOf = (axes: readonly EngineAxis[], of: (axis: EngineAxis) => number): number =>
  axes.length === 0 ? 0 : axes.reduce((product, axis) => product * of(axis), 1);

export const builtCells = (axes: readonly EngineAxis[]): number => productOf(axes, ({ size }) => size);
export const activeCells = (axes: readonly EngineAxis[]): number => productOf(axes, ({ active }) => active);

const filled = ({ count, rounds, size }: EngineAxis): number =>
  rounds > 0 ? Math.min(1, count / (rounds * size)) : 0;

/** Which axis wastes the most lanes, in a sentence. */
export function lossSentence(axes: readonly EngineAxis[]): string {
  const working = axes.filter(({ rounds }) => rounds > 0);
  const worst = working.reduce<EngineAxis | null>((a, b) => (a && filled(a) <= filled(b) ? a : b), null);
  if (!worst) return '';
  if (filled(worst) > 0.9995) return 'No lane is left over.';
  const { name, count, unit, rounds, size, reach } = worst;
  if (reach < size) return `Most lanes are lost at ${name}: this kind of layer reaches ${reach} of ${size}.`;
  if (rounds === 1) return `Most lanes are lost at ${name}: ${unit} fill ${count} of ${size}.`;
  return `Most lanes are lost at ${name}: ${formatInteger(count)} ${unit} take ${formatInteger(rounds)} rounds of ${size}.`;
}

/** Cycles of the row's terms of these names. */
export const termCycles = ({ terms }: ReportRow, ...names: readonly string[]): number =>
  terms.reduce((sum, term) => sum + (names.includes(term.name) ? term.cycles : 0), 0);

/** A block that takes a part of the row's time; null where it takes none. */
export function rowBlock(row: ReportRow, name: string, cycles: number, detail: string): EngineBlock | null {
  if (!(cycles > 0)) return null;
  return { name, detail, share: row.cycles > 0 ? Math.min(1, cycles / row.cycles) : 0, of: 'row' };
}

export const present = (blocks: readonly (EngineBlock | null)[]): readonly EngineBlock[] =>
  blocks.filter((block) => block !== null);

/**
 * Loop-back or data-flow (BO-06): one engine used again and again takes the sum of its rows, an engine of its own
 * for every row waits for the slowest.
 */
export function scheduleSentence(report: HardwareReport, row: ReportRow): string {
  const share = formatPercent(row.cycles / report.initiationInterval, 0);
  if (report.schedule === 'dataflow')
    return `Every layer has hardware of its own; this one works ${share} of the time between two frames.`;
  const { length } = report.rows;
  return length === 1
    ? 'One engine computes the frame.'
    : `One engine computes all ${length} rows in turn, this one in ${share} of a frame's cycles.`;
}
