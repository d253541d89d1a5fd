import type { LayerId } from '../../../network/network.ts';
import type { Resources } from '../../report.ts';
import { legalParallelism, simdLimitOf } from '../folding.ts';
import { isWeighted } from '../layerUnits.ts';
import type { FinnNode, RamStyle, ResType } from '../nodes.ts';
import type { DspBlock } from '../operators/model.ts';
import { cyclesOf, resourcesOf } from '../operators.ts';
import { paretoOptions } from './optimalFoldingPareto.ts';

/** What a search may set on one node; what is absent stays as it is. */
export interface Setting {
  readonly pe?: number;
  readonly simd?: number;
  readonly parallelWindow?: boolean;
  readonly ramStyle?: RamStyle;
  readonly resType?: ResType;
}

/** One way to build a unit: cycles a frame and what it takes of the chip. */
export interface FoldingOption<Choice = unknown> extends Resources {
  readonly cycles: number;
  /** Values that pass a cycle: of two options that cost the same the less parallel one is taken. */
  readonly parallelism: number;
  readonly choice: Choice;
}

/** What is folded together: a node, or a window and the depthwise unit or pool behind it. */
export interface FoldingUnit<Choice = unknown> {
  /** As a report's row names it. */
  readonly label: string;
  readonly layerIds: readonly LayerId[];
  /** Units built alike share this array. Never empty. */
  readonly options: readonly FoldingOption<Choice>[];
}

/**
 * `free`: windows of ordinary convolutions are folded on their own, as FINN's SetFolding does (a width converter
 * joins them), and every memory may move. `shared`: window, padding and matrix unit run at one SIMD, as in source
 * 003, and only weights may move: what the foldings and implementations of a design can say.
 */
export type WindowCoupling = 'free' | 'shared';

/** Whether memories and multipliers may be chosen, or are kept as they are in the nodes. */
export type MemoryChoice = 'free' | 'kept';

export interface UnitOptions {
  readonly block: DspBlock;
  readonly windows: WindowCoupling;
  readonly memories: MemoryChoice;
  /** Whether the chip has URAM. */
  readonly ultra: boolean;
}

export type Parallelism = Pick<Setting, 'pe' | 'simd' | 'parallelWindow'>;
type Style = Pick<Setting, 'ramStyle' | 'resType'>;

export const isWindow = (node: FinnNode | undefined) =>
  node?.opType === 'ConvolutionInputGenerator_rtl' || node?.opType === 'ConvolutionInputGenerator_hls';

/** Legal parallelism of a node folded on its own (finn.md section 7). */
export function foldingsOf(node: FinnNode): readonly Parallelism[] {
  const legal = legalParallelism(node);
  if (isWeighted(node)) {
    const depthwise = !('mw' in node);
    return legal.pe.flatMap((pe) =>
      legal.simd
        // A depthwise unit folds its kernel only once all channels are parallel.
        .filter((simd) => (depthwise ? simd === 1 || pe === node.channels : simd >= simdLimitOf(node)))
        .map((simd) => ({ pe, simd })),
    );
  }
  if (node.opType === 'ConvolutionInputGenerator_rtl') {
    const whole = node.kernel[0] * node.kernel[1] > 1;
    const plain = legal.simd.map((simd) => ({ simd, parallelWindow: false }));
    return whole ? [...plain, { simd: node.channels, parallelWindow: true }] : plain;
  }
  // In two dimensions it always has full width; FINN's figure knows no PE.
  if (node.opType === 'StreamingMaxPool_hls' && node.imgDim[0] > 1 && node.imgDim[1] > 1) return [{}];
  if (legal.pe.length > 0) return legal.pe.map((pe) => ({ pe }));
  return legal.simd.length > 0 ? legal.simd.map((simd) => ({ simd })) : [{}];
}

/**
 * Memory and multiplier styles whose cost FINN's estimate counts. Distributed weights of an RTL unit are not
 * offered: its LUT are always 0 (finn.md section 3.5), so the memory would vanish from the estimate. `auto` of a
 * VVAU is: it is FINN's default, and up to 128 words cost nothing there.
 */
function stylesOf(node: FinnNode, { ultra, windows, memories }: UnitOptions): readonly Style[] {
  if (memories === 'kept' || (windows === 'shared' && !isWeighted(node))) return [{}];
  const uram: readonly RamStyle[] = ultra ? ['ultra'] : [];
  if (isWindow(node)) {
    return (['distributed', 'block', ...uram] as const).map((ramStyle) => ({ ramStyle }));
  }
  if (node.opType === 'ChannelwiseOp_hls' || node.opType === 'Thresholding_hls')
    return [{ ramStyle: 'distributed' }, { ramStyle: 'block' }];
  if (!isWeighted(node)) return [{}];
  const rtl = node.opType === 'MVAU_rtl' || node.opType === 'VVAU_rtl';
  const inLuts: readonly RamStyle[] = rtl ? [] : ['distributed'];
  const automatic: readonly RamStyle[] = 'mw' in node ? [] : ['auto'];
  const places: readonly RamStyle[] =
    node.memMode === 'internal_decoupled' ? ['block', ...automatic, ...inLuts, ...uram] : [node.ramStyle];
  const multipliers: readonly ResType[] = rtl ? [node.resType] : ['lut', 'dsp'];
  return places.flatMap((ramStyle) => multipliers.map((resType) => ({ ramStyle, resType })));
}

interface Built {
  readonly setting: Setting;
  readonly cycles: number;
  readonly lanes: number;
  readonly use: Resources;
}

/** One node at one parallelism in every style. One copy of the node is written to, as there are thousands. */
function variants(node: FinnNode, folding: Parallelism, options: UnitOptions): readonly Built[] {
  const folded: FinnNode & { ramStyle?: RamStyle; resType?: ResType } = { ...node };
  Object.assign(folded, folding);
  const cycles = cyclesOf(folded);
  const window = folding.parallelWindow && 'kernel' in folded ? folded.kernel[0] * folded.kernel[1] : 1;
  const lanes = (folding.pe ?? 1) * (folding.simd ?? 1) * window;
  return stylesOf(node, options).map((style) => {
    if (style.ramStyle) folded.ramStyle = style.ramStyle;
    if (style.resType) folded.resType = style.resType;
    return { setting: { ...folding, ...style }, cycles, lanes, use: resourcesOf(folded, options.block) };
  });
}

/**
 * The options of nodes that are folded together: every style of each, at the parallelisms given (one an entry and
 * node), as far as no other option is at least as good.
 */
export function optionsOf(
  nodes: readonly FinnNode[],
  foldings: readonly (readonly Parallelism[])[],
  options: UnitOptions,
): readonly FoldingOption<readonly Setting[]>[] {
  const all: FoldingOption<readonly Setting[]>[] = [];
  const [alone, ...others] = nodes;
  if (alone && others.length === 0) {
    for (const [folding] of foldings) {
      for (const { setting, cycles, lanes, use } of variants(alone, folding ?? {}, options)) {
        const { lut, bram18, uram, dsp } = use;
        all.push({ cycles, lut, bram18, uram, dsp, parallelism: lanes, choice: [setting] });
      }
    }
    return paretoOptions(all);
  }
  const known = nodes.map(() => new Map<string, readonly Built[]>());
  for (const together of foldings) {
    let combined: FoldingOption<readonly Setting[]>[] = [
      { cycles: 0, lut: 0, bram18: 0, uram: 0, dsp: 0, parallelism: 0, choice: [] },
    ];
    for (const [i, node] of nodes.entries()) {
      const folding = together[i] ?? {};
      const key = `${folding.pe} ${folding.simd} ${folding.parallelWindow}`;
      const built = known[i]?.get(key) ?? variants(node, folding, options);
      known[i]?.set(key, built);
      combined = combined.flatMap((before) =>
        built.map(({ setting, cycles, lanes, use }) => ({
          cycles: Math.max(before.cycles, cycles),
          lut: before.lut + use.lut,
          bram18: before.bram18 + use.bram18,
          uram: before.uram + use.uram,
          dsp: before.dsp + use.dsp,
          parallelism: before.parallelism + lanes,
          choice: [...before.choice, setting],
        })),
      );
    }
    for (const option of combined) all.push(option);
  }
  return paretoOptions(all);
}
