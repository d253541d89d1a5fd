import { type GraphNode, isBar, joinOf, sizeText } from './graphModel.ts';
import type { GraphUnits, Unit } from './graphUnits.ts';
import { textWidth } from './text.ts';

/** Distances along the network, in pixels at scale 1. */
const JOIN = 18;
const BAR = 6;
const SEAM = 1;
const GAP = 16;
const FORK = 6;
const SIDE = 16;
const PER_ROOT_CHANNEL = 1.5;

/** The scale cannot go below this: bars would be too thin to point at. */
export const SMALLEST_SCALE = 0.35;

export interface Column {
  /** Left end, and the room that the unit takes with its label. */
  readonly x: number;
  readonly slot: number;
  /** Left ends and widths of its nodes. */
  readonly parts: readonly { readonly x: number; readonly width: number }[];
}

const partWidth = (node: GraphNode, scale: number): number => {
  const narrow = Math.min(1, scale);
  if (joinOf(node)) return JOIN * Math.max(0.7, narrow);
  if (isBar(node)) return Math.max(4, BAR * Math.min(2, scale));
  return Math.max(7, PER_ROOT_CHANNEL * scale * Math.sqrt(node.channels));
};

/** Room for the label, from the scale on at which there is one for each. */
function textRoom(unit: Unit, scale: number): number {
  const [head] = unit.nodes;
  if (!head || joinOf(head) || scale < 1) return 0;
  const label = textWidth(head.label, true);
  return scale < 1.3 ? label : Math.max(label, textWidth(sizeText(head)));
}

/**
 * Where each unit lies along the network: right of everything it reads. Chains with time to spare lie midway between
 * their fork and their join.
 */
export function columnsOf(
  { units, chains }: GraphUnits,
  scale: number,
): { columns: Column[]; width: number } {
  const gap = Math.max(9, GAP * scale);
  const inside = units.map((unit) => unit.nodes.map((node) => partWidth(node, scale)));
  const widths = inside.map((parts) => parts.reduce((sum, part) => sum + part + SEAM, -SEAM));
  const slots = units.map((unit, i) => Math.max(widths[i] ?? 0, textRoom(unit, scale)));
  const lefts: number[] = [];
  const rightOf = (i: number) => (lefts[i] ?? 0) + (slots[i] ?? 0);
  const forkRoom = (i: number) => ((units[i]?.readers.length ?? 0) > 1 ? FORK : 0);
  for (const unit of units) {
    lefts.push(Math.max(SIDE, ...unit.sources.map((source) => rightOf(source) + gap + forkRoom(source))));
  }
  for (const chain of chains) {
    const members = new Set(chain.units);
    let spare = Number.POSITIVE_INFINITY;
    for (const i of chain.units) {
      for (const reader of units[i]?.readers ?? []) {
        if (!members.has(reader))
          spare = Math.min(spare, (lefts[reader] ?? 0) - gap - forkRoom(i) - rightOf(i));
      }
    }
    const shift = Number.isFinite(spare) ? Math.max(0, spare / 2) : 0;
    if (shift > 0) for (const i of chain.units) lefts[i] = (lefts[i] ?? 0) + shift;
  }
  const columns = units.map((_, i): Column => {
    const slot = slots[i] ?? 0;
    let x = (lefts[i] ?? 0) + (slot - (widths[i] ?? 0)) / 2;
    const parts = (inside[i] ?? []).map((width) => {
      const part = { x, width };
      x += width + SEAM;
      return part;
    });
    return { x: lefts[i] ?? 0, slot, parts };
  });
  return { columns, width: units.reduce((most, _, i) => Math.max(most, rightOf(i)), SIDE) + SIDE };
}

/** The largest scale whose width fits the room; the smallest one where none does. */
export function fittingScale(units: GraphUnits, room: number): number {
  const widthAt = (scale: number) => columnsOf(units, scale).width;
  let [low, high] = [SMALLEST_SCALE, 1.6];
  if (widthAt(low) > room) return low;
  if (widthAt(high) <= room) return high;
  for (let i = 0; i < 8; i++) {
    const middle = (low + high) / 2;
    if (widthAt(middle) <= room) low = middle;
    else high = middle;
  }
  return low;
}
