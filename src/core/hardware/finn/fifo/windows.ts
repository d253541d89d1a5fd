import type { SlidingWindowNode } from '../nodes.ts';

/** Whether the unit keeps a buffer and reads windows out of it word by word: FINN's `default` style. */
export function isWindowed({ opType, kernel, parallelWindow }: SlidingWindowNode): boolean {
  const single = kernel[0] * kernel[1] === 1;
  // The HLS unit has no parallel style in two dimensions, and a 1x1 window needs no buffer in either.
  return !single && !(parallelWindow && opType === 'ConvolutionInputGenerator_rtl');
}

export function windowWordCounts({ ifmDim, ofmDim, kernel, channels, simd }: SlidingWindowNode) {
  const words = channels / simd;
  return {
    inWords: ifmDim[0] * ifmDim[1] * words,
    outWords: ofmDim[0] * ofmDim[1] * kernel[0] * kernel[1] * words,
  };
}

/**
 * Words of the buffer. RTL: `buffer (default)` of finn.md section 5.1. HLS (section 5.2): the rows of a window
 * and those of one step down.
 */
function bufferWords(node: SlidingWindowNode): number {
  const [kh, kw] = node.kernel;
  const [sh, sw] = node.stride;
  const [dh, dw] = node.dilation;
  const width = node.ifmDim[1];
  const words = node.channels / node.simd;
  if (node.opType === 'ConvolutionInputGenerator_hls') return ((kh - 1) * dh + 1 + sh) * width * words;
  const window = ((kh - 1) * dh * width + (kw - 1) * dw + 1) * words;
  const skippedColumns = Math.max(0, (sw - 1 - kh * kw) * words);
  return window + skippedColumns + Math.max(0, ((sh - 1) * width - kh * kw) * words);
}

/** How reading and writing of one frame wait for each other in a sliding-window unit. */
export interface WindowTables {
  /** By output word: input words that must have come in before. */
  readonly needs: Int32Array;
  /** By input word: output words that must have left before its place in the buffer is free. */
  readonly frees: Int32Array;
}

/** Nodes do not change, and a study simulates each of them many times. */
const known = new WeakMap<SlidingWindowNode, WindowTables>();

export function windowTables(node: SlidingWindowNode): WindowTables {
  const found = known.get(node) ?? buildTables(node);
  known.set(node, found);
  return found;
}

/**
 * FINN's RTL: a word leaves as soon as it is buffered, and a word comes in as soon as it overwrites one that no
 * later window reads (from FINN's template swg_template_default.sv, as remembered; the order of words is
 * (y, x, ky, kx, channel), with channels in front of the kernel for depthwise units). The HLS unit waits for
 * whole rows.
 */
function buildTables(node: SlidingWindowNode): WindowTables {
  const { inWords, outWords } = windowWordCounts(node);
  const [kh, kw] = node.kernel;
  const [oh, ow] = node.ofmDim;
  const [sh, sw] = node.stride;
  const [dh, dw] = node.dilation;
  const [height, width] = node.ifmDim;
  const words = node.channels / node.simd;
  const wholeRows = node.opType === 'ConvolutionInputGenerator_hls';
  const needs = new Int32Array(outWords);
  // Input word of each output word, then the smallest of it and all later ones.
  const reads = new Int32Array(outWords);
  const kernel = kh * kw;
  for (let y = 0; y < oh; y++) {
    const rows = Math.min(height, y * sh + (kh - 1) * dh + 1) * width * words;
    for (let x = 0; x < ow; x++) {
      const at = (y * ow + x) * kernel * words;
      for (let k = 0; k < kernel; k++) {
        const row = y * sh + Math.floor(k / kw) * dh;
        const pixel = (row * width + x * sw + (k % kw) * dw) * words;
        for (let c = 0; c < words; c++) {
          const o = at + (node.depthwise ? c * kernel + k : k * words + c);
          const read = Math.min(inWords - 1, pixel + c);
          reads[o] = read;
          needs[o] = wholeRows ? rows : read + 1;
        }
      }
    }
  }
  for (let o = outWords - 2; o >= 0; o--) reads[o] = Math.min(reads[o] ?? 0, reads[o + 1] ?? 0);
  const frees = new Int32Array(inWords);
  const buffer = bufferWords(node);
  let o = 0;
  for (let n = 0; n < inWords; n++) {
    while (o < outWords && (reads[o] ?? 0) <= n - buffer) o++;
    frees[n] = o;
  }
  return { needs, frees };
}
