import type { DpuArchitectureName } from '../targets.ts';

/** One DPUCZDX8G architecture (Xilinx PG338, "Architecture of the DPU"; Vitis-AI target factory). */
export interface DpuArchitecture {
  readonly name: DpuArchitectureName;
  /** Pixels computed at once, all along the image height. */
  readonly pixelParallelism: number;
  /** Input channels computed at once; output channels too (ICP = OCP). */
  readonly channelParallelism: number;
  /** Pixels the ALU (depthwise, pooling, additions) computes at once; half of PP is Xilinx' recommendation. */
  readonly aluPixelParallelism: number;
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

export function dpuArchitecture(name: DpuArchitectureName): DpuArchitecture {
  const [pixels, channels] = PARALLELISM[name];
  return {
    name,
    pixelParallelism: pixels,
    channelParallelism: channels,
    aluPixelParallelism: pixels / 2,
    bankGroupBytes: pixels * channels * BANK_DEPTH,
    weightBufferBytes: channels * channels * BANK_DEPTH,
  };
}

export const DPU_ARCHITECTURE_NAMES = Object.keys(PARALLELISM) as readonly DpuArchitectureName[];

/** Operations a cycle; a multiply-accumulate is two. */
export const peakOpsPerCycle = ({ pixelParallelism, channelParallelism }: DpuArchitecture): number =>
  2 * pixelParallelism * channelParallelism ** 2;
