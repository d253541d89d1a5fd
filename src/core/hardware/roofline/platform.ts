import type { HardwareChoice } from '../../exploration/design.ts';
import { fail, ok, type Result } from '../../result.ts';
import { dpuArchitecture, peakOpsPerCycle } from '../dpu/architectures.ts';
import { bandwidths } from '../dpu/cost.ts';
import { boardById } from '../finn/tuning/boards.ts';
import { FITTED_BYTES_PER_CYCLE, LIU_DEFAULTS, type LiuSettings, multiplierCount } from '../liu/engine.ts';
import { targetById } from '../targets.ts';
import { deviceById, isCatalogDevice, type RooflineDevice } from './devices.ts';

/** What a roofline is drawn from. */
export interface Platform {
  readonly name: string;
  /**
   * Operations a second (1 MAC = 2 operations); null where it is the sum of the design's own units, which only
   * the report knows (FINN).
   */
  readonly peakOpsPerSecond: number | null;
  readonly bandwidthBytesPerSecond: number;
  /** Whether every row that moves bytes has this bandwidth for itself: FINN puts a DMA before each. */
  readonly bandwidthPerRow: boolean;
  /** Share of the peak that software sustains, 0..1; 1 where nothing else is known. */
  readonly sustainedShare: number;
  readonly source: string;
}

/** A device's own figures: the peak of its data sheet, or of what a user typed in. */
export const platformOfDevice = (device: RooflineDevice): Platform => ({
  name: device.name,
  peakOpsPerSecond: device.peakOpsPerSecond,
  bandwidthBytesPerSecond: device.bandwidthBytesPerSecond,
  bandwidthPerRow: false,
  sustainedShare: isCatalogDevice(device) ? device.sustainedShare : 1,
  source: isCatalogDevice(device) ? `${device.peakNote}. ${device.source}` : 'as entered',
});

/**
 * DPU: PP * ICP * OCP multiply-accumulates a cycle (PG338), and its ports: the rates of loading weights and of
 * storing feature maps, which run at the same time (dpu.md, section 4). It is the model's port, below the DDR's
 * nominal rate.
 */
function dpuPlatform(targetId: string, hardware: HardwareChoice, clockHertz: number): Platform | null {
  const target = targetById(targetId);
  if (!target?.architecture) return null;
  const arch = dpuArchitecture(target.architecture, hardware.dpu);
  const { weights, maps } = bandwidths(arch);
  return {
    name: target.name,
    peakOpsPerSecond: peakOpsPerCycle(arch) * clockHertz,
    bandwidthBytesPerSecond: (weights + maps) * clockHertz,
    bandwidthPerRow: false,
    sustainedShare: 1,
    source: `PG338: 2 x ${arch.pixelParallelism} x ${arch.channelParallelism} x ${arch.channelParallelism} operations a cycle; fitted ports of ${weights} bytes loaded and ${maps} stored a cycle (dpu.md, section 4)`,
  };
}

/** Native width of the ports to DRAM in bits: finn.md section 9, `insert_iodma`. */
function dmaBits(boardId: string): number {
  const board = boardById(boardId);
  if (board?.kind === 'Alveo') return 512;
  return board?.part.startsWith('xc7z') ? 64 : 128;
}

function finnPlatform(hardware: HardwareChoice, clockHertz: number): Platform {
  const bits = dmaBits(hardware.boardId);
  const board = boardById(hardware.boardId)?.name ?? hardware.boardId;
  return {
    name: `FINN on ${board}`,
    peakOpsPerSecond: null,
    bandwidthBytesPerSecond: (bits / 8) * clockHertz,
    bandwidthPerRow: true,
    sustainedShare: 1,
    source: `2 x PE x SIMD operations a cycle of every unit; a DMA of ${bits} bits a cycle before the first and behind the last node (finn.md section 9, insert_iodma)`,
  };
}

/** DMAs of source 004's engine that work at once: maps in, weights in and results out, each with a buffer. */
const LIU_DMAS = 3;

/** Source 004's engine: two operations a multiplier and cycle (LI-34), and its DMAs where their tasks overlap. */
export function platformOfLiu(settings: LiuSettings): Platform {
  const { clockHertz, bytesPerCycle, overlap } = settings;
  const dmas = overlap === 'none' ? 1 : LIU_DMAS;
  const multipliers = multiplierCount(settings);
  return {
    name: 'Liu et al. 2024',
    peakOpsPerSecond: 2 * multipliers * clockHertz,
    bandwidthBytesPerSecond: dmas * bytesPerCycle * clockHertz,
    bandwidthPerRow: false,
    sustainedShare: 1,
    source: `Source 004, section 7.1: ${multipliers} multipliers; it states no bandwidth, ${bytesPerCycle} bytes a cycle of each of ${dmas} DMA${dmas === 1 ? '' : 's'} at work are assumed (${FITTED_BYTES_PER_CYCLE} was fitted on its frame times)`,
  };
}

/** Peak and bandwidth of a target as a design uses it, with their source. */
export function platformOf(targetId: string, hardware: HardwareChoice): Result<Platform> {
  const device = deviceById(targetId);
  if (device) return ok(platformOfDevice(device));
  if (targetId === 'custom-device') return ok(platformOfDevice(hardware.device));
  const clockHertz =
    hardware.clockHertz[targetId] ?? targetById(targetId)?.defaultClockHertz ?? LIU_DEFAULTS.clockHertz;
  if (!(clockHertz > 0 && Number.isFinite(clockHertz)))
    return fail('clock', `A clock of ${clockHertz} Hz is not possible; choose one above 0.`, 'clockHertz');
  if (targetId === 'finn') return ok(finnPlatform(hardware, clockHertz));
  if (targetId === 'liu') return ok(platformOfLiu({ ...LIU_DEFAULTS, ...hardware.liu, clockHertz }));
  const dpu = dpuPlatform(targetId, hardware, clockHertz);
  return dpu
    ? ok(dpu)
    : fail('unknown-target', `There is no target ${targetId}; choose one from the list.`, targetId);
}
