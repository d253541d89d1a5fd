import type { FeatureMap, LayerId, Pair } from '../../network/network.ts';

interface OpBase {
  readonly id: string;
  readonly inputs: readonly string[];
  readonly ofm: FeatureMap;
  /** The layers of our network computed here, the one that names it first. */
  readonly layerIds: readonly LayerId[];
}

interface WindowOp extends OpBase {
  readonly ifm: FeatureMap;
  readonly kernelSize: Pair;
  readonly strides: Pair;
}

export interface ConvolutionOp extends WindowOp {
  readonly kind: 'convolution' | 'transposedConvolution' | 'dense';
}

/** Work of the ALU that slides a window: depthwise convolution and pooling. */
export interface WindowedAluOp extends WindowOp {
  readonly kind: 'depthwise' | 'maxPool' | 'averagePool';
}

export interface PlainOp extends OpBase {
  readonly kind: 'input' | 'concat' | 'add' | 'multiply' | 'upsample';
}

/** What a DPU computes, batch norms and activations already folded. In topological order. */
export type DpuOp = ConvolutionOp | WindowedAluOp | PlainOp;

export const isConvolution = (op: DpuOp): op is ConvolutionOp =>
  op.kind === 'convolution' || op.kind === 'transposedConvolution' || op.kind === 'dense';

export const isPool = (op: DpuOp): op is WindowedAluOp => op.kind === 'maxPool' || op.kind === 'averagePool';

export const isDepthwise = (op: DpuOp): op is WindowedAluOp => op.kind === 'depthwise';

/** Multiply-accumulates of one frame; pooling and additions count none. */
export function opMacCount(op: DpuOp): number {
  const pixels = op.ofm.height * op.ofm.width;
  if (op.kind === 'convolution' || op.kind === 'dense') {
    return pixels * op.ofm.channels * op.ifm.channels * op.kernelSize[0] * op.kernelSize[1];
  }
  if (op.kind === 'transposedConvolution') {
    return (
      op.ifm.height * op.ifm.width * op.ofm.channels * op.ifm.channels * op.kernelSize[0] * op.kernelSize[1]
    );
  }
  return op.kind === 'depthwise' ? pixels * op.ofm.channels * op.kernelSize[0] * op.kernelSize[1] : 0;
}
