import type { Column } from './graphColumns.ts';
import { type GraphNode, isBar, joinOf } from './graphModel.ts';
import type { GraphUnits, Unit } from './graphUnits.ts';

const PAD = 8;
const ARC = 7;
const SMALLEST = 8;

/** An edge that leaves its lane and runs past others at a height of its own. */
export interface Skip {
  readonly from: number;
  readonly to: number;
}

export interface Lanes {
  /** Middle of each unit, 0 on the main path, positive below it. */
  readonly ys: readonly number[];
  readonly heights: readonly (readonly number[])[];
  /** Heights at which skips run, in the order of `skipsOf`. */
  readonly levels: readonly number[];
  readonly top: number;
  readonly bottom: number;
}

export interface LaneSizes {
  /** Height of the tallest map, in pixels of the screen. */
  readonly tallest: number;
  /** Room below a box for its texts. */
  readonly text: number;
  readonly join: number;
}

/** Edges between units that neither follow their lane nor enter or leave a chain at its ends. */
export function skipsOf({ units, main, chains }: GraphUnits): Skip[] {
  const routed = new Set<string>();
  const key = (from: number, to: number) => `${from} ${to}`;
  const follow = (lane: readonly number[]) => {
    for (let i = 1; i < lane.length; i++) routed.add(key(lane[i - 1] ?? -1, lane[i] ?? -1));
  };
  follow(main);
  for (const { units: lane, entry, exit } of chains) {
    follow(lane);
    if (entry !== null) routed.add(key(entry, lane[0] ?? -1));
    if (exit !== null) routed.add(key(lane.at(-1) ?? -1, exit));
  }
  return units.flatMap(({ sources }, to) =>
    sources.flatMap((from) => (routed.has(key(from, to)) ? [] : [{ from, to }])),
  );
}

interface Obstacle {
  readonly from: number;
  readonly to: number;
  readonly top: number;
  readonly bottom: number;
}

function partHeights(unit: Unit, tallest: number, most: number, join: number): number[] {
  const scaled = (node: GraphNode) =>
    Math.max(SMALLEST, tallest * Math.sqrt(node.height / Math.max(1, most)));
  const [head] = unit.nodes;
  const small = head && joinOf(head);
  return unit.nodes.map((node) => (small && isBar(node) ? join : joinOf(node) ? join : scaled(node)));
}

/** How many chains hang on each other down to each unit, 0 on the main path: the outer come after the inner. */
function turnsOf(chains: GraphUnits['chains']): ReadonlyMap<number, number> {
  const turnOf = new Map<number, number>();
  for (const { units, entry } of chains) {
    const turn = (turnOf.get(entry ?? -1) ?? 0) + 1;
    for (const i of units) turnOf.set(i, turn);
  }
  return turnOf;
}

/** Gives every chain and every skip a height at which it covers nothing: the shorter, the nearer to the main path. */
export function lanesOf(
  graph: GraphUnits,
  columns: readonly Column[],
  skips: readonly Skip[],
  sizes: LaneSizes,
): Lanes {
  const { units, main, chains, pairs } = graph;
  const most = Math.max(1, ...units.map((unit) => unit.nodes[0]?.height ?? 1));
  const heights = units.map((unit) => partHeights(unit, sizes.tallest, most, sizes.join));
  const half = heights.map((parts) => Math.max(...parts) / 2);
  const textOf = (i: number) => (units[i]?.nodes[0] && joinOf(units[i].nodes[0]) ? 0 : sizes.text);
  const ys = units.map(() => 0);
  const right = (i: number) => (columns[i]?.x ?? 0) + (columns[i]?.slot ?? 0);
  const middle = (i: number) => (columns[i]?.x ?? 0) + (columns[i]?.slot ?? 0) / 2;
  const obstacles: Obstacle[] = main.map((i) => ({
    from: columns[i]?.x ?? 0,
    to: right(i),
    top: -(half[i] ?? 0),
    bottom: (half[i] ?? 0) + textOf(i),
  }));
  const reach = (from: number, to: number): [number, number] => {
    let [top, bottom] = [0, 0];
    for (const other of obstacles) {
      if (other.to <= from || other.from >= to) continue;
      top = Math.min(top, other.top);
      bottom = Math.max(bottom, other.bottom);
    }
    return [top, bottom];
  };
  const spanOf = (lane: readonly number[], entry: number | null, exit: number | null) => ({
    from: entry === null ? (columns[lane[0] ?? 0]?.x ?? 0) : right(entry) + 1,
    to: exit === null ? right(lane.at(-1) ?? 0) + 2 : middle(exit),
  });
  const upper = (lane: readonly number[]) => Math.max(...lane.map((i) => half[i] ?? 0));
  const lower = (lane: readonly number[]) => Math.max(...lane.map((i) => (half[i] ?? 0) + textOf(i)));
  const settle = (lane: readonly number[], y: number, span: { from: number; to: number }) => {
    for (const i of lane) ys[i] = y;
    obstacles.push({ ...span, top: y - upper(lane), bottom: y + lower(lane) });
  };

  const pairedWith = new Map(pairs.map(([a, b]) => [a, b]));
  const second = new Set(pairs.map(([, b]) => b));
  const levels = skips.map(() => 0);
  const turns = turnsOf(chains);
  // Beside the main path, a skip keeps close to its lane: what hangs on that lane goes around it.
  const skipTurn = (from: number, to: number) => {
    const outer = Math.max(turns.get(from) ?? 0, turns.get(to) ?? 0);
    return outer === 0 ? 1 : outer + 0.5;
  };
  const items = [
    ...chains.map(({ units: lane, entry, exit }, chain) => ({
      ...spanOf(lane, entry, exit),
      turn: turns.get(lane[0] ?? -1) ?? 1,
      place(span: { from: number; to: number }) {
        if (second.has(chain)) return;
        const partner = chains[pairedWith.get(chain) ?? -1]?.units;
        const end = partner ? (columns[exit ?? 0]?.x ?? span.to) : span.to;
        const [top, bottom] = reach(span.from, end);
        if (partner) {
          const [above, below] = [upper(lane) + lower(lane), upper(partner) + lower(partner)];
          const start = -(above + PAD + below) / 2;
          const free = top === 0 && bottom === 0;
          settle(lane, free ? start + upper(lane) : top - PAD - lower(lane), span);
          settle(partner, free ? start + above + PAD + upper(partner) : bottom + PAD + upper(partner), span);
          return;
        }
        const under = bottom + PAD + upper(lane);
        const over = top - PAD - lower(lane);
        const side = ys[entry ?? -1] ?? 0; // a branch of a branch stays on its side of the main path
        const rises = side < 0 || (side === 0 && -over + 24 < under);
        settle(lane, rises ? over : under, span);
      },
    })),
    ...skips.map(({ from, to }, skip) => ({
      from: right(from) + 1,
      to: middle(to),
      turn: skipTurn(from, to),
      place(span: { from: number; to: number }) {
        const [top, bottom] = reach(span.from, span.to);
        const y = (ys[from] ?? 0) > 0 || (ys[to] ?? 0) > 0 ? bottom + ARC + 2 : top - ARC;
        levels[skip] = y;
        obstacles.push({ ...span, top: y - 1, bottom: y + 1 });
      },
    })),
  ];
  for (const item of items.sort((a, b) => a.turn - b.turn || a.to - a.from - (b.to - b.from))) {
    item.place({ from: item.from, to: item.to });
  }
  const [top, bottom] = reach(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  return { ys, heights, levels, top, bottom };
}
