import type { Folding, Implementation, LayerBits, NodeSetting } from '../../exploration/design.ts';
import type { LayerId, Network } from '../../network/network.ts';
import { fail, ok, type Result } from '../../result.ts';
import type { Violation } from '../report.ts';
import { divisorsOf, simdLimitOf } from './folding.ts';
import { applySettings, keepFolding, withStyles } from './keepFolding.ts';
import { applyFoldings, isWeighted, type LayerUnit, layerUnits } from './layerUnits.ts';
import { type LoweredNetwork, lowerToFinn } from './lower.ts';
import type { FinnNode } from './nodes.ts';
import { setFolding } from './setFolding.ts';

export interface FinnOptions {
  /** By layer id; the other layers are folded automatically. */
  readonly foldings: Readonly<Record<LayerId, Folding>>;
  /** Automatic foldings aim at fewer cycles a frame than this. */
  readonly targetCycles: number;
  /** FINN's defaults where absent. */
  readonly setFolding?: { readonly wwidthMax: number; readonly twoPass: boolean };
  readonly weightBits: number;
  readonly activationBits: number;
  /** By layer id: layers whose bits differ from those. */
  readonly layerBits?: Readonly<Record<LayerId, LayerBits>>;
  /** By node name; choices by layer come before them. */
  readonly nodeSettings?: Readonly<Record<string, NodeSetting>>;
  /** By layer id: memories and multipliers that are not left to FINN. */
  readonly implementations?: Readonly<Record<LayerId, Implementation>>;
  /**
   * The network whose hardware this one runs on: layers without a choice keep its folding instead of being
   * folded anew. For a pruned network beside the one it came from.
   */
  readonly foldedLike?: Network;
  /** Xilinx part name; the Pynq-Z1's by default. */
  readonly fpgaPart?: string;
}

export interface FoldedNetwork {
  readonly nodes: readonly FinnNode[];
  readonly units: readonly LayerUnit[];
  readonly violations: readonly Violation[];
}

type Lowered = LoweredNetwork & { readonly units: readonly LayerUnit[] };

/** Networks do not change once built, so each is lowered once a choice of bits and part. */
const lowered = new WeakMap<Network, Map<string, Result<Lowered>>>();

function lowerOnce(network: Network, options: FinnOptions): Result<Lowered> {
  const { weightBits, activationBits, layerBits = {}, fpgaPart } = options;
  const key = `${weightBits} ${activationBits} ${fpgaPart ?? ''} ${JSON.stringify(layerBits)}`;
  const known = lowered.get(network) ?? new Map<string, Result<Lowered>>();
  lowered.set(network, known);
  const found = known.get(key);
  if (found) return found;
  const result = lowerToFinn(network, {
    weightBits,
    activationBits,
    layerBits,
    ...(fpgaPart === undefined ? {} : { fpgaPart }),
  });
  const withUnits: Result<Lowered> = result.ok
    ? ok({ ...result.value, units: layerUnits(result.value.nodes) })
    : result;
  known.set(key, withUnits);
  return withUnits;
}

const MOST_BITS = 16;

function checkBits(bits: number, name: string): Result<null> {
  return Number.isInteger(bits) && bits >= 1 && bits <= MOST_BITS
    ? ok(null)
    : fail('finn-bits', `FINN cannot use ${bits} bits for ${name}; choose 1 to ${MOST_BITS}.`, name);
}

function checkOptions(options: FinnOptions): Result<null> {
  const { weightBits, activationBits, layerBits = {}, targetCycles } = options;
  const checks = [checkBits(weightBits, 'weights'), checkBits(activationBits, 'activations')];
  for (const [id, own] of Object.entries(layerBits)) {
    checks.push(checkBits(own.weightBits, `the weights of ${id}`));
    checks.push(checkBits(own.activationBits, `the activations of ${id}`));
  }
  const wrong = checks.find((check) => !check.ok);
  if (wrong) return wrong;
  if (!(targetCycles > 0))
    return fail(
      'finn-target-cycles',
      `Automatic foldings cannot aim at ${targetCycles} cycles a frame; choose a number above 0.`,
      'targetCycles',
    );
  return ok(null);
}

/**
 * SetFolding knows no lower limit of SIMD, and FINN's build then stops at HLS code generation (finn.md sections
 * 3.7 and 8): here such a unit gets the smallest SIMD that can be built. It never becomes slower by it.
 */
function raiseToCodegenLimit(node: FinnNode): FinnNode {
  if (!isWeighted(node) || node.simd >= simdLimitOf(node) || !('mw' in node)) return node;
  const simd = divisorsOf(node.mw).find((divisor) => divisor >= simdLimitOf(node));
  return simd === undefined ? node : { ...node, simd };
}

/** The nodes with the memories and multipliers that were chosen by layer. They change no cycles. */
function implement(
  nodes: readonly FinnNode[],
  units: readonly LayerUnit[],
  implementations: FinnOptions['implementations'] = {},
): readonly FinnNode[] {
  if (Object.keys(implementations).length === 0) return nodes;
  const implemented = [...nodes];
  for (const { layerId, at } of units) {
    const node = nodes[at];
    const chosen = Object.hasOwn(implementations, layerId) ? implementations[layerId] : undefined;
    if (chosen && isWeighted(node)) implemented[at] = { ...node, ...chosen };
  }
  return implemented;
}

/**
 * The network as folded FINN nodes: chosen foldings first, then FINN's SetFolding for everything else. Feeders
 * of a chosen layer follow it; thresholds, pools and streams follow the target.
 */
export function foldNetwork(network: Network, options: FinnOptions): Result<FoldedNetwork> {
  const checked = checkOptions(options);
  if (!checked.ok) return checked;
  const result = lowerOnce(network, options);
  if (!result.ok) return result;
  if (options.foldedLike && options.foldedLike !== network)
    return foldLike(result.value, options.foldedLike, options);
  const { nodes: unfolded, units, violations } = result.value;
  const set = applySettings(unfolded, options.nodeSettings ?? {});
  const chosen = applyFoldings(set.nodes, units, options.foldings);
  const fixed = new Set([...set.fixed, ...chosen.fixed]);
  const automatic = setFolding(chosen.nodes, options.targetCycles, { ...options.setFolding, fixed });
  const folded = automatic.map((node) => (fixed.has(node.name) ? node : raiseToCodegenLimit(node)));
  const nodes = implement(folded, units, options.implementations);
  return ok({
    nodes,
    units,
    violations: [...violations, ...set.violations, ...chosen.violations],
  });
}

function foldLike(lowered: Lowered, like: Network, options: FinnOptions): Result<FoldedNetwork> {
  const { foldedLike: _, ...plain } = options;
  const model = foldNetwork(like, plain);
  if (!model.ok) return model;
  const kept = keepFolding(lowered.nodes, model.value.nodes);
  const { nodeSettings = {} } = options;
  const styled = kept.nodes.map((node) => withStyles(node, nodeSettings[node.name] ?? {}));
  const { nodes, violations } = applyFoldings(styled, lowered.units, options.foldings);
  // What the user chose for a layer replaces what it would have kept.
  const adjusted = kept.violations.filter(
    ({ layerIds }) => !layerIds.some((id) => Object.hasOwn(options.foldings, id)),
  );
  return ok({
    nodes: implement(nodes, lowered.units, options.implementations),
    units: lowered.units,
    violations: [...lowered.violations, ...adjusted, ...violations],
  });
}

/** The folding a layer has, and what it could have. */
export interface LayerFolding extends Folding {
  readonly layerId: LayerId;
  /** FINN's name of the unit that computes the layer. */
  readonly nodeName: string;
  /** `set`: by a search or a file. */
  readonly origin: 'automatic' | 'chosen' | 'set';
  readonly implementation: Implementation;
  readonly bits: LayerBits;
  /**
   * Values that may be chosen. An automatic SIMD may lie outside: there FINN folds the unit and its sliding
   * window apart, while a chosen SIMD is shared by both.
   */
  readonly legalPe: readonly number[];
  /** At the PE in force. */
  readonly legalSimd: readonly number[];
}

function originOf(
  layerId: LayerId,
  nodeName: string,
  { foldings, nodeSettings = {} }: FinnOptions,
): LayerFolding['origin'] {
  if (Object.hasOwn(foldings, layerId)) return 'chosen';
  return Object.hasOwn(nodeSettings, nodeName) ? 'set' : 'automatic';
}

/** For every conv, depthwise and dense layer, in graph order: its folding in force and the legal values. */
export function layerFoldings(network: Network, options: FinnOptions): Result<readonly LayerFolding[]> {
  const result = foldNetwork(network, options);
  if (!result.ok) return result;
  const { nodes, units } = result.value;
  const foldings: LayerFolding[] = [];
  for (const { layerId, at, choices } of units) {
    const node = nodes[at];
    if (!isWeighted(node)) continue;
    foldings.push({
      layerId,
      nodeName: node.name,
      pe: node.pe,
      simd: node.simd,
      origin: originOf(layerId, node.name, options),
      implementation: { memMode: node.memMode, ramStyle: node.ramStyle, resType: node.resType },
      bits: options.layerBits?.[layerId] ?? {
        weightBits: options.weightBits,
        activationBits: options.activationBits,
      },
      legalPe: choices.pe,
      legalSimd: choices.simdFor(node.pe),
    });
  }
  return ok(foldings);
}
