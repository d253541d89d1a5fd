import { type GraphNode, isBar } from './graphModel.ts';

/** A layer with the bars that follow it: they move, and are measured, as one. */
export interface Unit {
  readonly nodes: readonly GraphNode[];
  /** Units whose output this one reads, each once, in the order of its inputs. */
  readonly sources: readonly number[];
  readonly readers: readonly number[];
}

/** Units one after the other in a lane of their own, beside the main path. */
export interface Chain {
  readonly units: readonly number[];
  /** The unit it leaves, and the one it comes back to; null where there is none. */
  readonly entry: number | null;
  readonly exit: number | null;
}

export interface GraphUnits {
  readonly units: readonly Unit[];
  readonly main: readonly number[];
  readonly chains: readonly Chain[];
  /** Two chains of the same length with nothing between: neither is the main path. */
  readonly pairs: readonly (readonly [number, number])[];
}

const headOf = (unit: Unit): GraphNode => unit.nodes[0] as GraphNode;

/** Bars join the layer they alone read, so a unit is read at its end only. */
function unitsOf(nodes: readonly GraphNode[]): Unit[] {
  const known = new Map<string, number>(); // layer -> its unit
  const readers = new Map<string, number>();
  for (const node of nodes) {
    for (const id of new Set(node.inputs)) readers.set(id, (readers.get(id) ?? 0) + 1);
  }
  const units: { nodes: GraphNode[]; sources: number[]; readers: number[] }[] = [];
  for (const node of nodes) {
    if (known.has(node.id)) continue;
    const sources = [...new Set(node.inputs)].flatMap((id) => known.get(id) ?? []);
    const [source] = sources;
    const unit = source === undefined ? undefined : units[source];
    const follows = isBar(node) && node.inputs.length === 1 && readers.get(node.inputs[0] ?? '') === 1;
    if (unit && source !== undefined && follows) {
      unit.nodes.push(node);
      known.set(node.id, source);
      continue;
    }
    for (const from of new Set(sources)) units[from]?.readers.push(units.length);
    known.set(node.id, units.length);
    units.push({ nodes: [node], sources: [...new Set(sources)], readers: [] });
  }
  return units;
}

const pixels = (unit: Unit): number => headOf(unit).height * headOf(unit).width;

/** A gate multiplies a map by one value a channel: it is no part of the main path, however long it is. */
export const isGate = (source: Unit, reader: Unit): boolean =>
  headOf(reader).kind === 'multiply' && pixels(source) < pixels(reader);

/** Layers on the longest path up to each unit; more channels win ties. */
function depths(units: readonly Unit[]): { depth: number[]; score: number[] } {
  const [depth, score]: [number[], number[]] = [[], []];
  for (const unit of units) {
    const best = bestSource(unit, units, score);
    depth.push((best === null ? 0 : (depth[best] ?? 0)) + 1);
    score.push((best === null ? 0 : (score[best] ?? 0)) + 1 + headOf(unit).channels * 1e-7);
  }
  return { depth, score };
}

function bestSource(unit: Unit, units: readonly Unit[], score: readonly number[]): number | null {
  let [best, most] = [null as number | null, Number.NEGATIVE_INFINITY];
  for (const source of unit.sources) {
    const value = (score[source] ?? 0) - (isGate(units[source] as Unit, unit) ? 1e6 : 0);
    if (value > most) [best, most] = [source, value];
  }
  return best;
}

/** The way back from a unit along units with one reader and one source, to where a path forks; null if it doesn't. */
function forkBefore(from: number, units: readonly Unit[]): number | null {
  for (let at = from; ; ) {
    const unit = units[at] as Unit;
    const [source] = unit.sources;
    if (source === undefined || unit.sources.length > 1 || unit.readers.length > 1) return null;
    if ((units[source]?.readers.length ?? 0) > 1) return source;
    at = source;
  }
}

function mainPath(units: readonly Unit[]): { main: number[]; pairedJoins: Set<number> } {
  const { depth, score } = depths(units);
  const main: number[] = [];
  const pairedJoins = new Set<number>();
  let at: number | null = units.length ? score.indexOf(Math.max(...score)) : null;
  while (at !== null) {
    main.push(at);
    const unit = units[at] as Unit;
    const [a, b] = unit.sources;
    const fork = a === undefined ? null : forkBefore(a, units);
    const even = unit.sources.length === 2 && depth[a ?? 0] === depth[b ?? 0] && fork !== null;
    if (even && headOf(unit).kind === 'concat' && forkBefore(b ?? 0, units) === fork) {
      pairedJoins.add(at);
      at = fork;
    } else at = bestSource(unit, units, score);
  }
  return { main: main.reverse(), pairedJoins };
}

/**
 * Takes a network apart for drawing: units, the path that goes straight through the middle (the longest one, never
 * through a gate), and chains beside it.
 */
export function graphUnits(nodes: readonly GraphNode[]): GraphUnits {
  const units = unitsOf(nodes);
  const { main, pairedJoins } = mainPath(units);
  const taken = new Set(main);
  const chains: Chain[] = [];
  units.forEach((unit, first) => {
    if (taken.has(first)) return;
    const chain = [first];
    taken.add(first);
    for (let end: Unit | undefined = unit; end; ) {
      const next: number | undefined = end.readers.find((reader) => !taken.has(reader));
      end = next === undefined ? undefined : units[next];
      if (next === undefined || !end) break;
      chain.push(next);
      taken.add(next);
    }
    const last = units[chain.at(-1) ?? first] as Unit;
    chains.push({ units: chain, entry: unit.sources[0] ?? null, exit: last.readers[0] ?? null });
  });
  const pairs = [...pairedJoins].flatMap((join) => {
    const [a, b] = chains.flatMap((chain, i) => (chain.exit === join ? [i] : []));
    return a !== undefined && b !== undefined ? [[a, b] as const] : [];
  });
  return { units, main, chains, pairs };
}
