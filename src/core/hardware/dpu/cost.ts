import { BANK_DEPTH, type DpuArchitecture } from './architectures.ts';
import {
  type ConvolutionOp,
  type DpuOp,
  isConvolution,
  isDepthwise,
  opMacCount,
  type WindowedAluOp,
} from './ops.ts';

/**
 * The constants of the latency model (dpu.md, section 4). The first three were fitted on ResNet-50, VGG16,
 * MobileNetV1, MobileNetV2 and InceptionV1 at B4096, 300 MHz; bytes are those of a B4096 and scale with ICP.
 */
export const DPU_CONSTANTS = {
  /** Cycles of every launched layer that overlap with nothing. */
  overheadCycles: 2250,
  /** Latency of the ALU per channel block of a depthwise convolution, in cycles. */
  aluLatencyCycles: 250,
  /** Bytes of weights loaded a cycle. */
  weightBytesPerCycle: 25,
  /** Bytes of feature maps loaded, and stored, a cycle. */
  mapBytesPerCycle: 16,
  /** Start and interrupt of one run. */
  runSeconds: 70e-6,
} as const;

export const ceilDiv = (a: number, b: number): number => Math.ceil(a / b);

/** Channel blocks: how often the engine's width has to be filled. */
export const blocks = (channels: number, { channelParallelism }: DpuArchitecture): number =>
  ceilDiv(channels, channelParallelism);

/** Words of a bank that a feature map takes. */
export const footprint = (map: DpuOp['ofm'], arch: DpuArchitecture): number =>
  ceilDiv(map.height, arch.pixelParallelism) * map.width * blocks(map.channels, arch);

export const fitsOnChip = (map: DpuOp['ofm'], arch: DpuArchitecture): boolean =>
  footprint(map, arch) <= BANK_DEPTH;

/** Bytes of a feature map in DDR: channels are padded to whole blocks. */
export const paddedBytes = (map: DpuOp['ofm'], arch: DpuArchitecture): number =>
  map.height * map.width * blocks(map.channels, arch) * arch.channelParallelism;

/** Input blocks and kernel taps of a convolution as the engine sees them. */
export interface ConvolutionShape {
  readonly inputBlocks: number;
  readonly taps: number;
  /** Kernel columns merged into the channels; 1 without augmentation. */
  readonly mergedColumns: number;
}

/**
 * Channel augmentation: with few input channels (the images), several kernel columns are merged into the
 * channel dimension. A transposed convolution runs as stride x stride convolutions of a part of the kernel.
 */
export function convolutionShape(op: ConvolutionOp, arch: DpuArchitecture): ConvolutionShape {
  const [kh, kw] = op.kernelSize;
  const inputs = op.ifm.channels;
  if (op.kind === 'convolution' && 2 * inputs <= arch.channelParallelism && kw > 1) {
    const merged = Math.max(1, Math.min(kw, Math.floor((2 * arch.channelParallelism) / inputs)));
    const inputBlocks = blocks(merged * inputs, arch);
    return { inputBlocks, taps: kh * ceilDiv(kw, merged), mergedColumns: merged };
  }
  const taps =
    op.kind === 'transposedConvolution' ? ceilDiv(kh, op.strides[0]) * ceilDiv(kw, op.strides[1]) : kh * kw;
  return { inputBlocks: blocks(inputs, arch), taps, mergedColumns: 1 };
}

/** ceil(oh/PP) * ow * ceil(ic/ICP) * ceil(oc/OCP) * kh * kw */
export function convolutionCycles(op: ConvolutionOp, arch: DpuArchitecture): number {
  const { inputBlocks, taps } = convolutionShape(op, arch);
  return (
    ceilDiv(op.ofm.height, arch.pixelParallelism) *
    op.ofm.width *
    inputBlocks *
    blocks(op.ofm.channels, arch) *
    taps
  );
}

/**
 * Cycles of a convolution that multiply padding: channels and rows rounded up to whole blocks. Without them it
 * would take its multiply-accumulates / (PP * ICP * OCP).
 */
export function idleConvolutionCycles(op: ConvolutionOp, arch: DpuArchitecture): number {
  const peak = arch.pixelParallelism * arch.channelParallelism ** 2;
  return Math.max(0, convolutionCycles(op, arch) - opMacCount(op) / peak);
}

/** ceil(oh/ALU_PP) * ow * ceil(c/ICP) * kh * kw, and the latency of every channel block of a depthwise convolution. */
export function aluCycles(op: WindowedAluOp, arch: DpuArchitecture): number {
  const channelBlocks = blocks(op.ofm.channels, arch);
  const [kh, kw] = op.kernelSize;
  const sliding = ceilDiv(op.ofm.height, arch.aluPixelParallelism) * op.ofm.width * channelBlocks * kh * kw;
  return op.kind === 'depthwise' ? sliding + DPU_CONSTANTS.aluLatencyCycles * channelBlocks : sliding;
}

/** ceil(oh/ELT_PP) * ow * ceil(c/ICP) */
export const addCycles = (op: DpuOp, arch: DpuArchitecture): number =>
  ceilDiv(op.ofm.height, arch.elementwisePixelParallelism) * op.ofm.width * blocks(op.ofm.channels, arch);

/** Bytes of weights and biases as loaded: 8 bit, channels padded to whole blocks. */
export function weightBytes(op: DpuOp, arch: DpuArchitecture): number {
  const padded = (channels: number) => blocks(channels, arch) * arch.channelParallelism;
  const outputs = padded(op.ofm.channels);
  if (op.kind === 'dense') return padded(op.ifm.channels) * outputs;
  if (isConvolution(op))
    return padded(op.ifm.channels) * outputs * op.kernelSize[0] * op.kernelSize[1] + outputs;
  return isDepthwise(op) ? outputs * (op.kernelSize[0] * op.kernelSize[1] + 1) : 0;
}

/** Bandwidths in bytes a cycle; the ports of a smaller architecture are narrower by its ICP. */
export function bandwidths(arch: DpuArchitecture): { readonly weights: number; readonly maps: number } {
  const scale = arch.channelParallelism / 16;
  return { weights: DPU_CONSTANTS.weightBytesPerCycle * scale, maps: DPU_CONSTANTS.mapBytesPerCycle * scale };
}
