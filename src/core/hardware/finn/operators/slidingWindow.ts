import type { SlidingWindowNode } from '../nodes.ts';
import { bram18Width, uramBlocks } from './memory.ts';
import { NO_RESOURCES, type NodeResources, type OperatorModel } from './model.ts';

/** LUTs of the control part (finn.md section 5). */
export const WINDOW_BASE_LUTS = 300;

interface Sizes {
  readonly kh: number;
  readonly kw: number;
  readonly height: number;
  readonly width: number;
  readonly oh: number;
  readonly ow: number;
  readonly sh: number;
  readonly sw: number;
  readonly dh: number;
  readonly dw: number;
  /** Words a pixel: channels / SIMD. */
  readonly words: number;
}

/** By index: searches ask thousands of times a frame, and destructuring an array runs its iterator. */
function sizesOf({ kernel, ifmDim, ofmDim, stride, dilation, channels, simd }: SlidingWindowNode): Sizes {
  return {
    kh: kernel[0],
    kw: kernel[1],
    height: ifmDim[0],
    width: ifmDim[1],
    oh: ofmDim[0],
    ow: ofmDim[1],
    sh: stride[0],
    sw: stride[1],
    dh: dilation[0],
    dw: dilation[1],
    words: channels / simd,
  };
}

const is1d = (s: Sizes) => s.height === 1 || s.width === 1;

/** FINN's `parallel` implementation style: the whole window leaves in one cycle. */
const isParallel = (node: SlidingWindowNode, { kh, kw }: Sizes) =>
  (kh === 1 && kw === 1) || (node.parallelWindow && kh * kw > 1);

/** Words that must have arrived before the first window is complete. */
const windowWords = (s: Sizes) => ((s.kh - 1) * s.dh * s.width + (s.kw - 1) * s.dw + 1) * s.words;

/** Words of the buffer (finn.md section 5.1). */
function bufferWords(s: Sizes, parallel: boolean): number {
  if (parallel) return ((s.kh - 1) * s.dh * s.width + (s.kw - 1) * s.dw) * s.words + 2;
  const area = s.kh * s.kw;
  return (
    windowWords(s) +
    Math.max(0, (s.sw - 1 - area) * s.words) +
    Math.max(0, ((s.sh - 1) * s.width - area) * s.words)
  );
}

/** One axis is 1: the long axis decides, whichever it is. */
function cycles1d(s: Sizes, depthwise: boolean): number {
  const along = s.height === 1 ? { k: s.kw, o: s.ow, st: s.sw } : { k: s.kh, o: s.oh, st: s.sh };
  const plain = along.o * along.k * s.words + 2;
  return depthwise ? plain + s.words * (along.k - 1) * (along.st - 1) - (along.k - 1) : plain;
}

/** A frame's cycles apart: the window fills, then each output row takes the slower of reading and writing. */
export interface WindowCycles {
  readonly fill: number;
  readonly rows: number;
}

export function slidingWindowCycles(node: SlidingWindowNode): WindowCycles {
  const s = sizesOf(node);
  if (isParallel(node, s)) return { fill: 2, rows: s.height * s.width * s.words };
  if (is1d(s)) return { fill: 0, rows: cycles1d(s, node.depthwise) };
  let row = Math.max(s.ow * s.kw * s.kh * s.words, s.sw * s.width * s.words);
  if (node.depthwise) row += s.ow * (s.sw - 1) * (s.words - 1);
  const skipped = node.depthwise ? (s.sh - 1) * s.width * s.words : 0;
  return { fill: windowWords(s), rows: s.oh * row + skipped };
}

/** RAM blocks of one buffer `depth` words deep, the last incomplete cascade stage packed wider. */
function bufferBram18(depth: number, width: number): number {
  const columns = Math.ceil(width / bram18Width(depth));
  const saved = depth > 16384 ? columns - Math.ceil(width / bram18Width(depth % 16384)) : 0;
  return Math.ceil(depth / 16384) * columns - saved;
}

/** ConvolutionInputGenerator_rtl: finn.md section 5.1. */
export const slidingWindowRtl: OperatorModel<SlidingWindowNode> = {
  cycles(node) {
    const { fill, rows } = slidingWindowCycles(node);
    return fill + rows;
  },
  divides: { simd: (node) => node.channels },
  resources(node): NodeResources {
    const s = sizesOf(node);
    const parallel = isParallel(node, s);
    const bits = node.simd * node.inputType.bits;
    const buffer = bufferWords(s, parallel);
    const depth = parallel ? s.width - ((s.kw - 1) * s.dw + 1) + s.width * (s.dh - 1) : buffer;
    const count = parallel ? (is1d(s) ? 0 : s.kh - 1) : 1;
    const inBram = node.ramStyle === 'block' || node.ramStyle === 'auto';
    return {
      ...NO_RESOURCES,
      lut: WINDOW_BASE_LUTS + (node.ramStyle === 'distributed' ? bits * Math.ceil(buffer / 38) : 0),
      bram18: inBram && count > 0 ? count * bufferBram18(depth, bits) : 0,
      uram: node.ramStyle === 'ultra' && count > 0 ? count * uramBlocks(depth, bits) : 0,
    };
  },
};
