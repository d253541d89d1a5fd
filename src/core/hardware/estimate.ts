import type { HardwareChoice } from '../exploration/design.ts';
import type { Network } from '../network/network.ts';
import { fail, type Result } from '../result.ts';
import { estimateDpu } from './dpu/estimate.ts';
import { estimateFinn, type FinnOptions } from './finn/estimate.ts';
import { type Board, boardById } from './finn/tuning/boards.ts';
import { estimateLiu } from './liu/estimate.ts';
import { SPARSITY_LINE } from './liu/metrics.ts';
import type { HardwareReport } from './report.ts';
import { deviceById } from './roofline/devices.ts';
import { energyPerFrameJoules, estimateRoofline, NANOSECOND_CLOCK_HERTZ } from './roofline/estimate.ts';
import { type Family, type TargetDescription, targetById } from './targets.ts';

/** The clock a target runs at in a design, in hertz; that of nanoseconds where it has none. */
export function clockOf(targetId: string, hardware: HardwareChoice): number {
  const target = targetById(targetId);
  if (target && target.defaultClockHertz === null) return NANOSECOND_CLOCK_HERTZ;
  return hardware.clockHertz[targetId] ?? target?.defaultClockHertz ?? 0;
}

/** Joules of one frame at most; null where no source names the target's power. */
export function energyOf(report: HardwareReport, hardware: HardwareChoice): number | null {
  const family = targetById(report.targetId)?.family;
  // Measured with MobileNetV2 on the published engine; another engine draws something else.
  if (family === 'liu') return report.resources ? SPARSITY_LINE.watts[0] * report.latencySeconds : null;
  if (family !== 'processor') return null;
  return energyPerFrameJoules(report, deviceById(report.targetId) ?? hardware.device);
}

/** What FINN's lowering and folding read of a choice. */
export function finnOptions(hardware: HardwareChoice): FinnOptions & { readonly board?: Board } {
  const { foldings, targetCycles, weightBits, activationBits, layerBits } = hardware;
  const { implementations, nodeSettings, setFolding } = hardware;
  const board = boardById(hardware.boardId);
  const bits = { weightBits, activationBits, layerBits };
  return {
    foldings,
    targetCycles,
    setFolding,
    ...bits,
    implementations,
    nodeSettings,
    ...(board ? { board, fpgaPart: board.part } : {}),
  };
}

/** What every family is asked: a network on a target, as a design chooses it. */
interface Question {
  readonly network: Network;
  readonly target: TargetDescription;
  readonly hardware: HardwareChoice;
  readonly clockHertz: number;
  /** The network whose foldings are kept. */
  readonly foldedLike: Network;
}

/** One row a family: a new one is a folder, and a row here. */
const FAMILIES: Readonly<Record<Family, (question: Question) => Result<HardwareReport>>> = {
  dpu: ({ network, target, hardware, clockHertz }) =>
    target.architecture
      ? estimateDpu(network, { architecture: target.architecture, clockHertz, ...hardware.dpu })
      : fail('unknown-target', `${target.name} names no DPU architecture; choose another target.`, target.id),
  finn: ({ network, hardware, clockHertz, foldedLike }) =>
    estimateFinn(network, { ...finnOptions(hardware), clockHertz, foldedLike }),
  liu: ({ network, hardware, clockHertz }) => estimateLiu(network, { ...hardware.liu, clockHertz }),
  processor: ({ network, target, hardware }) =>
    estimateRoofline(network, deviceById(target.id) ?? hardware.device),
};

/**
 * Design to report: a row a layer, bottleneck, latency, throughput, violations. With `foldedLike` the network
 * runs on the hardware of another one (FINN: its foldings are kept), as a pruned network does.
 */
export function estimate(
  network: Network,
  targetId: string,
  hardware: HardwareChoice,
  foldedLike: Network = network,
): Result<HardwareReport> {
  const target = targetById(targetId);
  if (!target)
    return fail('unknown-target', `There is no target ${targetId}; choose one from the list.`, targetId);
  const clockHertz = clockOf(targetId, hardware);
  return FAMILIES[target.family]({ network, target, hardware, clockHertz, foldedLike });
}
