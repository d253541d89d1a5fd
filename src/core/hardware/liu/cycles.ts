import type { FeatureMap, Pair } from '../../network/network.ts';
import { ceilDiv, type LiuKind, type LiuSettings, type PaddingScheme } from './engine.ts';

/** What the engine computes in one pass. */
export interface Work {
  readonly kind: LiuKind;
  readonly ifm: FeatureMap;
  /** What the convolution gives, before a fused pooling. */
  readonly ofm: FeatureMap;
  readonly kernelSize: Pair;
  /** [top, bottom, left, right] */
  readonly pads: readonly [number, number, number, number];
  /** How often the pass runs: groups, or filters of every channel of a depthwise convolution; 1 otherwise. */
  readonly repeats: number;
}

/** PK taps that cover a kernel, as the ideal count of LI-06 has it: ceil(K^2 / PK). */
const tapGroups = ([height, width]: Pair, pk: number): number => ceilDiv(height * width, pk);

/** Square windows that cover a kernel: ceil(K / 3)^2 where PK is 9. */
function windowGroups([height, width]: Pair, pk: number): number {
  const side = Math.sqrt(pk);
  return ceilDiv(height, side) * ceilDiv(width, side);
}

/**
 * Cycles in which a map streams through the reshape unit, for one group of PC channels (source 004, section 3.5):
 * every pixel, and with `direct` every padded one, with `operation-separate` only the rows padded at the bottom.
 */
export function streamedPixels(
  { height, width }: Pick<FeatureMap, 'height' | 'width'>,
  [top, bottom, left, right]: Work['pads'],
  scheme: PaddingScheme,
): number {
  return scheme === 'direct' ? (height + top + bottom) * (width + left + right) : (height + bottom) * width;
}

/** Eq. 2 of source 004: how many times faster a map with one pixel of padding streams, (H+2)(W+2) / ((H+1)W). */
export function paddingGain(height: number, width: number): number {
  const pads = [1, 1, 1, 1] as const;
  const map = { height, width };
  return streamedPixels(map, pads, 'direct') / streamedPixels(map, pads, 'operation-separate');
}

/** Blocks of weights a pass is cut into: channel groups x filter groups x windows (source 004, section 6). */
export function weightBlocks({ kind, ifm, ofm, kernelSize, repeats }: Work, settings: LiuSettings): number {
  const { pk, pc, pf } = settings;
  const channels = ceilDiv(ifm.channels, pc);
  if (kind === 'depthwise') return channels * tapGroups(kernelSize, pk) * repeats;
  if (kind === 'outputUnit') return ceilDiv(ofm.channels, pc);
  const windows = kind === 'standard' ? windowGroups(kernelSize, pk) : 1;
  return channels * ceilDiv(ofm.channels, pf) * windows * repeats;
}

/**
 * Cycles of the engine (dpu.md, section 7, with the parameters of section 3.2 of source 004). Standard and
 * depthwise convolutions take a pixel a cycle of the map they read, so a stride saves nothing. Larger kernels
 * run as several windows: a standard one as ceil(K/3)^2, a depthwise one as ceil(K^2/9) (LI-38). The output unit takes one
 * word of PC pixels a cycle, which is our assumption.
 */
export function computeCycles(work: Work, settings: LiuSettings): number {
  const { kind, ifm, ofm, kernelSize, pads, repeats } = work;
  const { pk, pv, pc, pf, pd, padding } = settings;
  const channels = ceilDiv(ifm.channels, pc);
  const filters = ceilDiv(ofm.channels, pf);
  switch (kind) {
    case 'standard':
      return streamedPixels(ifm, pads, padding) * channels * filters * windowGroups(kernelSize, pk) * repeats;
    case 'pointwise':
      return ceilDiv(ofm.height * ofm.width, pv) * channels * filters * repeats;
    case 'depthwise': {
      const pixels = streamedPixels(ifm, pads, padding);
      return ceilDiv(pixels, pd) * channels * tapGroups(kernelSize, pk) * repeats;
    }
    case 'dense':
      return channels * filters;
    case 'outputUnit':
      return ifm.height * ifm.width * channels;
  }
}

/**
 * Cycles if every streamed window were one that somebody reads (LI-06): the least the engine can take. A
 * depthwise convolution is counted as PD groups of PC channels a cycle.
 */
export function idealCycles(work: Work, settings: LiuSettings): number {
  const { kind, ifm, ofm, kernelSize, repeats } = work;
  const { pk, pc, pf, pd } = settings;
  const pixels = ofm.height * ofm.width;
  const taps = tapGroups(kernelSize, pk);
  if (kind === 'standard')
    return pixels * taps * ceilDiv(ifm.channels, pc) * ceilDiv(ofm.channels, pf) * repeats;
  if (kind === 'depthwise') return pixels * taps * ceilDiv(ifm.channels, pc * pd) * repeats;
  return computeCycles(work, settings);
}

/** Bytes of the weights, whole blocks of PC channels by PF filters, 8 bits each. */
export function weightBytes({ kind, ifm, ofm, kernelSize, repeats }: Work, { pc, pf }: LiuSettings): number {
  if (kind === 'outputUnit') return 0;
  const channels = ceilDiv(ifm.channels, pc) * pc;
  const taps = kernelSize[0] * kernelSize[1] * repeats;
  return kind === 'depthwise' ? taps * channels : taps * channels * ceilDiv(ofm.channels, pf) * pf;
}

/** Bytes of a map as it is stored: whole words of PC pixels of one byte. */
export const mapBytes = ({ height, width, channels }: FeatureMap, { pc }: Pick<LiuSettings, 'pc'>): number =>
  height * width * ceilDiv(channels, pc) * pc;
