import { defaultDesign } from '../../../core/exploration/defaultDesign.ts';
import { foldNetwork } from '../../../core/hardware/finn/foldNetwork.ts';
import type { FinnNode } from '../../../core/hardware/finn/nodes.ts';
import type { FinnRecord } from '../../../core/hardware/finn/records.ts';
import { NetworkBuilder } from '../../../core/network/builder.ts';
import type { Network } from '../../../core/network/network.ts';
import { gated } from '../../../core/pruning/testing/networks.ts';
import { randomWeights } from '../../../core/pruning/testing/referenceInterpreter.ts';
import { createRandom } from '../../../core/random.ts';
import { unwrap } from '../../../core/result.ts';

/** A network with a branch, every kind of weights, and few numbers. */
export function branched(): Network {
  const b = new NetworkBuilder('branched', { height: 6, width: 6, channels: 2 });
  b.convBlock(3, 3);
  b.maxPool(2);
  b.add(b.convBlock(3, 1), b.conv(3, 3, { bias: true }));
  b.flatten();
  b.dense(4);
  b.softmax();
  return b.build();
}

function plain(): Network {
  const b = new NetworkBuilder('plain', { height: 12, width: 10, channels: 3 });
  b.convBlock(4, 3);
  b.maxPool(2);
  b.convBlock(6, 3, { stride: 2 });
  b.flatten();
  b.dense(8);
  b.relu();
  b.dense(3);
  return b.build();
}

export const seedNetworks = (): readonly Network[] => [branched(), gated(), plain()];

export const seedWeights = (network: Network) => randomWeights(network, createRandom(7).next);

/** Nodes that FINN's configurations are read for. */
export const finnNodes = (): readonly FinnNode[] =>
  unwrap(foldNetwork(plain(), { ...defaultDesign().hardware, foldings: {} })).nodes;

/** A design with something in every field that a design may leave empty. */
export function seedDesign(): object {
  const design = defaultDesign();
  const network = plain();
  const [first] = network.layers.filter(({ kind }) => kind === 'conv2d');
  const id = first?.id ?? '';
  return {
    ...design,
    network,
    baseline: network,
    hardware: {
      ...design.hardware,
      foldings: { [id]: { pe: 2, simd: 3 } },
      layerBits: { [id]: { weightBits: 3, activationBits: 4 } },
    },
  };
}

/** Layers of Caffe in the words of its text format. */
export const CAFFE = `name: "net"  # a comment
input: "data"
input_shape { dim: 1 dim: 3 dim: 16 dim: 16 }
layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1" param { lr_mult: 1 }
  convolution_param { num_output: 6 kernel_size: 3 stride: 1 pad: 1 bias_term: false weight_filler { type: "xavier" } } }
layer { name: "bn1" type: "BatchNorm" bottom: "conv1" top: "conv1" batch_norm_param { eps: 1e-5 } }
layer { name: "scale1" type: "Scale" bottom: "conv1" top: "conv1" scale_param { bias_term: true } }
layer { name: 'relu1' type: 'ReLU' bottom: 'conv1' top: 'conv1' }
layer { name: "pool1" type: "Pooling" bottom: "conv1" top: "pool1" pooling_param { pool: MAX kernel_size: 2 stride: 2 } }
layer { name: "left" type: "Convolution" bottom: "pool1" top: "left" convolution_param { num_output: 4 kernel_h: 1 kernel_w: 1 } }
layer { name: "right" type: "Convolution" bottom: "pool1" top: "right" convolution_param { num_output: 4 kernel_size: 3 pad: 1 dilation: 1 } }
layer { name: "sum" type: "Eltwise" bottom: "left" bottom: "right" top: "sum" eltwise_param { operation: SUM } }
layer { name: "cat" type: "Concat" bottom: "sum" bottom: "pool1" top: "cat" concat_param { axis: 1 } }
layer { name: "drop" type: "Dropout" bottom: "cat" top: "cat" dropout_param { dropout_ratio: 0.5 } }
layer { name: "ip1" type: "InnerProduct" bottom: "cat" top: "ip1" inner_product_param { num_output: 10 } }
layer { name: "prob" type: "Softmax" bottom: "ip1" top: "prob" }
`;

const types = { inputDataType: 'UINT2', weightDataType: 'INT2', outputDataType: 'INT8', accDataType: 'INT8' };
const stream = { inputDataType: 'UINT2', outputDataType: 'UINT2' };

/** A chain with a branch, in the words of a FINN graph. */
export const FINN_RECORDS: readonly FinnRecord[] = [
  {
    name: 'Thresholding_rtl_0',
    op_type: 'Thresholding_rtl',
    attributes: { PE: 2, NumChannels: 4, numSteps: 3, numInputVectors: [1, 8, 8], ...types },
  },
  {
    name: 'DuplicateStreams_hls_0',
    op_type: 'DuplicateStreams_hls',
    attributes: { PE: 2, NumChannels: 4, NumOutputStreams: 2, numInputVectors: [1, 8, 8], ...stream },
    predecessors: ['Thresholding_rtl_0'],
  },
  {
    name: 'ConvolutionInputGenerator_rtl_0',
    op_type: 'ConvolutionInputGenerator_rtl',
    attributes: {
      ConvKernelDim: [3, 3],
      IFMChannels: 4,
      IFMDim: [8, 8],
      OFMDim: [6, 6],
      Stride: [1, 1],
      Dilation: [1, 1],
      SIMD: 2,
      depthwise: 0,
      parallel_window: 0,
      ram_style: 'auto',
      ...stream,
    },
    predecessors: ['DuplicateStreams_hls_0'],
  },
  {
    name: 'MVAU_hls_0',
    op_type: 'MVAU_hls',
    attributes: {
      MW: 36,
      MH: 6,
      PE: 3,
      SIMD: 2,
      numInputVectors: [1, 6, 6],
      noActivation: 1,
      mem_mode: 'internal_decoupled',
      ram_style: 'auto',
      resType: 'lut',
      inFIFODepths: [2],
      outFIFODepths: [32],
      ...types,
    },
    predecessors: ['ConvolutionInputGenerator_rtl_0'],
  },
  {
    name: 'StreamingMaxPool_hls_0',
    op_type: 'StreamingMaxPool_hls',
    attributes: { NumChannels: 4, PE: 1, ImgDim: [8, 8], PoolDim: [2, 2], CeilMode: 0, dataType: 'UINT2' },
    predecessors: ['DuplicateStreams_hls_0'],
  },
  {
    name: 'LabelSelect_hls_0',
    op_type: 'LabelSelect_hls',
    attributes: { Labels: 10, K: 1, PE: 1, inputDataType: 'INT8', numInputVectors: [1] },
    predecessors: ['MVAU_hls_0'],
  },
];
