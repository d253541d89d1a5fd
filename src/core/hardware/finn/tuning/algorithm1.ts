import type { Folding } from '../../../exploration/design.ts';
import type { LayerId } from '../../../network/network.ts';
import { count } from '../sentences.ts';

/** Which parameter a slow matrix unit raises first: source 003, Algorithm 1. */
export type Priority = 'balanced' | 'simd' | 'pe';

/** A node as the tuner sees it. Nodes are in graph order. */
export interface TunerNode {
  readonly name: string;
  /** A sliding window asks for SIMD of its matrix unit, a matrix unit for either; nothing else can be sped up. */
  readonly kind: 'window' | 'matrix' | 'other';
  /** Index of the layer that it belongs to; null for nodes without a folding. */
  readonly layer: number | null;
}

export interface Measurement {
  /** Cycles a frame, by node. */
  readonly cycles: readonly number[];
  readonly lut: number;
}

/** A network under one estimate: FINN 0.5's in thesisEstimate.ts, v0.10.1's in currentEstimate.ts. */
export interface TunerModel {
  /** The estimate's name, as shown. */
  readonly estimate: string;
  readonly nodes: readonly TunerNode[];
  /** Layers that have a folding, in graph order. */
  readonly layerIds: readonly LayerId[];
  /** The folding the tuner starts from, by layer. */
  readonly start: readonly Folding[];
  isLegal(layer: number, folding: Folding): boolean;
  measure(foldings: readonly Folding[]): Measurement;
}

/** One line of the tuner's log. */
export interface TunerStep {
  /** From 1. */
  readonly step: number;
  /** The node that was sped up, and its cycles before. */
  readonly node: string;
  readonly nodeCycles: number;
  /** Slower nodes that could not be sped up. */
  readonly passedOver: readonly string[];
  readonly layerId: LayerId;
  readonly parameter: 'pe' | 'simd';
  readonly from: number;
  readonly to: number;
  /** After the step. */
  readonly maxCycles: number;
  readonly lut: number;
  /** False for the last step if it reached the budget: it is given back. */
  readonly kept: boolean;
  readonly sentence: string;
}

export interface TunerResult {
  readonly layerIds: readonly LayerId[];
  /** By layer, in the order of `layerIds`. */
  readonly foldings: readonly Folding[];
  readonly byLayer: Readonly<Record<LayerId, Folding>>;
  readonly cycles: readonly number[];
  readonly maxCycles: number;
  readonly lut: number;
  readonly steps: readonly TunerStep[];
  /** `start`: the start folding alone reaches the budget and is returned as it is. */
  readonly stopped: 'budget' | 'nothing-to-speed-up' | 'start';
}

interface Change {
  readonly node: number;
  readonly layer: number;
  readonly parameter: 'pe' | 'simd';
  readonly folding: Folding;
  readonly passedOver: readonly string[];
}

const doubled = (folding: Folding, parameter: 'pe' | 'simd'): Folding => ({
  ...folding,
  [parameter]: 2 * folding[parameter],
});

/** The parameters to try, the preferred one first (C3-01 and C3-03: the other one at the first one's limit). */
function wishes(node: TunerNode, folding: Folding, priority: Priority): readonly ('pe' | 'simd')[] {
  if (node.kind === 'window') return ['simd'];
  const simdFirst = priority === 'simd' || (priority === 'balanced' && folding.simd <= folding.pe);
  return simdFirst ? ['simd', 'pe'] : ['pe', 'simd'];
}

/** Node indices from slowest to fastest; of equals the later one in graph order first. */
const slowestFirst = (cycles: readonly number[]): readonly number[] =>
  cycles.map((_, i) => i).sort((a, b) => (cycles[b] ?? 0) - (cycles[a] ?? 0) || b - a);

/** The first legal doubling, from the slowest node on. */
function nextChange(
  model: TunerModel,
  foldings: readonly Folding[],
  cycles: readonly number[],
  priority: Priority,
): Change | null {
  const passedOver: string[] = [];
  for (const index of slowestFirst(cycles)) {
    const node = model.nodes[index];
    if (!node) continue;
    const { layer } = node;
    const folding = layer === null ? undefined : foldings[layer];
    if (layer !== null && folding && node.kind !== 'other') {
      for (const parameter of wishes(node, folding, priority)) {
        const faster = doubled(folding, parameter);
        if (model.isLegal(layer, faster))
          return { node: index, layer, parameter, folding: faster, passedOver };
      }
    }
    passedOver.push(node.name);
  }
  return null;
}

const slowest = (cycles: readonly number[]): number => Math.max(0, ...cycles);

export interface Algorithm1Options {
  readonly priority: Priority;
  /** LUT. The tuner stops when the estimate reaches it. */
  readonly lutBudget: number;
  /** By layer; the model's own start where absent. */
  readonly start?: readonly Folding[];
}

/**
 * Source 003, Algorithm 1 (BO-28): again and again the slowest node that can be sped up gets a parameter doubled,
 * until the LUT estimate reaches the budget; the step that reached it is given back.
 */
export function runAlgorithm1(
  model: TunerModel,
  { priority, lutBudget, start }: Algorithm1Options,
): TunerResult {
  let foldings = start ?? model.start;
  let measured = model.measure(foldings);
  const steps: TunerStep[] = [];
  const finish = (stopped: TunerResult['stopped']): TunerResult => ({
    layerIds: model.layerIds,
    foldings,
    byLayer: Object.fromEntries(model.layerIds.map((id, i) => [id, foldings[i] ?? { pe: 1, simd: 1 }])),
    cycles: measured.cycles,
    maxCycles: slowest(measured.cycles),
    lut: measured.lut,
    steps,
    stopped,
  });
  if (measured.lut >= lutBudget) return finish('start');
  for (;;) {
    const change = nextChange(model, foldings, measured.cycles, priority);
    if (!change) return finish('nothing-to-speed-up');
    const next = foldings.map((folding, i) => (i === change.layer ? change.folding : folding));
    const after = model.measure(next);
    const kept = after.lut < lutBudget;
    steps.push(describe(model, change, steps.length + 1, measured, after, lutBudget));
    if (!kept) return finish('budget');
    foldings = next;
    measured = after;
  }
}

const LABELS = { pe: 'PE', simd: 'SIMD' } as const;

function describe(
  model: TunerModel,
  { node, layer, parameter, folding, passedOver }: Change,
  step: number,
  before: Measurement,
  after: Measurement,
  lutBudget: number,
): TunerStep {
  const name = model.nodes[node]?.name ?? '';
  const layerId = model.layerIds[layer] ?? '';
  const to = folding[parameter];
  const from = to / 2;
  const nodeCycles = before.cycles[node] ?? 0;
  const maxCycles = slowest(after.cycles);
  const kept = after.lut < lutBudget;
  const sentence = [
    `${name} takes ${count(nodeCycles)} cycles`,
    passedOver.length === 0 ? '' : `, ${passedOver.join(' and ')} cannot be sped up`,
    `: ${LABELS[parameter]} of ${layerId} from ${from} to ${to}, LUT ${count(after.lut)} of ${count(lutBudget)}`,
    kept ? '' : ', which is too many: the step is given back',
    '.',
  ].join('');
  return {
    step,
    node: name,
    nodeCycles,
    passedOver,
    layerId,
    parameter,
    from,
    to,
    maxCycles,
    lut: after.lut,
    kept,
    sentence,
  };
}

/**
 * The start that lets doublings reach every power of two of the full width: the largest odd divisor, doubled
 * until it is legal. For CNV that is the start of source 003: SIMD 3 in the first layer, PE 5 in the last.
 */
export function oddPart(extent: number, isLegal: (value: number) => boolean = () => true): number {
  let odd = Math.max(1, extent);
  while (odd % 2 === 0) odd /= 2;
  while (!isLegal(odd) && 2 * odd <= extent) odd *= 2;
  return odd;
}
