import type { DpuArchitectureName } from '../targets.ts';

export type DpuIsa = 0 | 1;

/** What a builder of a DPU chooses beside its size. */
export interface DpuBuildOptions {
  /** Instruction set; 1 where absent. */
  readonly isa?: DpuIsa | undefined;
  /**
   * ALU_PP, pixels the ALU computes at once, at most PP; half of PP, Xilinx' recommendation, where null or absent.
   */
  readonly aluPixels?: number | null | undefined;
}

/** One DPUCZDX8G architecture (Xilinx PG338, "Architecture of the DPU"; Vitis-AI target factory). */
export interface DpuArchitecture {
  readonly name: DpuArchitectureName;
  /** Pixels computed at once, all along the image height. */
  readonly pixelParallelism: number;
  /** Input channels computed at once; output channels too (ICP = OCP). */
  readonly channelParallelism: number;
  readonly isa: DpuIsa;
  /** ALU_PP: pixels the ALU (depthwise, pooling) computes at once. */
  readonly aluPixelParallelism: number;
  /** Pixels that are added or multiplied element by element at once: ALU_PP for ISA1, 1 for ISA0. */
  readonly elementwisePixelParallelism: number;
  /** Bytes of one feature-map bank group: PP banks, ICP bytes wide, 2048 deep. */
  readonly bankGroupBytes: number;
  readonly weightBufferBytes: number;
}

const PARALLELISM: Readonly<Record<DpuArchitectureName, readonly [pixels: number, channels: number]>> = {
  B512: [4, 8],
  B800: [4, 10],
  B1024: [8, 8],
  B1152: [4, 12],
  B1600: [8, 10],
  B2304: [8, 12],
  B3136: [8, 14],
  B4096: [8, 16],
};

/** Words of every feature-map and weight bank. */
export const BANK_DEPTH = 2048;

export function dpuArchitecture(
  name: DpuArchitectureName,
  { isa = 1, aluPixels = null }: DpuBuildOptions = {},
): DpuArchitecture {
  const [pixels, channels] = PARALLELISM[name];
  const aluPixelParallelism = Math.min(pixels, aluPixels ?? pixels / 2);
  return {
    name,
    pixelParallelism: pixels,
    channelParallelism: channels,
    isa,
    aluPixelParallelism,
    elementwisePixelParallelism: isa === 1 ? aluPixelParallelism : 1,
    bankGroupBytes: pixels * channels * BANK_DEPTH,
    weightBufferBytes: channels * channels * BANK_DEPTH,
  };
}

/** ALU_PP that can be built: powers of two up to the convolution engine's own height (the fingerprint's field). */
export const aluPixelChoices = (name: DpuArchitectureName): readonly (1 | 2 | 4 | 8)[] =>
  ([1, 2, 4, 8] as const).filter((pixels) => pixels <= PARALLELISM[name][0]);

export const DPU_ARCHITECTURE_NAMES = Object.keys(PARALLELISM) as readonly DpuArchitectureName[];

/** Operations a cycle; a multiply-accumulate is two. */
export const peakOpsPerCycle = ({ pixelParallelism, channelParallelism }: DpuArchitecture): number =>
  2 * pixelParallelism * channelParallelism ** 2;
