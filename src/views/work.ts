import type { HardwareReport } from '../core/hardware/report.ts';
import { targetById } from '../core/hardware/targets.ts';
import { formatCount, formatSeconds } from '../core/quantity.ts';

/** Whether a target counts cycles of its clock; processors count time. */
export const hasClock = (targetId: string): boolean => targetById(targetId)?.defaultClockHertz !== null;

/** "28.2 k cycles", or a time on a target without a clock of its own. */
export function formatWork(
  cycles: number,
  { targetId, clockHertz }: Pick<HardwareReport, 'targetId' | 'clockHertz'>,
) {
  return hasClock(targetId) ? `${formatCount(cycles)} cycles` : formatSeconds(cycles / clockHertz);
}
