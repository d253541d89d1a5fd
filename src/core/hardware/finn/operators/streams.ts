import type {
  ConcatNode,
  DownSamplerNode,
  LabelSelectNode,
  LookupNode,
  PaddingNode,
  PixelPaddingNode,
  PlainStreamNode,
  PoolNode,
  StreamingMaxPoolNode,
  UpsampleNode,
} from '../nodes.ts';
import { BRAM18_BITS } from './memory.ts';
import { NO_RESOURCES, type OperatorModel, product } from './model.ts';

// All of finn.md section 6; an op without `resources` costs nothing in FINN's estimate.

const perChannel = (node: PlainStreamNode) =>
  Math.trunc((node.channels / node.pe) * product(node.numInputVectors));

/** AddStreams, DuplicateStreams, StreamingEltwise. */
export const plainStream: OperatorModel<PlainStreamNode> = {
  cycles: perChannel,
  divides: { pe: (node) => node.channels },
};

/** GlobalAccPool: the sums leave after the last pixel. */
export const globalAccPool: OperatorModel<PlainStreamNode> = {
  cycles: (node) => perChannel(node) + Math.trunc(node.channels / node.pe),
  divides: { pe: (node) => node.channels },
};

/** In two dimensions FINN's figure does not depend on the channels and uses the width for both extents. */
export const streamingMaxPool: OperatorModel<StreamingMaxPoolNode> = {
  cycles(node) {
    const axis = node.imgDim[1] === 1 ? 0 : 1;
    const extent = node.imgDim[axis];
    const pool = node.poolDim[axis];
    const oneDimensional = node.imgDim[1 - axis] === 1 && node.poolDim[1 - axis] === 1;
    if (!oneDimensional) return Math.trunc(extent * extent * (1 + 1 / (pool * pool)));
    const steps = (extent - pool) / pool;
    const outputs = (node.ceilMode ? Math.ceil(steps) : Math.floor(steps)) + 1;
    return Math.trunc(outputs * (node.channels / node.pe) * (pool + 1));
  },
  divides: { pe: (node) => node.channels },
};

export const pool: OperatorModel<PoolNode> = {
  cycles: (node) =>
    Math.trunc(((node.channels * product(node.kernel)) / node.pe) * product(node.outDims) * node.batchSize),
  divides: { pe: (node) => node.channels },
};

export const concat: OperatorModel<ConcatNode> = { cycles: (node) => product(node.numInputVectors) };

export const padding: OperatorModel<PaddingNode> = {
  cycles(node) {
    const [top, left, bottom, right] = node.padding;
    const pixels = (node.imgDim[0] + top + bottom) * (node.imgDim[1] + left + right);
    return Math.trunc((pixels * node.channels) / node.simd);
  },
  divides: { simd: (node) => node.channels },
};

export const pixelPadding: OperatorModel<PixelPaddingNode> = {
  cycles(node) {
    const [height, width] = node.imgDim;
    const rows = height + (height - 1) * (node.stride[0] - 1);
    const columns = width + (width - 1) * (node.stride[1] - 1);
    return Math.trunc((rows * columns * node.channels) / node.simd);
  },
  divides: { simd: (node) => node.channels },
};

export const downSampler: OperatorModel<DownSamplerNode> = {
  cycles: (node) =>
    Math.trunc((node.channels / node.simd) * (node.is1d ? node.imgDim : node.imgDim * node.imgDim)),
  divides: { simd: (node) => node.channels },
};

export const upsample: OperatorModel<UpsampleNode> = {
  cycles: (node) => (node.is1d ? node.ofmDim : node.ofmDim * node.ofmDim),
};

/** The number of input vectors is ignored, as in FINN. */
export const labelSelect: OperatorModel<LabelSelectNode> = {
  cycles: (node) => Math.trunc(node.labels / node.pe),
  divides: { pe: (node) => node.labels },
};

export const lookup: OperatorModel<LookupNode> = {
  cycles: (node) => product(node.inputShape),
  resources(node) {
    if (node.memMode === 'external') return NO_RESOURCES;
    const wordBits = node.embeddingType.bits * node.embeddingDim;
    const bram18 = Math.ceil(wordBits / 16) * Math.ceil(node.embeddings / 1024);
    const bramEfficiency = (wordBits * node.embeddings) / (bram18 * BRAM18_BITS);
    return { ...NO_RESOURCES, bram18, bramEfficiency };
  },
};
