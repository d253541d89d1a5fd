import type { Network } from '../../../network/network.ts';
import { fail, ok, type Result } from '../../../result.ts';
import type { HardwareReport } from '../../report.ts';
import type { DpuArchitectureName } from '../../targets.ts';
import { dpuArchitecture } from '../architectures.ts';
import { lowerToDpu } from '../lower.ts';
import { simulateDpu } from '../model.ts';

export type BoardId = 'zcu102' | 'zcu104' | 'kv260' | 'ultra96' | 'zuboard';

/** A board as its published measurements used it. */
export interface DpuBoard {
  readonly id: BoardId;
  readonly name: string;
  readonly architecture: DpuArchitectureName;
  readonly cores: number;
  readonly clockHertz: number;
  /** Nominal DDR bandwidth in bytes a second; null where no source names it. */
  readonly ddrBytesPerSecond: number | null;
  /** B of T_core = T_1 + (n - 1) * bytes / B, in bytes a second; null where only one core was ever measured. */
  readonly contentionBytesPerSecond: number | null;
  /** What the processor adds to a frame: a constant in seconds and seconds per input pixel; null where unmeasured. */
  readonly host: { readonly frameSeconds: number; readonly pixelSeconds: number } | null;
  readonly source: string;
}

const ZOO = 'Xilinx/Vitis-AI model zoo tables v2.5 and v3.0';

export const DPU_BOARDS: readonly DpuBoard[] = [
  {
    id: 'zcu102',
    name: 'ZCU102',
    architecture: 'B4096',
    cores: 3,
    clockHertz: 281e6,
    ddrBytesPerSecond: 19.2e9,
    contentionBytesPerSecond: 16.5e9,
    host: null,
    source: `${ZOO} (3 x B4096 at 281 MHz; profilers print a nominal 300); contention fitted, error 5.6 %`,
  },
  {
    id: 'zcu104',
    name: 'ZCU104',
    architecture: 'B4096',
    cores: 2,
    clockHertz: 300e6,
    ddrBytesPerSecond: 19.2e9,
    contentionBytesPerSecond: 29.5e9,
    host: null,
    source: `${ZOO} (2 x B4096 at 300 MHz); contention fitted, error 2.2 %`,
  },
  {
    id: 'kv260',
    name: 'Kria KV260',
    architecture: 'B4096',
    cores: 1,
    clockHertz: 300e6,
    ddrBytesPerSecond: 19.2e9,
    contentionBytesPerSecond: null,
    host: { frameSeconds: 0.18e-3, pixelSeconds: 6.2e-9 },
    source: `${ZOO} (1 x B4096 at 300 MHz); host work fitted on single-thread against multi-thread rates`,
  },
  {
    id: 'ultra96',
    name: 'Ultra96',
    architecture: 'B1600',
    cores: 1,
    clockHertz: 287e6,
    ddrBytesPerSecond: 4.26e9,
    contentionBytesPerSecond: null,
    host: null,
    source: 'Xilinx/Vitis-AI model zoo table v1.0 (1 x B1600 at 287 MHz)',
  },
  {
    id: 'zuboard',
    name: 'ZUBoard',
    architecture: 'B800',
    cores: 1,
    clockHertz: 300e6,
    ddrBytesPerSecond: null,
    contentionBytesPerSecond: null,
    host: null,
    source: 'Fingerprint 0x101000016010201 (B800); no source names its clock: 300 MHz is assumed',
  },
];

export const boardById = (id: string): DpuBoard | undefined => DPU_BOARDS.find((board) => board.id === id);

/** Bytes one frame moves between DDR and one core: weights, feature maps loaded, feature maps stored. */
export function frameBytes(network: Network, architecture: DpuArchitectureName): number {
  const rows = simulateDpu(lowerToDpu(network), dpuArchitecture(architecture));
  return rows.reduce((sum, row) => sum + row.weightBytes + row.mapLoadBytes + row.storeBytes, 0);
}

export interface MultiCoreEstimate {
  readonly cores: number;
  /** DPU time of one image on one of the cores, seconds; host work is not part of it. */
  readonly latencySeconds: number;
  /** What the other cores add to it by using the same DDR. */
  readonly contentionSeconds: number;
  /** Images a second of all cores, each working on its own image. */
  readonly throughputFps: number;
  /** The rate that no number of cores exceeds: all of B used for this network's bytes. */
  readonly bandwidthLimitFps: number;
  /** False where B is the nominal DDR bandwidth because nobody published this board with several cores. */
  readonly contentionMeasured: boolean;
  /** Whether the board's published design has that many cores. */
  readonly publishedDesign: boolean;
}

/**
 * Several equal cores on one board, each with its own image (dpu.md, section 1; SX-60):
 * T_core = T_1 + (n - 1) * bytes / B, throughput n / T_core. `bytes` is what one frame moves ({@link frameBytes}).
 */
export function multiCore(
  report: HardwareReport,
  board: DpuBoard,
  cores: number,
  bytes: number,
): Result<MultiCoreEstimate> {
  if (!Number.isInteger(cores) || cores < 1)
    return fail('cores', `${board.name} can't have ${cores} DPU cores; use a whole number from 1.`);
  if (!(bytes >= 0) || !Number.isFinite(bytes))
    return fail('bytes', `A frame can't move ${bytes} bytes; use a number from 0.`);
  const bandwidth = board.contentionBytesPerSecond ?? board.ddrBytesPerSecond;
  if (bandwidth === null && cores > 1)
    return fail('bandwidth', `No source names the DDR bandwidth of ${board.name}; estimate one core.`);
  const contentionSeconds = bandwidth === null ? 0 : ((cores - 1) * bytes) / bandwidth;
  const latencySeconds = report.latencySeconds + contentionSeconds;
  return ok({
    cores,
    latencySeconds,
    contentionSeconds,
    throughputFps: cores / latencySeconds,
    bandwidthLimitFps: bandwidth === null || bytes === 0 ? Number.POSITIVE_INFINITY : bandwidth / bytes,
    contentionMeasured: board.contentionBytesPerSecond !== null,
    publishedDesign: cores <= board.cores,
  });
}

export interface FrameTime {
  /** On the DPU: what multi-thread rates of one core measure. */
  readonly dpuSeconds: number;
  /** On the processor: scaling, copying, post-processing. */
  readonly hostSeconds: number;
  /** One frame after the other, as single-thread rates measure. */
  readonly endToEndSeconds: number;
}

/** Adds the host's work to a DPU time; null where it was never measured on the board. */
export function endToEnd(dpuSeconds: number, board: DpuBoard, inputPixels: number): FrameTime | null {
  if (board.host === null) return null;
  const hostSeconds = board.host.frameSeconds + board.host.pixelSeconds * inputPixels;
  return { dpuSeconds, hostSeconds, endToEndSeconds: dpuSeconds + hostSeconds };
}
