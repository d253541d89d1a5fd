import type { FinnNode, SlidingWindowNode, StreamingMaxPoolNode } from '../nodes.ts';
import { product } from '../operators/model.ts';
import { isWindowed, windowWordCounts } from './windows.ts';

/** What happens in one firing: a word of every input is read, a word of every output is written, or both. */
export const READ = 1;
export const WRITE = 2;
const BOTH = READ | WRITE;

/** Equal firings in a row; each starts `gap` cycles or more after the one before. */
export interface Run {
  readonly count: number;
  readonly action: number;
  readonly gap: number;
}

/** Runs that follow each other, all of it `repeat` times. */
export interface Segment {
  readonly runs: readonly Run[];
  readonly repeat: number;
}

/** One frame of a node. Words are folded stream words, those of the node's own input and output width. */
export type Program =
  | {
      readonly kind: 'runs';
      readonly segments: readonly Segment[];
      readonly inWords: number;
      readonly outWords: number;
    }
  | {
      readonly kind: 'window';
      readonly node: SlidingWindowNode;
      readonly inWords: number;
      readonly outWords: number;
    };

const run = (count: number, action: number, gap = 1): Run => ({ count, action, gap });

function program(segments: readonly Segment[]): Program {
  let [inWords, outWords] = [0, 0];
  const kept: Segment[] = [];
  for (const segment of segments) {
    const runs = segment.runs.filter(({ count }) => count > 0);
    if (runs.length === 0 || segment.repeat <= 0) continue;
    kept.push({ runs, repeat: segment.repeat });
    for (const { count, action } of runs) {
      if (action & READ) inWords += count * segment.repeat;
      if (action & WRITE) outWords += count * segment.repeat;
    }
  }
  return { kind: 'runs', segments: kept, inWords, outWords };
}

const repeated = (repeat: number, ...runs: readonly Run[]): Program => program([{ runs, repeat }]);

/** Firing by firing, written as runs of equal actions. */
function fromActions(actions: Uint8Array): Program {
  const runs: Run[] = [];
  let from = 0;
  for (let i = 1; i <= actions.length; i++) {
    if (i < actions.length && actions[i] === actions[from]) continue;
    runs.push(run(i - from, actions[from] ?? BOTH));
    from = i;
  }
  return program([{ runs, repeat: 1 }]);
}

/** A grid of `words` words a pixel; `chosen` pixels do both, the others only `otherwise`. */
function overPixels(
  [height, width]: readonly [number, number],
  words: number,
  otherwise: number,
  chosen: (y: number, x: number) => boolean,
): Program {
  const actions = new Uint8Array(height * width * words).fill(otherwise);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      if (!chosen(y, x)) continue;
      const at = (y * width + x) * words;
      actions.fill(BOTH, at, at + words);
    }
  return fromActions(actions);
}

/** Window units of FINN's `parallel` style: a word a cycle comes in, a whole window leaves where one ends. */
function parallelWindow(node: SlidingWindowNode): Program {
  const [oh, ow] = node.ofmDim;
  const [sh, sw] = node.stride;
  const lastY = (node.kernel[0] - 1) * node.dilation[0];
  const lastX = (node.kernel[1] - 1) * node.dilation[1];
  const ends = (at: number, last: number, stride: number, count: number) =>
    at >= last && (at - last) % stride === 0 && (at - last) / stride < count;
  return overPixels(
    node.ifmDim,
    node.channels / node.simd,
    READ,
    (y, x) => ends(y, lastY, sh, oh) && ends(x, lastX, sw, ow),
  );
}

/** Rows of one pool are read, then a row of outputs is written; in two dimensions a word is a whole pixel. */
function maxPool(node: StreamingMaxPoolNode): Program {
  const [height, width] = node.imgDim;
  const [poolHeight, poolWidth] = node.poolDim;
  const axis = width === 1 ? 0 : 1;
  if (node.imgDim[1 - axis] === 1 && node.poolDim[1 - axis] === 1) {
    const words = node.channels / node.pe;
    const [extent, pool] = [node.imgDim[axis], node.poolDim[axis]];
    const full = Math.floor(extent / pool);
    const rest = (extent - full * pool) * words;
    return program([
      { runs: [run(pool * words, READ), run(words, WRITE)], repeat: full },
      { runs: [run(rest, READ), run(node.ceilMode && rest > 0 ? words : 0, WRITE)], repeat: 1 },
    ]);
  }
  const rows = Math.floor(height / poolHeight);
  return program([
    {
      runs: [run(poolHeight * width, READ), run(Math.floor(width / poolWidth), WRITE)],
      repeat: rows,
    },
    { runs: [run((height - rows * poolHeight) * width, READ)], repeat: 1 },
  ]);
}

/** Reads `fold` words for each word written, at the last of them. */
const reducing = (fold: number, outputs: number): Program =>
  repeated(outputs, run(fold - 1, READ), run(1, BOTH));

/** A word in, a word out, or as evenly as two different counts allow. */
function proportional(inWords: number, outWords: number): Program {
  const steps = Math.max(inWords, outWords);
  const actions = new Uint8Array(steps);
  const whole = (i: number, words: number) => Math.floor(((i + 1) * words) / steps);
  for (let i = 0; i < steps; i++) {
    // Inputs come as early, outputs as late as the other side allows.
    const reads = Math.ceil(((i + 1) * inWords) / steps) > Math.ceil((i * inWords) / steps);
    const writes = whole(i, outWords) > whole(i - 1, outWords);
    actions[i] = (reads ? READ : 0) | (writes ? WRITE : 0);
  }
  return fromActions(actions);
}

/** Nodes whose words follow from the node before, or, at the input, from the node behind. */
type Relay = { readonly relay: (inWords: number) => number };

/**
 * The schedule of one frame, as in finn-hlslib and FINN's RTL (finn.md sections 3 to 6). Pipeline latencies of
 * a few cycles a node are left out: FINN's own tests allow 10 to 15 cycles a node.
 */
function programOf(node: FinnNode): Program | Relay {
  switch (node.opType) {
    case 'MVAU_hls':
    case 'MVAU_rtl': {
      // Inputs are read during the first output fold only and replayed from a buffer in the others.
      const inputFold = node.mw / node.simd;
      return repeated(
        product(node.numInputVectors),
        run(inputFold - 1, READ),
        run(1, BOTH),
        run(node.mh / node.pe - 1, WRITE, inputFold),
      );
    }
    case 'VVAU_hls':
    case 'VVAU_rtl':
      return reducing(product(node.kernel) / node.simd, (node.channels / node.pe) * product(node.dim));
    case 'Pool_hls':
      return reducing(
        product(node.kernel),
        (node.channels / node.pe) * product(node.outDims) * node.batchSize,
      );
    case 'ConvolutionInputGenerator_rtl':
    case 'ConvolutionInputGenerator_hls':
      if (!isWindowed(node)) return parallelWindow(node);
      return { kind: 'window', node, ...windowWordCounts(node) };
    case 'Thresholding_rtl':
    case 'Thresholding_hls':
    case 'ChannelwiseOp_hls':
    case 'AddStreams_hls':
    case 'DuplicateStreams_hls':
    case 'StreamingEltwise_hls':
      return repeated(1, run((node.channels / node.pe) * product(node.numInputVectors), BOTH));
    case 'GlobalAccPool_hls': {
      const words = node.channels / node.pe;
      return repeated(1, run(words * product(node.numInputVectors), READ), run(words, WRITE));
    }
    case 'StreamingMaxPool_hls':
      return maxPool(node);
    case 'StreamingConcat_hls':
      return repeated(1, run(product(node.numInputVectors), BOTH));
    case 'FMPadding_rtl':
    case 'FMPadding_hls': {
      const [top, left, bottom, right] = node.padding;
      const [height, width] = node.imgDim;
      return overPixels(
        [height + top + bottom, width + left + right],
        node.channels / node.simd,
        WRITE,
        (y, x) => y >= top && y < top + height && x >= left && x < left + width,
      );
    }
    case 'FMPadding_Pixel_hls': {
      const [sh, sw] = node.stride;
      return overPixels(
        [(node.imgDim[0] - 1) * sh + 1, (node.imgDim[1] - 1) * sw + 1],
        node.channels / node.simd,
        WRITE,
        (y, x) => y % sh === 0 && x % sw === 0,
      );
    }
    case 'DownSampler_hls':
      return overPixels(
        [node.is1d ? 1 : node.imgDim, node.imgDim],
        node.channels / node.simd,
        READ,
        (y, x) => y % node.stride === 0 && x % node.stride === 0,
      );
    case 'LabelSelect_hls':
      return reducing(node.labels / node.pe, 1);
    case 'Lookup_hls':
      return repeated(1, run(product(node.inputShape), BOTH));
    case 'UpsampleNearestNeighbour_hls':
      return { relay: () => (node.is1d ? node.ofmDim : node.ofmDim * node.ofmDim) };
    case 'StreamingDataWidthConverter_rtl':
    case 'StreamingDataWidthConverter_hls':
      return { relay: (inWords) => Math.max(1, Math.round((inWords * node.inWidth) / node.outWidth)) };
    case 'StreamingFIFO_rtl':
    case 'TLastMarker_hls':
    case 'IODMA_hls':
    case 'CheckSum_hls':
      return { relay: (inWords) => inWords };
  }
}

/** The schedule of every node, in the order of `nodes`, which is graph order. */
export function programsOf(nodes: readonly FinnNode[]): readonly Program[] {
  const drafts = nodes.map(programOf);
  const index = new Map(nodes.map((node, at) => [node.name, at]));
  const done: (Program | undefined)[] = drafts.map((draft) => ('relay' in draft ? undefined : draft));
  // Relays behind the input take the count of the first node behind them that has its own.
  const behind = (at: number): number => {
    const name = nodes[at]?.name ?? '';
    for (let next = at + 1; next < nodes.length; next++) {
      if (!nodes[next]?.predecessors.includes(name)) continue;
      return done[next]?.inWords ?? behind(next);
    }
    return 1;
  };
  return drafts.map((draft, at) => {
    if (!('relay' in draft)) return draft;
    const [before] = nodes[at]?.predecessors ?? [];
    const source = before === undefined ? undefined : done[index.get(before) ?? -1];
    const inWords = source?.outWords ?? behind(at);
    const relayed = proportional(inWords, draft.relay(inWords));
    done[at] = relayed;
    return relayed;
  });
}
